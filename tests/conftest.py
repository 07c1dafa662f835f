"""Fixtures that several test files share: made-up photos and small untrained checkpoints."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from PIL import Image

from colorize_core import cli
from colorize_core.checkpoint import save_checkpoint
from colorize_core.configs import MethodConfig
from colorize_core.judges import build_judge, get_judge
from colorize_core.methods import METHODS, Method
from colorize_core.metrics.scores import to_tensor
from colorize_core.models.cnn import READER_WIDTHS

# Tiny networks lose more by sharing work between threads than they gain. The variable is for
# the processes that tests start.
torch.set_num_threads(1)
os.environ.setdefault("OMP_NUM_THREADS", "1")

TINY = {"side": 64, "width": 0.02}
"""The least width that the network has (8 channels), so that a test takes milliseconds."""
STUDIO = [name for name, method in METHODS.items() if method.report is None]
"""One method of each kind, for tests that would be slow with every method."""


def _make_photo(width: int = 64, height: int = 48, seed: int = 0) -> Image.Image:
    """A colourful made-up photo: a smooth sky, a few plain things before it, a little noise."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j][..., None]
    low, high, turn = random.uniform(0.1, 0.9, (3, 3))
    rgb = low * (1 - y) + high * y + 0.15 * np.sin(6 * x + 6 * turn)
    for _ in range(4):
        top, left = random.uniform(0, 0.7, 2)
        thing = (y > top) & (y < top + 0.3) & (x > left) & (x < left + 0.3)
        rgb = np.where(thing, random.uniform(0, 1, 3), rgb)
    rgb += random.normal(0, 0.01, rgb.shape)
    return Image.fromarray((255 * rgb.clip(0, 1)).round().astype(np.uint8))


@pytest.fixture(scope="session")
def make_photo() -> Callable[..., Image.Image]:
    """`make_photo(width, height, seed)`: the same arguments give the same picture."""
    return _make_photo


@torch.no_grad()
def _paint_boldly(model: torch.nn.Module) -> None:
    """Give an untrained network strong, varied colours; as built it would answer with grey."""
    head = model.network.head
    head.weight.normal_(std=0.05)  # some begin with a last layer of nearly 0
    output = head_output(model, to_tensor(_make_photo(64, 64))[:, :1])
    bold = 3.0 if output.shape[1] > 16 else 0.35
    scale = bold / output.std((0, 2, 3))
    head.bias.copy_(-scale * output.mean((0, 2, 3)))
    head.weight *= scale.view(-1, 1, 1, 1)


def head_output(model: torch.nn.Module, grey: torch.Tensor) -> torch.Tensor:
    """What the last layer itself gives, before any shuffling, enlarging or tanh."""
    kept = []
    handle = model.network.head.register_forward_hook(lambda *call: kept.append(call[2]))
    model(grey)
    handle.remove()
    return kept[0]


def tiny_config(method: Method, **changes) -> MethodConfig:
    """A configuration for which tests take milliseconds: thumbnails, 8 channels."""
    values = dict(TINY)
    if method.network == "unet":
        values["depth"] = 4  # takes multiples of 16, as the studio network does
    if method.family == "gan":
        values["discriminator_width"] = 8
    return method.configure(**values | changes)


def build_tiny(method: Method) -> torch.nn.Module:
    """A small untrained network of a method, the same at every call."""
    with torch.random.fork_rng():
        torch.manual_seed(list(METHODS).index(method.name))
        model = method.build(tiny_config(method)).eval()
        _paint_boldly(model)
    return model


@pytest.fixture(scope="session")
def tiny_checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small untrained checkpoint of every method; do not write to it."""
    root = tmp_path_factory.mktemp("checkpoints")
    for method in METHODS.values():
        save_checkpoint(root / method.name, method, tiny_config(method), build_tiny(method), {})
    return root


@pytest.fixture(scope="session")
def photo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve small photos in two subfolders; do not write to it."""
    folder = tmp_path_factory.mktemp("photos")
    for i in range(12):
        group = folder / ("hills", "towns")[i % 2]
        group.mkdir(exist_ok=True)
        _make_photo(48 + i, 44, seed=i).save(group / f"{i:02}.png")
    return folder


@pytest.fixture(scope="session")
def critic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an untrained classifier of CIFAR-10; do not write to it."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("critics") / "critic"
    folder.mkdir()
    state = build_judge(get_judge("cifar10"), READER_WIDTHS).state_dict()
    safetensors.torch.save_file(state, folder / "model.safetensors")
    config = {"config": {"widths": READER_WIDTHS}}
    (folder / "config.json").write_text(json.dumps(config))
    return folder


@pytest.fixture
def colorize(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> Callable[..., tuple[int, str]]:
    """Call the `colorize` command in this process: `colorize(*words)` -> exit code, output."""

    def call(*words: str | Path) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["colorize", *map(str, words)])
        monkeypatch.setenv("COLUMNS", "300")
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        written = capfd.readouterr()
        return int(stopped.value.code or 0), written.out + written.err

    return call
