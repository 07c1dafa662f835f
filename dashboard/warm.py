"""What takes long to load, loaded so that the first page does not wait for it."""

import contextlib
import importlib
import os
import threading
import time

import streamlit as st

DELAY = 6.0
"""Seconds, so that the first page is drawn before."""
LEAST_PRIORITY = 19
HEAD_START = 0.8
"""Seconds that a visitor's browser has for a page's tables before it must load Plotly's 4.7 MB."""


@st.cache_resource(show_spinner=False)
def prepare() -> None:
    """Import torch in the background, once for all visitors; most pages need it."""
    timer = threading.Timer(DELAY, _import)
    timer.daemon = True
    timer.start()


def _import() -> None:
    # A browser on the same two cores comes first. Only Linux ranks single threads.
    with contextlib.suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LEAST_PRIORITY)
    importlib.import_module("torch")


def tables_first() -> None:
    """Before a session's first chart: let the browser draw what stands above.

    With charts at once, their script is compiled first and the tables come last, 1 to 2 seconds
    later than with this pause; the charts come at the same time either way.
    """
    if "tables_first" not in st.session_state:
        st.session_state["tables_first"] = True
        with st.spinner("Charts follow …"):
            time.sleep(HEAD_START)
