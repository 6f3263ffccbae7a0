"""A draft tried on a stored conversation, which keeps nothing, and a scorecard used on one."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import streamlit as st

from cintel.dashboard import formats, forms, panel, stage, widgets
from cintel.dashboard.view import View
from cintel.errors import CintelError, StoreError
from cintel.quality import LlmJudge, Scorecard, evaluate
from cintel.runtime import pick_device
from cintel.settings import load_settings
from cintel.store import Store, queries
from cintel.store.rescoring import load_many, save_evaluations

if TYPE_CHECKING:
    from cintel.conversation import Analysis, Evaluation
    from cintel.language.read import Reader

_LISTED = 200


@st.cache_resource(show_spinner="Loading the language models …")
def reader() -> Reader:
    """The language models, loaded once a server."""
    from cintel.language.read import Reader

    settings = load_settings()
    made = Reader(settings, pick_device(settings.device))
    _ = made.encoder
    return made


def answers(card: Scorecard, analysis: Analysis) -> Evaluation:
    """The evaluation of a stored conversation on a scorecard."""
    found, settings = reader(), load_settings()
    judge = LlmJudge(found.llm, settings.llm_hide) if found.llm else None
    a = analysis
    return evaluate(
        card, a.conversation, a.labels, a.metrics, found.encoder, judge, a.evaluations
    )  # fmt: skip


def keep(store: Store, key: str, card: Scorecard) -> None:
    """Score a stored conversation on a scorecard, beside those that it was scored on before.

    Raises:
        StoreError: there is no such conversation, nothing in it can be scored, it was analysed anew
            meanwhile, or the store is locked, read-only, …
    """
    # When it was saved comes first: a later state then counts as another one, and is left alone.
    before = load_many(store, [key])
    made = answers(card, store.load(key))
    if made.reason is not None:
        raise StoreError(key, f"cannot be scored: {made.reason}", "Choose another conversation")
    if not before or not save_evaluations(store, {key: (before[key][0], made)}, {}):
        raise StoreError(key, "was analysed anew or deleted meanwhile", "Do it again")


def draw(view: View, card: Scorecard) -> None:
    """Choose a conversation, see the answers beside it."""
    rows, total = queries.conversations(view.store, view.filters, limit=_LISTED)
    if rows.empty:
        widgets.nothing_found()
        return
    names = {row["id"]: _named(row) for row in rows.to_dict("records")}
    more = f", the newest {_LISTED} of {total:,}" if total > _LISTED else ""
    key: str = st.selectbox(
        f"Conversation{more}", list(names), format_func=names.__getitem__, key="try",
        help="Those that pass the filters at the left; type to search",
    )  # fmt: skip
    try:
        analysis = view.store.load(key)
        with st.spinner("Answering the questions …"):
            made = answers(card, analysis)
    except CintelError as error:
        widgets.failure(error)
        return
    form = forms.unreviewed(made, card)
    tabs = [{"name": "This draft", "blocks": panel.evaluation_blocks(form)}]
    tabs += panel.tabs(analysis, stage.evaluations(view.store, analysis))
    _head(form)
    stage.draw_player(view, analysis, tabs, None, f"try {card.version}")
    st.caption("Nothing of this is kept. Click the time of a quote to hear it.")


def _named(row: dict[Hashable, Any]) -> str:
    parts = (formats.when(row["started_at"]), row["agent_id"], formats.intent(row["intent"]),
             str(row["id"])[:8])  # fmt: skip
    return " · ".join(str(part) for part in parts if part)


def _head(form: forms.Form) -> None:
    items = [item for _, items in form.parts for item in items]
    result = "–" if form.passed is None else "passed" if form.passed else "not passed"
    figures = (
        ("Score", formats.decimal(form.score, 1)),
        ("Result", "failed automatically" if form.auto_failed else result),
        ("Answered", str(sum(item.verdict not in ("na", "unsure") for item in items))),
        ("Not applicable", str(sum(item.verdict == "na" for item in items))),
        ("Left to a person", str(sum(item.verdict == "unsure" for item in items))),
    )
    for column, (label, value) in zip(st.columns(5), figures, strict=True):
        column.metric(label, value, border=True)
