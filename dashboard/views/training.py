"""Training curves: every term of every run, also while it is being written."""

import time
from datetime import datetime
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard import charts, results, widgets, zoom
from dashboard.heading import header
from dashboard.results import MEASURES, Run

X_TITLES = {
    "images": "images seen",
    "epoch": "passes over the training photos (epochs)",
    "seconds": "training time (seconds)",
}
TERM_TITLES = {
    "lr": "Learning rate (no unit)",
    "l1": "L1 loss on scaled ab (no unit)",
    "l2": "L2 loss on scaled ab (no unit)",
    "huber": "Huber loss on scaled ab (no unit)",
    "cross_entropy": "Cross-entropy, rebalanced (nats)",
    "generator": "Generator loss, −log D(G) (nats)",
    "discriminator": "Discriminator loss (nats)",
    "real_share": "True pictures taken for true (share)",
    "generated_share": "Generated pictures taken for true (share)",
}
# Terms of a game between two networks: a low value is not a good one.
ADVERSARIAL = ("generator", "discriminator", "real_share", "generated_share")
SHOWN_LATER = ("chroma", "real_share", "generated_share", "lr")
MOST_SHOWN, FIRST_TO_GO = 6, ("loss", "l1", "discriminator")
"""Charts at first, and the terms that make room; every chart takes its time to draw."""
POSITION = ("images", "epoch", "seconds")
PREFIXES = ("val_mean_", "val_grey_", "val_true_", "train_", "val_")
LOOK_EVERY = 1.0


def main() -> None:
    """Draw the page."""
    header(
        "Training curves",
        "Training shows the network small batches of photos and nudges its weights so that a "
        "**loss** falls (solid lines). Every so often it is tried on photos kept aside "
        "(**validation**, dashed), beside plain grey and the originals (dotted). A loss that "
        "falls while validation stands still means learning by heart. In a GAN two networks "
        "play against each other, so neither loss has to fall: watch the colourfulness instead. "
        "A star marks the best validation, a ring the point that the checkpoint holds.",
        r"\theta \leftarrow \theta - \eta \, \nabla_\theta \, "
        r"\frac{1}{B}\sum_{i=1}^{B} \text{loss}\big(G_\theta(L_i),\, ab_i\big)",
    )
    runs, watched = choose_sources()
    if not runs:
        st.info("Choose a run above, or give the folder of one that is being trained.")
        return
    histories, problems = read(runs)
    terms = terms_of(histories)
    options = choose_options(terms)
    every = LOOK_EVERY if watched or options["live"] else None
    st.fragment(draw, run_every=every)(runs, terms, options, every)
    widgets.warn(f"**{name}**: {problem}" for name, problem in problems.items())


def choose_sources() -> tuple[list[Run], bool]:
    """Runs among the checkpoints, and those of a folder that the reader points at."""
    left, right = st.columns(2)
    with left:
        chosen = widgets.choose_runs("training_runs", results.list_runs(), "Runs")
    with right:
        folder = st.text_input(
            "Watch the folder of a run (live)",
            key="training_folder",
            bind="query-params",
            placeholder="runs/gan",
            help="The --out folder of `colorize train`; new points appear as they are written.",
        ).strip()
    if not folder:
        return chosen, False
    extra = runs_below(Path(folder).expanduser())
    if not extra:
        st.warning(f"`{folder}` is no folder of a run: there is no {results.HISTORY} in it yet.")
    names = {run.name for run in extra}
    return [run for run in chosen if run.name not in names] + extra, True


def runs_below(folder: Path) -> list[Run]:
    """The run of a folder, or those of its children."""
    if not folder.is_dir():
        return []
    if (folder / results.HISTORY).exists() or (folder / results.CONFIG).exists():
        return [results.read_run(folder)]
    return [r for r in results.list_runs(folder) if (r.folder / results.HISTORY).exists()]


def read(runs: list[Run]) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """Histories by run, and what is wrong with some."""
    histories, problems = {}, {}
    for run in runs:
        frame, problem = results.load_history(run.folder)
        if len(frame):
            histories[run.name] = frame
        if problem:
            problems[run.name] = problem
    return histories, problems


