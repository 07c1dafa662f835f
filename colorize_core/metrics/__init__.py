"""Measures of colorized pictures: one per file, pure functions of tensors."""
