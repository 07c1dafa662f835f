"""Start the dashboard: `python -m dashboard`, or `colorize dashboard`."""

import sys
from pathlib import Path

from streamlit.web import cli

if __name__ == "__main__":
    script = Path(__file__).resolve().parent / "streamlit_app.py"
    sys.argv = ["streamlit", "run", str(script)]
    sys.exit(cli.main())
