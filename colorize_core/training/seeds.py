"""Seeds that are the same in every process, on every machine and after every restart."""

import hashlib

import torch


def seed_for(*parts: int | str) -> int:
    """A seed in 0…2⁶³ - 1 that depends on all of the parts and on nothing else.

    Python's `hash` is no such function: that of text differs from process to process.
    """
    digest = hashlib.sha256("/".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def generator_for(device: torch.device, *parts: int | str) -> torch.Generator:
    """A generator on a device that begins at `seed_for(*parts)`."""
    return torch.Generator(device).manual_seed(seed_for(*parts))
