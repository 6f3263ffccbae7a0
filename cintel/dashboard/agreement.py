"""Agreement: people against the machine and against each other, over time, and calibration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from cintel.dashboard import calibration, formats, forms, intervals, review, widgets
from cintel.dashboard.view import View
from cintel.quality import agreement as figures
from cintel.quality.agreement import Levels, Line, Pair
from cintel.store import Store, queries, ratings

if TYPE_CHECKING:
    from pandas import DataFrame

REVIEWS, BLIND = "Reviews", "Calibration, blind"
_SOURCES = {REVIEWS: ratings.reviewed, BLIND: ratings.calibrated}
_TOLD = {
    REVIEWS: "In a review people see the AI's answer before giving theirs, which pulls towards "
    "it. Calibration, where nobody sees anybody, shows by how much.",
    BLIND: "Answers of calibration sessions that have ended.",
}
_INTERVALS = (
    "95 % intervals in brackets: of shares by Wilson's formula, of the others by bootstrap over "
    "conversations; none below ten conversations or where nobody ever differed."
)


def pairs(view: View, source: str) -> list[Pair]:
    """The answers of people that a source holds, beside the machine's."""
    return [Pair(**row) for row in _SOURCES[source](view.store, view.filters)]


def levels(store: Store, found: Sequence[Pair]) -> Levels:
    """The level of each question, where the text of its scorecard is kept."""
    versions = {(pair.scorecard, pair.version) for pair in found}
    cards = [forms.scorecard(store, *version) for version in sorted(versions)]
    return figures.levels(card for card in cards if card is not None)


def table(lines: Sequence[Line], first: str) -> DataFrame:
    """One row a line, worded: ``first``, ``answers``, ``raters`` and each figure."""
    from pandas import DataFrame

    return DataFrame(
        [
            {first: formats.title(line.name) if first == "question" else line.name,
             "answers": line.agreement.answers, "raters": line.agreement.raters}
            | {
                name: intervals.worded(getattr(line.agreement, name), name == "unchanged")
                for name in intervals.MEASURES
            }
            for line in lines
        ],
        columns=[first, "answers", "raters", *intervals.MEASURES],
    )  # fmt: skip


def page(view: View) -> None:
    """Draw the page."""
    if not queries.overview(view.store, view.filters).conversations:
        widgets.nothing_found()
        return
    left, right = st.columns([2, 1])
    source: str = left.segmented_control(
        "Answers of people from", list(_SOURCES), default=REVIEWS, key="agreement source",
        required=True,
    )  # fmt: skip
    who = review.reviewer(right)
    found = pairs(view, source)
    if found:
        cards = sorted({pair.scorecard for pair in found})
        name = cards[0]
        if len(cards) > 1:
            name = st.selectbox("Scorecard", cards, format_func=formats.title, width=320)
        _draw([pair for pair in found if pair.scorecard == name], view.store, source)
    else:
        st.caption(f"No answers of people from {source.lower()} under these filters yet.")
    st.markdown("#### Calibration sessions")
    calibration.draw(view, who)


def _draw(found: list[Pair], store: Store, source: str) -> None:
    known = levels(store, found)
    settled = figures.final(found) if source == REVIEWS else found
    _head(figures.by_scorecard(settled, known))
    st.caption(f"{_TOLD[source]} {_INTERVALS}")
    measure = st.segmented_control(
        "Figure", list(intervals.MEASURES), default="unchanged", key="agreement figure",
        format_func=intervals.MEASURES.__getitem__, required=True, label_visibility="collapsed",
    )  # fmt: skip
    questions = figures.by_question(settled, known)
    if any(getattr(line.agreement, measure).value is not None for line in questions):
        _figures(questions, figures.by_month(settled, known), measure)
    else:
        st.caption(f"{intervals.MEASURES[measure]} is not defined where all answers are the same.")
    _table("The AI against people, by question", questions, "question")
    _table("The AI against each scorer", figures.by_scorer(found, known), "scorer")
    _table("People against each other", figures.between_people(found, known), "question")


def _figures(questions: Sequence[Line], months: Sequence[Line], measure: str) -> None:
    left, right = st.columns([1.2, 1], gap="small")
    with left, st.container(border=True):
        figure = intervals.by_question(questions, measure)
        widgets.show(figure, "by question", f"{intervals.MEASURES[measure]} by question")
    with right, st.container(border=True):
        figure = intervals.by_month(months, measure, 260)
        widgets.show(figure, "drift", f"{intervals.MEASURES[measure]} by month")


def _head(whole: Sequence[Line]) -> None:
    if not whole:
        return
    told = whole[0].agreement
    first, *others = st.columns(5)
    first.metric(
        "Answers compared", formats.decimal(told.answers, 0), border=True,
        help=f"Of {told.conversations} conversations",
    )  # fmt: skip
    for column, (name, title) in zip(others, intervals.MEASURES.items(), strict=True):
        estimate = getattr(told, name)
        share = name == "unchanged"
        value = formats.percent(estimate.value) if share else formats.decimal(estimate.value)
        column.metric(title, value, border=True, help=intervals.worded(estimate, share))


def _table(title: str, lines: Sequence[Line], first: str) -> None:
    if not lines:
        return
    st.markdown(f"**{title}**")
    column = st.column_config
    columns = {
        first: column.TextColumn(first.capitalize(), width=220),
        "answers": column.NumberColumn("Answers", format="%d", width=70),
        "raters": column.NumberColumn("Raters", format="%d", width=60),
        **{name: column.TextColumn(title) for name, title in intervals.MEASURES.items()},
    }
    several = any(line.agreement.raters > 2 for line in lines)
    shown = [name for name in columns if several or name != "raters"]
    st.dataframe(
        table(lines, first), hide_index=True, column_config=columns, width="stretch",
        height="content",
        column_order=shown, key=f"agreement {title}",
    )  # fmt: skip
