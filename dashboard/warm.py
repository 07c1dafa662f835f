"""What takes long to load, loaded while the reader reads the first page."""

import contextlib
import importlib
import os
import threading

import streamlit as st

DELAY = 6.0
"""Seconds, so that the first page is drawn before."""
LEAST_PRIORITY = 19


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
