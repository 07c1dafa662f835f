"""Builds the page without a server: one static folder that any web server can hand out."""

import gzip
import hashlib
import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps
from skimage import data

from colorize_core import METHODS, load_image
from colorize_core.errors import SiteError
from colorize_core.export.onnx import export_onnx
from colorize_core.files import storage
from colorize_core.image.write import encode
from colorize_core.methods.checkpoint import read_checkpoint
from colorize_core.runs import SHIPPED
from webpage.networks import EXAMPLES
from webpage.publish.runtime import load_runtime

HERE = Path(__file__).resolve().parents[1]
WORDS = {"regression": "safe", "gan": "bold", "classification": "many ideas"}
"""The networks as they stand side by side, each with a word for how its pictures are."""
ORDER = ("classification", "regression", "gan")
"""In which they are loaded: the first one answers first."""
MARK = "site.json"
"""In every folder that this module has written, and in no other."""
ROOT = ("index.html", "sw.js", "icon.svg", "manifest.webmanifest", "LICENSES.txt")
"""Files that lie at the top of the site; the other ones of webpage/site lie in a folder."""
THUMB, ICON = 92, 512
SCRIPTS = ("shaders.js", "payload.js", "gpu.js", "engine.js")
"""Of the page with a server, which draws by the same engine."""


def build_site(out: Path, checkpoints: Path = SHIPPED, cache: Path | None = None) -> dict[str, int]:
    """Write the site; a folder that it has written before is replaced as a whole.

    Args:
        out: the folder.
        checkpoints: folder with the methods' checkpoints.
        cache: where onnxruntime-web is kept between calls.

    Returns:
        Every file's size in bytes.

    Raises:
        SiteError: `out` holds something else, or onnxruntime-web cannot be had.
        CheckpointError: a network is missing or damaged.
        StorageError: the disk refuses it.
    """
    check_place(out)
    files = collect(checkpoints, cache)
    with storage(out), beside(out) as folder:
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return {name: len(content) for name, content in files.items()}


def check_place(out: Path) -> None:
    """Refuse to replace what is no site of ours.

    Raises:
        SiteError: `out` is a file, or a folder with other things in it.
    """
    if out.is_dir() and any(out.iterdir()) and not (out / MARK).is_file():
        raise SiteError(f"{out} holds other files; name a new folder, or one that this has written")
    if out.exists() and not out.is_dir():
        raise SiteError(f"{out} is a file; name a folder")


@contextmanager
def beside(out: Path) -> Iterator[Path]:
    """A new folder that takes the place of `out` at the end, unless something fails."""
    out = out.absolute()
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".colorize-site-", dir=out.parent) as scratch:
        made, old = Path(scratch, "new"), Path(scratch, "old")
        made.mkdir()
        yield made
        if out.exists():
            out.rename(old)
        try:
            made.rename(out)
        except OSError:
            with suppress(OSError):
                old.rename(out)
            raise


def collect(checkpoints: Path, cache: Path | None) -> dict[str, bytes]:
    """Every file of the site: its name there, and its content."""
    runtime = load_runtime(cache)
    files = {f"site/{path.name}": path.read_bytes() for path in sorted(HERE.glob("site/*.[jc]s*"))}
    del files["site/sw.js"]
    for path in [*(HERE / "static" / name for name in SCRIPTS), *HERE.glob("static/engine/*.js")]:
        files[path.relative_to(HERE).as_posix()] = path.read_bytes()
    site = {"methods": [], "order": list(ORDER), "examples": []}
    for name, word in WORDS.items():
        content = export_onnx(read_checkpoint(checkpoints / name))
        file = add(files, f"networks/{name}.onnx", content)
        site["methods"].append(describe(name, word) | {"file": file, "bytes": len(content)})
    for name, title in EXAMPLES.items():
        photo = load_image(getattr(data, name)())
        file = add(files, f"examples/{name}.jpg", encode(photo, "jpg"))
        thumb = encode(ImageOps.fit(photo, (THUMB, THUMB)), "jpg")
        small = add(files, f"examples/{name}-small.jpg", thumb)
        site["examples"].append({"name": name, "title": title, "file": file, "thumb": small})
    wasm = compress(runtime["ort.wasm"])
    site["runtime"] = {
        "script": add(files, "runtime/ort.js", runtime["ort.js"]),
        "module": add(files, "runtime/ort-wasm.js", runtime["ort-wasm.js"]),
        "wasm": add(files, "runtime/ort-wasm.bin", wasm),
        "bytes": len(wasm),
    }
    files |= {name: (HERE / "site" / name).read_bytes() for name in ROOT}
    files["icon.png"] = draw_icon()
    return finish(files, site)


