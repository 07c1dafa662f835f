"""Whether a discriminator stays a teacher: what helps it, and the judgement of a run."""

import dataclasses
import math

import pytest
import torch
from support.training import options, small_config, teach

from colorize_core.methods import METHODS
from colorize_core.runs import read_config, read_history
from colorize_core.training import adversary, colorization, losses
from colorize_core.training.adversary import judge_adversary
from colorize_core.training.colorization import build_task
from colorize_core.training.state import load_state, save_state

GAN = "unet-gan"


def history(*lines: tuple[float, float, float, float]) -> list[dict]:
    """Lines of (images, loss, true found out, generated found out), after that of the start."""
    names = ("images", "train_discriminator", "val_discriminator_true",
             "val_discriminator_generated")  # fmt: skip
    start = {"images": 0, "val_discriminator_true": 1.0, "val_discriminator_generated": 1.0}
    return [start, *(dict(zip(names, line, strict=True)) for line in lines)]


LIVELY = (0.9, 0.8, 0.7)


@pytest.mark.parametrize(
    ("line", "real_label", "expected"),
    [
        (LIVELY, 1.0, "alive"),
        ((0.004, 1.0, 1.0), 1.0, "won"),
        ((0.5, 0.96, 0.97), 1.0, "won"),
        ((0.5, 0.99, 0.5), 1.0, "alive"),
        ((1.1, 1.0, 1.0), 1.0, "alive"),  # always right, by a narrow margin
        ((0.33, 0.9, 0.9), 0.9, "won"),  # smoothed labels leave a loss of 0.325
        ((0.33, 0.9, 0.9), 1.0, "alive"),
        ((2 * math.log(2), 0.6, 0.4), 1.0, "asleep"),
        ((1.37, 1.0, 0.0), 0.9, "asleep"),  # the same verdict for all
        ((2 * math.log(2), 0.7, 0.6), 1.0, "alive"),  # more than guessing finds
    ],
)
def test_a_discriminator_teaches_wins_or_sleeps(line, real_label, expected):
    assert judge_adversary(history((10, *line)), real_label) == expected


def test_a_third_of_the_run_decides_by_images_and_not_by_lines():
    won, asleep = (0.004, 1.0, 1.0), (1.386, 0.5, 0.5)
    long = [(1000, *LIVELY), (1200, *won), (1300, *won), (1400, *won)]
    assert judge_adversary(history(*long), 1.0) == "alive"
    assert judge_adversary(history(*long, (1600, *won)), 1.0) == "won"
    assert judge_adversary(history((10, *won), (30, *asleep)), 1.0) == "asleep"


def test_an_older_run_is_judged_by_its_training_pictures():
    lines = [{"images": 0}, {"images": 5, "train_discriminator": 0.5, "train_real_share": 0.97,
                             "train_generated_share": 0.01}]  # fmt: skip
    assert judge_adversary(lines, 1.0) == "won"


def test_without_an_adversary_or_before_the_first_step_nothing_is_said():
    assert judge_adversary([{"images": 0}, {"images": 9, "train_l2": 0.1}], 1.0) is None
    assert judge_adversary(history(), 0.9) is None


def test_a_run_says_how_its_adversary_did(photo_folder, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(adversary, "MARGIN", 9.0)  # whatever the loss, it has won
    caplog.set_level("INFO")
    folder = teach(GAN, options(photo_folder, tmp_path / "run"))
    assert read_config(folder)["training"]["adversary"] == "won"
    said = [r.getMessage() for r in caplog.records if "the discriminator won" in r.getMessage()]
    assert len(said) == 1
    assert said[0].startswith(f"{GAN}: ")


def test_a_run_without_an_adversary_says_nothing_of_it(finished):
    assert "adversary" not in read_config(finished("cifar-lab-l1"))["training"]


# What keeps it alive


def test_the_penalty_equals_the_formula():
    """A linear discriminator has the same gradient everywhere: γ / 2 · ‖w‖²."""
    weights = torch.randn(2, 4, 4, generator=torch.Generator().manual_seed(0)).requires_grad_()
    color = torch.rand(3, 2, 4, 4).requires_grad_()
    score = (weights * color).sum((1, 2, 3)).view(-1, 1, 1, 1)
    found = losses.gradient_penalty(score, color, 0.5)
    assert found.item() == pytest.approx(0.25 * weights.detach().square().sum().item(), rel=1e-5)
    found.backward()
    torch.testing.assert_close(weights.grad, 0.5 * weights.detach())


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_the_penalty_reaches_the_discriminator(precision, photo_folder, tmp_path, monkeypatch):
    monkeypatch.setattr(colorization, "PENALTY_EVERY", 1)
    ends = []
    for r1 in (0.0, 1000.0):
        run = options(photo_folder, tmp_path / str(r1), epochs=8 / 11, precision=precision)
        teach(GAN, run, r1=r1, dropout=0.0)  # dropout and penalty draw on the same chance
        ends.append(load_state(run.out)["modules"]["discriminator"]["layers.0.weight"])
        last = read_history(run.out)[-1]
        assert ("train_r1" in last) == (r1 > 0)
    assert last["train_r1"] > 0
    assert not torch.equal(*ends)


def test_the_discriminator_has_a_rate_of_its_own(photo_folder, tmp_path):
    run = options(photo_folder, tmp_path, lr=1e-3)
    task = build_task(METHODS[GAN], small_config(GAN, discriminator_lr=0.25), run)
    task.set_rate(0.5)
    rates = {part: o.param_groups[0]["lr"] for part, o in task.optimizers.items()}
    assert rates == pytest.approx({"model": 5e-4, "discriminator": 1.25e-4})


def test_a_discriminator_that_is_ahead_rests(photo_folder, tmp_path):
    """The generator goes on learning meanwhile."""
    ends = {}
    for rest in (0.0, 1e-6, 1e6):
        run = options(photo_folder, tmp_path / str(rest), epochs=8 / 11)
        teach(GAN, run, discriminator_rest=rest)
        ends[rest] = load_state(run.out)["modules"]
    start = build_task(METHODS[GAN], small_config(GAN), run).networks
    for part, rests in (("discriminator", True), ("model", False)):
        for name, parameter in start[part].named_parameters():
            assert torch.equal(ends[0.0][part][name], ends[1e-6][part][name])
            assert torch.equal(ends[1e6][part][name], parameter) == rests, name


def test_a_run_from_before_these_options_goes_on(photo_folder, tmp_path):
    run = options(photo_folder, tmp_path / "run", epochs=8 / 11)
    state = load_state(teach(GAN, run, discriminator_rest=0.0))
    for name in ("discriminator_lr", "discriminator_rest", "r1"):
        del state["identity"][name]
    save_state(run.out, state)
    longer = dataclasses.replace(run, epochs=16 / 11, resume=True)
    assert read_history(teach(GAN, longer, discriminator_rest=0.0))[-1]["images"] == 16
