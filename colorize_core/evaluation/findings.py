"""What the reports found, held against the numbers measured here.

Every verdict is computed from values and their 95 % intervals; none is written down.
"""

from dataclasses import dataclass

from colorize_core.evaluation.comparisons import (
    NO,
    OPEN,
    YES,
    Check,
    Claim,
    Evidence,
    Place,
    alike,
    better,
    more,
)
from colorize_core.evaluation.measured import Measurement
from colorize_core.evaluation.tables import cell, describe
from colorize_core.evaluation.trained import Trained

GENERATED = "as generated"
"""The variant of RGB methods that keeps the network's own lightness."""
LOSSES = ("l2", "l1", "huber")
T_OF_001 = "T=0.09"
EARLY, LAST = "zhang-114-few-best", "zhang-114-few-last"
CLASSIFIER = ("classifier_accuracy", "classifier_confidence")
TRUTH = Place("truth")


@dataclass(frozen=True)
class Finding:
    """One section of the page."""

    title: str
    said: str
    """What the report says, in our words."""
    claims: tuple[Claim, ...]
    remarks: tuple[str, ...] = ()
    table: str = ""
    """Markdown, if the numbers read better as a table."""


def all_findings(
    measured: dict[str, Measurement], trained: dict[str, Trained], experiments: dict[str, Trained]
) -> list[Finding]:
    """Every section, in the order of the page; missing numbers leave claims open."""
    evidence = Evidence(measured)
    tried = {name: t.measurement for name, t in experiments.items() if t.measurement}
    return [
        skips(evidence),
        losses(evidence),
        color_spaces(evidence, trained),
        adversaries(evidence),
        temperature(evidence),
        rebalancing(evidence, trained),
        early_stop(Evidence(tried), experiments),
    ]


def skips(evidence: Evidence) -> Finding:
    """Report 004: a U-Net with and without skip connections."""
    plain, skip = Place("birds-gan", GENERATED), Place("birds-gan-skip", GENERATED)
    own = (Place("birds-gan-skip"), Place("birds-gan"))
    return Finding(
        "Skips against no skips (report 004)",
        "The generator without skip connections gives blurry birds, the one with them pictures "
        "that can hardly be told from the originals.",
        (
            Claim(
                "With skips the generated pictures are nearer to the originals.",
                (better(evidence, skip, plain, "ssim"), better(evidence, skip, plain, "psnr")),
                one_thing=True,
            ),
            Claim(
                "With skips the colours alone are more exact, too (the photo's own L kept).",
                (better(evidence, *own, "delta_e2000"), better(evidence, *own, "raw_auc")),
                one_thing=True,
            ),
        ),
    )


def losses(evidence: Evidence) -> Finding:
    """Report 002: L2, L1 and Huber."""
    claims = []
    for space in ("rgb", "yuv"):
        places = tuple(Place(f"cifar-{space}-{loss}") for loss in LOSSES)
        checks = tuple(alike(evidence, places, m) for m in ("delta_e2000", "raw_auc"))
        claims.append(
            Claim(f"In {space.upper()}, L2, L1 and Huber are alike in exactness.", checks)
        )
        checks = (alike(evidence, places, "colorfulness"),)
        claims.append(Claim(f"In {space.upper()}, they are alike in colourfulness.", checks))
    pale = [more(evidence, TRUTH, Place(f"cifar-{s}-l2"), "colorfulness") for s in ("rgb", "yuv")]
    claims.append(Claim("L2 is paler than the originals.", tuple(pale)))
    return Finding(
        "L2, L1 and Huber alike; L2 pale (report 002)",
        "The three losses give similar results for most pictures, and L2's colours are "
        "desaturated. Alike means here: apart by at most a tenth of the way from plain grey to "
        "the originals.",
        tuple(claims),
    )


