"""onnxruntime-web by npm: checked before anything of it is read; one sentence where it fails."""

import io
import os
import sys
import tarfile
from pathlib import Path

import pytest

from colorize_core.errors import SiteError
from webpage.publish import runtime


def package(extra: bytes = b"") -> bytes:
    """A package as npm has it, with other content."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name in runtime.MEMBERS.values():
            info = tarfile.TarInfo(f"package/dist/{name}")
            content = name.encode() + extra
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def command(folder: Path, name: str, script: str) -> None:
    """A program of that name, in Python."""
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def programs(tmp_path, monkeypatch) -> Path:
    """The only folder with programs: no node, no npm as yet."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def give(folder: Path, content: bytes) -> None:
    """A node, and an npm that packs this content."""
    command(folder, "node", "print('v22.1.0')")
    (folder / "content").write_bytes(content)
    script = "import shutil; shutil.copy({!r}, 'onnxruntime-web.tgz')"
    command(folder, "npm", script.format(str(folder / "content")))


def test_the_package_is_fetched_once_and_unpacked(programs, tmp_path, monkeypatch):
    content = package()
    monkeypatch.setattr(runtime, "INTEGRITY", runtime.integrity(content))
    give(programs, content)
    expected = {ours: name.encode() for ours, name in runtime.MEMBERS.items()}
    assert runtime.load_runtime(tmp_path / "cache") == expected
    os.remove(programs / "npm")
    assert runtime.load_runtime(tmp_path / "cache") == expected


def test_another_package_than_expected_is_not_kept(programs, tmp_path):
    give(programs, package(b"changed"))
    with pytest.raises(SiteError, match="another onnxruntime-web"):
        runtime.load_runtime(tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_a_kept_package_that_was_changed_is_fetched_anew(programs, tmp_path, monkeypatch):
    content = package()
    monkeypatch.setattr(runtime, "INTEGRITY", runtime.integrity(content))
    give(programs, content)
    runtime.load_runtime(tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()
    kept.write_bytes(package(b"changed"))
    assert runtime.load_runtime(tmp_path / "cache")["ort.js"] == b"ort.wasm.min.mjs"


@pytest.mark.parametrize(
    ("node", "npm", "says"),
    [
        (None, None, "npm is not installed"),
        ("print('v18.19.0')", "", "Node v18.19.0 is too old"),
        ("print('v22.0.0')", "import sys; sys.exit('no connection')", "no connection"),
    ],
)
def test_what_npm_lacks_is_one_sentence(programs, tmp_path, node, npm, says):
    if node is not None:
        command(programs, "node", node)
        command(programs, "npm", npm)
    with pytest.raises(SiteError, match=says):
        runtime.load_runtime(tmp_path / "cache")
