"""One review on the desk: the player, the sheet beside it, and the steps that may be taken."""

from __future__ import annotations

from functools import partial

import streamlit as st

from cintel.dashboard import formats, forms, player, sheet, stage, steps, widgets
from cintel.dashboard.view import View
from cintel.errors import StoreError
from cintel.store import Store, reviews, worklist
from cintel.store.workflow_steps import Key


def draw(view: View, key: Key, who: str) -> None:
    """The review as it stands; from here on this is the revision that was looked at."""
    found = worklist.review(view.store, key)
    if found is None:
        st.warning("This review is not there any more. Choose another one.")
        return
    analysis = view.store.load(key.conversation_id)
    told = worklist.events(view.store, key)
    form = next(
        (form for form in stage.evaluations(view.store, analysis)
         if (form.scorecard, form.version) == (key.scorecard, key.version)),
        None,
    )  # fmt: skip
    st.session_state[f"seen {key}"] = found.revision
    if refused := st.session_state.get(f"refused {key}"):
        st.error(f"Not saved. {formats.plain(refused)}.", icon=":material/error:")
    left, right = st.columns([1.15, 1], gap="small")
    with left:
        stage.draw_player(view, analysis, [], None, "score")
    with right:
        if form is None:
            st.warning("The conversation was analysed again on another version of the scorecard.")
        else:
            card = forms.scorecard(view.store, key.scorecard, key.version)
            human = _human(view.store, key)
            data = sheet.payload(analysis, found, form, card, human, told, who)
            _mount(view.store, key, who, data)
        steps.draw(view.store, found, who)
    steps.history(told)


def _human(store: Store, key: Key) -> dict[str, forms.AnswerValue]:
    found = reviews.answers(store, key.conversation_id)
    return {
        row["question"]: None if formats.missing(row["human_answer"]) else row["human_answer"]
        for row in found.to_dict("records")
        if row["reviewed"] and (row["scorecard"], row["version"]) == (key.scorecard, key.version)
    }


def _mount(store: Store, key: Key, who: str, data: dict[str, object]) -> None:
    name = f"sheet {key} {key.version}"
    player.mounted("sheet", "parts", "sheet")(
        data=data | {"applied": st.session_state.get(f"applied {key}", 0)},
        key=name,
        width="stretch",
        on_said_change=partial(_said, store, key, who, name),
    )


def _said(store: Store, key: Key, who: str, name: str) -> None:
    """Apply what came from the sheet; runs before the page, so that it shows what is kept."""
    said = st.session_state[name].said or []
    seen, applied, refused = sheet.apply(
        store, key, who, st.session_state[f"seen {key}"],
        st.session_state.get(f"applied {key}", 0), said,
    )  # fmt: skip
    st.session_state[f"seen {key}"] = seen
    st.session_state[f"applied {key}"] = applied
    st.session_state[f"refused {key}"] = refused


def pick(view: View, listed: widgets.DataFrame, name: str) -> Key | None:
    """A table of reviews; the one that was clicked, else the one chosen before, else the first."""
    if listed.empty:
        return None
    keys = [
        Key(*given)
        for given in listed[["conversation_id", "scorecard", "version"]].itertuples(
            index=False, name=None
        )
    ]

    def choose() -> None:
        row = widgets.clicked(name)
        st.session_state[f"chosen {name}"] = None if row is None else keys[row]

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
    chosen: Key | None = st.session_state.get(f"chosen {name}")
    return chosen if chosen in keys or (chosen and _there(view, chosen)) else keys[0]


def _there(view: View, key: Key) -> bool:
    try:
        return worklist.review(view.store, key) is not None
    except StoreError:
        return False
