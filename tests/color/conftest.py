import pytest
import torch


@pytest.fixture(scope="module")
def rgb() -> torch.Tensor:
    """Random colours with black, white, greys and the corners of the cube: (2, 3, 16, 24)."""
    image = torch.rand(2, 3, 16, 24, generator=torch.Generator().manual_seed(0))
    corners = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * 3)  # (8, 3)
    image[0, :, 0, :8] = corners.T
    image[0, :, 1, :] = torch.linspace(0, 1, 24)
    return image
