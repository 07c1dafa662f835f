"""Overview: the methods, and their measures with intervals."""

import pandas as pd
import streamlit as st

from colorize_core.errors import CheckpointError
from colorize_core.metrics.table import METRICS
from colorize_core.runs import training_totals
from dashboard import charts, results, widgets
from dashboard.results import ELSEWHERE, SAME, Run, column_title


def main() -> None:
    """Draw the page."""
    widgets.header(
        "Colorization, compared",
        "A grey photo fixes how light every pixel is, but not its colour: a shirt may be red or "
        "blue. Each method here settles that question in its own way, and is measured against "
        "the true colours of photos that it never saw in training. **Plain grey** and the "
        "**truth** are measured as if they were methods, so that a number can be read: a method "
        "is exact if it beats grey, and vivid if its colourfulness comes near that of the "
        "truth. Being exact and being vivid pull in different directions; that tension is what "
        "this dashboard shows. Raw AuC is the share P of pixels whose colour (a, b) is right "
        "within t, averaged over all t; CF is the colourfulness.",
        r"\text{raw AuC} = \tfrac{1}{150}\int_0^{150} "
        r"P\big(\lVert ab - ab^* \rVert \le t\big)\, dt",
        r"\text{CF} = \sqrt{\sigma_{rg}^2 + \sigma_{yb}^2} + 0.3\sqrt{\mu_{rg}^2 + \mu_{yb}^2}",
    )
    runs = results.list_runs()
    if not runs:
        widgets.no_checkpoints()
        return
    metrics, problems = results.load_metrics(runs)
    show_methods(runs, problems)
    show_metrics(runs, metrics)


# --- methods ----------------------------------------------------------------------------------


def show_methods(runs: list[Run], problems: dict[str, str]) -> None:
    """One line per method folder; what is wrong with it stands on its own line."""
    st.subheader("Methods")
    table = pd.DataFrame([method_line(run, problems.get(run.name)) for run in runs])
    if not table["Notes"].any():
        table = table.drop(columns="Notes")
    widgets.table(
        table,
        "overview_methods",
        hide_index=True,
        column_config={
            "Notes": st.column_config.TextColumn(width="medium"),
            "Width": st.column_config.NumberColumn(
                format="%.3g", help="Channels, as a share of the report's; 1 is its full network."
            ),
            "Sees": st.column_config.NumberColumn(
                format="%d px", help="Long side of the copy that the network sees."
            ),
            "Parameters": st.column_config.NumberColumn(format="%.2f M"),
            "On disk": st.column_config.NumberColumn(format="%.1f MB"),
            "Images seen": st.column_config.NumberColumn(
                format="localized",
                help="With those of the networks it started from, as far as they are known.",
            ),
            "How it works": st.column_config.TextColumn(width="large"),
        },
    )


def method_line(run: Run, metrics_problem: str | None) -> dict:
    """What the table says of one method folder."""
    method = run.method
    notes = [*run.problems, *([metrics_problem] if metrics_problem else [])]
    return {
        "Method": run.name,
        "Notes": "⚠️ " + "; ".join(notes) if notes else "",
        "Report": (method.report or "studio") if method else None,
        "Family": method and method.family,
        "Network": method and method.config.network,
        "Colour space": method and method.config.color_space,
        "Width": run.config.get("width"),
        "Sees": run.config.get("side"),
        "Parameters": run.parameters / 1e6 if run.parameters else None,
        "On disk": run.bytes_on_disk / 1e6 if run.bytes_on_disk else None,
        "Trained on": trained_on(run.training),
        "Images seen": images_seen(run),
        "How it works": method and method.idea,
        "Paper": method and method.paper,
    }


def images_seen(run: Run) -> int | None:
    """With the runs that it started from; None where that is not recorded."""
    try:
        totals = training_totals(run.folder)
    except CheckpointError:  # named in the notes
        return None
    return totals and totals.images


def trained_on(training: dict) -> str | None:
    """Data sets and crop of a run and where it started, as far as they are known."""
    names = training.get("data")
    if not isinstance(names, list):
        return None
    crop = f", crops of {training['crop']} px" if training.get("crop") else ""
    start = f", from {training['init']}" if training.get("init") else ""
    return " + ".join(map(str, names)) + crop + start


# --- metrics ----------------------------------------------------------------------------------


