"""Refuse files that would take minutes to read, by counting their parts before anything is decoded.

No camera and no program writes such files; a small one can hold a reader up for minutes. What
cannot be counted cheaply is left to the deadline of `image.sandbox`.
"""

import struct
from collections.abc import Iterator

from colorize_core.errors import PhotoError

MAX_SCANS = 100
"""Of a JPEG; progressive ones have about ten, and each passes over the whole picture."""
MAX_SEGMENTS = 2_000
"""Pieces of metadata before a JPEG's picture; cameras write some ten, large profiles hundreds."""
MAX_BLOCKS = 20_000
"""Blocks of a GIF's comments and extensions, and those of its picture that are not full."""
MAX_CHUNKS = 50_000
"""Of a PNG; 40 megapixels in the usual chunks of 8 KB are 15,000."""
MAX_STRIPS = 100_000
"""Strips or tiles of a TIFF: more than any side that is accepted has rows."""
MAX_HEADER = 1 << 16
"""Bytes of a PPM before its pixels, comments included."""
MAX_FIGURES = 1 << 24
"""Bytes of a PPM that is written in figures, of which Pillow reads 4 to 8 MB a second."""

_JPEG_SCAN, _STRIP_OFFSETS, _TILE_OFFSETS = b"\xff\xda", 273, 324


def check_complexity(data: bytes, name: str) -> None:
    """Refuse a file made of too many parts.

    Args:
        data: the whole file.
        name: of the file, for the message.

    Raises:
        PhotoError: names what there is too much of, and the limit.
    """
    for signature, count, limit, what in _COUNTED:
        if data.startswith(signature) and count(data, limit) > limit:
            raise PhotoError(
                f"{name} consists of more than {limit:,} {what}, as no camera writes it; "
                "save it anew as PNG or JPEG"
            )


def _jpeg_scans(data: bytes, limit: int) -> int:
    # Inside coded pixels 0xFF is followed by 0 or a restart marker, so this finds scans, and at
    # most a few more in previews.
    return data.count(_JPEG_SCAN)


def _jpeg_segments(data: bytes, limit: int) -> int:
    count, place = 0, 2
    while place + 4 <= len(data) and data[place] == 0xFF and count <= limit:
        if data[place : place + 2] == _JPEG_SCAN:
            break
        # Before a marker 0xFF may come any number of times; Pillow takes each alone.
        filled = {0xFF: 1, 0: 2}.get(data[place + 1])
        place += filled or 2 + int.from_bytes(data[place + 2 : place + 4])
        count += 1
    return count


def _gif_blocks(data: bytes, limit: int) -> int:
    """Blocks of extensions before the first picture, and those of that picture that are tiny.

    A picture's blocks are as many as it needs, of 255 bytes; only shorter ones are counted.
    """
    count, place = 0, 13
    if len(data) > 10 and data[10] & 0x80:
        place += 3 << ((data[10] & 7) + 1)
    while place < len(data) and count <= limit:
        extension = data[place] == 0x21
        if extension:
            place += 2
        elif data[place] == 0x2C and place + 10 < len(data):
            table = data[place + 9]
            place += 11 + ((3 << ((table & 7) + 1)) if table & 0x80 else 0)
        else:
            break
        while place < len(data) and data[place] and count <= limit:
            count += extension or data[place] < 255
            place += 1 + data[place]
        place += 1
    return count


def _png_chunks(data: bytes, limit: int) -> int:
    count, place = 0, 8
    while place + 8 <= len(data) and count <= limit:
        place += 12 + int.from_bytes(data[place : place + 4])
        count += 1
    return count


def _tiff_strips(data: bytes, limit: int) -> int:
    return max(
        (n for tag, n in _tiff_entries(data) if tag in (_STRIP_OFFSETS, _TILE_OFFSETS)), default=0
    )


def _tiff_entries(data: bytes) -> Iterator[tuple[int, int]]:
    """Tag and number of values of the first directory's entries."""
    order = "<" if data[:2] == b"II" else ">"
    big = data[2:4] in (b"+\0", b"\0+")
    start, count, entry = ("Q", "Q", "HHQ8x") if big else ("I", "H", "HHI4x")
    try:
        (place,) = struct.unpack_from(order + start, data, 8 if big else 4)
        (entries,) = struct.unpack_from(order + count, data, place)
        place += struct.calcsize(order + count)
        for i in range(min(entries, 4096)):
            tag, _, values = struct.unpack_from(
                order + entry, data, place + i * struct.calcsize(order + entry)
            )
            yield tag, values
    except (struct.error, OverflowError):  # damaged: the reader says so
        return


def _ppm_header(data: bytes, limit: int) -> int:
    """Bytes until the numbers of the header are complete, `limit` + 1 where they are not."""
    needed = 3 if data[:2] in (b"P1", b"P4") else 4
    text = b"\n".join(line.partition(b"#")[0] for line in data[:limit].split(b"\n"))
    return len(text) if len(text.split(None, needed)) >= needed else limit + 1


def _size(data: bytes, limit: int) -> int:
    return len(data)


_COUNTED = (
    (b"\xff\xd8\xff", _jpeg_scans, MAX_SCANS, "scans"),
    (b"\xff\xd8\xff", _jpeg_segments, MAX_SEGMENTS, "pieces of metadata"),
    (b"GIF8", _gif_blocks, MAX_BLOCKS, "blocks of metadata or of a few bytes"),
    (b"\x89PNG", _png_chunks, MAX_CHUNKS, "chunks"),
    (b"II", _tiff_strips, MAX_STRIPS, "strips or tiles"),
    (b"MM", _tiff_strips, MAX_STRIPS, "strips or tiles"),
    *(
        (f"P{i}".encode(), _ppm_header, MAX_HEADER, "bytes before its pixels")
        for i in (*range(1, 7), "f")
    ),
    *((f"P{i}".encode(), _size, MAX_FIGURES, "bytes of figures") for i in (1, 2, 3)),
)
