import pytest
import torch

from colorize_core.methods import METHODS
from colorize_core.models.studio import StudioNet


@pytest.mark.parametrize("size", [(20, 32), (32, 48)])
def test_the_studio_refuses_sizes_that_it_cannot_return_to(size):
    with pytest.raises(ValueError, match="multiples of 32"):
        StudioNet(2, 0.02)(torch.rand(1, 1, *size))


def test_another_backbone_is_one_value_away():
    method = METHODS["regression"]
    model = method.build(method.configure(backbone="mobilenetv3_small_050", width=0.1)).eval()
    assert model.network.backbone.channels == (8, 16, 24, 288)
    assert model(torch.rand(1, 1, 64, 32)).shape == (1, 2, 16, 8)


def test_the_decoder_sees_every_map_of_the_backbone():
    torch.manual_seed(0)
    network = StudioNet(2, 0.1).eval()
    torch.nn.init.normal_(network.head.weight)
    grey, kept = torch.rand(1, 1, 64, 64), []
    network.backbone.register_forward_hook(lambda *call: kept.append(call[2]))
    answer = network(grey)
    for place in range(4):
        maps = [m.clone() for m in kept[0]]
        maps[place] += 1
        handle = network.backbone.register_forward_hook(lambda *_, maps=maps: maps)
        assert not torch.equal(network(grey), answer), f"map {place} is not looked at"
        handle.remove()
