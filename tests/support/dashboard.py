"""What the tests of the dashboard share."""

import json
from pathlib import Path

from colorize_core.methods import METHODS
from support.tiny import STUDIO

SCRIPT = Path(__file__).parents[2] / "dashboard" / "streamlit_app.py"


PAGES = ("overview", "training", "prior", "temperature", "gallery", "photo")


CLASSIFIER = next(name for name, method in METHODS.items() if method.has_temperature)


OTHER = next(name for name, method in METHODS.items() if not method.has_temperature)


FILLED = (*STUDIO, "zhang-114", "birds-gan")
"""The studio's, a classifier of a report, and one that answers in RGB: all would be slow."""


SWEPT = (0.0, 0.09, 0.38, 1.0)


def history_line(step: int) -> str:
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
