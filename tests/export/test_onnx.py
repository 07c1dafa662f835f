import json
from functools import partial

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from support.tiny import tiny_config

from colorize_core import METHODS
from colorize_core.export.onnx import export_onnx
from colorize_core.inference.colorizer import load_colorizer
from colorize_core.inference.hints import Hint, place_hints
from colorize_core.inference.test_time_augmentation import answer
from colorize_core.methods.checkpoint import read_checkpoint, save_checkpoint
from colorize_core.runs import SHIPPED

STUDIO = ("regression", "gan", "classification")


def props(content: bytes) -> dict[str, str]:
    return {p.key: p.value for p in onnx.load_from_string(content).metadata_props}


def run(content: bytes, grey: torch.Tensor, **others: torch.Tensor) -> np.ndarray:
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    inputs = {"grey": grey} | others
    return session.run(["output"], {name: tensor.numpy() for name, tensor in inputs.items()})[0]


@torch.inference_mode()
def torch_answer(colorizer, grey: torch.Tensor, hints: torch.Tensor | None = None) -> np.ndarray:
    output = answer(colorizer.module, grey, colorizer.config.mirror, hints)
    if colorizer.method.has_temperature:
        output = colorizer.module.rebalance(output, colorizer.config.rebalancing)
    return output.numpy()


@pytest.mark.parametrize("name", METHODS)
def test_an_exported_network_answers_as_torch_at_any_size(name, tiny_checkpoints):
    content = export_onnx(read_checkpoint(tiny_checkpoints / name))
    colorizer = load_colorizer(name, tiny_checkpoints / name)
    step = colorizer.module.size_divisor
    for height, width in ((step, 2 * step), (3 * step, step)):
        grey = torch.rand(1, 1, height, width, generator=torch.Generator().manual_seed(height))
        ours, theirs = run(content, grey), torch_answer(colorizer, grey)
        assert ours.shape == theirs.shape
        assert np.abs(ours - theirs).max() <= 1e-3


@pytest.mark.parametrize("name", STUDIO)
def test_a_shipped_network_is_small_and_the_same(name):
    content = export_onnx(read_checkpoint(SHIPPED / name))
    grey = torch.rand(1, 1, 96, 128, generator=torch.Generator().manual_seed(1))
    assert len(content) < 6e6
    assert np.abs(run(content, grey) - torch_answer(load_colorizer(name), grey)).max() <= 1e-3


def test_mirroring_and_rebalancing_are_in_the_graph(tiny_checkpoints, tmp_path):
    found = read_checkpoint(tiny_checkpoints / "classification")
    module = load_colorizer("classification", found.folder).module
    module.weights.copy_(torch.linspace(0.2, 4, len(module.weights)))
    answers = []
    for changes in ({}, {"mirror": True}, {"rebalancing": 0.5}):
        config = found.config.changed({"mirror": False, "rebalancing": 1.0} | changes)
        save_checkpoint(folder := tmp_path / str(len(answers)), found.method, config, module, {})
        grey = torch.linspace(0, 1, 64 * 64).view(1, 1, 64, 64)
        answers.append(run(export_onnx(read_checkpoint(folder)), grey))
        colorizer = load_colorizer("classification", folder)
        assert np.abs(answers[-1] - torch_answer(colorizer, grey)).max() <= 1e-3
    assert np.abs(answers[0] - answers[1]).max() > 1e-3
    assert np.abs(answers[0] - answers[2]).max() > 0.5


@torch.no_grad()
def test_a_network_that_takes_hints_has_a_second_input(tmp_path):
    method = METHODS["classification"]
    config = tiny_config(method, hints=True)
    module = method.build(config).eval()
    for parameter in module.network.hint_paths.parameters():
        parameter.normal_(std=0.3)  # as built they say nothing
    module.network.head.weight.normal_()
    save_checkpoint(tmp_path, method, config, module, {})
    content = export_onnx(read_checkpoint(tmp_path))
    assert props(content)["hints"] == "true"
    colorizer = load_colorizer("classification", tmp_path)
    grey = torch.rand(1, 1, 64, 96, generator=torch.Generator().manual_seed(1))
    given = place_hints([Hint(40, 10, (200, 30, 30))], (96, 64), 16, 24)
    answers = []
    for hints in (torch.zeros_like(given), given):
        answers.append(run(content, grey, hints=hints))
        assert np.abs(answers[-1] - torch_answer(colorizer, grey, hints)).max() <= 1e-3
    assert np.abs(answers[0] - answers[1]).max() > 0.1
    assert np.abs(answers[0] - torch_answer(colorizer, grey)).max() <= 1e-3


def test_padding_is_explicit(tiny_checkpoints):
    model = onnx.load_from_string(export_onnx(read_checkpoint(tiny_checkpoints / "regression")))
    pads = [a for node in model.graph.node for a in node.attribute if a.name == "auto_pad"]
    assert {a.s for a in pads} <= {b"NOTSET"}
    assert model.opset_import[0].version == 17


def test_an_exported_network_describes_itself(tiny_checkpoints):
    found = read_checkpoint(tiny_checkpoints / "classification")
    told = props(export_onnx(found))
    module = load_colorizer("classification", found.folder).module
    assert told["method"] == "classification"
    number = {
        key: json.loads(told[key])
        for key in told.keys() - {"method", "title", "licence", "color_space"}
    }
    assert np.array_equal(number["centres"], module.centres.numpy())
    assert number["side"] == found.config.side
    assert number["denoise"] == found.config.denoise
    assert number["temperature"] == found.config.temperature
    assert (number["stride"], number["size_divisor"]) == (module.stride, module.size_divisor)
    assert told["color_space"] == "lab"
    assert "several sources state no licence" in told["licence"]


@pytest.mark.parametrize(("name", "centre"), [("cifar-rgb-l2", 0.5), ("cifar-yuv-l2", 0)])
def test_a_network_without_classes_says_what_its_numbers_mean(name, centre, tiny_checkpoints):
    told = props(export_onnx(read_checkpoint(tiny_checkpoints / name)))
    space = load_colorizer(name, tiny_checkpoints / name).module.space
    assert (told["color_space"], told["centres"]) == (space.name, "null")
    assert float(told["centre"]) == space.centre == centre
    assert float(told["scale"]) == space.scale


def test_the_command_writes_a_file_once(colorize, tiny_checkpoints, tmp_path):
    file = tmp_path / "net.onnx"
    call = partial(colorize, "export", "gan", "--onnx", file, "--checkpoints", tiny_checkpoints)
    code, said = call()
    assert code == 0
    assert f"written to {file}" in said
    assert props(file.read_bytes())["method"] == "gan"
    file.write_bytes(b"mine")
    code, said = call()
    assert code == 1
    assert "already exists; choose another name or pass --force" in said
    assert file.read_bytes() == b"mine"
    assert call("--force")[0] == 0
    assert props(file.read_bytes())["method"] == "gan"


@pytest.mark.parametrize(
    ("name", "place", "sentence"),
    [
        ("nobody", "net.onnx", "no method 'nobody'; choose from"),
        ("gan", ".", "is a folder; name a file"),
        ("gan", "none/net.onnx", "make it first"),
    ],
)
def test_the_command_refuses_in_one_sentence(
    name, place, sentence, colorize, tiny_checkpoints, tmp_path
):
    where = tmp_path / place
    code, said = colorize("export", name, "--onnx", where, "--checkpoints", tiny_checkpoints)
    assert code == 1
    assert sentence in said
    assert said.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
