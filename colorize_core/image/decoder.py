"""The child process of `image.sandbox`: reads one picture after another for its parent.

The child says {"ready": true}. A request on standard input is a line of JSON, {"name": …, "path":
…, "memory": …} or {"name": …, "size": n, "memory": …} followed by n bytes. Answers on standard
output are lines of JSON: {"pixels": n} as soon as the header is read, then {"width": …, "height":
…, "notes": […], "shared": …}, or {"error": …}. The picture's bytes, RGBX, lie in the file "memory"
if they are shared, and follow the answer if not. The child ends with its standard input.
"""

import contextlib
import json
import mmap
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

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

    say(ready=True)
    while line := requests.readline():
        request = json.loads(line)
        content = requests.read(request["size"]) if "size" in request else None
        try:
            picture, notes = read_request(request, content, lambda count: say(pixels=count))
        except PhotoError as error:
            say(error=str(error))
            continue
        shared = leave(picture, request["memory"])
        say(width=picture.width, height=picture.height, notes=notes, shared=shared)
        if not shared:
            answers.write(picture.convert("RGBX").tobytes())
            answers.flush()


def leave(picture: Image.Image, path: str | None) -> bool:
    """Put an RGB or RGBX picture into the parent's memory; False where that cannot be."""
    if path is None:
        return False
    size = 4 * picture.width * picture.height
    try:
        with open(path, "r+b") as file:
            file.truncate(size)
            memory = mmap.mmap(file.fileno(), size)
    except OSError:
        return False
    place = Image.frombuffer("RGBX", picture.size, memory, "raw", "RGBX", 0, 1)
    place.readonly = 0  # else Pillow would write to a copy
    place.paste(picture)
    return True


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
    picture, damaged = read_file(content, name, seen)
    note = f"{name} is damaged in places: what is missing there was filled in"
    return picture, [note] if damaged else []


def _limit_memory() -> None:
    """Let allocations beyond MEMORY fail, where the system can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # not on Windows

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
