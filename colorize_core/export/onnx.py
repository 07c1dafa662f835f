"""A network as an ONNX file that describes itself: what a browser or any other runtime needs.

The graph is the network's part of `Colorizer.predict`: the resized, denoised grey goes in, colours
or rebalanced logits come out. Weights that half precision holds exactly, which is how checkpoints
store them, lie in the file as such, each with a Cast behind it: half the bytes, the same numbers.
"""

import io
import json
import warnings
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn
from torch.nn import functional as F

from colorize_core.inference.test_time_augmentation import answer
from colorize_core.methods.checkpoint import Checkpoint, load_model
from colorize_core.methods.color_nets import ColorNet
from colorize_core.models.studio import HINT_CHANNELS

OPSET = 17
INPUT, HINTS, OUTPUT = "grey", "hints", "output"
LICENCE = (
    "Not under the MIT licence of the code: treat these weights like the photos that they were "
    "learnt from ({data}), of which several sources state no licence; for research use"
)


class _Whole(nn.Module):
    """All of `Colorizer.predict` that is arithmetic of the network: mirroring, rebalancing."""

    def __init__(self, module: ColorNet, checkpoint: Checkpoint) -> None:
        super().__init__()
        self.module, self.config = module, checkpoint.config
        self.has_classes = checkpoint.method.has_temperature

    def forward(self, grey: Tensor, hints: Tensor | None = None) -> Tensor:
        output = answer(self.module, grey, self.config.mirror, hints)
        if self.has_classes:
            output = self.module.rebalance(output, self.config.rebalancing)
        return output


class _PaddedConv(nn.Module):
    """timm's Conv2dSame for sizes that its stride divides: the padding is known, and explicit.

    As the attribute SAME_UPPER some backends of browsers compute it wrongly.
    """

    def __init__(self, conv: nn.Conv2d) -> None:
        super().__init__()
        self.conv = conv
        totals = [k - s for k, s in zip(conv.kernel_size, conv.stride, strict=True)]
        self.pads = [
            side for total in reversed(totals) for side in (total // 2, total - total // 2)
        ]

    def forward(self, x: Tensor) -> Tensor:
        conv = self.conv
        return F.conv2d(F.pad(x, self.pads), conv.weight, conv.bias, conv.stride, 0, 1, conv.groups)


def export_onnx(checkpoint: Checkpoint) -> bytes:
    """A checkpoint as an ONNX file.

    The input `grey` is (1, 1, H, W) float32 in [0, 1], H and W multiples of `size_divisor`; the
    output is (1, C, H / stride, W / stride) float32. A network that takes hints has a second
    input `hints`, (1, 3, H / stride, W / stride), as `inference.hints.hint_map` makes it; zeros
    are no hints. `metadata_props` hold what `describe` says.

    Raises:
        CheckpointError: weights missing or damaged.
    """
    module = load_model(checkpoint)
    model = onnx.load_from_string(_trace(_Whole(module, checkpoint)))
    _halve(model.graph)
    helper.set_model_props(model, {k: _text(v) for k, v in describe(checkpoint, module).items()})
    model.producer_name, model.doc_string = "Colorize Studio", checkpoint.method.idea
    onnx.checker.check_model(model)
    return model.SerializeToString()


def describe(checkpoint: Checkpoint, module: ColorNet) -> dict[str, Any]:
    """What a runtime must know beside the graph, as JSON values; see `ColorNet`, `MethodConfig`."""
    method, config, space = checkpoint.method, checkpoint.config, module.space
    data = ", ".join(checkpoint.training.get("data") or []) or "not stated"
    centres = module.centres.tolist() if method.has_temperature else None
    return {
        "method": method.name,
        "title": method.title,
        "side": config.side,
        "size_divisor": module.size_divisor,
        "stride": module.stride,
        "denoise": config.denoise,
        "color_space": config.color_space,
        "centre": space.centre,
        "scale": space.scale,
        "centres": centres,
        "temperature": getattr(config, "temperature", 1.0),
        "hints": config.hints,
        "rebalancing": getattr(config, "rebalancing", 1.0),
        "licence": LICENCE.format(data=data),
    }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _trace(whole: _Whole) -> bytes:
    """The graph as torch traces it, with height and width left open."""
    _pad_explicitly(whole)
    side = 2 * whole.module.size_divisor
    inputs = {INPUT: torch.rand(1, 1, side, side)}
    if whole.config.hints:
        cells = side // whole.module.stride
        inputs[HINTS] = torch.zeros(1, HINT_CHANNELS, cells, cells)
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # The exporter that is to follow this one needs a package more, and gives the same graph;
        # the network's own checks of sizes are not to be traced.
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        warnings.filterwarnings("ignore", category=torch.jit.TracerWarning)
        warnings.filterwarnings("ignore", message=".*constant folding", category=UserWarning)
        torch.onnx.export(
            whole.eval(),
            tuple(inputs.values()),
            buffer,
            dynamo=False,
            opset_version=OPSET,
            # Batch norms stay apart: folded into convolutions the weights would need 32 bits.
            training=torch.onnx.TrainingMode.PRESERVE,
            do_constant_folding=False,
            input_names=list(inputs),
            output_names=[OUTPUT],
            dynamic_axes={
                INPUT: {2: "height", 3: "width"},
                **{name: {2: "rows", 3: "columns"} for name in (*list(inputs)[1:], OUTPUT)},
            },
        )
    return buffer.getvalue()


def _pad_explicitly(module: nn.Module) -> None:
    for name, child in module.named_children():
        if type(child).__name__ == "Conv2dSame":
            setattr(module, name, _PaddedConv(child))
        else:
            _pad_explicitly(child)


def _halve(graph: onnx.GraphProto) -> None:
    """Store weights in half precision where that changes no number."""
    casts = []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < 64:
            continue
        with np.errstate(over="ignore"):
            half = values.astype(np.float16)
        if not np.array_equal(half.astype(np.float32), values):
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(half, name + "_half"))
        casts.append(helper.make_node("Cast", [name + "_half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