def add(files: dict[str, bytes], name: str, content: bytes) -> str:
    """Add a file whose name changes with its content, so that it can be kept for good."""
    stem, dot, ending = name.rpartition(".")
    name = f"{stem}-{digest(content)}{dot}{ending}"
    files[name] = content
    return name


def digest(content: bytes) -> str:
    """Twelve hexadecimal digits of the content."""
    return hashlib.sha256(content).hexdigest()[:12]


def compress(content: bytes) -> bytes:
    """As gzip, the same bytes for the same content: few hosts compress wasm by themselves."""
    return gzip.compress(content, 9, mtime=0)


def describe(name: str, word: str) -> dict[str, object]:
    """What the page says of a method."""
    method = METHODS[name]
    return {
        "name": name,
        "title": method.title,
        "word": word,
        "idea": method.idea,
        "why": method.why,
        "has_temperature": method.has_temperature,
    }


def finish(files: dict[str, bytes], site: dict) -> dict[str, bytes]:
    """Tell page and service worker what there is, under a version that follows from all of it."""
    words = b"".join(f"{name} {digest(files[name])}\n".encode() for name in sorted(files))
    site["version"] = digest(words + json.dumps(site).encode())
    text = json.dumps(site, ensure_ascii=False).replace("<", "\\u003c")
    page = files["index.html"].decode().replace('id="site">{}', f'id="site">{text}')
    links = "".join(f'  <link rel="modulepreload" href="{name}">\n' for name in modules(files))
    files["index.html"] = page.replace("</head>", f"{links}</head>").encode()
    kept = {"version": site["version"], "files": sorted(files.keys() - {"sw.js"})}
    script = files["sw.js"].decode()
    script = re.sub(r"const SITE = .*;", lambda _: f"const SITE = {json.dumps(kept)};", script)
    files["sw.js"] = script.encode()
    files["README.md"] = (HERE / "site" / "space.md").read_bytes()
    files[".nojekyll"] = b""
    files[MARK] = json.dumps({"made_by": "colorize site", "version": site["version"]}).encode()
    return dict(sorted(files.items()))


def modules(files: dict[str, bytes], first: str = "site/app.js") -> list[str]:
    """What the page's script imports, and what that imports: fetched at once, not in turn."""
    found = [first]
    for name in found:  # which grows meanwhile
        imported = re.findall(rb'^(?:import|export) .*?from "\./(.+?)";', files[name], re.M | re.S)
        names = [f"site/{path.decode()}" for path in imported]
        found += [name for name in names if name not in found]
    return found


def draw_icon() -> bytes:
    """icon.svg as PNG, for systems that take no other."""
    picture = Image.new("RGB", (ICON, ICON), "#23262e")
    draw = ImageDraw.Draw(picture)
    box = [90, 90, ICON - 90, ICON - 90]
    for start, end, color in [(90, 270, "#8b8f98"), (270, 360, "#e2703a"), (0, 90, "#3f8f6b")]:
        draw.pieslice(box, start, end, fill=color)
    draw.line([ICON // 2, 90, ICON // 2, ICON - 90], fill="white", width=14)
    return encode(picture, "png")
