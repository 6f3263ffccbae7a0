"""One review on the desk: the player, the sheet beside it, and the steps that may be taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from cintel.conversation import Analysis
from cintel.dashboard import formats, forms, player, sheet, stage, steps, widgets
from cintel.dashboard.view import View
from cintel.store import Store, reviews, rows, worklist
from cintel.store.workflow_steps import Key, Review

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(slots=True)
class Desk:
    """What a browser session has seen of a review.

    Streamlit may end a run wherever a page touches ``st.session_state``, so what goes together
    is changed here, in one object that stays there, instead.
    """

    revision: int = 0
    applied: int = 0
    refused: str = ""


def draw(view: View, key: Key, who: str) -> None:
    """The review as it stands; a change that follows names the revision that was shown."""
    desk: Desk = st.session_state.setdefault(f"desk {key!r}", Desk())
    name = f"sheet {key!r}"
    _apply(view.store, key, who, desk, st.session_state.get(name, {}).get("said") or [])
    found = worklist.review(view.store, key)
    if found is None:
        st.warning("This review is not there any more. Choose another one.")
        return
    analysis = view.store.load(key.conversation_id)
    told = worklist.events(view.store, key)
    if desk.refused:
        st.error(f"Not saved. {formats.plain(desk.refused)}.", icon=":material/error:")
    left, right = st.columns([1.15, 1], gap="small")
    with left:
        stage.draw_player(view, analysis, [], None, "score")
    with right:
        data = _sheet(view.store, analysis, found, told, who)
        if data is None:
            st.warning("The conversation was analysed again on another version of the scorecard.")
        else:
            player.mounted("sheet", "parts", "sheet")(
                data=data | {"applied": desk.applied}, key=name, width="stretch",
                on_said_change=_rerun,
            )  # fmt: skip
        for line in steps.dispute(told):
            st.markdown(formats.plain(line))
        # Until these are drawn the desk has the revision on which somebody clicked.
        steps.draw(view.store, found, who, desk.revision or found.revision)
    steps.history(told)
    desk.revision = found.revision


def _apply(store: Store, key: Key, who: str, desk: Desk, said: sheet.Said) -> None:
    """Keep what came from the sheet, before the page is drawn, so that it shows what is kept."""
    waiting = [change for change in said if change["number"] > desk.applied]
    if waiting:
        desk.revision, desk.refused = sheet.apply(store, key, who, desk.revision, waiting)
        desk.applied = int(waiting[-1]["number"])


def _rerun() -> None:
    """Nothing: Streamlit keeps a component's state only where a change has a callback."""


def _sheet(
    store: Store, analysis: Analysis, found: Review, told: list[rows.Row], who: str
) -> dict[str, Any] | None:
    """What the sheet shows, None where the evaluation is not there any more."""
    key = found.key
    for form in stage.evaluations(store, analysis):
        if (form.scorecard, form.version) == (key.scorecard, key.version):
            card = forms.scorecard(store, key.scorecard, key.version)
            return sheet.payload(analysis, found, form, card, _human(store, key), told, who)
    return None


def _human(store: Store, key: Key) -> dict[str, forms.AnswerValue]:
    found = reviews.answers(store, key.conversation_id)
    return {
        row["question"]: None if formats.missing(row["human_answer"]) else row["human_answer"]
        for row in found.to_dict("records")
        if row["reviewed"] and (row["scorecard"], row["version"]) == (key.scorecard, key.version)
    }


def pick(view: View, listed: DataFrame, name: str) -> Key | None:
    """A table of reviews; the one clicked or shown before, else the first.

    One that has left the list, as its step was taken, stays until another one is clicked.
    """
    kept = f"chosen {name}"
    columns = ["conversation_id", "scorecard", "version"]
    keys = [Key(*given) for given in listed[columns].itertuples(index=False, name=None)]

    def choose() -> None:
        row = widgets.clicked(name)
        if row is not None:
            st.session_state[kept] = keys[row]

    if keys:
        _table(listed, name, choose)
    chosen: Key | None = st.session_state.get(kept)
    if chosen is None or worklist.review(view.store, chosen) is None:
        chosen = st.session_state[kept] = keys[0] if keys else None
    return chosen


def _table(listed: DataFrame, name: str, choose: Callable[[], None]) -> None:
    shown = listed.assign(
        title=listed["scorecard"].map(formats.title), when=listed["started_at"].map(formats.when)
    )
    columns = {
        "state": st.column_config.TextColumn("State", width=100),
        "deadline": st.column_config.DateColumn("Deadline", format="D MMM YYYY", width=100),
        "agent_id": st.column_config.TextColumn("Agent", width=110),
        "when": st.column_config.TextColumn("Conversation of", width=140),
        "title": st.column_config.TextColumn("Scorecard", width=150),
        "reviewer": st.column_config.TextColumn("Reviewer", width=110),
        "score": widgets.score_column("Score"),
    }
    widgets.clickable(shown, name, columns, on_select=choose)
