"""Each step of the browser's engine gives Python's numbers."""

import numpy as np
import pytest
import torch
from skimage import data
from support.tiny import make_photo

from colorize_core.color.classes import entropy_bits, grid_centres
from colorize_core.color.conversions import AB_SCALE
from colorize_core.image.denoise import denoise, estimate_noise
from colorize_core.image.read import load_image
from colorize_core.inference.colorizer import Prediction, load_colorizer
from colorize_core.inference.lightness import lightness, merge, network_input
from colorize_core.inference.probe import probe
from colorize_core.inference.temperature_table import build_temperature_table
from colorize_core.inference.upsampling import guided_coefficients, joint_bilateral

PHOTO = "const photo = engine.photoFromPixels('a', image.width, image.height, image.pixels);"
PREDICTION = """
const guide = { width: size[0], height: size[1], values: L };
const prediction = {
  description: { title: "A", centres, scale, temperature: 0.38, stride: 4 }, output,
  cells: [size[0] / 4, size[1] / 4], guide, seconds: 0,
};
"""


def plane(L: torch.Tensor) -> dict:
    height, width = L.shape[-2:]
    return {"width": width, "height": height, "values": L.numpy().ravel()}


def grainy(strength: float, height: int = 96, width: int = 128) -> torch.Tensor:
    generator = torch.Generator().manual_seed(3)
    y, x = torch.meshgrid(torch.linspace(0, 3, height), torch.linspace(0, 4, width), indexing="ij")
    smooth = 0.5 + 0.2 * torch.sin(x + y) + 0.2 * ((x > 2) ^ (y > 1))
    noise = strength * torch.randn(1, 1, height, width, generator=generator)
    return (smooth + noise).clamp(0, 1)


