"""The whole way, file to picture, in Chromium with the shipped networks: Python's pictures."""

import json
import re
from collections.abc import Iterator

import numpy as np
import pytest
from image.test_formats import READABLE
from image.test_orientation import STORED
from image.test_profiles import PROFILED
from PIL import Image, ImageFilter
from skimage import data
from support.engine import Engine, start
from support.pictures import exif, quads, saved

from colorize_core.image.read import load_image
from colorize_core.inference.colorizer import Colorizer, load_colorizer

TEMPERATURES = (1, 0.38, 0.09, 0)
NAMES = ("classification", "regression", "gan")
OPEN = """
const { startRuntime } = await import("/site/runtime.js");
const ort = await startRuntime(site, location.href, () => {});
window.networks = {};
for (const { name, file } of site.methods) {
  const bytes = new Uint8Array(await (await fetch(file)).arrayBuffer());
  networks[name] = await engine.loadNetwork(bytes, ort);
}
"""
COLOUR = """
const photo = await engine.readPhoto(file, "a");
const pictures = [], predictions = {};
for (const [name, temperature] of wanted) {
  predictions[name] ??= await engine.predict(networks[name], photo);
  const parts = [];
  for await (const { rgba } of engine.renderStrips(photo, predictions[name], { temperature }))
    parts.push(rgba);
  pictures.push(parts);
}
photo.close();
return [photo.width, photo.height, pictures];
"""
AWKWARD = {
    "cmyk adobe.jpg": READABLE["cmyk adobe.jpg"][0],
    "palette.png": READABLE["palette.png"][0],
    "rgb16.png": READABLE["rgb16.png"][0],
    "grey16 alpha.png": READABLE["grey16 alpha.png"][0],
    "hidden default.png": READABLE["hidden default.png"][0],
    "animated.webp": READABLE["animated.webp"][0],
    "swapped alpha.png": PROFILED["swapped alpha.png"][0],
    "turned.webp": saved(np.ascontiguousarray(STORED[6](quads())), "WEBP", exif=exif(6)),
}


def photos() -> dict[str, bytes]:
    """Photographs, one turned, one large, one small, one grainy."""
    coffee = Image.fromarray(data.coffee())
    grain = np.random.default_rng(0).normal(0, 20, data.astronaut().shape)
    grainy = (data.astronaut() + grain).clip(0, 255).astype(np.uint8)
    return {
        "turned.jpg": saved(Image.fromarray(data.chelsea()), "JPEG", quality=85, exif=exif(6)),
        "large.jpg": saved(coffee.resize((1200, 800)), "JPEG", quality=90),
        "small.png": saved(coffee.resize((90, 60)), "PNG"),
        "grainy.png": saved(grainy, "PNG"),
        "grey, blurred.webp": saved(
            Image.fromarray(data.camera()).filter(ImageFilter.GaussianBlur(2)), "WEBP", quality=80
        ),
    }


PICTURES = photos() | AWKWARD


@pytest.fixture(scope="module")
def engine(chromium, shipped_site) -> Iterator[Engine]:
    """The engine of the built site, with its runtime and its networks."""
    context = chromium.new_context()
    page = context.new_page()
    page.set_default_timeout(300_000)
    engine = start(page, shipped_site, "static/engine")
    page_text = (shipped_site / "index.html").read_text()
    words = re.search(r'id="site">(.*?)</script>', page_text, re.DOTALL)
    engine(OPEN, site=json.loads(words[1]))
    yield engine
    context.close()


@pytest.fixture(scope="module")
def colorizers() -> dict[str, Colorizer]:
    return {name: load_colorizer(name) for name in NAMES}


@pytest.mark.parametrize("name", PICTURES)
def test_the_browser_makes_python_s_pictures(name, engine, colorizers):
    wanted = [("classification", T) for T in TEMPERATURES]
    if name not in AWKWARD:
        wanted += [("regression", 1), ("gan", 1)]
    width, height, pictures = engine(COLOUR, file=PICTURES[name], wanted=wanted)
    photo = load_image(PICTURES[name])
    assert (width, height) == photo.size
    for (method, temperature), parts in zip(wanted, pictures, strict=True):
        found = np.concatenate(parts).reshape(height, width, 4)[..., :3].astype(int)
        expected = colorizers[method](photo, temperature)
        difference = np.abs(found - np.asarray(expected))
        assert difference.mean() <= 1, (method, temperature)
        assert (difference.max(2) > 4).mean() <= 0.001, (method, temperature)