def color_spaces(evidence: Evidence, trained: dict[str, Trained]) -> Finding:
    """Report 002: RGB against UV; and Lab, which it leaves for later."""
    claims = []
    for loss in LOSSES:
        pair = (Place(f"cifar-yuv-{loss}"), Place(f"cifar-rgb-{loss}"))
        checks = tuple(better(evidence, *pair, m) for m in ("delta_e2000", "raw_auc"))
        claims.append(Claim(f"With {loss.title()}, UV is more exact than RGB.", checks, True))
    kept, made = Place("cifar-yuv-l2"), Place("cifar-rgb-l2", GENERATED)
    checks = (better(evidence, kept, made, "ssim"), better(evidence, kept, made, "psnr"))
    claims.append(Claim("Keeping the photo's lightness beats generating it (L2).", checks, True))
    lab, yuv = Place("cifar-lab-l1"), Place("cifar-yuv-l1")
    checks = tuple(better(evidence, lab, yuv, m) for m in ("delta_e2000", "raw_auc"))
    claims.append(Claim("With L1, Lab is more exact than UV.", checks, True))
    return Finding(
        "RGB, YUV and Lab (report 002)",
        "The report tries RGB and YUV, names no winner, and leaves Lab for later, so the "
        "statements tested are ours. For the first three, RGB methods keep the photo's own L as "
        "well.",
        tuple(claims),
        _unlike([trained[place.method] for place in (lab, yuv) if place.method in trained]),
    )


def _unlike(runs: list[Trained]) -> tuple[str, ...]:
    """What runs that are compared do not have in common."""
    remarks = [
        f"`{run.name}`: width {run.config.width:g}, {_images(run)} images seen"
        + (f", {run.config.passes} views averaged." if run.config.passes > 1 else ".")
        for run in runs
    ]
    if len({remark.partition(":")[2] for remark in remarks}) > 1:
        names = " and ".join(f"`{run.name}`" for run in runs)
        remarks.append(
            f"{names} were not trained alike: their numbers say which row is better, not whether "
            "the colour space makes it so."
        )
    return tuple(remarks)


def adversaries(evidence: Evidence) -> Finding:
    """Reports 000 and 002: a GAN against the same network with L2."""
    claims = []
    for report, gan, plain in (
        ("002", "cifar-gan", "cifar-yuv-l2"),
        ("000", "unet-gan", "unet-l2"),
    ):
        a, b = Place(gan), Place(plain)
        claims += [
            Claim(
                f"Report {report}: the GAN is more colourful.",
                (more(evidence, a, b, "colorfulness"),),
            ),
            Claim(
                f"Report {report}: the GAN is less exact.",
                (better(evidence, b, a, "delta_e2000"), better(evidence, b, a, "raw_auc")),
                one_thing=True,
            ),
        ]
    claims.append(
        Claim(
            "Report 002: an evaluation classifier names the GAN's pictures less often.",
            (better(evidence, Place("cifar-yuv-l2"), Place("cifar-gan"), "classifier_accuracy"),),
        )
    )
    return Finding(
        "GAN: more colourful, less exact (reports 000 and 002)",
        "Report 002 finds its GAN more colourful than L2 and behind it in both of its figures; "
        "report 000 calls GANs more realistic and diverse, without comparing on the same data.",
        tuple(claims),
    )


def temperature(evidence: Evidence, method: str = "zhang-114") -> Finding:
    """Report 001: what T does."""
    found = evidence.measured.get(method)
    variants = sorted((found.rows if found else {}), key=_temperature_of)
    places = [Place(method, variant) for variant in variants]
    best = Place(method, T_OF_001)
    low, high = Place(method, "T=0"), Place(method, "T=1")
    rivals = [p for p in places if p != best] or [low, high]
    return Finding(
        "Temperature (report 001)",
        "High T gives desaturated colours, T → 0 vivid ones that hang together less, and VGG-16 "
        "names pictures made at T = 0.09 best.",
        (
            Claim(
                "Colours are more vivid at T = 0 than at T = 1.",
                (more(evidence, low, high, "colorfulness"),),
            ),
            Claim(
                "Colours are more exact at T = 1 than at T = 0 (not said by the report).",
                (better(evidence, high, low, "raw_auc"),),
            ),
            *(
                Claim(
                    f"T = 0.09 does best with an evaluation classifier: {describe(metric).title.lower()}.",
                    tuple(better(evidence, best, rival, metric) for rival in rivals),
                )
                for metric in CLASSIFIER
            ),
        ),
        table=_rows_table(evidence, places),
    )


