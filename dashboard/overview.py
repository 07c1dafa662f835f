"""What the overview shows below its title: methods, measures with intervals, published figures."""

import pandas as pd
import streamlit as st

from colorize_core.evaluation.published import OTHER_MEASURES, SOURCES, Figure, against_grey
from dashboard import charts, results, warm, widgets
from dashboard.results import MEASURES, Run

ARROWS = {True: "↑", False: "↓", None: "≈"}


def show() -> None:
    """Draw it."""
    runs = results.list_runs()
    if not runs:
        widgets.no_checkpoints()
    metrics, problems = results.load_metrics(runs)
    if runs:
        show_methods(runs, problems)
        show_metrics(metrics)
    show_published(metrics)
    warm.prepare()


# --- methods ----------------------------------------------------------------------------------


def show_methods(runs: list[Run], problems: dict[str, str]) -> None:
    """One line per method folder; what is wrong with it stands on its own line."""
    st.subheader("Methods")
    table = pd.DataFrame([method_line(run, problems.get(run.name)) for run in runs])
    optional = [c for c in ("Notes", "Network", "Colour space") if not table[c].fillna("").any()]
    table = table.drop(columns=optional)
    st.dataframe(
        table,
        hide_index=True,
        placeholder="–",
        key="overview_methods",
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
            "Images seen": st.column_config.NumberColumn(format="localized"),
            "How it works": st.column_config.TextColumn(width="large"),
        },
    )


def method_line(run: Run, metrics_problem: str | None) -> dict:
    """What the table says of one method folder."""
    method = results.methods().get(run.method) if run.method else None
    training = run.training or {}
    notes = [*run.problems, *([metrics_problem] if metrics_problem else [])]
    return {
        "Method": run.name,
        "Notes": "⚠️ " + "; ".join(notes) if notes else "",
        "Report": (method.report or "studio") if method else None,
        "Family": getattr(method, "family", None),
        "Network": getattr(method, "network", None),
        "Colour space": getattr(method, "color_space", None),
        "Width": (run.config or {}).get("width"),
        "Sees": (run.config or {}).get("side"),
        "Parameters": run.parameters / 1e6 if run.parameters else None,
        "On disk": run.bytes_on_disk / 1e6 if run.bytes_on_disk else None,
        "Trained on": trained_on(training),
        "Images seen": training.get("images_seen"),
        "How it works": getattr(method, "idea", None),
        "Paper": getattr(method, "paper", None),
    }


def trained_on(training: dict) -> str | None:
    """Data sets, crop and hardware of a run, as far as they are known."""
    names = training.get("data")
    if not isinstance(names, list):
        return None
    crop = f", crops of {training['crop']} px" if training.get("crop") else ""
    start = f", from {training['init']}" if training.get("init") else ""
    return " + ".join(map(str, names)) + crop + start


# --- metrics ----------------------------------------------------------------------------------


def metric_titles() -> dict[str, str]:
    """Axis title of every metric, with its unit."""
    return {name: charts.with_unit(m.title, m.unit) for name, m in MEASURES.items()}


def show_metrics(metrics: pd.DataFrame) -> None:
    """Table, intervals, scatter and download."""
    st.subheader("Measures")
    if metrics.empty:
        st.info("No method has been measured yet: `colorize evaluate --data FOLDER`.")
        return
    chosen = choose_data(metrics)
    metrics = metrics[metrics["data"] == chosen]
    st.caption(
        f"Measured on photos never trained on: {chosen}.{classifierd_text(metrics)} ↑ higher is "
        "better, ↓ lower is better, ≈ best near the truth. Click a heading to sort."
    )
    intervals = st.toggle("95 % intervals", key="overview_intervals", bind="query-params")
    st.dataframe(
        wide_table(metrics, intervals), key="overview_table", column_config=number_formats()
    )
    st.download_button(
        "Download as CSV",
        metrics.drop(columns="row").to_csv(index=False),
        "metrics.csv",
        "text/csv",
        on_click="ignore",
    )
    warm.tables_first()
    show_charts(metrics)


def choose_data(metrics: pd.DataFrame) -> str:
    """One set of test photos, at first the studio's: numbers of different photos do not mix."""
    data = list(dict.fromkeys(metrics["data"]))
    if len(data) == 1:
        return data[0]
    own = [name for name, method in results.methods().items() if method.report is None]
    first = metrics.loc[metrics["run"].isin(own), "data"]
    return st.selectbox(
        "Test photos",
        data,
        index=data.index(first.iloc[0]) if len(first) else 0,
        key="overview_data",
        bind="query-params",
        help="Only methods measured on the same photos can be compared, so only these are shown.",
    )


def classifierd_text(metrics: pd.DataFrame) -> str:
    """On how many of the photos an evaluation classifier could be asked, if not on all."""
    recognized = metrics.loc[metrics["metric"].isin(results.CLASSIFIERD), "n"]
    if recognized.empty or recognized.max() == metrics["n"].max():
        return ""
    return f" An evaluation classifier named the {recognized.max():,} of them that have a label."