def terms_of(histories: dict[str, pd.DataFrame]) -> list[str]:
    """Every term that some run recorded: training losses, then validation, then the rate."""
    found: dict[str, int] = {}
    for frame in histories.values():
        for column in frame.columns:
            prefix = next((p for p in PREFIXES if column.startswith(p)), "")
            term = column.removeprefix(prefix)
            if term not in POSITION:
                rank = 0 if prefix == "train_" else 1 if prefix else 2
                found[term] = min(rank, found.get(term, rank))
    return sorted(found, key=lambda term: found[term])


def choose_options(terms: list[str]) -> dict:
    """How to draw; all of it is kept in the URL."""
    default = [term for term in terms if term not in SHOWN_LATER]
    for term in FIRST_TO_GO:
        if len(default) > MOST_SHOWN and term in default:
            default.remove(term)
    titles = {term: title_of(term).partition(" (")[0] for term in terms}
    shown = widgets.choose_some("Terms", titles, "training_terms", default)
    a, b, c, d = st.columns(4)
    with a:
        x = widgets.choose_one("Across", X_TITLES, "training_x")
    with b:
        smoothing = st.slider(
            "Smoothing", 0.0, 0.95, 0.0, 0.05, key="training_smoothing", bind="query-params"
        )
    with c:
        log = st.toggle("Logarithmic", key="training_log", bind="query-params")
    with d:
        live = st.toggle(
            "Live", key="training_live", bind="query-params", help="Look every second."
        )
    return {"terms": shown, "x": x, "smoothing": smoothing, "log": log, "live": live}


def title_of(term: str) -> str:
    """Axis title of a term, with its unit."""
    if term in MEASURES:
        return charts.with_unit(MEASURES[term].title, MEASURES[term].unit)
    return TERM_TITLES.get(term, term.replace("_", " ").capitalize())


def direction_of(term: str) -> bool | None:
    """Whether higher is better; losses are better low, unless two networks play."""
    if term in MEASURES:
        return MEASURES[term].higher_is_better
    return None if term in (*ADVERSARIAL, "lr", "chroma") else False


def draw(runs: list[Run], terms: list[str], options: dict, every: float | None) -> None:
    """All charts; runs again and again while live."""
    runs = [results.read_run(run.folder) for run in runs]
    histories, _ = read(runs)
    if terms_of(histories) != terms:
        st.rerun()
    passes = {}
    if every:
        st.caption(status(runs, histories))
        passes = zoom.chosen_views("training_zoom")
    shipped = {run.name: float((run.training or {}).get("images_seen") or 0) for run in runs}
    colors = charts.colors_of([run.name for run in runs])
    columns = st.columns(2)
    for i, term in enumerate(options["terms"]):
        figure = charts.training_curve(
            histories,
            term,
            options["x"],
            X_TITLES[options["x"]],
            title_of(term),
            log=options["log"],
            smoothing=options["smoothing"],
            higher_is_better=direction_of(term),
            marks_best=any(f"val_{term}" in frame for frame in histories.values()),
            shipped=shipped,
            colors=colors,
        )
        with columns[i % 2]:
            st.markdown(f"**{title_of(term).partition(' (')[0]}**")
            zoom.apply_view(figure, passes)
            widgets.chart(figure, f"training_{term}", f"{title_of(term)} over training")


def status(runs: list[Run], histories: dict[str, pd.DataFrame]) -> str:
    """When each run wrote last."""
    parts = []
    for run in runs:
        changed = results.stamp(run.folder / results.HISTORY)
        if changed and run.name in histories:
            images = int(histories[run.name]["images"].iloc[-1])
            ago = max(0, time.time() - changed[0] / 1e9)
            when = (
                f"{ago:.0f} s ago"
                if ago < 120
                else f"{datetime.fromtimestamp(changed[0] / 1e9):%H:%M}"
            )
            parts.append(f"{run.name}: {images:,} images, written {when}")
    return "🔴 live · " + " · ".join(parts or ["waiting for the first point"])


main()
