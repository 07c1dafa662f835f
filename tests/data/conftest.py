import pytest

from colorize_core.data.folders import list_photos
from colorize_core.data.store import PhotoStore, load_store


@pytest.fixture(scope="module")
def store(photo_folder) -> PhotoStore:
    return load_store(list_photos(photo_folder), 40)
