"""`colorize site`: what it writes, and what it leaves alone."""

import hashlib
import json
import re

import pytest

from colorize_core.errors import CheckpointError, SiteError
from webpage.publish import build


def test_the_site_is_small_and_complete(shipped_site):
    site = shipped_site
    files = [path for path in site.rglob("*") if path.is_file()]
    names = {path.relative_to(site).as_posix() for path in files}
    assert sum(path.stat().st_size for path in files) <= 32e6
    assert {"index.html", "sw.js", "manifest.webmanifest", "LICENSES.txt", "README.md"} <= names
    told = json.loads(re.search(r'id="site">(.*?)</script>', (site / "index.html").read_text())[1])
    wanted = {one["file"] for one in told["methods"] + told["examples"]}
    assert wanted | {told["runtime"][key] for key in ("script", "module", "wasm")} <= names
    assert "sdk: static" in (site / "README.md").read_text()


def test_every_script_finds_what_it_imports(site):
    for path in site.rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r'^(?:import|export) .*?from "(.+?)";', text, re.M | re.S):
            assert (path.parent / name).is_file(), f"{path.name} imports {name}"


def test_the_page_s_modules_are_fetched_at_once(site):
    text = (site / "index.html").read_text()
    links = re.findall(r'<link rel="modulepreload" href="(.+?)">', text)
    assert len(links) == len(set(links))
    imported = {"app.js"}
    for link in links:
        script = (site / link).read_text(encoding="utf-8")
        imported |= set(re.findall(r'^import .*?from "\./(.+?)";', script, re.M | re.S))
    assert {f"site/{name}" for name in imported} == set(links)


def test_the_service_worker_keeps_every_file_that_the_page_needs(site):
    text = (site / "sw.js").read_text()
    kept = json.loads(re.search(r"const SITE = (.*);", text)[1])
    names = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    assert names - set(kept["files"]) == {"sw.js", "README.md", ".nojekyll", "site.json"}
    assert set(kept["files"]) <= names
    assert kept["version"] == json.loads((site / "site.json").read_text())["version"]


def test_a_name_with_a_digest_tells_the_content(site):
    for path in site.glob("networks/*"):
        digest = path.stem.rpartition("-")[2]
        assert hashlib.sha256(path.read_bytes()).hexdigest().startswith(digest)


def test_building_again_replaces_the_folder_and_changes_nothing(small, tmp_path):
    first = build.build_site(tmp_path / "site", small)
    version = (tmp_path / "site" / "site.json").read_text()
    (tmp_path / "site" / "old.txt").write_text("of an older version")
    assert build.build_site(tmp_path / "site", small) == first
    assert (tmp_path / "site" / "site.json").read_text() == version
    assert not (tmp_path / "site" / "old.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_folder_with_other_things_is_refused(small, tmp_path):
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(SiteError, match="holds other files"):
        build.build_site(tmp_path, small)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_failure_leaves_the_earlier_site(small, tmp_path, monkeypatch):
    out = tmp_path / "site"
    build.build_site(out, small)
    before = sorted(out.rglob("*"))
    monkeypatch.setitem(build.WORDS, "dream", "not there")
    with pytest.raises(CheckpointError):
        build.build_site(out, small)
    assert sorted(out.rglob("*")) == before


def test_the_command_names_folder_and_size(small, colorize, tmp_path):
    code, text = colorize("site", "--out", tmp_path / "s", "--checkpoints", small)
    assert code == 0
    assert str(tmp_path / "s") in text
    assert " MB" in text
