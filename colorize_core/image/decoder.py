"""The child process of `image.sandbox`: reads one picture after another for its parent.

The child says {"ready": true}. A request on standard input is a line of JSON, {"name": …,
"path": …} or {"name": …, "size": n} followed by n bytes. Answers on standard output are lines of
JSON: {"pixels": n} as soon as the header is read, then {"width": …, "height": …, "notes": […],
"exif": base64, "profile": …} followed by the picture's bytes as Pillow keeps them, RGBX, or
{"error": …}. The child ends with its
standard input, be it in the middle of a file: a parent that was killed sets no deadline.
"""

import base64
import contextlib
import json
import os
import select
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from colorize_core.errors import PhotoError
from colorize_core.image.metadata import Metadata
from colorize_core.image.read import read_file

MEMORY = int(os.environ.get("COLORIZE_DECODER_MEMORY", 1_000_000_000))
"""Bytes of data that a child may hold: a 40-megapixel picture of any depth, and its copies."""


STRIP_BYTES = 1 << 20
"""Of a picture, handed over at once."""


def main() -> None:
    """Answer requests until the parent closes the pipe."""
    _limit_memory()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    requests, answers = sys.stdin.buffer, sys.stdout.buffer

    def say(**answer: Any) -> None:
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()

    say(ready=True)
    while line := requests.readline():
        request = json.loads(line)
        content = requests.read(request["size"]) if "size" in request else None
        try:
            picture, notes, kept = read_request(request, content, lambda count: say(pixels=count))
        except PhotoError as error:
            say(error=str(error))
            continue
        exif = base64.b64encode(kept.exif).decode()
        about = {"notes": notes, "exif": exif, "profile": kept.profile}
        say(width=picture.width, height=picture.height, **about)
        for strip in strips(picture):
            answers.write(strip)
        answers.flush()


def strips(picture: Image.Image) -> Iterator[bytes]:
    """The bytes of an RGB or RGBX picture as RGBX, some rows at a time."""
    step = max(1, STRIP_BYTES // (4 * picture.width))
    for top in range(0, picture.height, step):
        box = (0, top, picture.width, min(picture.height, top + step))
        yield picture.crop(box).tobytes("raw", "RGBX")


def read_request(
    request: dict[str, Any], content: bytes | None, seen: Callable[[int], None]
) -> tuple[Image.Image, list[str], Metadata]:
    """The picture of one request, what there is to say about its file, and what is kept of it.

    Raises:
        PhotoError: as `image.read.read_file`, or a path that cannot be read.
    """
    name = request["name"]
    if content is None:
        try:
            content = Path(request["path"]).read_bytes()
        except OSError as error:
            raise PhotoError(f"{name} cannot be read ({error.strerror}); check its name") from error
    picture, damage, kept = read_file(content, name, seen)
    return picture, [f"{name} {damage}"] if damage else [], kept


def _limit_memory() -> None:
    """Let allocations beyond MEMORY fail, where the system can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # not on Windows

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _end_with_parent() -> None:
    """Wait until nobody holds the other end of standard input, then end at once.

    Linux could send a signal instead, but when the thread ends that has started the child.
    """
    if hasattr(select, "poll"):  # not on Windows
        hangup = select.poll()
        hangup.register(sys.stdin, 0)
        hangup.poll()
        os._exit(1)


if __name__ == "__main__":
    main()
