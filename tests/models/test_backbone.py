import pytest
import timm
import torch

from colorize_core.errors import ConfigError
from colorize_core.models.backbone import DEFAULT, Backbone

SMALL = "mobilenetv3_small_050"


@pytest.mark.parametrize("name", [DEFAULT, f"{DEFAULT}.in1k", SMALL, "convnext_atto"])
def test_a_backbone_gives_maps_at_strides_4_to_32(name):
    backbone = Backbone(name).eval()
    maps = backbone(torch.rand(2, 1, 64, 96))
    sizes = [
        (2, channels, 64 // s, 96 // s)
        for channels, s in zip(backbone.channels, (4, 8, 16, 32), strict=True)
    ]
    assert [tuple(m.shape) for m in maps] == sizes


def test_lite0_is_cut_to_its_first_thirteen_blocks():
    backbone = Backbone()
    assert backbone.channels == (24, 40, 112, 192)
    whole = timm.create_model(DEFAULT, features_only=True)
    sizes = [sum(p.numel() for p in body.parameters()) for body in (backbone, whole)]
    assert sizes == [1_401_088, 2_958_848]
    # What is left is timm's own, layer for layer.
    ours, theirs = backbone.body.state_dict(), whole.state_dict()
    assert {name: tensor.shape for name, tensor in ours.items()}.items() <= {
        name: tensor.shape for name, tensor in theirs.items()
    }.items()


@pytest.mark.parametrize("name", [DEFAULT, SMALL])
def test_lightness_is_scaled_as_the_weights_want_it(name):
    backbone, seen = Backbone(name).eval(), []
    backbone.body.conv_stem.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    L = torch.rand(1, 1, 32, 32)
    backbone(L)
    wanted = timm.get_pretrained_cfg(name)
    for channel, mean, std in zip(seen[0][0], wanted.mean, wanted.std, strict=True):
        torch.testing.assert_close(channel, (L[0, 0] - mean) / std)


def test_lite0_learns_all_but_its_start_and_its_depthwise_kernels():
    torch.manual_seed(0)
    backbone = Backbone().train()
    before = {name: tensor.clone() for name, tensor in backbone.state_dict().items()}
    sum(m.square().sum() for m in backbone(torch.rand(2, 1, 32, 64))).backward()
    start = ("conv_stem.", "bn1.", "blocks.0.0.", "blocks.1.0.")
    for name, weight in backbone.body.named_parameters():
        learns = not name.startswith(start) and "conv_dw" not in name
        assert (weight.grad is not None) == learns, name
    for name, tensor in backbone.body.state_dict().items():
        if name.endswith("running_mean"):
            kept = torch.equal(tensor, before[f"body.{name}"])
            assert kept == name.startswith(start), name


def test_another_backbone_learns_wholly():
    backbone = Backbone(SMALL).train()
    sum(m.square().sum() for m in backbone(torch.rand(2, 1, 32, 64))).backward()
    assert all(weight.grad is not None for weight in backbone.parameters())


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nonsense", "timm has no backbone 'nonsense'"),
        ("vit_tiny_patch16_224", "has no maps at strides 4, 8, 16 and 32"),
        ("swin_tiny_patch4_window7_224", "has no maps at strides 4, 8, 16 and 32"),
    ],
)
def test_a_backbone_without_such_maps_is_refused(name, reason):
    with pytest.raises(ConfigError, match=reason):
        Backbone(name)
