import torch

from colorize_core.models.studio import StudioNet


def wake(network: StudioNet) -> StudioNet:
    """Let hints be heard: before training they are not."""
    for path in network.hint_paths:
        torch.nn.init.normal_(path.tell.weight, std=0.5)
    torch.nn.init.normal_(network.head.weight)
    return network.eval()


def test_before_training_hints_change_nothing():
    network = StudioNet(2, width=0.05, hints=True).eval()
    L, hints = torch.rand(1, 1, 64, 64), torch.rand(1, 3, 16, 16)
    assert torch.equal(network(L), network(L, hints))


def test_no_hints_are_a_map_without_any():
    network = wake(StudioNet(2, width=0.05, hints=True))
    L = torch.rand(1, 1, 64, 64)
    assert torch.equal(network(L), network(L, torch.zeros(1, 3, 16, 16)))


def test_one_hint_reaches_every_cell_of_its_own_neighbourhood():
    """It enters at every scale, so that cells far beyond the last convolutions' reach hear it."""
    network = wake(StudioNet(2, width=0.05, hints=True))
    L, hints = torch.rand(1, 1, 128, 128), torch.zeros(1, 3, 32, 32)
    hints[0, :, 4, 4] = torch.tensor([0.4, -0.3, 1.0])
    moved = (network(L, hints) - network(L)).abs().sum(1)[0] > 1e-6
    assert moved[:12, :12].all()
    assert not moved[28:, 28:].any()


def test_a_coarser_stage_hears_the_mean_colour_of_the_hints_alone():
    """Cells without a hint must not pull it towards grey."""
    network = wake(StudioNet(2, width=0.05, hints=True))
    path = network.hint_paths[0]
    one, eight = torch.zeros(1, 3, 8, 8), torch.zeros(1, 3, 8, 8)
    color = torch.tensor([0.4, -0.3, 1.0]).view(3, 1, 1)
    one[0, :, 2:3, 2:3], eight[0, :, :2, :4] = color, color
    assert torch.allclose(path(one, 8), path(eight, 8), atol=1e-6)
