import json
from pathlib import Path

import pytest
import torch
from support.tiny import build_tiny, tiny_config

from colorize_core.errors import CheckpointError, ConfigError
from colorize_core.methods import METHODS
from colorize_core.methods.blend import blend
from colorize_core.methods.checkpoint import load_model, read_checkpoint, save_checkpoint
from colorize_core.runs import HISTORY


@pytest.fixture
def ends(tmp_path) -> tuple[Path, Path]:
    """A regression and a GAN of the same shape; all weights of one are 1, of the other 3."""
    for name, value in (("regression", 1.0), ("gan", 3.0)):
        method = METHODS[name]
        model = build_tiny(method)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.fill_(value)
        save_checkpoint(tmp_path / name, method, tiny_config(method), model, {"seed": 7})
    (tmp_path / "gan" / HISTORY).write_text('{"images": 5}\n')
    return tmp_path / "regression", tmp_path / "gan"


@pytest.mark.parametrize(("share", "value"), [(0, 1.0), (0.25, 1.5), (1, 3.0)])
def test_a_blend_lies_between_both(ends, tmp_path, share, value):
    out = blend(*ends, share, tmp_path / "out")
    found = read_checkpoint(out)
    assert found.method.name == "gan"
    assert found.config == read_checkpoint(ends[1]).config
    weights = torch.cat([p.detach().flatten() for p in load_model(found).parameters()])
    assert weights.unique().tolist() == [value]
    assert found.training == {"seed": 7, "blended_with": "regression", "blend_share": share}
    assert json.loads((out / HISTORY).read_text()) == {"images": 5}


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_outside_of_both_is_refused(ends, tmp_path, share):
    with pytest.raises(ConfigError, match=r"must lie in \[0, 1\], got"):
        blend(*ends, share, tmp_path / "out")


def test_nothing_is_overwritten(ends, tmp_path):
    with pytest.raises(ConfigError, match="holds a checkpoint already"):
        blend(*ends, 0.5, ends[1])


def test_networks_of_other_shapes_are_refused(ends, tmp_path):
    method = METHODS["classification"]
    other = tmp_path / "classification"
    save_checkpoint(other, method, tiny_config(method), build_tiny(method), {})
    with pytest.raises(CheckpointError, match="classification"):
        blend(other, ends[1], 0.5, tmp_path / "out")
    assert not (tmp_path / "out").exists()
