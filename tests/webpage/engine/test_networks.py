"""A network's file describes itself; what the engine gives it, and what it does with the answer."""

import numpy as np
import pytest
import torch
from support.engine import EngineError
from support.tiny import make_photo

from colorize_core.export.onnx import describe, export_onnx
from colorize_core.inference.colorizer import load_colorizer
from colorize_core.inference.hints import Hint, place_hints
from colorize_core.methods.checkpoint import read_checkpoint

PHOTO = "const photo = engine.photoFromPixels('a', image.width, image.height, image.pixels);"
STUB = """
const bytes = new Uint8Array(await file.arrayBuffer());
const seen = [];
const ort = {
  Tensor: class { constructor(type, data, dims) { Object.assign(this, { type, data, dims }); } },
  InferenceSession: { create: async () => ({
    async run(inputs) { seen.push(inputs); return { output: { data: output, dispose() {} } }; },
    release: async () => seen.push("released"),
  }) },
};
const network = await engine.loadNetwork(bytes, ort);
"""


@pytest.mark.parametrize("name", ["classification", "regression", "gan"])
def test_a_network_s_file_describes_itself(name, engine, tiny_checkpoints):
    found = read_checkpoint(tiny_checkpoints / name)
    file = export_onnx(found)
    told = engine("return engine.describe(new Uint8Array(await file.arrayBuffer()))", file=file)
    assert told == describe(found, load_colorizer(name, found.folder).module)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "no network that `colorize export` wrote"),
        (b"\x0a\x05hello", "no network that `colorize export` wrote"),
        (b"\x0a\x7fhello", "cut off"),
        (b"PDF and so on", "(no ONNX network|cut off)"),
    ],
)
def test_another_file_is_refused(content, sentence, engine):
    with pytest.raises(EngineError, match=sentence):
        engine("return engine.describe(new Uint8Array(await file.arrayBuffer()))", file=content)


def test_a_network_of_another_colour_space_is_refused(engine, tiny_checkpoints):
    file = export_onnx(read_checkpoint(tiny_checkpoints / "cifar-yuv-l2"))
    with pytest.raises(EngineError, match="cifar-yuv-l2 answers in yuv"):
        engine("engine.describe(new Uint8Array(await file.arrayBuffer()))", file=file)


def test_a_network_sees_what_it_sees_in_python(engine, tiny_checkpoints):
    folder = tiny_checkpoints / "classification"
    colorizer, image = load_colorizer("classification", folder), make_photo(200, 150, seed=3)
    expected = colorizer.predict(image)
    run = f"""{PHOTO} {STUB} const prediction = await engine.predict(network, photo);
      await network.close();
      return [seen[0], prediction, seen[1]];"""
    raw = expected.output.float() + 1e-5
    values = {"image": image, "file": export_onnx(read_checkpoint(folder)), "output": raw.ravel()}
    seen, prediction, released = engine(run, **values)
    assert seen.keys() == {"grey"}
    assert seen["grey"]["dims"] == list(expected.grey.shape)
    assert np.abs(seen["grey"]["data"] - expected.grey.numpy().ravel()).max() < 1e-5
    assert prediction["cells"] == list(expected.output.shape[:1:-1])
    assert np.abs(prediction["output"] - raw.half().float().numpy().ravel()).max() < 1e-6
    assert released == "released"


def test_hints_are_placed_as_in_python(engine):
    image = make_photo(90, 61)
    places = [
        (0, 0, (200, 10, 10)),
        (89, 60, (1, 2, 250)),
        (45, 30, (9, 90, 9)),
        (46, 29, (90, 9, 9)),
    ]
    expected = place_hints([Hint(*place) for place in places], image.size, 8, 12)
    hints = [{"x": x, "y": y, "rgb": list(rgb)} for x, y, rgb in places]
    run = f"{PHOTO} return engine.placeHints(hints, photo, [12, 8]);"
    found = engine(run, image=image, hints=hints)
    assert expected[0, 2].sum() == 3  # two share a cell
    assert np.abs(found - expected.numpy().ravel()).max() < 1e-5


@pytest.mark.parametrize("place", [(90, 0), (0, 61), (-1, 0)])
def test_a_hint_outside_the_photo_is_refused(place, engine):
    hints = [{"x": place[0], "y": place[1], "rgb": [1, 2, 3]}]
    with pytest.raises(EngineError, match="lies outside the photo of 90 × 61 pixels"):
        engine(
            f"{PHOTO} engine.placeHints(hints, photo, [12, 8]);",
            image=make_photo(90, 61),
            hints=hints,
        )


@pytest.mark.parametrize("takes", [True, False])
def test_a_network_gets_hints_if_it_takes_them(takes, engine, tiny_checkpoints):
    file = export_onnx(read_checkpoint(tiny_checkpoints / "regression"))
    run = f"""{PHOTO} {STUB} network.description.hints = takes;
      await engine.predict(network, photo);
      await engine.predict(network, photo, [{{ x: 40, y: 30, rgb: [200, 0, 0] }}]);
      return seen.map(({{ hints }}) => hints);"""
    values = {"image": make_photo(64, 64), "file": file, "output": torch.zeros(512), "takes": takes}
    if not takes:
        with pytest.raises(EngineError, match="Regression takes no hints"):
            engine(run, **values)
        return
    without, given = engine(run, **values)
    assert without["dims"] == given["dims"]
    assert not without["data"].any()
    assert given["data"].any()
