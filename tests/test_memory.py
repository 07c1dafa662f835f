"""Memory: none is taken that is not needed, and what pictures took goes back to the system."""

import subprocess
import sys
import tracemalloc

import pytest
import torch

from colorize_core.cli import batch, pipeline
from colorize_core.inference.colorizer import load_colorizer
from colorize_core.inference.lightness import merge
from webpage.session import Column, open_session
from webpage.storage import Files

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks the kernel")


def printed(script: str, *words: str) -> str:
    """What a Python process of its own prints."""
    command = [sys.executable, "-c", script, *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


# A large block comes and goes; does a smaller one after it still get pages of its own?
BLOCKS = """
import ctypes, sys
from colorize_core.memory import return_memory

class Info(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in "abcdefghij"]  # d: blocks of their own pages

library = ctypes.CDLL(None)
library.mallinfo2.restype = Info
return_memory() if sys.argv[1] == "yes" else None
large = bytearray(20_000_000)
del large
before = library.mallinfo2().d
kept = bytearray(3_000_000)
print(library.mallinfo2().d - before)
"""


@linux
def test_blocks_of_pictures_keep_pages_of_their_own():
    assert int(printed(BLOCKS, "yes")) == 1


def test_the_page_starts_without_libraries_that_few_visitors_need():
    rare = {"scipy", "skimage.io", "skimage.restoration", "tifffile", "torchmetrics"}
    assert not rare & {*printed("import app, sys; print(*sys.modules)").split()}


CLASSES = """
import re
from pathlib import Path
from colorize_core.color.classes import grid_centres

def most():
    return int(re.search("VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

before = most()
grid_centres()
print(most() - before)
"""


@linux
def test_the_classes_of_the_plane_are_found_in_little_memory():
    assert int(printed(CLASSES)) < 60_000  # KB; a tensor for every colour would be 110,000


@pytest.mark.parametrize("grid", [(6, 8), (48, 64)], ids=["enlarged", "as large as the photo"])
def test_a_photo_of_no_one_else_becomes_the_picture(grid, make_photo):
    photo = make_photo(64, 48, seed=3)
    L, ab = torch.full((1, 1, 48, 64), 0.5), 20 * torch.ones(1, 2, *grid)
    before = photo.tobytes()
    picture = merge(photo, L, ab)
    assert photo.tobytes() == before != picture.tobytes()
    assert merge(photo, L, ab, own=True) is photo
    assert photo.tobytes() == picture.tobytes()


@pytest.fixture(scope="module")
def columns(tiny_checkpoints):
    """Makers of a photo's columns, of two methods."""
    colorizers = [load_colorizer(name, tiny_checkpoints / name) for name in ("gan", "regression")]
    return lambda photo: [Column(found, found.predict(photo)) for found in colorizers]


def test_a_call_leaves_its_photo_as_it_was(columns, make_photo):
    photo = make_photo(64, 48, seed=4)
    before = photo.tobytes()
    columns(photo)[0].colorizer(photo, saturation=2.0)
    assert photo.tobytes() == before


def test_downloads_leave_an_example_as_it_was(columns, make_photo):
    photo = make_photo(64, 48, seed=4)
    session = open_session(photo, "cat", photo, columns(photo), example="cat")
    before = photo.tobytes()
    for index in (0, 1):
        assert session.download(index, 0.38, 2.0) is not photo
    assert photo.tobytes() == before


def test_every_method_of_a_run_colors_the_photo_itself(columns, make_photo, tmp_path):
    make_photo(64, 48, seed=4).save(tmp_path / "photo.png")
    found = {one.name: one.colorizer for one in columns(make_photo(64, 48, seed=4))}

    def run(*names: str) -> list[bytes]:
        targets = {name: tmp_path / f"{'-'.join(names)}-{name}.png" for name in names}
        job = batch.Job(tmp_path / "photo.png", targets)
        (result,) = pipeline.run_jobs([job], found, batch.Settings())
        assert result.outcome is pipeline.Outcome.DONE
        return [target.read_bytes() for target in targets.values()]

    assert run("gan", "regression") == run("gan") + run("regression")


def test_a_file_is_kept_without_a_copy_of_it():
    content, files = bytes(2_000_000), Files()
    files.keep(b"", "first.png")
    tracemalloc.start()
    files.keep(content, "picture.png")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < len(content) / 2
