import copy
import io
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import ExifTags, Image, ImageOps

from colorize_core.color.conversions import chroma, rgb_to_lab
from colorize_core.errors import ColorizeError, ConfigError, PhotoError
from colorize_core.image import read
from colorize_core.inference.colorizer import Colorizer, load_colorizer
from colorize_core.inference.lightness import grey_picture, lightness, network_input
from colorize_core.methods import METHODS
from colorize_core.metrics.scores import to_tensor

SIZES = [(8, 8), (8, 400), (400, 8), (333, 517), (64, 64), (65, 63)]
every_method = pytest.mark.parametrize("name", METHODS)


@pytest.fixture(scope="module")
def colorizers(tiny_checkpoints) -> dict[str, Colorizer]:
    return {name: load_colorizer(name, tiny_checkpoints / name) for name in METHODS}


@pytest.fixture(scope="module")
def photo(make_photo) -> Image.Image:
    return make_photo(120, 90, seed=5).convert("L").convert("RGB")


def lab(picture: Image.Image) -> torch.Tensor:
    return rgb_to_lab(to_tensor(picture))[0]


def difference(one: Image.Image, other: Image.Image) -> int:
    """The largest difference of two pictures, in steps of 255."""
    assert one.size == other.size
    return int(np.abs(np.asarray(one).astype(int) - np.asarray(other).astype(int)).max())


