"""Start the dashboard: `python -m dashboard`, or `colorize dashboard`."""

import importlib
import sys
import threading
from pathlib import Path

from streamlit.web import cli

if __name__ == "__main__":
    # The first page is loaded while the browser opens, not when the first visitor asks.
    threading.Thread(target=importlib.import_module, args=["dashboard.overview"]).start()
    script = Path(__file__).resolve().parent / "streamlit_app.py"
    sys.argv = ["streamlit", "run", str(script)]
    sys.exit(cli.main())
