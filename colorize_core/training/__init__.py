"""Training: one engine, one objective per family, one script per method."""
