"""A conversation on stage: its sound, its evaluations, and the player that shows both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from cintel.conversation import Analysis
from cintel.dashboard import audio, forms, player
from cintel.dashboard.audio import Clip
from cintel.dashboard.forms import Form
from cintel.dashboard.view import View
from cintel.errors import AudioError
from cintel.store import Store, reviews


def evaluations(store: Store, analysis: Analysis) -> list[Form]:
    """Every evaluation beside what reviewers said of it."""
    answers = reviews.answers(store, analysis.id)
    return [
        forms.build(
            evaluation,
            answers[
                (answers["scorecard"] == evaluation.scorecard)
                & (answers["version"] == evaluation.version)
            ],
            forms.scorecard(store, evaluation.scorecard, evaluation.version),
        )
        for evaluation in analysis.evaluations
    ]


def sound(store: Store, analysis: Analysis) -> tuple[Clip | None, str]:
    """The recording, or why there is none in words for the reader."""
    talk = analysis.conversation
    if talk.channel != "call":
        return None, f"This is a {talk.channel}: there is nothing to hear."
    folders = (Path.cwd(), Path(store.where).parent)
    path = audio.find(talk.source, folders)
    if path is None:
        return None, (
            f"The recording {talk.source} is not there any more. Put it back, or start the "
            "dashboard in the folder it was analysed from."
        )
    try:
        return _clip(str(path), path.stat().st_mtime_ns), ""
    except AudioError as error:
        return None, str(error)


@st.cache_data(show_spinner="Preparing the recording …", max_entries=32)
def _clip(path: str, _changed: int) -> Clip:
    return audio.clip(Path(path))


def draw_player(
    view: View, analysis: Analysis, tabs: list[dict[str, Any]], start: float | None, key: str
) -> None:
    """The player of a conversation, standing at ``start`` seconds."""
    clip, notice = sound(view.store, analysis)
    data = player.payload(analysis, tabs, clip, notice)
    player.component()(
        data=data | {"start": start, "token": f"{analysis.id} {start}"},
        key=f"{key} {analysis.id}",
        width="stretch",
    )
