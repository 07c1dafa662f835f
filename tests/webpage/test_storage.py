"""Visitors' files: private, under names that nobody can guess, and gone afterwards."""

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.serving import ROOT

from webpage import storage
from webpage.storage import Files

SCRIPT = """
import time
from webpage import storage
storage.end_on_signals()
files = storage.Files()
files.keep(b"photo", "photo.jpg")
print(storage.root(), flush=True)
time.sleep(60)
"""


@contextmanager
def keeping(place: Path) -> Iterator[tuple[subprocess.Popen, Path]]:
    """A process that keeps a file, and its folder."""
    environment = {**os.environ, "TMPDIR": str(place), "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-c", SCRIPT]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment)
    with process:
        yield process, Path(process.stdout.readline().strip())
        process.kill()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_files_end_with_the_process_by_any_signal(tmp_path, name):
    with keeping(tmp_path) as (process, folder):
        assert folder.parent == tmp_path
        assert folder.stat().st_mode & 0o777 == 0o700
        process.send_signal(getattr(signal, name))
        assert process.wait(20) != 0
    assert list(tmp_path.iterdir()) == []


def test_a_start_removes_what_dead_processes_left_and_nothing_else(tmp_path):
    with keeping(tmp_path) as (_, killed):
        pass
    own = tmp_path / f"colorize-{os.getpid()}-old"  # of an earlier process of this number
    living, other = tmp_path / f"colorize-{os.getppid()}-x", tmp_path / "colorize-photos"
    for folder in (own, living, other):
        folder.mkdir()
    assert killed.is_dir()
    storage.remove_left_overs(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([living, other])


def test_names_do_not_follow_from_the_content():
    one, two = Files(), Files()
    paths = {one.keep(b"photo", "a.jpg"), two.keep(b"photo", "a.jpg")}
    assert len(paths) == 2
    assert one.keep(b"photo", "a.jpg") in paths  # but one visitor's browser may cache it
    for path in paths:
        assert len(Path(path).parent.name) == 32
        assert storage.locate(storage.public_name(path)) == Path(path)
        assert str(storage.root()) not in storage.public_name(path)


def test_files_of_one_photo_are_bounded_and_go_with_it(monkeypatch, tmp_path):
    monkeypatch.setattr(storage, "VISIT_BYTES", 250)
    files = Files()
    upload = tmp_path / "hill.png"
    upload.write_bytes(bytes(60))
    taken = Path(files.take(str(upload)))
    paths = [Path(files.keep(bytes([i]) * 100, "a.png")) for i in range(4)]
    assert [path.exists() for path in paths] == [False, False, False, True]
    assert taken.read_bytes() == bytes(60)
    assert files.size == 160
    folder = taken.parents[1]
    del files
    gc.collect()
    assert not folder.exists()


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "", ".", "none/hill.png"])
def test_only_files_of_the_folder_can_be_named(name):
    assert storage.locate(name) is None


def test_uploads_are_counted_and_go_by_age(monkeypatch):
    folder = storage.root() / "0123"
    folder.mkdir()
    (folder / "hill.png").write_bytes(bytes(100))
    before = len(storage.uploads())
    storage.sweep(60)
    assert len(storage.uploads()) == before
    assert storage.make_room()
    monkeypatch.setattr(storage, "UPLOADED_BYTES", 50)
    assert not storage.make_room()
    time.sleep(0.02)
    storage.sweep(0.01)
    assert storage.uploads() == []
    assert not folder.exists()


def test_uploads_that_nobody_took_up_make_room_for_others(monkeypatch):
    folder = storage.root() / "4567"
    folder.mkdir()
    (folder / "hill.png").write_bytes(bytes(100))
    monkeypatch.setattr(storage, "UPLOADED_BYTES", 50)
    assert not storage.make_room()
    monkeypatch.setattr(storage, "OUTSTAYED_SECONDS", -1)
    assert storage.make_room()
    assert not folder.exists()
