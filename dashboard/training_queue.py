"""The queue that trains into a folder: what is done, what runs, how fast, how long yet."""

from datetime import timedelta
from pathlib import Path

import pandas as pd
import streamlit as st

from colorize_core.errors import CheckpointError
from colorize_core.training.queue_status import QueuedRun, queue_status


def draw(folder: Path) -> None:
    """The table of a queue; nothing where none has trained into the folder."""
    try:
        found = queue_status(folder)
    except CheckpointError as error:
        st.warning(str(error))
        return
    if not found:
        return
    states = [run.state for run in found]
    counts = (f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    st.caption("**Queue**: " + ", ".join(counts))
    bar = st.column_config.ProgressColumn("done", min_value=0, max_value=100, format="%d %%")
    columns = {
        "done": bar,
        "images": st.column_config.NumberColumn(format="localized"),
        "images/s": st.column_config.NumberColumn(format="%.0f"),
    }
    table = pd.DataFrame([_row(run) for run in found])
    st.dataframe(table, key="training_queue", column_config=columns, hide_index=True, height=250)


def _row(run: QueuedRun) -> dict:
    left = None if run.seconds_left is None else str(timedelta(seconds=round(run.seconds_left)))
    return {
        "run": run.name,
        "state": run.state,
        "done": 100 * run.share,
        "images": run.images,
        "images/s": run.rate,
        "time left": left,
        "reason": run.reason,
    }
