"""Finished runs to compare with; pictures with labels."""

import signal
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from PIL import Image
from support.training import options, teach

from colorize_core.training import recognition


@pytest.fixture(scope="session")
def finished(photo_folder, tmp_path_factory) -> Callable[[str], Path]:
    """`finished(name)`: the folder of an uninterrupted run of a method; do not write to it."""
    root = tmp_path_factory.mktemp("finished")
    return cache(lambda name: teach(name, options(photo_folder, root / name)))


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    """Training installs a handler; the tests after it should not inherit that."""
    handler = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, handler)


@pytest.fixture(scope="session")
def lessons(tmp_path_factory) -> Path:
    """Two of CIFAR-10's classes as plain colours, with a test split; one folder is none of them."""
    root = tmp_path_factory.mktemp("lessons")
    colors = {"airplane": (40, 60, 220), "frog": (40, 200, 60), "teapot": (200, 40, 40)}
    for split, labels, count in (("train", colors, 24), ("test", ("airplane", "frog"), 3)):
        for label in labels:
            (root / split / label).mkdir(parents=True)
            for i in range(count):
                shade = tuple(value - 2 * i for value in colors[label])
                Image.new("RGB", (32, 32), shade).save(root / split / label / f"{i}.png")
    (root / "train" / "frog" / "broken.png").write_bytes(b"broken")
    return root


@pytest.fixture
def quick(monkeypatch) -> None:
    """A lower rate for classifiers, as a few pictures make a run."""
    recipe = recognition.RECIPES["cifar10"]
    small = type(recipe)(**{**vars(recipe), "batch_size": 8, "lr": 0.05})
    monkeypatch.setitem(recognition.RECIPES, "cifar10", small)
