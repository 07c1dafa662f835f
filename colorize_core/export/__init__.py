"""Networks in forms that other programs read."""
