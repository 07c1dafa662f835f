import io
import struct
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageCms

from colorize_core.image.metadata import SOFTWARE, SOURCE_TYPE, Metadata
from colorize_core.image.sandbox import read_untrusted
from colorize_core.image.write import encode

FORMATS = ["png", "jpg", "webp"]
BASE = ExifTags.Base
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
IPTC = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"


def camera_file(make_photo, kind: str = "JPEG", **options) -> bytes:
    """A photo on its side, with everything that a camera says."""
    thumbnail = io.BytesIO()
    Image.new("L", (16, 12)).save(thumbnail, "JPEG")
    exif = Image.Exif()
    exif[BASE.Make], exif[BASE.DateTime], exif[BASE.Orientation] = "Kodak", "1974:05:01 10:00:00", 6
    exif[BASE.Software], exif[BASE.ImageWidth] = "Firmware 1", 40
    exif[ExifTags.IFD.Exif] = {
        BASE.FNumber: 2.8,
        BASE.ExifImageWidth: 40,
        BASE.ExifImageHeight: 30,
        BASE.MakerNote: b"at offset 4711",
        BASE.ColorSpace: 65535,
    }
    exif[ExifTags.IFD.GPSInfo] = {1: "N", 2: (47.0, 22.0, 0.0)}
    read_again = Image.Exif()
    read_again.load(exif.tobytes())
    out = io.BytesIO()
    make_photo(40, 30).save(out, kind, exif=read_again, **options)
    return out.getvalue()


def reopened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def source_type(image: Image.Image) -> str | None:
    """IPTC's DigitalSourceType of a picture's XMP."""
    packet = image.info.get("xmp")
    if packet is None:
        return None
    text = packet.decode() if isinstance(packet, bytes) else packet
    described = ET.fromstring(text.split("?>", 1)[1].rsplit("<?", 1)[0]).find(
        f"{RDF}RDF/{RDF}Description"
    )
    return described.get(f"{IPTC}DigitalSourceType")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("format", FORMATS)
def test_what_the_camera_said_is_kept_and_what_described_the_file_is_not(kind, format, make_photo):
    reading = read_untrusted(camera_file(make_photo, kind))
    assert reading.picture.size == (30, 40), "upright"
    exif = reopened(encode(reading.picture, format, reading.metadata)).getexif()
    assert (exif[BASE.Make], exif[BASE.DateTime]) == ("Kodak", "1974:05:01 10:00:00")
    assert exif[BASE.Software] == "Firmware 1"
    assert exif[BASE.Orientation] == 1
    assert BASE.ImageWidth not in exif
    details = exif.get_ifd(ExifTags.IFD.Exif)
    assert float(details[BASE.FNumber]) == 2.8
    assert (details[BASE.ExifImageWidth], details[BASE.ExifImageHeight]) == (30, 40)
    assert details[BASE.ColorSpace] == 1
    assert BASE.MakerNote not in details
    assert exif.get_ifd(ExifTags.IFD.GPSInfo)[1] == "N"
    assert exif.get_ifd(ExifTags.IFD.IFD1) == {}, "a thumbnail"


def test_a_thumbnail_is_dropped(make_photo):
    first = b"MM\0*" + struct.pack(">IHHHI4sI", 8, 1, BASE.Make, 2, 4, b"Abc\0", 26)
    second = struct.pack(">HHHIIHHIII", 2, 513, 4, 1, 60, 514, 4, 1, 4, 0) + bytes(8)
    out = io.BytesIO()
    make_photo(40, 30).save(out, "JPEG", exif=b"Exif\0\0" + first + second)
    assert reopened(out.getvalue()).getexif().get_ifd(ExifTags.IFD.IFD1), "no thumbnail to drop"
    kept = Image.Exif()
    kept.load(read_untrusted(out.getvalue()).metadata.exif)
    assert kept[BASE.Make] == "Abc"
    assert kept.get_ifd(ExifTags.IFD.IFD1) == {}


@pytest.mark.parametrize("format", FORMATS)
def test_the_profile_is_srgb_where_the_photo_had_one(format, make_photo):
    wide = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    named = read_untrusted(camera_file(make_photo, icc_profile=wide))
    plain = read_untrusted(camera_file(make_photo))
    profile = reopened(encode(named.picture, format, named.metadata)).info["icc_profile"]
    name = ImageCms.getProfileName(ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    assert "sRGB" in name
    assert "icc_profile" not in reopened(encode(plain.picture, format, plain.metadata)).info


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("shot", [True, False])
def test_the_mark_is_where_readers_look_for_it(format, shot, make_photo):
    metadata = read_untrusted(camera_file(make_photo)).metadata if shot else Metadata()
    photo = make_photo(40, 30)
    marked, bare = (reopened(encode(photo, format, metadata, mark)) for mark in (True, False))
    assert source_type(marked) == SOURCE_TYPE
    assert marked.getexif()[BASE.Software] == SOFTWARE
    assert marked.info.get("Software") == (SOFTWARE if format == "png" else None)
    assert marked.getexif().get(BASE.Make) == ("Kodak" if shot else None)
    assert source_type(bare) is None
    assert bare.getexif().get(BASE.Software) == ("Firmware 1" if shot else None)
    assert (np.asarray(marked) == np.asarray(bare)).all()


@pytest.mark.parametrize("exif", [b"Exif\0\0junk", b"Exif\0\0II*\0\x08\0\0\0\xff\xff", b""])
def test_damaged_exif_is_left_out_and_the_photo_is_read(exif, make_photo):
    out = io.BytesIO()
    make_photo(40, 30).save(out, "JPEG", exif=exif)
    reading = read_untrusted(out.getvalue())
    assert reading.picture.size == (40, 30)
    encode(reading.picture, "jpg", reading.metadata, mark=True)


def test_exif_that_no_jpeg_could_hold_is_left_out(make_photo):
    exif = Image.Exif()
    exif[BASE.ImageDescription] = "x" * 70_000
    out = io.BytesIO()
    make_photo(40, 30).save(out, "PNG", exif=exif)
    reading = read_untrusted(out.getvalue())
    assert reading.metadata.exif == b""
    assert reopened(encode(reading.picture, "jpg", reading.metadata, mark=True)).size == (40, 30)
