"""Agents: the team beside each other, then one agent in detail."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from cintel.dashboard import charts, formats, maps, shared, widgets
from cintel.dashboard.view import View
from cintel.store import queries, reviews, series
from cintel.store.selection import Filters

if TYPE_CHECKING:
    from pandas import DataFrame


def question_names(found: DataFrame) -> dict[str, str]:
    """Short titles of questions, in the order of their scorecards."""
    placed = found.sort_values(["scorecard", "position"], kind="stable")
    return {name: formats.title(name) for name in placed["question"]}


def beside_team(own: DataFrame, team: DataFrame) -> DataFrame:
    """Pass rates of an agent (``own``) and of all (``all``) a question, furthest behind first."""
    both = own.merge(team, on=["scorecard", "question"], suffixes=("_own", "_all"))
    both = both.rename(columns={"final_rate_own": "own", "final_rate_all": "all"})
    both = both.dropna(subset=["own", "all"])
    gap = both["own"] - both["all"]
    return both.iloc[gap.argsort(kind="stable")][["question", "own", "all"]]


def extremes(view: View, filters: Filters, count: int = 4) -> tuple[DataFrame, DataFrame]:
    """The lowest and the highest QA scores of an agent, worded; scoreless ones are left out."""
    found = []
    for descending in (False, True):
        rows, _ = queries.conversations(
            view.store, filters, sort="qa_score", descending=descending, limit=count
        )
        rows = rows.dropna(subset=["qa_score"])
        found.append(
            rows.assign(
                when=rows["started_at"].map(formats.when),
                intent=rows["intent"].map(formats.intent),
            )
        )
    return found[0], found[1]


def page(view: View) -> None:
    """Draw the page."""
    team = queries.agents(view.store, view.filters)
    if team.empty:
        widgets.nothing_found()
        st.caption("Conversations get their agent from a metadata file or from their file name.")
        return
    rates = reviews.agent_pass_rates(view.store, view.filters)
    _team(team, rates)
    names = list(team["agent_id"])
    if st.session_state.get("agent") not in names:
        st.session_state["agent"] = names[0]
    st.markdown("#### One agent")
    agent = st.selectbox("Agent", names, key="agent", label_visibility="collapsed", width=260)
    _one(view, replace(view.filters, agents=(agent,)))
    shared.draw(view, agent)


def _team(team: DataFrame, rates: DataFrame) -> None:
    number = st.column_config.NumberColumn
    columns = {
        "agent_id": st.column_config.TextColumn("Agent", width=120),
        "conversations": number("Conversations", format="%d"),
        "qa_score": widgets.score_column("QA score"),
        "auto_failed": number("Automatic fails", format="%.0f %%"),
        "frustration": widgets.share_column("Frustration"),
        "sentiment": number("Sentiment", format="%.2f"),
        "csat": number("Satisfaction", format="%.1f"),
        "talk_ratio": number("Share of talk", format="%.0f %%"),
        "speech_rate": number("Words a minute", format="%.0f"),
        "response_median": number(
            "Response, s",
            format="%.1f",
            help="Mean of the medians. Chats are slower: filter by channel to compare",
        ),
        "interruptions": number("Interruptions", format="%.1f"),
    }

    def choose() -> None:
        row = widgets.clicked("team")
        if row is not None:
            st.session_state["agent"] = team["agent_id"].iloc[row]

    shares = {name: team[name] * 100 for name in ("auto_failed", "talk_ratio")}
    widgets.clickable(team.assign(**shares), "team", columns, on_select=choose)
    st.caption("Click an agent to see more below.")
    if not rates.empty:
        with st.container(border=True):
            st.markdown("**Answers passed, by agent and question**")
            figure = maps.pass_heatmap(rates, question_names(rates))
            widgets.show(figure, "passed", "Share of answers passed by agent and question")


def _one(view: View, filters: Filters) -> None:
    left, right = st.columns([1, 1.1], gap="small")
    with left:
        everybody = series.weekly(view.store, replace(filters, agents=()))
        own = series.weekly(view.store, filters)
        for measure in (charts.QUALITY, charts.FRUSTRATION):
            with st.container(border=True):
                figure = charts.comparison(own, everybody, measure, 205)
                widgets.show(figure, measure.column, f"{measure.title}, agent and team by week")
    own_rates = reviews.question_pass_rates(view.store, filters)
    all_rates = reviews.question_pass_rates(view.store, replace(filters, agents=()))
    compared = beside_team(own_rates, all_rates)
    if len(compared):
        with right, st.container(border=True):
            figure = maps.pass_rates(compared, question_names(all_rates))
            widgets.show(figure, "questions", "Pass rate by question, agent and team")
    for column, title, key, rows in zip(
        st.columns(2, gap="small"),
        ("Lowest scores", "Highest scores"),
        ("lowest", "highest"),
        extremes(view, filters),
        strict=True,
    ):
        with column:
            st.markdown(f"**{title}**")
            _few(view, rows, key)


def _few(view: View, rows: DataFrame, key: str) -> None:
    if rows.empty:
        st.caption("No conversation has a score.")
        return
    columns = {
        "qa_score": widgets.score_column("QA score"),
        "intent": st.column_config.TextColumn("Intent", width=180),
        "when": st.column_config.TextColumn("When", width=135),
        "frustration": widgets.share_column("Frustration"),
    }
    row = widgets.clickable(rows, key, columns)
    if row is not None:
        view.open_call(rows["id"].iloc[row], None)
