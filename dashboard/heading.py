"""How every page begins. It imports little, so that the title is there at once."""

import streamlit as st


def header(title: str, text: str, *formulas: str) -> None:
    """Title, one paragraph in plain words, and the formulas that the page shows."""
    st.title(title)
    st.markdown(text)
    for formula in formulas:
        st.latex(formula)
