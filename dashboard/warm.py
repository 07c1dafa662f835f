"""What takes long to load, loaded while the reader reads the first page."""

import importlib
import threading

import streamlit as st

DELAY = 4.0
"""Seconds, so that the first page is drawn before."""


@st.cache_resource(show_spinner=False)
def prepare() -> None:
    """Import torch in the background, once for all visitors; most pages need it."""
    timer = threading.Timer(DELAY, importlib.import_module, ["torch"])
    timer.daemon = True
    timer.start()
