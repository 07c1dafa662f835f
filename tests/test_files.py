import errno
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from colorize_core import files
from colorize_core.errors import StorageError
from colorize_core.files import check_writable, write_atomically


def test_threads_that_write_one_file_do_not_disturb_each_other(tmp_path):
    path = tmp_path / "file"
    contents = [bytes([n]) * 200_000 for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        writers = [pool.submit(write_atomically, path, c) for c in contents for _ in range(5)]
        while not all(writer.done() for writer in writers):
            assert not path.exists() or path.read_bytes() in contents
    assert [writer.exception() for writer in writers] == [None] * len(writers)
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_write_atomically_takes_the_longest_names(tmp_path):
    path = tmp_path / ("n" * 255)
    write_atomically(path, b"content")
    assert path.read_bytes() == b"content"


def test_write_atomically_replaces_the_whole_file(tmp_path):
    path = tmp_path / "file"
    write_atomically(path, b"old and long")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_write_atomically_never_leaves_half_a_file(tmp_path, monkeypatch, step, failure):
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def fail(*_):
        raise failure

    owner = files.os if step == "fsync" else Path
    monkeypatch.setattr(owner, step, fail)
    with pytest.raises(StorageError if isinstance(failure, OSError) else KeyboardInterrupt):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_process_left_is_removed_and_nothing_else(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    names = {
        "dead": f".colorize-{dead.pid}-{'0' * 32}.tmp",
        "old": f".colorize-{os.getppid()}-{'1' * 32}.tmp",
        "alive": f".colorize-{os.getppid()}-{'2' * 32}.tmp",
        "not ours": ".colorize-notes.tmp",
    }
    for name in names.values():
        (tmp_path / name).touch()
    os.utime(tmp_path / names["old"], (0, 0))
    write_atomically(tmp_path / "file", b"content")
    assert {path.name for path in tmp_path.iterdir()} == {
        "file", names["alive"], names["not ours"]
    }  # fmt: skip


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_another_process_wrote_is_kept(tmp_path, monkeypatch, links):
    if not links:
        monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(PermissionError(1, "no")))
    write_atomically(tmp_path / "new", b"new", overwrite=False)
    assert (tmp_path / "new").read_bytes() == b"new"
    (tmp_path / "file").write_bytes(b"theirs")
    with pytest.raises(StorageError, match="File exists"):
        write_atomically(tmp_path / "file", b"mine", overwrite=False)
    assert (tmp_path / "file").read_bytes() == b"theirs"
    assert {path.name for path in tmp_path.iterdir()} == {"file", "new"}


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_check_writable_tries_it_and_leaves_nothing(tmp_path, monkeypatch, code):
    check_writable(tmp_path / "new" / "deep")
    assert list(tmp_path.iterdir()) == []

    def refuse(*_, **__):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(
        *{errno.ENOSPC: (os, "fsync")}.get(code, (tempfile, "TemporaryFile")), refuse
    )
    with pytest.raises(StorageError, match=f"cannot write .*deep \\({os.strerror(code)}\\)"):
        check_writable(tmp_path / "new" / "deep")


def test_check_writable_refuses_names_that_no_disk_takes(tmp_path):
    (tmp_path / "file").touch()
    for folder in (tmp_path / ("n" * 300), tmp_path / "file" / "in it", tmp_path / "file"):
        with pytest.raises(StorageError, match="cannot write"):
            check_writable(folder)


def test_a_limit_of_the_system_ends_in_a_sentence_and_no_file(tmp_path):
    """The system's own refusal, without anything replaced."""
    resource = pytest.importorskip("resource")
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from colorize_core.files import write_atomically\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "write_atomically(Path(sys.argv[1]), bytes(2000))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "file"], capture_output=True, text=True
    )
    assert resource
    assert "StorageError: cannot write" in done.stderr
    assert list(tmp_path.iterdir()) == []