def _temperature_of(variant: str) -> float:
    try:
        return -float(variant.removeprefix("T="))
    except ValueError:
        return 1.0


def _rows_table(evidence: Evidence, places: list[Place]) -> str:
    names = [m for m in ("colorfulness", "raw_auc", "rebalanced_auc", *CLASSIFIER)]
    names = [m for m in names if any(evidence.get(place, m) for place in places)]
    if not names:
        return ""
    head = f"| | {' | '.join(describe(m).title for m in names)} |\n|---|{'---:|' * len(names)}"
    lines = [
        f"| {place} | {' | '.join(cell(evidence.get(place, m), m) for m in names)} |"
        for place in places
    ]
    return "\n".join([head, *lines])


def rebalancing(evidence: Evidence, trained: dict[str, Trained]) -> Finding:
    """Report 001: class weights in the loss."""
    names = ("zhang-114", "zhang-114-unweighted")
    weighted, plain = (Place(name, T_OF_001) for name in names)
    seen = [f"`{n}` saw {_images(trained[n])} images" for n in names if n in trained]
    return Finding(
        "With and without rebalancing (report 001)",
        "Without weights for rare colours the results were desaturated and worse. Compared at "
        "T = 0.09.",
        (
            Claim(
                "With weights, colours are more vivid.",
                (more(evidence, weighted, plain, "colorfulness"),),
            ),
            Claim(
                "With weights, rare colours are hit better.",
                (better(evidence, weighted, plain, "rebalanced_auc"),),
            ),
            *(
                Claim(
                    f"With weights, an evaluation classifier does better: {describe(metric).title.lower()}.",
                    (better(evidence, weighted, plain, metric),),
                )
                for metric in CLASSIFIER
            ),
        ),
        (f"{', '.join(seen)}.",) if len(seen) == 2 else (),
    )


def _images(trained: Trained) -> str:
    seen = trained.training.get("images_seen")
    return f"{seen:,}" if isinstance(seen, int) else "an unknown number of"


def early_stop(evidence: Evidence, experiments: dict[str, Trained]) -> Finding:
    """Report 001: the epoch of the least validation loss against the last."""
    best, last = (Place(name, T_OF_001) for name in (EARLY, LAST))
    return Finding(
        "Early stop against last epoch (report 001)",
        "Trained for long on few photos, the last epoch (47) has a higher validation loss than "
        "the early stop (13), yet looks more realistic. Compared at T = 0.09.",
        (
            Claim(
                "By validation loss the last epoch is worse.",
                (_loss_rises(experiments.get(EARLY), experiments.get(LAST)),),
            ),
            *(
                Claim(
                    f"By an evaluation classifier the last epoch is better: {describe(metric).title.lower()}.",
                    (better(evidence, last, best, metric),),
                )
                for metric in CLASSIFIER
            ),
            Claim(
                "The last epoch is more colourful.", (more(evidence, last, best, "colorfulness"),)
            ),
        ),
        tuple(_run_remark(experiments[n]) for n in (EARLY, LAST) if n in experiments),
    )


def _loss_rises(early: Trained | None, last: Trained | None) -> Check:
    losses = [run.validation_loss if run else None for run in (early, last)]
    if None in losses:
        pairs = zip((EARLY, LAST), losses, strict=True)
        return Check(OPEN, "", tuple(f"validation loss of `{n}`" for n, v in pairs if v is None))
    numbers = f"Validation loss {losses[1]:.4f} (last) against {losses[0]:.4f} (early stop)"
    if losses[1] == losses[0]:
        return Check(OPEN, numbers)
    return Check(YES if losses[1] > losses[0] else NO, numbers)


def _run_remark(run: Trained) -> str:
    photos = run.training.get("training_photos")
    on = f" of {photos:,} photos" if isinstance(photos, int) else ""
    return f"`{run.name}`: {_images(run)} images seen{on}."
