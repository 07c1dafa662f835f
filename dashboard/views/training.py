"""Training curves: every term of every run, also while it is being written."""

import os
import time
from datetime import datetime
from pathlib import Path

import pandas as pd
import streamlit as st

from colorize_core import runs as files
from colorize_core.metrics.table import METRICS
from colorize_core.training.adversary import SENTENCES, judge_adversary
from dashboard import charts, results, training_queue, widgets
from dashboard.results import Run

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
    "real_share": "True training pictures taken for true (share)",
    "generated_share": "Generated training pictures taken for true (share)",
    "discriminator_true": "True pictures taken for true (share)",
    "discriminator_generated": "Generated pictures found out (share)",
}
SHARES = ("real_share", "generated_share", "discriminator_true", "discriminator_generated")
UNDIRECTED = (*SHARES, "generator", "discriminator", "chroma", "lr")
"""No value is better than another: in a game between two networks a low loss is no good sign."""
SHOWN_LATER = (*SHARES, "chroma", "lr")
POSITION = ("images", "epoch", "seconds")
PREFIXES = ("val_mean_", "val_grey_", "val_true_", "train_", "val_")
LOOK_EVERY = 1.0


def main() -> None:
    """Draw the page."""
    widgets.header(
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
    if watched:
        folder = Path(st.session_state["training_folder"].strip()).expanduser()
        st.fragment(training_queue.draw, run_every=LOOK_EVERY)(folder)
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
        st.warning(f"`{folder}` is no folder of a run: there is no {files.HISTORY} in it yet.")
    names = {run.name for run in extra}
    return [run for run in chosen if run.name not in names] + extra, True


def runs_below(folder: Path) -> list[Run]:
    """The run of a folder, or those of its children."""
    if not os.path.isdir(folder):
        return []
    if _holds(folder, files.HISTORY) or _holds(folder, files.CONFIG):
        return [results.read_run(folder)]
    below = sorted(path for path in folder.glob("*") if _holds(path, files.HISTORY))
    return [results.read_run(path) for path in below]


def _holds(folder: Path, name: str) -> bool:
    """Whether a file is there, or cannot be seen, of which `read_run` tells."""
    locked = folder.is_dir() and not os.access(folder, os.R_OK | os.X_OK)
    return locked or (folder / name).exists()


def read(runs: list[Run]) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """Histories by run, and what is wrong with some."""
    histories, problems = {}, {}
    for run in runs:
        frame, problem = results.load_history(run.folder)
        if len(frame):
            histories[run.name] = frame
        if problem:
            locked = not os.access(run.folder, os.X_OK)
            problems[run.name] = run.problems[0] if locked and run.problems else problem
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
    shown = st.multiselect(
        "Terms",
        terms,
        [term for term in terms if term not in SHOWN_LATER],
        format_func=name_of,
        key="training_terms",
        bind="query-params",
    )
    a, b, c, d = st.columns(4)
    with a:
        x = widgets.choose_one("Across", X_TITLES, "training_x")
    with b:
        smoothing = st.slider(
            "Smoothing", 0.0, 0.95, 0.0, 0.05, key="training_smoothing", bind="query-params"
        )
    with c:
        # A zoom with the mouse lasts until the next point: Streamlit draws a chart with new data
        # anew, whatever its `uirevision` says (streamlit/streamlit, pull request 16052).
        skip = st.slider(
            "Leave out the first",
            0, 95, 0, 5, format="%d %%", key="training_skip", bind="query-params",
            help="To see the late part closely, also while it grows.",
        )  # fmt: skip
    with d:
        log = st.toggle("Logarithmic", key="training_log", bind="query-params")
        live = st.toggle(
            "Live", key="training_live", bind="query-params", help="Look every second."
        )
    return {
        "terms": shown, "x": x, "smoothing": smoothing, "skip": skip, "log": log, "live": live
    }  # fmt: skip


def title_of(term: str) -> str:
    """Axis title of a term, with its unit."""
    if term in METRICS:
        return METRICS[term].heading
    return TERM_TITLES.get(term, term.replace("_", " ").capitalize())


def name_of(term: str) -> str:
    """Title of a term without its unit."""
    return METRICS[term].title if term in METRICS else title_of(term).partition(" (")[0]


def direction_of(term: str) -> bool | None:
    """Whether higher is better; losses are better low, unless two networks play."""
    if term in METRICS:
        return METRICS[term].higher_is_better
    return None if term in UNDIRECTED else False


def draw(runs: list[Run], terms: list[str], options: dict, every: float | None) -> None:
    """All charts; runs again and again while live."""
    runs = [results.read_run(run.folder) for run in runs]
    histories, _ = read(runs)
    if terms_of(histories) != terms:
        st.rerun()
    if every:
        st.caption(status(runs, histories))
    shipped = {run.name: float(run.training.get("images_seen") or 0) for run in runs}
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
            skip=options["skip"] / 100,
            higher_is_better=direction_of(term),
            shipped=shipped,
            colors=colors,
        )
        with columns[i % 2]:
            st.markdown(f"**{name_of(term)}**")
            widgets.chart(figure, f"training_{term}", f"{title_of(term)} over training")
    for name, verdict in verdicts(runs, histories).items():
        st.caption(f"**{name}**: {SENTENCES[verdict]}.")


def verdicts(runs: list[Run], histories: dict[str, pd.DataFrame]) -> dict[str, str]:
    """How the discriminator of each run does, where it has one."""
    found = {}
    for run in runs:
        label = run.config.get("real_label")
        if run.name in histories and isinstance(label, float | int) and 0.5 < label <= 1:
            lines = histories[run.name].to_dict("records")
            found[run.name] = judge_adversary([known(line) for line in lines], label)
    return {name: verdict for name, verdict in found.items() if verdict}


def known(line: dict) -> dict:
    """A line of a table without what the history's line did not name."""
    return {name: value for name, value in line.items() if pd.notna(value)}


def status(runs: list[Run], histories: dict[str, pd.DataFrame]) -> str:
    """When each run wrote last."""
    parts = []
    for run in runs:
        changed = results.stamp(run.folder / files.HISTORY)
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