def show_metrics(runs: list[Run], metrics: pd.DataFrame) -> None:
    """Tables of both blocks, charts and download."""
    st.subheader("Measures")
    if metrics.empty:
        st.info("No method has been measured yet: `colorize evaluate --data FOLDER`.")
        return
    same = metrics[metrics["block"] == SAME]
    same = same[same["photos"] == choose_photos(runs, same)]
    st.caption("↑ higher is better, ↓ lower is better, ≈ best near the truth.")
    intervals = st.toggle("95 % intervals", key="overview_intervals", bind="query-params")
    show_block(same, f"Photos from {SAME}", "overview_table", intervals)
    other = metrics[(metrics["block"] == ELSEWHERE) & metrics["row"].isin(same["row"])]
    for i, (_, block) in enumerate(other.groupby("photos", sort=False)):
        if "method" in set(block["kind"]):
            show_block(block, f"Photos from {ELSEWHERE}", f"overview_elsewhere_{i}", intervals)
    st.download_button(
        "Download as CSV",
        metrics.drop(columns="row").to_csv(index=False),
        "metrics.csv",
        "text/csv",
        on_click="ignore",
    )
    show_charts(same)


def choose_photos(runs: list[Run], metrics: pd.DataFrame) -> str:
    """One set of photos, at first the studio's: numbers of different photos do not mix."""
    photos = list(dict.fromkeys(metrics["photos"]))
    if len(photos) == 1:
        return photos[0]
    own = metrics.loc[metrics["run"].isin([run.name for run in runs if run.is_studio]), "photos"]
    return widgets.choose_one(
        "Measured on",
        photos,
        "overview_photos",
        own.iloc[0] if len(own) else None,
        help="Only methods measured on the same photos can be compared, so only these are shown.",
    )


def show_block(metrics: pd.DataFrame, title: str, key: str, intervals: bool) -> None:
    """What one set of photos gave: a line per row, a column per metric."""
    named = metrics["named"].max()
    text = f"**{title}:** {metrics['photos'].iloc[0]}."
    if named:
        text += f" An evaluation classifier named the {named:,} that have a label."
    st.markdown(text)
    formats = {column_title(name): st.column_config.NumberColumn(format="%.2f") for name in METRICS}
    formats |= {
        f"{METRICS[name].title} {end}": st.column_config.NumberColumn(format="%.2f")
        for name in METRICS
        for end in ("from", "to")
    }
    widgets.table(wide_table(metrics, intervals), key, column_config=formats)


def wide_table(metrics: pd.DataFrame, intervals: bool) -> pd.DataFrame:
    """A line per row, a column of numbers per metric, and two for its interval."""
    columns = {}
    for name, metric in METRICS.items():
        part = metrics[metrics["metric"] == name].set_index("row")
        if part.empty:
            continue
        columns[column_title(name)] = part["value"]
        if intervals:
            columns[f"{metric.title} from"] = part["low"]
            columns[f"{metric.title} to"] = part["high"]
    rows = pd.Index(dict.fromkeys(metrics["row"]), name="Method")
    return pd.DataFrame(columns).reindex(rows)


def show_charts(metrics: pd.DataFrame) -> None:
    """Two metrics against each other, and one of them with its intervals."""
    measured = set(metrics["metric"])
    titles = {name: METRICS[name].heading for name in METRICS if name in measured}
    left, right = st.columns(2)
    with left:
        x = widgets.choose_one("Across", titles, "overview_x")
    with right:
        default = "colorfulness" if "colorfulness" in titles else None
        y = widgets.choose_one("Up", titles, "overview_y", default)
    trivial = [name for name in titles if results.is_trivial(name)]
    left, right = st.columns(2)  # anew, so that a phone shows both choices above both charts
    with left:
        st.markdown(f"**{METRICS[y].title} against {METRICS[x].title}**")
        figure = charts.metric_scatter(metrics, x, y, titles, trivial)
        alt = f"{titles[y]} against {titles[x]}, one point per method"
        widgets.chart(figure, "overview_scatter", alt)
    with right:
        st.markdown(f"**{METRICS[x].title} with its 95 % interval**")
        figure = charts.metric_intervals(metrics, x, titles[x], trivial)
        alt = f"{titles[x]} of each method with its 95 % interval"
        widgets.chart(figure, "overview_dots", alt)
    directions = (f"{titles[n]}: {results.DIRECTIONS[METRICS[n].higher_is_better]}" for n in (x, y))
    st.caption(f"{' · '.join(directions)}. Bars: 95 % bootstrap intervals over pictures.")


main()
