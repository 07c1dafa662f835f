"""Embedded colour profiles."""

import struct

import numpy as np
import pytest
from PIL import Image, ImageCms
from support.pictures import (
    GREEN,
    RED,
    assert_close,
    grey,
    half_clear,
    over_white,
    plain,
    quads,
    ramp,
    saved,
)

from colorize_core.image.read import load_image, read_file


def icc(space: bytes, tags: dict[bytes, bytes], pcs=b"XYZ ", kind=b"mntr") -> bytes:
    """A minimal version 2 ICC profile."""
    tags = {b"wtpt": b"XYZ " + bytes(4) + fixed(0.9642, 1, 0.8249)} | tags
    table, body, offset = struct.pack(">L", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += name + struct.pack(">LL", offset + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = struct.pack(">L4sL4s4s4s", offset + len(body), b"lcms", 0x02400000, kind, space, pcs)
    head += bytes(12) + b"acsp" + bytes(28) + fixed(0.9642, 1, 0.8249)
    return head.ljust(128, b"\0") + table + body


def fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">l", round(v * 65536)) for v in values)


def gamma(value: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">LH", 1, round(value * 256)) + bytes(2)


def swapped_profile() -> bytes:
    """Linear RGB with the red and green primaries of sRGB exchanged."""
    primaries = {b"gXYZ": (0.4361, 0.2225, 0.0139), b"rXYZ": (0.3851, 0.7169, 0.0971)}
    primaries[b"bXYZ"] = (0.1431, 0.0606, 0.7141)
    tags = {name: b"XYZ " + bytes(4) + fixed(*xyz) for name, xyz in primaries.items()}
    return icc(b"RGB ", tags | {name: gamma(1) for name in (b"rTRC", b"gTRC", b"bTRC")})


def grey_profile() -> bytes:
    """Grey of gamma 1.8, as on old Macintoshes."""
    return icc(b"GRAY", {b"kTRC": gamma(1.8)})


def cmyk_profile() -> bytes:
    """Any colour prints mid grey (L 50), which no plain conversion would give."""
    identity = bytes(range(256))
    white, middle, black = bytes([255, 128, 128]), bytes([128, 128, 128]), bytes([0, 128, 128])
    inks = [(c, k) for c in range(8) for k in range(2)]  # the corners of CMY, then K
    lut = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
    lut += identity * 4 + b"".join(black if k else middle if c else white for c, k in inks)
    return icc(b"CMYK", {b"A2B0": lut + identity * 3}, pcs=b"Lab ", kind=b"prtr")


def profiled():
    swap, broken = swapped_profile(), b"not a profile" * 20
    q, cmyk = quads(), plain(RED).convert("CMYK")
    swapped = q[..., [1, 0, 2]].copy()
    swapped[16:, 24:] = round(255 * linear_to_srgb(90 / 255))
    brighter, brightest = (
        grey(np.array([[round(255 * linear_to_srgb((v / 255) ** g)) for v in range(256)]] * 16))
        for g in (1.8, 1)
    )
    half = Image.fromarray(half_clear(RED))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    mid_grey = quads() * 0 + 119  # L 50
    return {
        "swapped.png": (saved(q, "PNG", icc_profile=swap), swapped, 2),
        "swapped.jpg": (
            saved(plain(RED), "JPEG", quality=95, icc_profile=swap),
            quads() * 0 + GREEN,
            16,
        ),
        "swapped.tiff": (saved(q, "TIFF", icc_profile=swap), swapped, 2),
        "swapped.webp": (saved(q, "WEBP", lossless=True, icc_profile=swap), swapped, 2),
        "swapped palette.png": (
            saved(Image.fromarray(q).quantize(8), "PNG", icc_profile=swap),
            swapped,
            2,
        ),
        "swapped alpha.png": (saved(half, "PNG", icc_profile=swap), over_white(GREEN), 2),
        "srgb.png": (saved(q, "PNG", icc_profile=srgb), q, 0),
        "grey.png": (saved(ramp(), "PNG", icc_profile=grey_profile()), brighter, 2),
        "grey rgb profile.png": (saved(ramp(), "PNG", icc_profile=swap), brightest, 2),
        "rgb grey profile.png": (saved(q, "PNG", icc_profile=grey_profile()), q, 0),
        "deep grey.png": (
            saved(ramp(65535, np.uint16), "PNG", icc_profile=grey_profile()),
            brighter,
            2,
        ),
        "cmyk.jpg": (saved(cmyk, "JPEG", icc_profile=cmyk_profile()), mid_grey, 2),
        "cmyk.tiff": (saved(cmyk, "TIFF", icc_profile=cmyk_profile()), mid_grey, 2),
        "broken.png": (saved(q, "PNG", icc_profile=broken), q, 0),
        "cut.png": (saved(q, "PNG", icc_profile=swap[:150]), q, 0),
    }


def linear_to_srgb(v: float) -> float:
    return 12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055


PROFILED = profiled()


@pytest.mark.parametrize("name", PROFILED)
def test_load_image_converts_profiles(name):
    data, expected, tolerance = PROFILED[name]
    image = load_image(data)
    assert_close(image, expected, tolerance)
    assert image.info == {}


def test_a_jpeg_of_a_child_is_converted_alike():
    data = saved(quads(), "JPEG", icc_profile=swapped_profile())
    found, *_ = read_file(data, "a.jpg", lambda pixels: None)
    assert (np.asarray(found) == np.asarray(load_image(data))).all()
    assert not np.allclose(
        np.asarray(found), np.asarray(load_image(saved(quads(), "JPEG"))), atol=9
    )
