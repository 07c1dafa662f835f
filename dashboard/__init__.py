"""The Streamlit dashboard: thin pages over cached readers and pure chart functions."""
