"""The temperature lab: its handlers and what they measure."""
