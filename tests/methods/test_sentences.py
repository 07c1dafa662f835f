"""What a method says of itself, held against its configuration and its network."""

import re

import pytest

from colorize_core.methods import METHODS


def steps(method, model) -> float:
    """Where its Huber loss bends, in 255ths of the values of R, G, B or in steps of U and V."""
    per_unit = 255 if method.config.color_space == "rgb" else 1
    return pytest.approx(method.config.huber_delta * model.space.scale * per_unit)


CLAIMS = {
    r"(\d+)(?: (?:classes|colours))": lambda method, model: len(model.centres),
    r"(?:of|the) (\d+) cells": lambda method, model: len(model.centres),
    r"(\d+) (?:units|steps) wide": lambda method, model: method.config.cell,
    r"δ = ([\d.]+)(?: of 255 steps| in the report)": lambda method, model: steps(method, model),
    r"plus (\d+) times L1": lambda method, model: method.config.l1_weight,
    r"and T = ([\d.]+) make": lambda method, model: method.config.temperature,
    r"(\d+)(?:×\d+)? (?:pixels|bird)": lambda method, model: method.config.side,
    r"(\d+)×\d+ convolutions": lambda method, model: model.network.down[0][0].kernel_size[0],
}
"""How a number is said, and where it comes from; in the first group."""
NAMES = re.compile(
    r"\((?:313|of 512 channels) in the (?:paper|report)\)|[Rr]eport \d{3}|2016|ResNet-18|L[12]"
    r"|zhang-114|T = [01]\b(?!\.)|8-bit"
)
"""Numbers that are no claims about the network."""


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_numbers_in_a_methods_sentences_are_its_own(method):
    model = method.build(method.config)
    text = " ".join((method.title, method.idea, method.why))
    for claim, truth in CLAIMS.items():
        for found in re.finditer(claim, text):
            assert float(found[1]) == truth(method, model), found[0]
        text = re.sub(claim, "", text)
    text = NAMES.sub("", text)
    assert not re.search(r"\d", text), "a number that no claim explains"


SAYS = [
    ("unet-gan", "dropout", lambda config: config.dropout > 0),
    ("unet-gan", "verdict for the whole picture", lambda config: config.discriminator == "image"),
    ("cifar-gan", "without any term for the true colour", lambda config: config.l1_weight == 0),
    ("cifar-lab-l1", "mirror image is averaged in", lambda config: config.mirror),
    ("cifar-lab-l1", "somewhat wider", lambda c: c.width > METHODS["cifar-rgb-l1"].config.width),
    ("cifar-yuv-class", "rare colours are not weighted up", lambda c: c.uniform_share < 1),
    ("cifar-yuv-l2-blur", "through a Gaussian blur", lambda config: config.blur > 0),
    ("cifar-gan-scratch", "without any term for the true", lambda config: config.l1_weight == 0),
    ("unet-gan-32", "shallower", lambda c: c.depth == METHODS["unet-gan"].config.depth - 1),
    ("cifar-unet-gan", "shallower", lambda c: c.depth == METHODS["unet-gan"].config.depth - 1),
    ("zhang-313", "soft targets", lambda config: config.neighbours > 1),
    ("zhang-313", "rare colours weighted up", lambda config: config.uniform_share < 1),
    ("zhang-114", "belongs to one cell", lambda config: config.neighbours == 1),
    ("zhang-114-unweighted", "weighs the same", lambda config: config.uniform_share == 1),
    ("classification", "rare colours weighted up", lambda config: config.uniform_share < 1),
    ("zhang-114-means", "the mean of what", lambda config: config.class_colors == "means"),
    ("resnet18-mse", "squared error", lambda config: config.loss == "l2"),
    ("unet-l2", "squared error", lambda config: config.loss == "l2"),
    ("birds-gan", "in RGB", lambda config: config.color_space == "rgb" and not config.skips),
    ("birds-gan-skip-plain", "with skip connections", lambda config: config.skips),
    ("birds-gan-skip", "with skip connections", lambda config: config.skips),
]


@pytest.mark.parametrize(("name", "words", "holds"), SAYS, ids=[f"{n}: {w}" for n, w, _ in SAYS])
def test_what_a_method_says_without_numbers_holds(name, words, holds):
    method = METHODS[name]
    assert words in f"{method.idea} {method.why}"
    assert holds(method.config)


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_a_loss_is_called_by_its_name(method):
    said = {"squared error": "l2", "absolute error": "l1", "Huber's loss": "huber"}
    for words, loss in said.items():
        if words in method.idea:
            assert method.config.loss == loss


def test_zhang_names_its_own_number_of_classes_wherever_it_is_named():
    method = METHODS["zhang-313"]
    assert "261" in method.title
    assert "261" in method.idea
