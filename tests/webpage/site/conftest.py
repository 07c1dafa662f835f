"""The built site, a plain server for it, and visitors of it in Chromium."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.site import PATIENCE, Server, coloured

from webpage.publish import build, runtime


@pytest.fixture(scope="session")
def npm() -> None:
    """Without npm there is no runtime to build a site with."""
    kept = runtime.default_cache() / f"onnxruntime-web-{runtime.VERSION}.tgz"
    if not (kept.is_file() or shutil.which("npm")):
        if os.environ.get("CI") == "true":
            pytest.fail("CI has no npm; install Node 20 or newer")
        pytest.skip("npm is not installed")


@pytest.fixture(scope="session")
def shipped_site(npm, tmp_path_factory) -> Path:
    """The site as it is shipped; do not write to it."""
    folder = tmp_path_factory.mktemp("shipped") / "site"
    build.build_site(folder)
    return folder


@pytest.fixture(scope="session")
def site(npm, tmp_path_factory, tiny_checkpoints) -> Path:
    """The site with small untrained networks; do not write to it."""
    folder = tmp_path_factory.mktemp("built") / "site"
    build.build_site(folder, tiny_checkpoints)
    return folder


@pytest.fixture
def small(monkeypatch, tiny_checkpoints) -> Path:
    """Building with stand-ins for networks and runtime."""
    files = {name: name.encode() for name in runtime.MEMBERS}
    monkeypatch.setattr(build, "load_runtime", lambda cache: files)
    monkeypatch.setattr(build, "export_onnx", lambda found: found.method.name.encode())
    return tiny_checkpoints


@pytest.fixture(scope="session")
def server(site) -> Iterator[Server]:
    running = Server(site)
    yield running
    running.stop()


@pytest.fixture
def visit(chromium, server) -> Iterator[Callable]:
    """`visit(width, height, address="", …)`: a visitor's page with its first pictures.

    At the end of every test: no other host was asked, nothing was sent, no script failed.
    """
    contexts, failures, requests = [], [], []

    def visit(
        width: int = 1280,
        height: int = 800,
        address: str = "",
        script: str = "",
        block: str = "",
        wait: bool = True,
        **options,
    ):
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.set_default_timeout(1000 * PATIENCE)
        context.on("request", lambda request: requests.append(request))
        page = context.new_page()
        page.on("pageerror", lambda error: failures.append(error))
        if script:
            page.add_init_script(script)
        if block:
            page.route(f"**/{block}*", lambda route: route.abort())
        page.goto((options.get("base_url") or server.url) + address)
        if wait:
            coloured(page)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert not failures
    check_private(requests)


def check_private(requests: list) -> None:
    """No other host was asked, and nothing was sent: no request carries a photo."""
    assert requests
    for request in requests:
        assert request.url.startswith(("http://127.0.0.1:", "blob:", "data:")), request.url
        assert len(request.url) < 1000, request.url
        assert request.method == "GET"
        assert request.post_data_buffer is None


@pytest.fixture(scope="session")
def page(chromium, server) -> Iterator:
    """One page that many tests look at; to open another costs seconds."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(1000 * PATIENCE)
    failures, requests = [], []
    context.on("request", lambda request: requests.append(request))
    page = context.new_page()
    page.on("pageerror", lambda error: failures.append(error))
    page.goto(server.url)
    coloured(page)
    yield page
    context.close()
    assert failures == []
    check_private(requests)


@pytest.fixture
def photos(make_photo, tmp_path) -> list[Path]:
    """Three photos of several sizes and formats."""
    paths = [tmp_path / name for name in ("hill.png", "town.jpg", "lake.webp")]
    for seed, path in enumerate(paths):
        make_photo(300 - 20 * seed, 200 + 10 * seed, seed=seed).save(path)
    return paths
