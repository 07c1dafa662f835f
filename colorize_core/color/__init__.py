"""Colour maths: pure functions of tensors."""
