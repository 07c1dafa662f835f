"""Start the dashboard: `python -m dashboard`, or `colorize dashboard`."""

import sys
from pathlib import Path

from streamlit.web import cli

if __name__ == "__main__":
    sys.argv = ["streamlit", "run", str(Path(__file__).with_name("streamlit_app.py"))]
    sys.exit(cli.main())
