"""Full disks, unreadable folders, hostile names, two runs at once: sentences, and nothing lost."""

import errno
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image
from support.locked import lock

from colorize_core import files
from colorize_core.cli import measure, pipeline, terminal
from colorize_core.errors import ColorizeError
from colorize_core.evaluation import evaluate
from colorize_core.image import write
from colorize_core.runs import CONFIG, METRICS_FILE, WEIGHTS

HOSTILE = "a\x1b[31m\n[bold]:skull:\udcff.png"
SHOWN = "a\\x1b[31m\\n[bold]:skull:\\udcff.png"


@pytest.fixture
def no_photo_is_read(monkeypatch) -> None:
    for module, name in ((evaluate, "load_image"), (pipeline, "read_untrusted")):
        monkeypatch.setattr(module, name, lambda *_: pytest.fail("a photo was read"))


def refuse_probe(monkeypatch, code: int) -> None:
    """As a folder does that cannot be written to; root may write to any other."""

    def refuse(*_, **__):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)


def full_disk(monkeypatch, name: str, root: Path) -> None:
    """No file of that name can be written below a folder."""
    replace = Path.replace

    def full(self, target):
        if Path(target).name == name and Path(target).is_relative_to(root):
            raise OSError(errno.ENOSPC, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", full)


# Disks


@pytest.mark.usefixtures("no_photo_is_read")
@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES, errno.ENOSPC])
@pytest.mark.parametrize(
    "command",
    ["run IN -o OUT --method gan", "evaluate gan --data IN --out OUT", "prior --data IN --out OUT",
     "train cifar-lab-l1 --data IN --out OUT", "train-classifier cifar10 --data IN --out OUT",
     "blend CHECKPOINTS/gan CHECKPOINTS/gan --share 0.5 --out OUT", "export-cifar10 IN OUT"],
)  # fmt: skip
def test_a_place_that_cannot_be_written_is_refused_at_once(
    command, code, colorize, photos, tmp_path, monkeypatch, tiny_checkpoints
):
    refuse_probe(monkeypatch, code)
    places = {"IN": photos, "OUT": tmp_path / "out", "CHECKPOINTS": tiny_checkpoints}
    words = command.split()
    for name, place in places.items():
        words = [word.replace(name, str(place)) for word in words]
    if words[0] in ("run", "evaluate"):
        words += ["--checkpoints", str(tiny_checkpoints)]
    status, text = colorize(*words)
    assert status == 1
    assert text.startswith("error: cannot write ")
    assert f"({os.strerror(code)}); make room or give another place" in text
    assert text.strip().count("\n") == 0, "one sentence"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("sweep", [(), ("--sweep",)])
def test_what_was_measured_is_printed_and_kept_when_the_disk_is_full(
    sweep, colorize, photo_folder, tmp_path, monkeypatch, tiny_checkpoints
):
    out, name = tmp_path / "out", "sweep.json" if sweep else METRICS_FILE
    full_disk(monkeypatch, name, out)
    monkeypatch.chdir(tmp_path)
    words = ("--data", photo_folder, "--limit", 2, "--out", out, "--classifier", "none", *sweep)
    code, text = colorize(
        "evaluate", "classification", *words, "--checkpoints", tiny_checkpoints
    )  # fmt: skip
    assert code == 1
    assert "Traceback" not in text
    if not sweep:
        assert text.index("classification T=0.38") < text.index("error: cannot write")
    (kept,) = tmp_path.glob("colorize-measured-*")
    assert f"What was measured is kept in {kept}: copy it, or" in text
    assert "--out elsewhere" in text
    shutil.copytree(kept, out, dirs_exist_ok=True)
    assert (out / "classification" / name).stat().st_size > 100


def test_measurements_go_to_the_temporary_folder_where_this_one_is_full(tmp_path, monkeypatch):
    def write(folder: Path, content: dict) -> None:
        if folder.is_relative_to(tmp_path / "here") or folder.is_relative_to(tmp_path / "out"):
            with files.storage(folder):
                raise OSError(errno.EROFS, "Read-only file system")
        folder.mkdir(parents=True)

    for name in ("here", "temporary"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path / "temporary"))
    with pytest.raises(ColorizeError) as no:
        measure.write_or_keep(tmp_path / "out", {"gan": {}}, write)
    assert f"kept in {tmp_path / 'temporary'}" in str(no.value)
    assert list((tmp_path / "here").iterdir()) == []


