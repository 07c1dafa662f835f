"""Start the dashboard: `python -m dashboard`, or `colorize dashboard`."""

import importlib
import sys
import threading
from pathlib import Path

from streamlit.web import cli

FIRST_PAGE = ("pandas", "plotly.graph_objects", "dashboard.charts", "dashboard.results")
"""Loaded while the server starts and the browser opens, not when the first visitor asks."""


def load_first_page() -> None:
    """Import what the first page needs."""
    for name in FIRST_PAGE:
        importlib.import_module(name)


if __name__ == "__main__":
    threading.Thread(target=load_first_page, daemon=True).start()
    script = Path(__file__).resolve().parent / "streamlit_app.py"
    sys.argv = ["streamlit", "run", str(script)]
    sys.exit(cli.main())
