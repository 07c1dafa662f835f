"""The child process of `image.sandbox`: reads one picture after another for its parent.

A request on standard input is a line of JSON, {"name": …, "path": …} or {"name": …, "size": n}
followed by n bytes. Answers on standard output are lines of JSON: {"pixels": n} as soon as the
header is read, then {"width": …, "height": …, "notes": […]} followed by the picture's RGB bytes,
or {"error": …}. The child ends with its standard input.
"""

import contextlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import simplejpeg
from PIL import Image

from colorize_core.errors import PhotoError
from colorize_core.image.read import read_file

MEMORY = int(os.environ.get("COLORIZE_DECODER_MEMORY", 1_000_000_000))
"""Bytes of data that a child may hold: a 40-megapixel picture of any depth, and its copies."""


def main() -> None:
    """Answer requests until the parent closes the pipe."""
    _limit_memory()
    requests, answers = sys.stdin.buffer, sys.stdout.buffer

    def say(**answer: Any) -> None:
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()

    while line := requests.readline():
        request = json.loads(line)
        content = requests.read(request["size"]) if "size" in request else None
        try:
            picture, notes = read_request(request, content, lambda count: say(pixels=count))
        except PhotoError as error:
            say(error=str(error))
            continue
        say(width=picture.width, height=picture.height, notes=notes)
        answers.write(picture.tobytes())
        answers.flush()


def read_request(
    request: dict[str, Any], content: bytes | None, seen: Callable[[int], None]
) -> tuple[Image.Image, list[str]]:
    """The picture of one request, with what there is to say about its file.

    Raises:
        PhotoError: as `image.read.read_file`, or a path that cannot be read.
    """
    name = request["name"]
    if content is None:
        try:
            content = Path(request["path"]).read_bytes()
        except OSError as error:
            raise PhotoError(f"{name} cannot be read ({error.strerror}); check its name") from error
    picture = read_file(content, name, seen)
    notes = []
    if is_damaged_jpeg(content):
        notes.append(f"{name} is damaged in places: what is missing there was filled in")
    return picture, notes


def is_damaged_jpeg(content: bytes) -> bool:
    """Whether a JPEG decodes with warnings only, which Pillow keeps to itself.

    About two of three flipped bits that can be seen are found; the others make another valid file.
    """
    if not content.startswith(b"\xff\xd8\xff"):
        return False
    try:
        simplejpeg.decode_jpeg(
            content, "GRAY", min_height=1, min_width=1, min_factor=8, strict=True
        )
    except ValueError as error:
        return "olor" not in str(error)  # CMYK has no way to grey; Pillow has read it
    return False


def _limit_memory() -> None:
    """Let allocations beyond MEMORY fail, where the system can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # not on Windows

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
