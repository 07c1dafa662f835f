"""onnxruntime-web, which runs the networks in the browser: fetched by npm, checked, kept."""

import base64
import hashlib
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from colorize_core.errors import SiteError
from colorize_core.files import make_folder, write_atomically

VERSION = "1.30.0"
INTEGRITY = "sha512-" + (
    "q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02Vb7QmRMDs1SigqR4CXAfKYQ=="
)
"""Of the package, in npm's form; whatever else comes is not unpacked."""
MEMBERS = {
    "ort.js": "ort.wasm.min.mjs",
    "ort-wasm.js": "ort-wasm-simd-threaded.mjs",
    "ort.wasm": "ort-wasm-simd-threaded.wasm",
}
"""Our name -> name in the package. Scripts end in .js: not every server knows .mjs as a script."""
NODE = 20
"""The first version of Node that npm is asked of."""
PATIENCE = 600
"""Seconds for 33 MB."""


def load_runtime(cache: Path | None = None) -> dict[str, bytes]:
    """The files of `MEMBERS` by our names.

    Args:
        cache: where the package is kept; default the system's place for such things.

    Raises:
        SiteError: npm is missing or fails, or the package is another one than expected.
        StorageError: the package cannot be kept.
    """
    package = (cache or default_cache()) / f"onnxruntime-web-{VERSION}.tgz"
    if not (package.is_file() and integrity(package.read_bytes()) == INTEGRITY):
        content = fetch_package()
        if integrity(content) != INTEGRITY:
            raise SiteError(
                f"npm gave another onnxruntime-web {VERSION} than expected ({integrity(content)}); "
                "check which registry it uses (npm config get registry)"
            )
        make_folder(package.parent)
        write_atomically(package, content)
    with tarfile.open(package) as tar:
        found = {ours: tar.extractfile(f"package/dist/{name}") for ours, name in MEMBERS.items()}
        return {ours: file.read() for ours, file in found.items() if file is not None}


def integrity(content: bytes) -> str:
    """A digest as npm writes it."""
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


def default_cache() -> Path:
    """The folder of this system for what can be fetched again."""
    root = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return Path(root or Path.home() / ".cache") / "colorize-studio"


def fetch_package() -> bytes:
    """The package as npm has it; nothing of it is run.

    Raises:
        SiteError: npm is missing or fails.
    """
    npm = find_npm()
    with tempfile.TemporaryDirectory() as folder:
        words = [npm, "pack", f"onnxruntime-web@{VERSION}", "--ignore-scripts", "--silent"]
        try:
            done = subprocess.run(
                words, cwd=folder, capture_output=True, text=True, timeout=PATIENCE
            )
        except subprocess.TimeoutExpired as error:
            raise SiteError(
                f"npm has not fetched onnxruntime-web within {PATIENCE} s; try again"
            ) from error
        files = list(Path(folder).glob("*.tgz"))
        if done.returncode or len(files) != 1:
            said = " ".join((done.stderr or done.stdout).split())[-300:]
            raise SiteError(
                f"npm could not fetch onnxruntime-web {VERSION} ({said or 'no reason given'}); "
                "it is needed once, with a connection"
            )
        return files[0].read_bytes()


def find_npm() -> str:
    """Where npm is.

    Raises:
        SiteError: it is missing, or its Node is too old.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        raise SiteError(f"npm is not installed; this command needs Node {NODE} or newer, once")
    said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    found = re.match(r"v(\d+)", said)
    if not found or int(found[1]) < NODE:
        raise SiteError(f"Node {said.strip() or '?'} is too old; install Node {NODE} or newer")
    return npm
