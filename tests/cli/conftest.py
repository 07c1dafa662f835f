from pathlib import Path

import pytest


@pytest.fixture
def photos(tmp_path, make_photo) -> Path:
    """A folder of photos with a subfolder."""
    folder = tmp_path / "in"
    for i, name in enumerate(("a.png", "b.jpg", "sub/c.png", "sub/deep/d.webp")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        make_photo(40, 30, seed=i).save(folder / name)
    return folder