@pytest.mark.parametrize("option", ["--page", "--into"])
def test_results_on_a_full_disk_leave_the_old_file(
    option, colorize, tmp_path, monkeypatch, photo_folder, tiny_checkpoints
):
    root = tmp_path / "runs"
    shutil.copytree(tiny_checkpoints / "gan", root / "gan")
    words = ("--data", photo_folder, "--limit", 2, "--out", root, "--classifier", "none")
    assert colorize("evaluate", "gan", *words, "--checkpoints", root)[0] == 0
    page = tmp_path / "page.md"
    old = "<!-- results: begin -->\n<!-- results: end -->\n"
    page.write_text(old)
    full_disk(monkeypatch, "page.md", tmp_path)
    code, text = colorize("results", option, page, "--checkpoints", root)
    assert (code, page.read_text()) == (1, old)
    assert "Traceback" not in text


def test_what_killed_runs_left_is_removed_by_the_next(colorize, photos, tmp_path, tiny_checkpoints):
    dead = subprocess.Popen(["true"])
    dead.wait()
    left = tmp_path / "out" / f".colorize-{dead.pid}-{'a' * 32}.tmp"
    left.parent.mkdir()
    left.write_bytes(b"half")
    words = ("run", photos / "a.png", "-o", tmp_path / "out", "--method", "gan")
    assert colorize(*words, "--checkpoints", tiny_checkpoints)[0] == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.png"]


# Damaged checkpoints


def test_a_damaged_folder_stops_no_other(colorize, photos, tmp_path, tiny_checkpoints):
    root = tmp_path / "runs"
    for name in ("gan", "regression", "unet-l2"):
        shutil.copytree(tiny_checkpoints / name, root / name)
    (root / "gan" / CONFIG).write_text("{")
    (root / "unet-l2" / WEIGHTS).write_bytes(b"none")
    code, text = colorize("methods", "--checkpoints", root)
    assert (code, "unreadable" in text) == (0, True)
    words = ("--data", photos, "--out", tmp_path / "out", "--classifier", "none")
    code, text = colorize("evaluate", *words, "--checkpoints", root)
    assert code == 0, text
    assert text.count("left out: ") == 2
    assert f"{root / 'gan' / CONFIG} is damaged" in text
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["regression"]
    assert colorize("evaluate", "gan", *words, "--checkpoints", root)[0] == 1
    words = ("run", photos, "-o", tmp_path / "pictures", "--method", "every")
    code, text = colorize(*words, "--checkpoints", root)
    assert (code, "4 done, 2 failed" in text) == (1, True)
    assert (tmp_path / "pictures" / "a-regression.png").exists()


# Arguments


@pytest.fixture
def run(colorize, tiny_checkpoints):
    """`colorize run --method gan` with the untrained checkpoints."""
    return lambda *words: colorize(
        "run", *words, "--method", "gan", "--checkpoints", tiny_checkpoints
    )


def test_one_unreadable_argument_does_not_stop_the_others(run, photos, tmp_path, monkeypatch):
    stat, scandir = os.stat, os.scandir

    def no_entry(call):
        def guarded(path=".", *rest, **more):
            if "locked" in os.fspath(path):
                raise PermissionError(errno.EACCES, "Permission denied", os.fspath(path))
            return call(path, *rest, **more)

        return guarded

    (photos / "locked").mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", no_entry(stat))
        patch.setattr(os, "scandir", no_entry(scandir))
        code, text = run(photos, "n" * 300 + ".png", "locked/a.png", "-o", tmp_path / "out")
    assert code == 1
    assert f"error: {'n' * 300}.png: File name too long" in text
    assert "error: locked/a.png: Permission denied" in text
    assert f"error: {photos / 'locked'}: Permission denied" in text
    assert "4 done, 3 failed" in text


def test_a_locked_folder_among_the_arguments_does_not_stop_the_others(
    run, photos, tmp_path, monkeypatch
):
    (tmp_path / "locked").mkdir()
    with monkeypatch.context() as patch:
        lock(patch, tmp_path / "locked")
        code, text = run(tmp_path / "locked", photos / "a.png", "-o", tmp_path / "out")
    assert (code, "1 done, 1 failed" in text) == (1, True)
    assert f"error: {tmp_path / 'locked'}: Permission denied" in text


