"""`colorize run` with ZIP files, and runs that were stopped."""

import threading
import zipfile
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from colorize_core.cli import batch, pipeline
from colorize_core.image.metadata import SOFTWARE
from colorize_core.image.write import save_image


@pytest.fixture
def run(colorize, tiny_checkpoints):
    return lambda *words: colorize(
        "run", *words, "--method", "regression", "--checkpoints", tiny_checkpoints
    )


@pytest.fixture
def album(photos, tmp_path) -> Path:
    """The photos in a ZIP file, with one that is broken and one that leads out of it."""
    path = tmp_path / "album.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for photo in sorted(photos.rglob("*.*")):
            archive.write(photo, photo.relative_to(photos))
        archive.writestr("sub/broken.jpg", b"\xff\xd8\xff no photo")
        archive.writestr("../outside.png", (photos / "a.png").read_bytes())
    return path


DONE = {f"album/{name}.png" for name in ("a", "b", "sub/c", "sub/deep/d")}


def below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def names_in(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return set(archive.namelist())


def test_an_archive_is_read_like_a_folder(run, album, photos, tmp_path):
    code, text = run(album, "-o", tmp_path / "out")
    assert code == 1
    assert f"error: {album}/../outside.png: its name leads out of the archive" in text
    assert f'error: {album}/sub/broken.jpg: "broken.jpg" is damaged' in text
    assert "4 done, 2 failed" in text
    assert below(tmp_path / "out") == DONE
    assert not (tmp_path / "outside.png").exists()
    with Image.open(tmp_path / "out/album/sub/c.png") as found:
        found.load()
    assert run(photos / "sub/c.png", "-o", tmp_path / "one")[0] == 0
    assert (tmp_path / "one/c.png").read_bytes() == (tmp_path / "out/album/sub/c.png").read_bytes()


def test_results_go_into_an_archive(run, album, photos, tmp_path):
    out = tmp_path / "new" / "result.zip"
    code, text = run(album, photos / "a.png", "-o", out)
    assert (code, f"5 done, 2 failed; written to {out}" in text) == (1, True)
    assert names_in(out) == DONE | {"a.png"}
    assert below(out.parent) == {"result.zip"}
    with zipfile.ZipFile(out) as archive, archive.open("album/b.png") as file:
        assert Image.open(file).size == (40, 30)


def test_an_archive_that_is_there_is_completed_or_replaced_only_when_asked(run, photos, tmp_path):
    out = tmp_path / "result.zip"
    assert run(photos / "a.png", "-o", out)[0] == 0
    before = out.read_bytes()
    code, text = run(photos, "-o", out)
    assert (code, out.read_bytes()) == (1, before)
    assert f"{out} already exists; --resume adds what it lacks, --force makes it anew" in text
    code, text = run(photos, "-o", out, "--resume")
    assert (code, "1 were done already" in text, "3 done" in text) == (0, True, True)
    assert names_in(out) == {"a.png", "b.png", "sub/c.png", "sub/deep/d.png"}
    assert run(photos / "b.jpg", "-o", out, "--force")[0] == 0
    assert names_in(out) == {"b.png"}


def stop_after(monkeypatch, count: int) -> None:
    """Interrupt when so many pictures are written."""
    lock, left = threading.Lock(), [count]

    def save(*arguments) -> None:
        with lock:
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
        save_image(*arguments)

    monkeypatch.setattr(pipeline, "save_image", save)


@pytest.mark.parametrize("out", ["out", "out.zip"])
def test_a_run_that_was_stopped_goes_on(out, run, photos, tmp_path, monkeypatch):
    out = tmp_path / out
    with monkeypatch.context() as patch:
        stop_after(patch, 2)
        code, text = run(photos, "-o", out)
    assert (code, "the same command with --resume goes on" in text) == (130, True)
    zipped = out.suffix == ".zip"
    assert not (zipped and out.exists())
    folder = out.with_name("out.zip.parts") if zipped else out
    assert len(below(folder)) == 2
    if zipped:
        code, text = run(photos, "-o", out)
        assert (code, "--resume goes on with them, --force begins anew" in text) == (1, True)
    code, text = run(photos, "-o", out, "--resume")
    assert (code, "2 were done already" in text, "2 done, 0 failed" in text) == (0, True, True)
    assert "--force" not in text
    found = names_in(out) if zipped else below(out)
    assert found == {"a.png", "b.png", "sub/c.png", "sub/deep/d.png"}
    assert not out.with_name("out.zip.parts").exists()
    assert run(photos, "-o", out, "--resume")[0] == 0, "nothing left to do is no error"


def test_resume_and_force_contradict_each_other(run, photos, tmp_path):
    code, text = run(photos, "-o", tmp_path / "out", "--resume", "--force")
    assert (code, "choose one of them" in text) == (1, True)


def test_a_result_is_marked_unless_told_otherwise_and_keeps_what_the_camera_said(
    run, photos, tmp_path, make_photo
):
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Kodak"
    make_photo(40, 30).save(photos / "b.jpg", exif=exif)
    for words, software in (((), SOFTWARE), (("--no-mark",), None)):
        out = tmp_path / f"out{len(words)}"
        assert run(photos / "b.jpg", "-o", out, *words)[0] == 0
        with Image.open(out / "b.png") as found:
            tags = found.getexif()
            assert tags[ExifTags.Base.Make] == "Kodak"
            assert tags.get(ExifTags.Base.Software) == software
            assert found.info.get("Software") == software


def test_reading_and_writing_overlap_the_network_and_stay_bounded(photos, tmp_path, monkeypatch):
    """Of twelve photos at most one is read ahead and two are being written."""
    lock, read, written, lead = threading.Lock(), [], [], []

    class Network:
        def predict(self, photo, hints):
            lead.append((len(read), len(written)))

        def render(self, photo, prediction, *knobs, own):
            return photo

    real = pipeline.read_untrusted

    def reads(path):
        with lock:
            read.append(path)
        return real(path)

    def saves(*arguments):
        save_image(*arguments)
        with lock:
            written.append(arguments[1])

    monkeypatch.setattr(pipeline, "read_untrusted", reads)
    monkeypatch.setattr(pipeline, "save_image", saves)
    jobs = [batch.Job(photos / "a.png", {"gan": tmp_path / "out" / f"{i}.png"}) for i in range(12)]
    results = pipeline.run_jobs(jobs, {"gan": Network()}, batch.Settings())
    assert [result.outcome for result in results] == [pipeline.Outcome.DONE] * 12
    assert len(written) == 12
    assert all(begun <= turn + 2 for turn, (begun, _) in enumerate(lead, 1)), "read too far ahead"
    assert all(done >= turn - 3 for turn, (_, done) in enumerate(lead, 1)), "too much to write"


def test_results_come_in_order_and_an_error_is_its_own_photos(photos, tmp_path):
    (photos / "a.png").write_bytes(b"broken")
    jobs = [
        batch.Job(path, {"gan": tmp_path / "out" / f"{path.stem}.png"})
        for path in (photos / "a.png", photos / "b.jpg", photos / "none.png", photos / "sub/c.png")
    ]

    class Network:
        def predict(self, photo, hints):
            pass

        def render(self, photo, prediction, *knobs, own):
            return photo

    results = list(pipeline.run_jobs(jobs, {"gan": Network()}, batch.Settings()))
    assert [result.error is None for result in results] == [False, True, False, True]
    assert str(photos / "none.png") in str(results[2].error)