@pytest.fixture(scope="module")
def scene():
    """A photo with logits as wild as a network's, and how a prediction of it is handed over."""
    image = load_image(make_photo(301, 203, seed=4))
    L = network_input(image, 128, 32)
    height, width = (length // 4 for length in L.shape[-2:])
    logits = 5 * torch.randn(1, 261, height, width, generator=torch.Generator().manual_seed(1))
    prediction = Prediction(logits.half(), L, L, 0)
    values = {"image": image, "L": L.ravel(), "size": [4 * width, 4 * height], "scale": AB_SCALE}
    values |= {"output": logits.ravel(), "centres": grid_centres().tolist()}
    return image, prediction, values


@pytest.fixture(scope="module")
def classifier():
    return load_colorizer("classification")


@pytest.mark.parametrize("size", [(97, 61), (640, 427), (33, 900), (2001, 1400)])
def test_a_photo_is_resized_as_for_the_network(size, engine):
    image = make_photo(*size, seed=size[0])
    expected = network_input(image, 256, 32)
    found = engine(f"{PHOTO} return engine.networkInput(photo, 256, 32);", image=image)
    assert (found["height"], found["width"]) == expected.shape[-2:]
    assert np.abs(found["values"] - expected.numpy().ravel()).max() < 1e-5


@pytest.mark.parametrize("strength", [0, 0.02, 0.08])
def test_grain_is_taken_out_alike(strength, engine):
    L = grainy(strength)
    assert engine("return engine.estimateNoise(L)", L=plane(L)) == pytest.approx(
        estimate_noise(L), abs=1e-6
    )
    found = engine("return engine.denoise(L, 3)", L=plane(L))
    expected = denoise(L, 3.0)
    assert torch.equal(expected, L) == (strength == 0)
    assert np.abs(found["values"] - expected.numpy().ravel()).max() < 1e-5


def test_a_strength_of_zero_leaves_grain(engine):
    L = grainy(0.08)
    assert np.array_equal(engine("return engine.denoise(L, 0)", L=plane(L))["values"], L.ravel())


def test_scores_are_kept_in_half_precision(engine):
    scores = 8 * torch.randn(5000, generator=torch.Generator().manual_seed(5))
    found = engine("return engine.halve(scores)", scores=scores)
    assert np.array_equal(found, scores.half().float().numpy())


@pytest.mark.parametrize("temperature", [0, 0.003, 0.09, 0.38, 1])
def test_a_distribution_becomes_the_same_colour(temperature, engine, scene, classifier):
    _, prediction, values = scene
    run = f"{PREDICTION} engine.halve(output); return engine.decode(prediction, T);"
    found = engine(run, **values, T=temperature)
    expected = classifier.predict_ab(prediction, temperature)
    assert np.abs(found - expected.numpy().ravel()).max() < 2e-3


def test_the_renderer_gets_the_table_that_the_server_makes(engine, scene, classifier):
    _, prediction, values = scene
    found = engine(
        f"{PREDICTION} engine.halve(output); return engine.buildPayload(prediction);", **values
    )
    expected = build_temperature_table(classifier, prediction)
    assert found["temperatures"] == list(expected.temperatures)
    steps = expected.steps.permute(0, 2, 3, 1).numpy().ravel()
    assert np.abs(found["steps"] * found["scale"] - steps * expected.scale).max() < 0.06
    share = entropy_bits(prediction.output)[0] / np.log2(261)
    assert np.abs(found["undecided"] - (255 * share).numpy().ravel()).max() < 0.51
    assert np.array_equal(found["pixels"], values["L"].numpy())
    assert (found["cells"], found["guide"]) == ([32, 24], [128, 96])


def test_colours_are_enlarged_along_edges_alike(engine):
    L = grainy(0.01)
    ab = 30 * torch.randn(1, 2, 24, 32, generator=torch.Generator().manual_seed(7))
    wide = joint_bilateral(ab, L)
    found = engine("return engine.jointBilateral(ab, [32, 24], L)", ab=ab.ravel(), L=plane(L))
    assert np.abs(found - wide.numpy().ravel()).max() < 1e-3
    slope, offset = guided_coefficients(L.double(), wide.double())
    expected = [slope[0, 0], offset[0, 0], slope[0, 1], offset[0, 1]]
    found = engine("return engine.guidedCoefficients(L, ab)", L=plane(L), ab=wide.ravel())
    for ours, theirs in zip(found, expected, strict=True):
        assert np.abs(ours - theirs.numpy().ravel()).max() < 1e-3


@pytest.mark.parametrize(("temperature", "saturation"), [(0.38, 1), (0, 1), (0.2, 2.5), (1, 0)])
def test_a_picture_at_full_size_is_the_server_s(temperature, saturation, engine, scene, classifier):
    image, prediction, values = scene
    run = f"""{PHOTO} {PREDICTION} engine.halve(output);
      const parts = [];
      for await (const strip of engine.renderStrips(photo, prediction, look)) parts.push(strip);
      return parts;"""
    look = {"temperature": temperature, "saturation": saturation}
    parts = engine(run, **values, look=look)
    assert sum(part["rows"] for part in parts) == image.height
    found = np.concatenate([part["rgba"] for part in parts]).reshape(image.height, image.width, 4)
    expected = merge(
        image, prediction.L, saturation * classifier.predict_ab(prediction, temperature)
    )
    assert (found[..., 3] == 255).all()
    difference = np.abs(found[..., :3].astype(int) - np.asarray(expected))
    assert difference.max() <= 1
    assert difference.mean() < 0.01


def test_a_network_without_classes_is_drawn_as_well(engine, scene):
    image, prediction, values = scene
    unit = 0.4 * torch.randn(1, 2, 24, 32, generator=torch.Generator().manual_seed(2))
    values = values | {"output": unit.ravel(), "centres": None}
    parts = engine(
        f"""{PHOTO} {PREDICTION} const parts = [];
        for await (const strip of engine.renderStrips(photo, prediction)) parts.push(strip.rgba);
        return [parts, engine.buildPayload(prediction)];""",
        **values,
    )
    found = np.concatenate(parts[0]).reshape(image.height, image.width, 4)[..., :3]
    expected = merge(image, prediction.L, AB_SCALE * unit)
    assert np.abs(found.astype(int) - np.asarray(expected)).max() <= 1
    payload = parts[1]
    assert (payload["temperatures"], payload["entropy"]) == ([1], False)
    ab = AB_SCALE * unit[0].permute(1, 2, 0).numpy().ravel()
    assert np.abs(payload["steps"] * payload["scale"] - ab).max() <= payload["scale"]


def test_a_probe_answers_as_the_server_s(engine, scene, classifier):
    image, prediction, values = scene
    found = engine(
        f"""{PHOTO} {PREDICTION} engine.halve(output);
        return engine.probe(prediction, photo, 0.3, 0.7);""",
        **values,
    )
    expected = probe(classifier, prediction, 0.3, 0.7)
    assert np.abs(np.array(found["probability"]) - expected.probability.numpy()).max() < 1e-6
    assert np.allclose(found["ab"], expected.ab)
    assert found["entropy"] == pytest.approx(expected.entropy, abs=1e-4)
    assert found["top"] == expected.top(5)
    pixel = image.getpixel((int(0.3 * image.width), int(0.7 * image.height)))
    assert found["true_color"] == "#" + bytes(pixel).hex()


@pytest.mark.parametrize(("x", "y"), [(1, 0), (0, -0.1)])
def test_a_probe_outside_the_photo_is_refused(x, y, engine, scene):
    with pytest.raises(Exception, match="the place must lie in"):
        engine(
            f"{PHOTO} {PREDICTION} return engine.probe(prediction, photo, x, y);",
            **scene[2],
            x=x,
            y=y,
        )


@pytest.mark.parametrize("look", [{"temperature": 1.1}, {"saturation": -1}, {"saturation": 5}])
def test_a_look_out_of_range_is_refused(look, engine, scene):
    run = f"{PHOTO} {PREDICTION} await engine.renderStrips(photo, prediction, look).next();"
    with pytest.raises(Exception, match=f"{next(iter(look))} must lie in"):
        engine(run, **scene[2], look=look)


def test_a_preview_is_a_small_copy(engine):
    image = load_image(data.coffee())
    found = engine(f"{PHOTO} return engine.preview(photo, 200);", image=image)
    assert (found["width"], found["height"]) == (200, 133)
    small = image.resize((200, 133), 1)  # Lanczos
    rgb = found["rgba"].reshape(133, 200, 4)[..., :3]
    difference = np.abs(rgb.astype(int) - np.asarray(small))  # Pillow rounds in between
    assert (difference.max() <= 8) & (difference.mean() < 0.6)
    assert (
        np.abs(100 * found["L"]["values"] - lightness(load_image(rgb)).numpy().ravel()).max() < 0.01
    )
    same = engine(f"{PHOTO} return engine.preview(photo, 900);", image=image)
    assert np.array_equal(same["rgba"].reshape(400, 600, 4)[..., :3], np.asarray(image))
