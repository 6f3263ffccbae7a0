"""Call: one conversation, heard and read, with what was found in it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import streamlit as st

from cintel.conversation import Analysis
from cintel.dashboard import formats, panel, reports, review, stage, widgets
from cintel.dashboard.forms import Form
from cintel.dashboard.view import View
from cintel.errors import StoreError
from cintel.store import queries

Tone = Literal["gray", "green", "orange"]


def chosen(view: View, asked: str | None) -> str | None:
    """The conversation to show: the one asked for, else the most frustrated one."""
    if asked:
        return asked
    rows, _ = queries.conversations(view.store, view.filters, sort="frustration", limit=1)
    return None if rows.empty else str(rows["id"].iloc[0])


def headline(analysis: Analysis) -> tuple[str, str]:
    """Title and line beneath it."""
    talk = analysis.conversation
    facts = (
        talk.agent_id, talk.queue, talk.customer_id,
        formats.when(talk.started_at) if talk.started_at else None,
        f"{talk.channel}, {formats.clock(talk.duration)}", talk.language,
        Path(talk.source).name, f"id {talk.id[:12]}",
    )  # fmt: skip
    name = analysis.intent.name if analysis.intent else None
    return formats.intent(name) if name else "Conversation", "  ·  ".join(filter(None, facts))


def figures(analysis: Analysis, found: list[Form]) -> list[tuple[str, str, str | None, Tone]]:
    """Label, value, small print and its colour of the figures at the head of the page."""
    metrics, felt = analysis.metrics, analysis.frustration
    form = next((form for form in found if form.score is not None), None)
    result = None
    if form:
        result = "failed automatically" if form.auto_failed else None
        result = result or ("passed" if form.passed else "not passed")
    peak = None if felt.peak is None else f"peak {formats.decimal(felt.peak)}"
    trend = metrics.customer.sentiment_trend
    course = None if trend is None else f"trend {formats.decimal(trend, sign=True)}"
    sure = analysis.csat.confidence
    return [
        ("Frustration", formats.decimal(felt.score), peak or felt.reason, "gray"),
        ("Customer sentiment", formats.decimal(metrics.customer.sentiment), course, "gray"),
        ("Satisfaction", formats.decimal(analysis.csat.predicted, 1),
         None if sure is None else f"confidence {formats.percent(sure)}", "gray"),
        ("QA score", formats.decimal(form.score if form else None, 0), result,
         "green" if result == "passed" else "orange"),
        ("Agent's share of talk", formats.percent(metrics.talk_ratio), None, "gray"),
        ("Silence", formats.percent(metrics.silence.share),
         f"longest {formats.clock(metrics.silence.longest)}", "gray"),
    ]  # fmt: skip


def page(view: View) -> None:
    """Draw the page."""
    asked = st.query_params.get("call") or st.session_state.get("call")
    key = chosen(view, asked)
    if key is None:
        widgets.nothing_found()
        return
    try:
        analysis = view.store.load(key)
    except StoreError as error:
        st.session_state.pop("call", None)
        widgets.failure(error)
        return
    st.session_state["call"] = st.query_params["call"] = analysis.id
    found = stage.evaluations(view.store, analysis)
    title, facts = headline(analysis)
    st.markdown(f"### {formats.plain(title)}")
    st.caption(formats.plain(facts))
    if analysis.acoustics.quality and analysis.acoustics.quality.poor:
        st.warning(formats.plain("Recording: " + "; ".join(analysis.acoustics.warnings)))
    for column, figure in zip(st.columns(6), figures(analysis, found), strict=True):
        label, value, small, color = figure
        column.metric(
            label, value, small, delta_color=color, delta_arrow="off", border=True, height="stretch"
        )
    asked_time = st.query_params.get("t", "")
    start = float(asked_time) if asked_time.replace(".", "", 1).isdigit() else None
    stage.draw_player(view, analysis, panel.tabs(analysis, found), start, "call")
    widgets.thank()
    if found:
        _overrule(view, analysis, found)
        reports.draw_pdf(view.store, analysis)


def _overrule(view: View, analysis: Analysis, found: list[Form]) -> None:
    known = {
        (form.scorecard, form.version, item.question): item.text
        for form in found
        for _, items in form.parts
        for item in items
    }
    with st.expander("Confirm or overrule an answer", icon=":material/gavel:"):
        left, right = st.columns([2.4, 1])
        key = left.selectbox(
            "Question", list(known), format_func=known.__getitem__, key=f"question {analysis.id}"
        )
        task = review.task(view.store, analysis.id, *key)
        if task is not None:
            review.draw(view.store, task, review.reviewer(right))
