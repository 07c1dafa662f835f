import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from colorize_core import files as writing
from colorize_core import load_image
from colorize_core.cli import pipeline
from colorize_core.inference.colorizer import load_colorizer
from colorize_core.methods import METHODS


@pytest.fixture
def run(colorize, tiny_checkpoints) -> Callable[..., tuple[int, str]]:
    """`colorize run` with the untrained checkpoints, by regression unless told otherwise."""

    def call(*words: str | Path) -> tuple[int, str]:
        method = () if "--method" in words else ("--method", "regression")
        return colorize("run", *words, *method, "--checkpoints", tiny_checkpoints)

    return call


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too."""
    return {
        str(Path(root, name).relative_to(folder)): Path(root, name).read_bytes()
        for root, _, names in os.walk(folder)
        for name in names
    }


# Where results go


def test_run_keeps_subfolders(run, photos, tmp_path):
    before = files(photos)
    code, text = run(photos, "-o", tmp_path / "out")
    assert code == 0, text
    assert files(tmp_path / "out").keys() == {"a.png", "b.png", "sub/c.png", "sub/deep/d.png"}
    assert f"4 done, 0 failed; written to {tmp_path / 'out'}" in text
    assert files(photos) == before


def test_run_writes_what_the_python_call_returns(run, photos, tmp_path, tiny_checkpoints):
    code, _ = run(photos / "a.png", "-o", tmp_path / "out", "--method", "classification",
                  "--temperature", 0.1, "--saturation", 1.5)  # fmt: skip
    assert code == 0
    colorizer = load_colorizer("classification", tiny_checkpoints / "classification")
    expected = colorizer(photos / "a.png", temperature=0.1, saturation=1.5)
    with Image.open(tmp_path / "out" / "a.png") as found:
        assert (np.asarray(found) == np.asarray(expected)).all()


def test_run_writes_one_file_under_its_name(run, photos, tmp_path):
    assert run(photos / "a.png", "-o", tmp_path / "new" / "result.jpeg")[0] == 0
    with Image.open(tmp_path / "new" / "result.jpeg") as found:
        assert (found.format, found.size) == ("JPEG", (40, 30))


@pytest.mark.parametrize(("format", "kind"), [("png", "PNG"), ("jpg", "JPEG"), ("webp", "WEBP")])
def test_run_writes_the_format_asked_for(format, kind, run, photos, tmp_path):
    assert run(photos / "a.png", "-o", tmp_path / "out", "--format", format)[0] == 0
    with Image.open(tmp_path / "out" / f"a.{format}") as found:
        assert found.format == kind


STUDIO = ["regression", "gan", "classification"]


@pytest.mark.parametrize(("choice", "names"), [("all", STUDIO), ("every", list(METHODS))])
def test_run_with_several_methods_writes_a_file_each(choice, names, run, photos, tmp_path):
    assert run(photos / "a.png", "-o", tmp_path / "out", "--method", choice)[0] == 0
    written = files(tmp_path / "out")
    assert written.keys() == {f"a-{name}.png" for name in names}
    assert len(set(written.values())) == len(names)


def test_run_loads_a_photo_once_for_all_methods(run, photos, tmp_path, monkeypatch):
    loaded, read = [], pipeline.read_untrusted
    monkeypatch.setattr(pipeline, "read_untrusted", lambda path: loaded.append(path) or read(path))
    assert run(photos, "-o", tmp_path / "out", "--method", "all")[0] == 0
    assert len(loaded) == 4


def test_run_refuses_one_file_for_several_pictures(run, photos, tmp_path):
    for words in ((photos,), (photos / "a.png", "--method", "all")):
        code, text = run(*words, "-o", tmp_path / "one.png")
        assert code == 1
        assert "is one file, but several pictures result; give a folder" in text
    assert files(tmp_path).keys() == {f"in/{name}" for name in files(photos)}


def test_run_keeps_photos_of_one_name_apart(run, tmp_path, make_photo):
    folders = [tmp_path / name for name in ("one", "two")]
    for i, path in enumerate(f / n for f in folders for n in ("a.jpg", "a.png", "a-png.bmp")):
        path.parent.mkdir(exist_ok=True)
        make_photo(40 + i, 30).save(path)
    assert run(*folders, "-o", tmp_path / "out")[0] == 0
    widths = [load_image(tmp_path / "out" / name).width for name in files(tmp_path / "out")]
    assert sorted(widths) == [40, 41, 42, 43, 44, 45], "a result was lost"


# Inputs are sacred


def test_run_into_the_folder_of_the_photos_is_refused(run, photos):
    before = files(photos)
    for out in (photos, photos / "sub" / ".."):
        code, text = run(photos, "-o", out, "--force")
        assert code == 1
        assert f"{photos}: results would lie among the photos; give another -o" in text
        assert files(photos) == before


@pytest.mark.parametrize("method", ["regression", "all"])
def test_run_never_replaces_an_input(method, run, tmp_path, make_photo):
    """Files, with the output in their own folder: the result of a.jpg would be a.png."""
    for i, name in enumerate(("a.jpg", "a.png", "a-regression.png")):
        make_photo(40, 30, seed=i).save(tmp_path / name)
    before = files(tmp_path)
    inputs = [tmp_path / name for name in before]
    code, text = run(*inputs, "-o", tmp_path, "--method", method, "--force")
    after = files(tmp_path)
    assert code == 0, text
    assert {name: after[name] for name in before} == before
    assert len(after) == len(before) + 3 * (len(STUDIO) if method == "all" else 1)


def test_run_refuses_to_write_a_photo_onto_itself(run, photos):
    before = files(photos)
    code, text = run(photos / "a.png", "-o", photos / "a.png", "--force")
    assert code == 1
    assert "is the photo itself" in text
    assert files(photos) == before


def test_run_into_a_folder_above_finds_the_photos(run, photos):
    code, text = run(photos / "sub", "-o", photos)
    assert code == 0, text
    assert {"c.png", "deep/d.png"} <= files(photos).keys()


def test_run_does_not_colorize_its_own_results(run, photos):
    for _ in range(2):
        code, text = run(photos, "-o", photos / "out", "--force")
        assert code == 0, text
        assert "4 done" in text
    assert len(files(photos / "out")) == 4


def test_run_overwrites_only_with_force(run, photos, tmp_path):
    out = tmp_path / "out"
    assert run(photos, "-o", out)[0] == 0
    (out / "a.png").write_bytes(b"precious")
    (out / "b.png").unlink()
    code, text = run(photos, "-o", out)
    assert code == 0
    assert "3 were there already, and are left as they are; --force makes them anew" in text
    assert "1 done, 0 failed" in text
    assert files(out)["a.png"] == b"precious"
    assert (out / "b.png").exists(), "what was missing is made"
    assert run(photos, "-o", out, "--force")[0] == 0
    assert files(out)["a.png"] != b"precious"


def test_run_names_results_that_are_older_than_their_photos(run, photos, tmp_path):
    out = tmp_path / "out"
    assert run(photos, "-o", out)[0] == 0
    before, later = files(out), (out / "a.png").stat().st_mtime + 10
    os.utime(photos / "a.png", (later, later))
    code, text = run(photos, "-o", out, "--saturation", 0)
    assert (code, files(out)) == (0, before)
    assert "4 were there already, 1 of them older than the photo, and are left" in text
    assert "--force makes them anew, as after other settings" in text


# Trouble


def test_run_reports_a_broken_file_and_does_the_rest(run, photos, tmp_path):
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff no photo")
    (photos / "sub" / "empty.png").touch()
    code, text = run(photos, "-o", tmp_path / "out")
    assert code == 1
    assert f"error: {photos / 'broken.jpg'}: " in text
    assert f"error: {photos / 'sub' / 'empty.png'}: " in text
    assert "4 done, 2 failed" in text
    assert "Traceback" not in text
    assert files(tmp_path / "out").keys() == {"a.png", "b.png", "sub/c.png", "sub/deep/d.png"}


def test_run_reports_inputs_that_are_not_there(run, photos, tmp_path):
    (tmp_path / "nothing").mkdir()
    inputs = (tmp_path / "missing.jpg", tmp_path / "nothing", photos / "a.png")
    code, text = run(*inputs, "-o", tmp_path / "out")
    assert code == 1
    assert f"error: {tmp_path / 'missing.jpg'}: no such file or folder" in text
    assert f"error: {tmp_path / 'nothing'}: no image files in this folder" in text
    assert "1 done, 2 failed" in text


def test_run_names_the_methods_there_are(run, photos, tmp_path):
    code, text = run(photos, "-o", tmp_path / "out", "--method", "magic")
    assert code == 1
    assert text.strip() == (f"error: no method 'magic'; choose from: {', '.join(METHODS)}")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--temperature", "1.5"), "--temperature must lie in [0, 1], got 1.5"),
        (("--temperature", "nan"), "--temperature must lie in [0, 1], got nan"),
        (("--saturation", "-1"), "--saturation must lie in [0, 4], got -1.0"),
        (("--format", "gif"), "--format must be one of png, jpg, webp, got 'gif'"),
    ],
)
def test_run_refuses_values_out_of_range(words, reason, run, photos, tmp_path):
    code, text = run(photos, "-o", tmp_path / "out", *words)
    assert (code, text.strip()) == (1, f"error: {reason}")
    assert not (tmp_path / "out").exists()


def test_run_computes_on_the_device_asked_for(run, photos, tmp_path, monkeypatch):
    seen = []

    def load(name, folder, device):
        seen.append(device.type)
        return load_colorizer(name, folder, device)

    monkeypatch.setattr("colorize_core.inference.colorizer.load_colorizer", load)
    assert run(photos / "a.png", "-o", tmp_path / "out", "--device", "cpu")[0] == 0
    assert seen == ["cpu"]
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    code, text = run(photos / "a.png", "-o", tmp_path / "o", "--device", "cuda")
    assert (code, "device 'cuda' is not available here" in text) == (1, True)


def test_run_says_when_nothing_is_trained(colorize, photos, tmp_path):
    code, text = colorize("run", photos, "-o", tmp_path / "out", "--checkpoints", tmp_path / "none")
    assert code == 1
    assert f"no checkpoint at {tmp_path / 'none' / 'classification'}" in text
    code, text = colorize("run", photos, "-o", tmp_path / "out", "--method", "all",
                          "--checkpoints", tmp_path / "none")  # fmt: skip
    assert code == 1
    assert "train one: colorize train" in text


def test_run_reports_a_place_that_cannot_be_written(run, photos, tmp_path):
    (tmp_path / "file").touch()
    code, text = run(photos / "a.png", photos / "b.jpg", "-o", tmp_path / "file")
    assert code == 1
    assert text.startswith(f"error: cannot write {tmp_path / 'file'} (Not a directory); make room")


@pytest.mark.parametrize("step", ["write", "rename"])
def test_an_interrupted_write_leaves_no_half_file(step, run, photos, tmp_path, monkeypatch):
    out = tmp_path / "out"
    assert run(photos / "a.png", "-o", out)[0] == 0
    before = files(out)

    def interrupted(*_) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(
        *{"write": (writing.os, "fsync"), "rename": (Path, "replace")}[step], interrupted
    )
    code, text = run(photos, "-o", out, "--force")
    assert code != 0
    assert "done" not in text
    monkeypatch.undo()
    assert files(out) == before


def test_a_full_disk_is_reported_and_leaves_no_half_file(run, photos, tmp_path, monkeypatch):
    def full(*_) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing.os, "fsync", full)
    code, text = run(photos / "a.png", "-o", tmp_path / "out")
    assert code == 1
    assert "No space left on device" in text
    assert files(tmp_path / "out") == {}
