"""What the tests of the dashboard share."""

import base64
import json
from pathlib import Path

import numpy as np
from streamlit.testing.v1 import AppTest

from colorize_core.methods import METHODS
from support.tiny import STUDIO

SCRIPT = Path(__file__).parents[2] / "dashboard" / "streamlit_app.py"
PAGES = ("overview", "training", "prior", "temperature", "gallery")
CLASSIFIER = next(name for name, method in METHODS.items() if method.has_temperature)
OTHER = next(name for name, method in METHODS.items() if not method.has_temperature)
FILLED = (*STUDIO, "zhang-114", "birds-gan")
"""The studio's, a classifier of a report, and one that answers in RGB: all would be slow."""
SWEPT = (0.0, 0.09, 0.38, 1.0)


def history_line(step: int) -> str:
    """A line of history.jsonl."""
    line = {
        "images": 100 * step,
        "epoch": step / 2,
        "seconds": 3.0 * step,
        "lr": 0.1 / (1 + step),
        "train_l1": 1 / (1 + step),
        "val_raw_auc": 90 + step - 0.3 * step**2,
        "val_grey_raw_auc": 89.0,
    }
    return json.dumps(line) + "\n"


def figure(at: AppTest, key: str) -> dict:
    """The chart of that key, with its arrays unpacked."""
    found = next(c for c in at.get("plotly_chart") if c.proto.id.endswith(f"-{key}"))
    return json.loads(found.proto.spec, object_hook=_unpacked)


def _unpacked(value: dict):
    if value.keys() >= {"dtype", "bdata"}:
        array = np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"])
        return array.reshape([int(n) for n in str(value.get("shape", len(array))).split(",")])
    return value


def trace(chart: dict, name: str) -> dict:
    """The curve of that name."""
    return next(t for t in chart["data"] if t.get("name") == name)


def warnings_of(at: AppTest) -> str:
    """All warnings of a page."""
    return "\n".join(w.value for w in at.warning)


def captions_of(at: AppTest) -> str:
    """All captions of a page."""
    return "\n".join(c.value for c in at.caption)
