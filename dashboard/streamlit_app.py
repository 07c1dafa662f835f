"""Page configuration and navigation, nothing else."""

import streamlit as st

st.set_page_config(page_title="Colorization, compared", page_icon="🎨", layout="wide")
st.navigation(
    [
        st.Page("views/overview.py", title="Overview", icon="📋", default=True),
        st.Page("views/training.py", title="Training curves", icon="📈"),
        st.Page("views/prior.py", title="Class prior", icon="🎨"),
        st.Page("views/temperature.py", title="Temperature", icon="🌡️"),
        st.Page("views/gallery.py", title="Gallery", icon="🖼️"),
    ],
    position="top",
).run()
