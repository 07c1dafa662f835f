from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from colorize_core import files
from colorize_core.files import write_atomically


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
    with pytest.raises(type(failure)):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
