"""Files of strangers: attacks end in a sentence, soon, and other files do not wait for them."""

import io
import struct
import subprocess
import sys
import threading
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from colorize_core.errors import PhotoError
from colorize_core.image import sandbox
from colorize_core.image.complexity import check_complexity
from colorize_core.image.read import load_image


def encoded(picture: Image.Image, format: str, **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format, **options)
    return buffer.getvalue()


SLOW = b"P3\n2000 1390\n255\n" + 3 * 1390 * (2000 * b"7 ")
"""Written in figures, and few enough to be let in: some three seconds for Pillow."""


@pytest.fixture
def pool():
    pool = sandbox.Pool(warm=1)
    yield pool
    pool.end()


@pytest.fixture
def picture(make_photo) -> Image.Image:
    return make_photo(96, 64, seed=1)


def many_scans(picture: Image.Image, count: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    data = encoded(picture, "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + count * data[last:-2] + b"\xff\xd9"


def many_segments(picture: Image.Image, count: int) -> bytes:
    data = encoded(picture, "JPEG")
    return data[:2] + count * b"\xff\xe1\x00\x04ab" + data[2:]


def fill_bytes(picture: Image.Image, count: int) -> bytes:
    data = encoded(picture, "JPEG")
    return data[:2] + count * b"\xff" + data[2:]


def full_comments(picture: Image.Image, count: int) -> bytes:
    data = encoded(picture.quantize(16), "GIF")
    place = 13 + 3 * 16
    return data[:place] + b"\x21\xfe" + count * (b"\xff" + bytes(255)) + b"\0" + data[place:]


def many_comments(picture: Image.Image, count: int) -> bytes:
    data = encoded(picture.quantize(16), "GIF")
    place = 13 + 3 * 16
    return data[:place] + b"\x21\xfe" + count * b"\x01x" + b"\0" + data[place:]


def many_chunks(picture: Image.Image, count: int) -> bytes:
    data = encoded(picture, "PNG")
    chunk = struct.pack(">I", 1) + b"tIMx" + b"x"
    chunk += struct.pack(">I", zlib.crc32(b"tIMxx"))
    return data[:33] + count * chunk + data[33:]


def many_strips(picture: Image.Image, count: int) -> bytes:
    data = bytearray(encoded(picture, "TIFF"))
    (place,) = struct.unpack_from("<I", data, 4)
    (entries,) = struct.unpack_from("<H", data, place)
    for i in range(entries):
        if struct.unpack_from("<H", data, place + 2 + 12 * i)[0] == 273:
            struct.pack_into("<I", data, place + 2 + 12 * i + 4, count)
    return bytes(data)


def long_header(picture: Image.Image, count: int) -> bytes:
    return b"P6\n" + count * b"# comment\n" + encoded(picture, "PPM")[3:]


def many_figures(picture: Image.Image, count: int) -> bytes:
    return b"P2\n8 8\n255\n" + count * b"7 "


ATTACKS = {
    "scans": (many_scans, 101),
    "metadata": (many_segments, 2_001),
    "metadata, fill bytes": (fill_bytes, 2_001),
    "blocks": (many_comments, 20_001),
    "blocks, full ones": (full_comments, 20_001),
    "chunks": (many_chunks, 50_001),
    "strips": (many_strips, 100_001),
    "bytes": (long_header, 10_000),
    "bytes of figures": (many_figures, 1 << 23),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_file_of_too_many_parts_is_refused_before_it_is_decoded(name, picture):
    make, count = ATTACKS[name]
    with pytest.raises(PhotoError, match=rf"more than [\d,]+ .*{name.partition(',')[0]}"):
        check_complexity(make(picture, count), "attack")


@pytest.mark.parametrize("name", ATTACKS)
def test_a_few_parts_more_than_usual_are_no_reason(name, picture):
    make, _ = ATTACKS[name]
    if name != "strips":  # whose count is a lie: the file holds one
        check_complexity(make(picture, 20), "photo")


def test_counting_survives_an_offset_beyond_memory():
    check_complexity(b"II+\0\x08\0\0\0" + 8 * b"\xff" + bytes(64), "big.tiff")


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "PPM"])
def test_a_child_reads_what_the_reader_reads(format, picture, pool, tmp_path):
    data = encoded(picture.quantize(64) if format == "GIF" else picture, format)
    path = tmp_path / "photo"
    path.write_bytes(data)
    expected = np.asarray(load_image(data))
    for source in (data, path):
        reading = pool.read(source)
        assert (np.asarray(reading.picture) == expected).all()
        assert reading.notes == ()


def test_a_picture_of_many_strips_comes_whole(pool, make_photo):
    photo = make_photo(900, 701, seed=5)
    assert 4 * photo.width * photo.height > 2 * sandbox.STRIP_BYTES
    for format in ("JPEG", "PNG"):
        data = encoded(photo, format)
        found = np.asarray(pool.read(data).picture)
        assert (found == np.asarray(load_image(data))).all()


def test_one_child_reads_many_files(picture, pool):
    child = pool._take()
    pool._give_back(child)
    for _ in range(3):
        pool.read(encoded(picture, "PNG"))
    assert pool._idle == [child]


def test_a_refusal_names_the_file_and_leaves_the_child_alive(pool, picture, tmp_path):
    path = tmp_path / "list.jpg"
    path.write_text("no photo")
    with pytest.raises(PhotoError, match=r'"list\.jpg" is not a picture'):
        pool.read(path)
    assert pool.read(encoded(picture, "PNG")).picture.size == picture.size


def test_a_slow_file_ends_at_the_deadline_and_delays_no_other(monkeypatch, picture, pool):
    monkeypatch.setattr(sandbox, "SECONDS", 1.5)
    monkeypatch.setattr(sandbox, "SECONDS_PER_MEGAPIXEL", 0.0)
    pool.warm = 2
    first = pool._take()
    pool.read(encoded(picture, "PNG"))
    pool._give_back(first)
    pool.read(encoded(picture, "PNG"))  # both have started now
    ended: list[float] = []

    def attack() -> None:
        with pytest.raises(PhotoError, match="takes too long"):
            pool.read(SLOW, "slow.ppm")
        ended.append(time.monotonic())

    thread = threading.Thread(target=attack)
    thread.start()
    pool.read(encoded(picture, "PNG"))
    answered = time.monotonic()
    thread.join()
    assert answered < ended[0]
    assert pool.read(encoded(picture, "PNG")).picture.size == picture.size


def test_a_file_that_fills_the_memory_ends_a_child_only(pool, monkeypatch, picture):
    monkeypatch.setenv("COLORIZE_DECODER_MEMORY", str(150_000_000))
    large = encoded(Image.new("RGB", (8000, 4900)), "PNG")
    with pytest.raises(PhotoError, match="memory"):
        sandbox.Pool(warm=0).read(large, "large.png")


@pytest.mark.parametrize("name", ["simplejpeg", "json", "colorize_core"])
def test_a_file_of_the_working_folder_is_not_taken_for_a_module(
    name, pool, picture, tmp_path, monkeypatch
):
    (tmp_path / f"{name}.py").write_text("raise SystemExit('not for reading photos')")
    monkeypatch.chdir(tmp_path)
    assert pool.read(encoded(picture, "JPEG")).picture.size == picture.size


READER = """
import sys
from colorize_core.image.sandbox import Pool

pool = Pool(warm=1)
child = pool._take()
pool._give_back(child)
pool.read(b"P1\\n8 8\\n" + 64 * b"1 ")
print(child.process.pid, flush=True)
pool.read(sys.argv[1])
"""


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="asks the kernel for processes")
def test_a_child_ends_in_the_middle_of_a_file_when_its_parent_is_killed(tmp_path):
    slow = tmp_path / "slow.ppm"
    slow.write_bytes(SLOW)
    words = [sys.executable, "-c", READER, str(slow)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as parent:
        child = Path("/proc", parent.stdout.readline().strip())
        time.sleep(0.3)  # it reads now
        assert (child / "cmdline").read_bytes()
        parent.kill()
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline and runs(child):
        time.sleep(0.02)
    assert not runs(child)


def runs(process: Path) -> bool:
    """Whether a process of /proc is there, and not only waits to be buried."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_child_that_dies_is_replaced(pool, picture):
    pool.start()
    pool._idle[0].process.kill()
    pool._idle[0].process.wait()
    assert pool.read(encoded(picture, "PNG")).picture.size == picture.size


def test_a_damaged_jpeg_is_read_with_a_note(pool, make_photo):
    data = bytearray(encoded(make_photo(256, 256, seed=2), "JPEG", quality=90))
    middle = data.index(b"\xff\xda") + 600
    data[middle : middle + 40] = bytes(40)
    reading = pool.read(bytes(data), "old.jpg")
    assert reading.picture.size == (256, 256)
    assert "old.jpg" in reading.notes[0]
    assert "damaged" in reading.notes[0]
