"""From a photo to its colours and to the picture."""
