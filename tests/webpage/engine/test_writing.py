"""Picture files that the browser writes."""

import io

import numpy as np
import pytest
from PIL import Image
from skimage import data
from support.engine import EngineError

from colorize_core.image.write import save_image

WRITE = """
const writer = new engine[kind](image.width, image.height);
for (let y = 0; y < image.height; y += rows) {
  const end = Math.min(image.height, y + rows);
  await writer.add(image.pixels.subarray(4 * image.width * y, 4 * image.width * end));
}
const file = await writer.finish();
return [file.type, new Uint8Array(await file.arrayBuffer())];
"""
RENDER = """
const photo = engine.photoFromPixels("a", image.width, image.height, image.pixels);
const description = { title: "A", centres: null, scale: 110, temperature: 1 };
const guide = { width: 64, height: 64, values: new Float32Array(4096).fill(0.5) };
const prediction = { description, output: new Float32Array(512).fill(0.2), cells: [16, 16], guide };
"""


def write(engine, kind: str, image: Image.Image, rows: int = 50) -> tuple[str, Image.Image]:
    type, content = engine(WRITE, kind=kind, image=image, rows=rows)
    return type, Image.open(io.BytesIO(content.tobytes()))


@pytest.fixture(scope="module")
def coffee() -> Image.Image:
    return Image.fromarray(data.coffee()).crop((20, 30, 343, 241))  # no multiples of 8


@pytest.mark.parametrize("rows", [1, 13, 300])
def test_a_png_holds_the_pixels_as_they_are(rows, engine, coffee):
    type, found = write(engine, "PngWriter", coffee, rows)
    assert (type, found.format, found.mode) == ("image/png", "PNG", "RGB")
    assert np.array_equal(np.asarray(found), np.asarray(coffee))


@pytest.mark.parametrize("rows", [1, 13, 300])
def test_a_jpeg_is_as_good_as_python_s(rows, engine, coffee):
    type, found = write(engine, "JpegWriter", coffee, rows)
    assert (type, found.format, found.size) == ("image/jpeg", "JPEG", coffee.size)
    assert [layer[1:3] for layer in found.layer] == [(1, 1)] * 3  # 4:4:4
    buffer = io.BytesIO()
    coffee.save(buffer, "JPEG", quality=95, subsampling=0)
    pillow = Image.open(buffer)
    assert found.quantization == pillow.quantization
    ours, theirs = (
        np.abs(np.asarray(one).astype(int) - np.asarray(coffee)).mean() for one in (found, pillow)
    )
    assert ours < theirs + 0.02


@pytest.mark.parametrize("kind", ["PngWriter", "JpegWriter"])
def test_files_say_that_machines_coloured_in_python_s_words(kind, engine, coffee, tmp_path):
    _, found = write(engine, kind, coffee)
    path = tmp_path / f"python.{'png' if kind == 'PngWriter' else 'jpg'}"
    save_image(coffee, path, mark=True)
    with Image.open(path) as ours:
        keys = {"xmp", "XML:com.adobe.xmp", "Software"} & ours.info.keys()
        assert keys
        assert {key: found.info.get(key) for key in keys} == {key: ours.info[key] for key in keys}


@pytest.mark.parametrize("size", [(8, 8), (9, 1), (1, 17), (16, 7)])
@pytest.mark.parametrize("kind", ["PngWriter", "JpegWriter"])
def test_any_size_can_be_written(kind, size, engine):
    random = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), np.uint8)
    found = np.asarray(write(engine, kind, Image.fromarray(random))[1]).astype(int)
    assert np.abs(found - random).max() <= (0 if kind == "PngWriter" else 16)


def test_a_jpeg_of_wild_pixels_is_whole(engine):
    random = np.random.default_rng(2).integers(0, 2, (120, 400, 3), np.uint8) * 255
    found = np.asarray(write(engine, "JpegWriter", Image.fromarray(random))[1]).astype(int)
    assert np.abs(found - random).mean() < 5


@pytest.mark.parametrize("type", ["png", "jpeg"])
def test_a_file_is_made_with_progress(type, engine, coffee):
    large = coffee.resize((1100, 700))
    run = f"""{RENDER} const shares = [];
      const options = {{ onProgress: (share) => shares.push(share) }};
      const file = await engine.renderFile(photo, prediction, type, options);
      return [shares, new Uint8Array(await file.arrayBuffer())];"""
    shares, content = engine(run, image=large, type=type)
    assert Image.open(io.BytesIO(content.tobytes())).size == large.size
    assert len(shares) > 2
    assert shares == sorted(shares)
    assert shares[-1] == 1


@pytest.mark.parametrize("type", ["png", "jpeg"])
def test_making_a_file_can_be_stopped(type, engine, coffee):
    run = f"""{RENDER} const control = new AbortController();
      let times = 0;
      const onProgress = () => {{ times++; control.abort(); }};
      try {{
        await engine.renderFile(photo, prediction, type, {{ onProgress, signal: control.signal }});
      }} catch (error) {{ return [error.name, times]; }}"""
    assert engine(run, image=coffee.resize((1500, 900)), type=type) == ["AbortError", 1]


def test_a_file_of_an_impossible_look_is_refused(engine, coffee):
    run = f"{RENDER} await engine.renderFile(photo, prediction, 'png', {{ saturation: 9 }});"
    with pytest.raises(EngineError, match=r"saturation must lie in \[0, 4\], got 9"):
        engine(run, image=coffee)
