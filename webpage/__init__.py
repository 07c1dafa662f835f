"""What the Gradio page is made of; `app.py` joins it to handlers."""