def test_a_result_whose_name_is_too_long_is_a_sentence(colorize, tiny_checkpoints, tmp_path):
    photo = tmp_path / ("n" * 250 + ".png")
    Image.new("RGB", (16, 16)).save(photo)
    words = ("run", photo, "-o", tmp_path / "out", "--method", "all")
    code, text = colorize(*words, "--checkpoints", tiny_checkpoints)
    assert (code, "0 done, 1 failed" in text, "Traceback" in text) == (1, True, False)
    assert "(File name too long)" in text


@pytest.mark.parametrize("words", ["methods --checkpoints", "prior --data", "evaluate --data"])
def test_a_name_that_is_too_long_is_a_sentence_anywhere(words, colorize):
    code, text = colorize(*words.split(), "n" * 300)
    assert "Traceback" not in text
    assert code in (0, 1)


def test_classify_names_the_photos_that_it_can_read(
    colorize, photos, tiny_checkpoints, tmp_path, monkeypatch
):
    (photos / "[bold]x.png").write_bytes((photos / "a.png").read_bytes())
    monkeypatch.setattr("colorize_core.evaluation.classifiers.load_classifier", lambda *_: None)
    found = SimpleNamespace(picture="grey", top="cat", of_top=0.5, of_true=None)
    monkeypatch.setattr("colorize_core.evaluation.confidences.confidences", lambda *_: [found])
    Image.open(photos / "a.png").convert("RGB").save(photos / "slow.jpg", progressive=True)
    many_scans = (photos / "slow.jpg").read_bytes() + 100 * b"\xff\xda"
    (photos / "slow.jpg").write_bytes(many_scans)
    words = (photos / name for name in ("[bold]x.png", "none.png", "slow.jpg"))
    code, text = colorize("classify", *words, "--checkpoints", tiny_checkpoints)
    assert code == 1
    assert "[bold]x.png" in text
    assert 'error: "none.png" cannot be read (No such file or directory)' in text
    assert 'error: "slow.jpg" consists of more than 100 scans' in text


# Names


def test_names_of_files_cannot_steer_the_terminal(run, colorize, photos, tmp_path, caplog):
    assert terminal.printable(HOSTILE) == SHOWN
    folder = tmp_path / HOSTILE
    folder.mkdir()
    (folder / HOSTILE).write_bytes(b"no photo")
    code, text = run(folder, tmp_path / HOSTILE / "none.png", "-o", tmp_path / HOSTILE / "out")
    assert code == 1
    assert "\x1b" not in text
    assert text.count(SHOWN) >= 4
    reading = (("prior", "--data"), ("train", "gan", "--data"), ("evaluate", "--data"))
    for words in (*((*w, folder) for w in reading), ("results", "--into", folder / "no")):
        out = () if words[0] == "results" else ("--out", tmp_path / "new")
        code, text = colorize(*words, *out)
        assert (code, "\x1b" in text, SHOWN in text) == (1, False, True), words


# Several runs


def test_two_runs_into_one_folder_do_not_overwrite_each_other(run, photos, tmp_path, monkeypatch):
    out, encode = tmp_path / "out", write.encode

    def other_run_is_faster(*arguments):
        if not (out / "a.png").exists():
            (out / "a.png").write_bytes(b"theirs")
        return encode(*arguments)

    monkeypatch.setattr(write, "encode", other_run_is_faster)
    code, text = run(photos, "-o", out)
    assert code == 1
    assert f"error: {out / 'a.png'} already exists; choose another name or pass --force" in text
    assert "3 done, 1 failed" in text
    assert (out / "a.png").read_bytes() == b"theirs"


def test_damage_of_a_photo_is_said_beside_its_picture(run, photos, tmp_path, make_photo):
    path = photos / "damaged.jpg"
    make_photo(320, 240).save(path, quality=90)
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 40] = b"\x55" * 40
    path.write_bytes(content)
    code, text = run(path, "-o", tmp_path / "out")
    assert (code, "1 done" in text) == (0, True)
    assert f'{path}: "damaged.jpg" is damaged in places' in text
