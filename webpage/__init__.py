"""The Gradio page: layout, handlers, session; `app.py` builds and launches it."""
