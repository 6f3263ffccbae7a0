"""What was shared with an agent: the scores, the answers behind them, acknowledge or appeal."""

from __future__ import annotations

import streamlit as st

from cintel.dashboard import desk, review
from cintel.dashboard.view import View
from cintel.store import worklist


def draw(view: View, agent: str) -> None:
    """The scores an agent may see, and the one that was clicked."""
    found = worklist.shared_with(view.store, agent)
    st.markdown("#### Scores shared")
    if found.empty:
        st.caption("None yet. A reviewer scores a conversation on the page Score and shares it.")
        return
    key = desk.pick(view, found, f"shared {agent}")
    who = review.reviewer(st.columns([1, 3])[0], "Your name")
    if key is not None:
        desk.draw(view, key, who)
