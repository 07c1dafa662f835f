"""Who wins between a generator and its discriminator: a judgement by a run's history; no torch."""

import math
from typing import Any

ALIVE, WON, ASLEEP = "alive", "won", "asleep"
SENTENCES = {
    ALIVE: "the adversary was alive: neither network won for a third of the run",
    WON: "the discriminator won: for a third of the run or more it told true from generated "
    "pictures without fail, so the generator learnt little from it; a failed run",
    ASLEEP: "the discriminator slept: for a third of the run or more it guessed, so the generator "
    "learnt nothing from it; a failed run",
}
"""By verdict, what the log says when a run ends."""
SHARE = 1 / 3
"""Of a run: how long a discriminator may win, or sleep."""
SURE = 0.95
"""Shares of true and of generated pictures that it finds out, both, when it may have won."""
MARGIN = 0.05
"""How near its loss is then to the least that it can be, or when it sleeps to that of guessing: as
a share of the way between both."""


def judge_adversary(history: list[dict[str, Any]], real_label: float) -> str | None:
    """Whether the discriminator of a run was a teacher: "alive", or else "won" or "asleep".

    It has won where its loss is at its floor, or in the lower half while it finds out 95 % of the
    true and of the generated pictures; right by a narrow margin it still teaches. It sleeps where
    its loss is that of guessing and where it finds out, of both kinds together, no more than
    guessing would. The validation pictures tell, or the training's where an older run has no such
    shares.

    Args:
        history: as `runs.read_history` gives it.
        real_label: the target of true pictures, in (0.5, 1], which sets the floor.

    Returns:
        None where nothing was learnt yet, or no discriminator was there.
    """
    images = {WON: 0.0, ASLEEP: 0.0, ALIVE: 0.0}
    before = 0.0
    for line in history:
        state = _state(line, real_label)
        if state is not None:
            images[state] += line["images"] - before
        before = line["images"]
    total = sum(images.values())
    if total <= 0:
        return None
    worst = max((WON, ASLEEP), key=images.__getitem__)
    return worst if images[worst] >= SHARE * total else ALIVE


def _state(line: dict[str, Any], real_label: float) -> str | None:
    """What the discriminator was in the time before a line of the history."""
    loss = line.get("train_discriminator")
    if loss is None:
        return None
    floor = _entropy(real_label)
    guessing = floor_of_guessing(real_label)
    place = (loss - floor) / (guessing - floor)
    true = line.get("val_discriminator_true", line.get("train_real_share"))
    generated = line.get("val_discriminator_generated")
    if generated is None and "train_generated_share" in line:
        generated = 1 - line["train_generated_share"]  # there it is what was taken for true
    known = true is not None and generated is not None
    if place < MARGIN or (known and min(true, generated) >= SURE and place < 0.5):
        return WON
    at_chance = not known or abs(true + generated - 1) < 2 * MARGIN
    return ASLEEP if place > 1 - MARGIN and at_chance else ALIVE


def floor_of_guessing(real_label: float) -> float:
    """The least loss of a discriminator that says the same of every picture; 2 ln 2 at label 1."""
    said = real_label / 2
    return -real_label * math.log(said) - (2 - real_label) * math.log(1 - said)


def _entropy(label: float) -> float:
    """The least binary cross-entropy with a target, nats: 0 at label 1."""
    return -sum(p * math.log(p) for p in (label, 1 - label) if p > 0)