def turned(photo: Image.Image, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    file = io.BytesIO()
    photo.save(file, "PNG", exif=exif)
    return file.getvalue()


# The picture


@every_method
@pytest.mark.parametrize("size", SIZES)
def test_the_picture_has_the_size_of_the_photo(name, size, colorizers, make_photo):
    picture = colorizers[name](make_photo(*size))
    assert picture.size == size
    assert picture.mode == "RGB"


@every_method
def test_the_photos_own_lightness_is_kept(name, colorizers, photo):
    picture = colorizers[name](photo)
    assert chroma(lab(picture)[1:]).mean() > 3, "the test needs colours"
    assert (lab(picture)[0] - lab(photo)[0]).abs().max() < 0.5  # 8 bits round that much
    very = colorizers[name](photo, saturation=4.0)
    assert (lab(very)[0] - lab(photo)[0]).abs().max() < 0.5, "nor beyond the gamut"


@every_method
def test_only_the_methods_own_grey_is_looked_at(name, colorizers, make_photo):
    """L for methods that answer in Lab, Y' for those that answer in YUV or RGB."""
    colored = make_photo(96, 72, seed=6)
    luma = colored.convert("L").convert("RGB")
    own = luma if METHODS[name].config.color_space != "lab" else grey_picture(colored)
    assert difference(colored, grey_picture(colored)) > 50
    colorizer = colorizers[name]
    found, expected = (colorizer.predict(p).output.float() for p in (colored, own))
    # What remains is the rounding of the grey copy to 8 bits.
    assert (found - expected).abs().mean() < 0.05 * expected.std()


@every_method
def test_no_saturation_is_grey_and_more_is_more(name, colorizers, photo):
    chromas = [
        float(chroma(lab(colorizers[name](photo, saturation=s))[1:]).mean())
        for s in (0.0, 0.5, 1.0, 2.0)
    ]
    assert chromas[0] < 0.2
    assert np.all(np.diff(chromas) > 1)
    assert difference(colorizers[name](photo, saturation=0), grey_picture(photo)) <= 1


@every_method
def test_an_exif_turned_photo_comes_out_upright(name, colorizers, make_photo):
    photo = make_photo(80, 48, seed=7)
    expected = colorizers[name](photo.transpose(Image.Transpose.ROTATE_270))
    picture = colorizers[name](turned(photo, 6))
    assert picture.size == (48, 80)
    assert difference(picture, expected) == 0
    assert not picture.getexif()


@every_method
@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_plain_photo_gives_a_finite_plain_picture(name, value, colorizers):
    picture = colorizers[name](Image.new("L", (40, 24), value))
    assert (lab(picture)[0] - lab(Image.new("L", (40, 24), value))[0]).abs().max() < 0.5
    if value != 128:
        assert difference(picture, Image.new("RGB", (40, 24), (value,) * 3)) <= 1


# No state


@every_method
def test_a_second_call_gives_the_same_picture(name, colorizers, photo):
    before = photo.copy()
    first, second = (colorizers[name](photo) for _ in range(2))
    assert first.tobytes() == second.tobytes()
    assert photo.tobytes() == before.tobytes()


@every_method
def test_two_photos_at_once_do_not_mix(name, colorizers, make_photo):
    colorizer = colorizers[name]
    photos = [make_photo(60, 80, seed=1), make_photo(90, 50, seed=2)]
    alone = [colorizer(photo).tobytes() for photo in photos]
    predictions = [colorizer.predict(photo) for photo in photos]
    renders = [colorizer.render(photos[i], predictions[i]).tobytes() for i in (1, 0)]
    assert renders == alone[::-1]


@every_method
def test_one_prediction_renders_at_any_temperature(name, colorizers, photo):
    colorizer = colorizers[name]
    prediction = colorizer.predict(photo)
    before = prediction.output.clone()
    pictures = {t: colorizer.render(photo, prediction, t, 1.5) for t in (0.1, 1.0)}
    for temperature, picture in pictures.items():
        assert picture.tobytes() == colorizer(photo, temperature, 1.5).tobytes()
    assert torch.equal(prediction.output, before)
    same = pictures[0.1].tobytes() == pictures[1.0].tobytes()
    assert same != METHODS[name].has_temperature


@pytest.mark.parametrize("name", ["regression", "classification"])
def test_a_mirrored_photo_gives_the_mirrored_picture_if_the_config_asks(name, colorizers, photo):
    plain = colorizers[name]
    both = replace(plain, config=plain.config.changed({"mirror": True}))
    turned = ImageOps.mirror(photo)
    outputs = [c.predict(p).output.float() for c in (both, plain) for p in (photo, turned)]
    close = {"rtol": 2e-3, "atol": 2e-3}  # logits are kept in half precision
    assert torch.allclose(outputs[0], outputs[1].flip(-1), **close)
    assert not torch.allclose(outputs[2], outputs[3].flip(-1), **close)
    assert torch.allclose(outputs[0], (outputs[2] + outputs[3].flip(-1)) / 2, **close)


def test_the_class_weights_can_be_taken_out_of_the_answers(colorizers, photo):
    plain = colorizers["classification"]
    weights = torch.rand_like(plain.module.weights) + 0.5
    module = copy.deepcopy(plain.module)
    module.weights.copy_(weights)
    answers = {}
    for power in (1.0, 0.5, 0.0):
        config = plain.config.changed({"rebalancing": power})
        colorizer = replace(plain, module=module, config=config)
        answers[power] = colorizer.predict(photo).output.float().softmax(1)
    believed = answers[0.0] * weights.view(1, -1, 1, 1)
    expected = believed / believed.sum(1, keepdim=True)
    torch.testing.assert_close(answers[1.0], expected, atol=1e-4, rtol=2e-2)
    between = (answers[0.0] * answers[1.0]).sqrt()
    expected = between / between.sum(1, keepdim=True)
    torch.testing.assert_close(answers[0.5], expected, atol=1e-4, rtol=2e-2)
    module.weights[0] = torch.inf
    kept = replace(plain, module=module, config=plain.config.changed({"rebalancing": 1.0}))
    assert kept.predict(photo).output.isfinite().all()
    for power in (-0.1, 1.5):
        with pytest.raises(ConfigError, match=rf"rebalancing must lie in \[0, 1\], got {power}"):
            plain.config.changed({"rebalancing": power})


def test_the_temperature_of_the_config_is_the_default(colorizers, photo):
    colorizer = colorizers["classification"]
    assert colorizer.config.temperature == 0.38
    assert colorizer(photo).tobytes() == colorizer(photo, temperature=0.38).tobytes()


@every_method
def test_a_preview_is_small_and_never_enlarged(name, colorizers, photo):
    colorizer = colorizers[name]
    prediction = colorizer.predict(photo)
    assert colorizer.render(photo, prediction, max_side=60).size == (60, 45)
    assert colorizer.render(photo, prediction, max_side=4000).size == photo.size


# What it takes


def test_any_source_of_a_photo_will_do(colorizers, photo, tmp_path):
    colorizer = colorizers["regression"]
    path = tmp_path / "photo.png"
    photo.save(path)
    expected = colorizer(photo).tobytes()
    for source in (path, str(path), path.read_bytes(), np.asarray(photo)):
        assert colorizer(source).tobytes() == expected


@pytest.mark.parametrize("temperature", [-0.1, 1.5, float("nan")])
@every_method
def test_a_temperature_out_of_range_is_refused(name, temperature, colorizers, photo):
    with pytest.raises(ConfigError, match=r"temperature must lie in \[0, 1\], got"):
        colorizers[name](photo, temperature=temperature)


@pytest.mark.parametrize("saturation", [-0.1, 4.1, float("nan")])
def test_a_saturation_out_of_range_is_refused(saturation, colorizers, photo):
    with pytest.raises(ConfigError, match=r"saturation must lie in \[0, 4\], got"):
        colorizers["gan"](photo, saturation=saturation)


def test_a_bad_photo_is_refused_with_our_error(colorizers):
    with pytest.raises(PhotoError) as refused:
        colorizers["gan"](b"this is no picture")
    assert isinstance(refused.value, ColorizeError)


# Its parts


@pytest.mark.parametrize("size", SIZES)
def test_network_input_keeps_the_aspect_as_near_as_it_can(size):
    width, height = size
    photo = Image.new("RGB", size, (94, 94, 94))
    small = network_input(photo, 256, 16)
    h, w = small.shape[-2:]
    assert (h % 16, w % 16) == (0, 0)
    assert max(h, w) == 256
    assert abs(h - height * 256 / max(size)) <= 16
    assert abs(w - width * 256 / max(size)) <= 16
    torch.testing.assert_close(small, torch.full_like(small, 0.4), atol=2e-3, rtol=0)


def test_network_input_does_not_alias():
    stripes = np.zeros((1024, 1024, 3), np.uint8)
    stripes[:, ::2] = 255
    for photo in (Image.fromarray(stripes), Image.fromarray(stripes.swapaxes(0, 1))):
        assert (network_input(photo, 64, 16) - 0.5).abs().max() < 0.05


def test_network_input_is_the_same_made_in_strips(photo, monkeypatch):
    whole = network_input(photo, 64, 16)
    monkeypatch.setattr("colorize_core.inference.lightness.STRIP_PIXELS", 7 * photo.width)
    torch.testing.assert_close(network_input(photo, 64, 16), whole, atol=1e-5, rtol=0)


def test_lightness_is_that_of_lab(make_photo):
    photo = make_photo(70, 50, seed=8)
    torch.testing.assert_close(lightness(photo)[0, 0], lab(photo)[0], atol=1e-3, rtol=0)


def test_strips_leave_no_seam(colorizers, photo, monkeypatch):
    whole = colorizers["classification"](photo)
    monkeypatch.setattr("colorize_core.inference.lightness.STRIP_PIXELS", 7 * photo.width)
    assert difference(colorizers["classification"](photo), whole) <= 1


def test_a_call_loads_its_photo_once(make_photo, tiny_checkpoints, monkeypatch):
    loaded, to_rgb = [], read.to_rgb
    monkeypatch.setattr(read, "to_rgb", lambda image: loaded.append(image) or to_rgb(image))
    colorizer = load_colorizer("regression", tiny_checkpoints / "regression")
    colorizer(make_photo(40, 30).convert("RGBA"))
    assert len(loaded) == 1
    with pytest.raises(PhotoError, match="mode L is not RGB; pass the photo through load_image"):
        colorizer.predict(make_photo(40, 30).convert("L"))


def test_grey_picture_has_no_color_and_the_same_lightness(make_photo):
    photo = make_photo(70, 50, seed=9)
    grey = grey_picture(photo)
    assert grey.mode == "RGB"
    assert np.ptp(np.asarray(grey).astype(int), axis=-1).max() <= 1
    assert (lab(grey)[0] - lab(photo)[0]).abs().max() < 0.5
