"""Binary PPMs of any depth: the same pixels as Pillow's, without its loop over samples."""

import io

import numpy as np
import pytest
from PIL import Image
from PIL.PpmImagePlugin import PpmDecoder, PpmImageFile

from colorize_core.errors import PhotoError
from colorize_core.image import ppm
from colorize_core.image.read import load_image

SIZE = 48, 33


def ppm_file(magic: str, highest: int) -> bytes:
    """Random samples, of which some are above the highest where the bytes can say so."""
    count = SIZE[0] * SIZE[1] * (3 if magic == "P6" else 1)
    kind = "u1" if highest < 256 else ">u2"
    above = min(256 ** np.dtype(kind).itemsize, highest + 10)
    samples = np.random.default_rng(highest).integers(0, above, count).astype(kind)
    return f"{magic}\n# depth\n{SIZE[0]} {SIZE[1]}\n{highest}\n".encode() + samples.tobytes()


@pytest.mark.parametrize("highest", [1, 100, 300, 1023, 4095, 65_535])
@pytest.mark.parametrize("magic", ["P5", "P6"])
def test_every_depth_is_read_as_pillow_reads_it(magic, highest, monkeypatch):
    content = ppm_file(magic, highest)
    expected = np.asarray(PpmImageFile(io.BytesIO(content)))
    if expected.dtype == np.int32:  # greys above eight bits become 0…65535
        expected = np.rint(expected / 257)
    if expected.ndim == 2:
        expected = np.stack(3 * [expected], -1)
    monkeypatch.setattr(ppm, "_STRIP_SAMPLES", 1000)
    monkeypatch.setattr(PpmDecoder, "decode", None)  # 16 bits: a minute at 40 megapixels
    np.testing.assert_array_equal(np.asarray(load_image(content)), expected)


def test_a_deep_file_that_ends_early_is_damaged():
    with pytest.raises(PhotoError, match="damaged"):
        load_image(ppm_file("P6", 65_535)[:-1000])


def test_deep_pixels_stay_in_their_place():
    ramp = np.arange(0, 256 * 257, 257, dtype=np.uint16).reshape(16, 16)
    content = b"P6\n16 16\n65534\n" + np.stack(3 * [ramp], -1).astype(">u2").tobytes()
    assert isinstance(load_image(content), Image.Image)
    assert np.asarray(load_image(content))[3, 5].tolist() == 3 * [3 * 16 + 5]