def wide_table(metrics: pd.DataFrame, intervals: bool) -> pd.DataFrame:
    """A line per row, a column per metric."""
    columns = {}
    for name, metric in MEASURES.items():
        part = metrics[metrics["metric"] == name].set_index("row")
        if part.empty:
            continue
        title = f"{charts.with_unit(metric.title, metric.unit)} {ARROWS[metric.higher_is_better]}"
        columns[title] = part["value"]
        if intervals:
            low, high = part["low"].map("{:.2f}".format), part["high"].map("{:.2f}".format)
            columns[f"{metric.title} 95 %"] = low + " … " + high
    table = pd.DataFrame(columns).reindex(dict.fromkeys(metrics["row"]))
    table["n"] = metrics.groupby("row")["n"].max()
    return table.rename_axis("Method")


def number_formats() -> dict:
    """Two decimals for every metric."""
    titles = [
        f"{charts.with_unit(m.title, m.unit)} {ARROWS[m.higher_is_better]}"
        for m in MEASURES.values()
    ]
    return {title: st.column_config.NumberColumn(format="%.2f") for title in titles}


def show_charts(metrics: pd.DataFrame) -> None:
    """Two metrics against each other, and one of them with its intervals."""
    titles = metric_titles()
    trivial = [
        name
        for name, m in MEASURES.items()
        if m.higher_is_better is not None and name not in results.CLASSIFIERD
    ]
    present = {n: title for n, title in titles.items() if (metrics["metric"] == n).any()}
    left, right = st.columns(2)
    default = "colorfulness" if "colorfulness" in present else None
    with left:
        x = widgets.choose_one("Across", present, "overview_x")
    with right:
        y = widgets.choose_one("Up", present, "overview_y", default)
    directions = " · ".join(
        f"{titles[n]}: {charts.ARROWS[MEASURES[n].higher_is_better]}" for n in (x, y)
    )
    left, right = st.columns(2)  # anew, so that a phone shows both choices above both charts
    with left:
        alt = f"{titles[y]} against {titles[x]}, one point per method"
        st.markdown(f"**{MEASURES[y].title} against {MEASURES[x].title}**")
        widgets.chart(
            charts.metric_scatter(metrics, x, y, titles, trivial), "overview_scatter", alt
        )
    with right:
        alt = f"{titles[x]} of each method with its 95 % interval"
        st.markdown(f"**{MEASURES[x].title} with its 95 % interval**")
        widgets.chart(charts.metric_intervals(metrics, x, titles[x], trivial), "overview_dots", alt)
    st.caption(f"{directions}. Bars: 95 % bootstrap intervals over pictures.")


# --- published --------------------------------------------------------------------------------


def show_published(metrics: pd.DataFrame) -> None:
    """The reports' figures beside ours."""
    st.subheader("What the reports published")
    st.dataframe(
        published_table(metrics),
        hide_index=True,
        placeholder="–",
        key="overview_published",
        column_config={
            name: st.column_config.NumberColumn(format="%.4g")
            for name in ("Published", "Ours", "Grey, ours")
        },
    )
    st.markdown(
        "None of these figures can be compared with ours directly: data, sizes and definitions "
        "differ. “Grey, ours” stands where the measure is meant to be the same: plain grey on "
        "the data set here that is most like the report's. What to bear in mind:"
    )
    for source in SOURCES.values():
        st.markdown(f"- **{source.number}, {source.title}.** {source.why}")


def published_table(metrics: pd.DataFrame) -> pd.DataFrame:
    """A line per published figure, with ours where the method is measured."""
    part = metrics[metrics["kind"] == "method"]
    # Of several the first counts.
    ours = {(c["run"], c["variant"], c["metric"]): c for c in reversed(part.to_dict("records"))}
    grey = metrics[metrics["kind"] == "grey"]
    lines = []
    for source in SOURCES.values():
        for figure in source.figures:
            measure = MEASURES.get(figure.metric) or OTHER_MEASURES[figure.metric]
            found = ours.get((figure.method, figure.variant, figure.metric))
            own_grey = grey_like(figure, grey)
            higher = measure.higher_is_better is not False
            lines.append(
                {
                    "Report": source.number,
                    "Method": f"{figure.method} {figure.variant}".strip(),
                    "Metric": measure.title,
                    "Unit": measure.unit,
                    "Published": figure.value,
                    "Ours": None if found is None else found["value"],
                    "Grey, ours": own_grey,
                    "So the published is": "; ".join(
                        against_grey(source, figure, higher, own_grey)
                    ),
                    "On": figure.on + ("" if figure.checked else " (quoted from memory)"),
                    "Ours on": None if found is None else found["data"],
                }
            )
    return pd.DataFrame(lines)


def grey_like(figure: Figure, grey: pd.DataFrame) -> float | None:
    """Plain grey on the data set that is like the figure's, by its measure."""
    if figure.like is None:
        return None
    names = grey["data"].str.rsplit(" ", n=1).str[0]
    values = grey.loc[(names == figure.like) & (grey["metric"] == figure.metric), "value"]
    return float(values.iloc[0]) if len(values) else None
