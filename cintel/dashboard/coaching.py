"""Coaching: what an agent keeps failing, a note with clips about it, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import streamlit as st

from cintel.dashboard import clips, formats, intervals, notes, review, widgets
from cintel.dashboard.clips import Found
from cintel.dashboard.view import View
from cintel.quality import clips as choosing
from cintel.quality import coaching as figures
from cintel.quality.coaching import Share, Suggestion, Tally
from cintel.store import coaching as kept
from cintel.store import outcomes, queries, rows

if TYPE_CHECKING:
    from pandas import DataFrame

STANDINGS = {
    "behind": "Behind the others",
    "ahead": "Ahead of the others",
    "shared": "Others fail it too",
    "unclear": "Not clearly behind",
    "alone": "Nobody to compare with",
}
"""What a comparison with the other agents says."""
SUGGESTED, GIVEN = "To coach", "Notes"
_DAYS = 7
"""Days an agent has to acknowledge a note, unless its author says otherwise."""


def tallies(view: View) -> list[Tally]:
    """The final answers of every agent under the filters; the team stays whole."""
    found = outcomes.tallies(view.store, replace(view.filters, agents=()))
    return [
        Tally(
            row["agent"], row["scorecard"], row["question"], Share(row["passed"], row["answered"])
        )
        for row in found
    ]


def table(found: Sequence[Suggestion], given: Sequence[rows.Row]) -> DataFrame:
    """One row a suggestion, worded; ``note`` says whether there is an open one."""
    from pandas import DataFrame

    waiting = {
        (row["agent_id"], row["scorecard"], row["question"])
        for row in given
        if row["closed_at"] is None
    }
    return DataFrame(
        [
            {
                "agent": item.agent,
                "question": formats.title(item.question),
                "failed": f"{item.own.failed} of {item.own.answered}",
                "own": intervals.worded(item.own.rate, share=True),
                "others": intervals.worded(item.others.rate, share=True),
                "standing": STANDINGS[item.standing],
                "least": _least(item),
                "note": (item.agent, item.scorecard, item.question) in waiting,
            }
            for item in found
        ],
        columns=["agent", "question", "failed", "own", "others", "standing", "least", "note"],
    )


def draft(found: Suggestion, told: Found) -> str:
    """A note in plain words, for its author to change."""
    lines = [
        told.text,
        f"In {found.own.failed} of your {found.own.answered} calls that this applies to, the "
        f"answer was not yet what we look for.{_beside(found)}",
        "Please listen to the moments below.",
    ]
    if any(clip.kind == "good" for clip in told.clips):
        lines[-1] += " In the last one it went well."
    if words := choosing.examples(told.question):
        lines.append("For example: " + " Or: ".join(f"“{line}”" for line in words))
    return "\n\n".join([*lines, "What I suggest: "])


def page(view: View) -> None:
    """Draw the page."""
    if not queries.overview(view.store, view.filters).conversations:
        widgets.nothing_found()
        return
    left, right = st.columns([2, 1])
    shown: str = left.segmented_control(
        "Show", [SUGGESTED, GIVEN], default=SUGGESTED, key="coaching", required=True
    )
    who = review.reviewer(right)
    widgets.thank()
    given = kept.notes(view.store, view.filters)
    if shown == GIVEN:
        notes.draw(view, given, who)
    else:
        _suggest(view, given, who)


def _suggest(view: View, given: list[rows.Row], who: str) -> None:
    everything = tallies(view)
    agents = view.filters.agents
    found = [item for item in figures.suggestions(everything) if not agents or item.agent in agents]
    if not found:
        st.caption(f"Nobody failed a question {figures.FEWEST_FAILS} times under these filters.")
        return
    columns = {
        "agent": st.column_config.TextColumn("Agent", width=110),
        "question": st.column_config.TextColumn("Question", width=170),
        "failed": st.column_config.TextColumn("Failed", width=70),
        "own": st.column_config.TextColumn("Passed", width=130),
        "others": st.column_config.TextColumn("The others", width=130),
        "standing": st.column_config.TextColumn("What that says", width=150),
        "least": st.column_config.TextColumn("Behind by at least", width=110),
        "note": st.column_config.CheckboxColumn("Open note", width=70),
    }
    height = 38 + 35 * min(len(found), 7)
    row = widgets.clickable(table(found, given), f"suggested {len(found)}", columns, height)
    st.caption(
        "The surest to be behind first. 95 % intervals in brackets, by Wilson's formula; compared "
        "with all other agents by Newcombe's. Of all pairs of agent and question, about "
        f"{formats.decimal(figures.chance_alone(everything), 0)} would look behind by chance if "
        "nobody was."
    )
    _write(view, found[row or 0], who)


def _write(view: View, chosen: Suggestion, who: str) -> None:
    told = clips.find(view, chosen)
    key = f"{chosen.agent} {chosen.scorecard} {chosen.question}"
    st.markdown(f"#### {formats.plain(chosen.agent)}: {formats.plain(told.text)}")
    left, right = st.columns([1.1, 1], gap="medium")
    with left:
        clips.draw(view, told.clips, chosen.agent, f"clip {key}")
        if not any(clip.kind == "good" for clip in told.clips):
            st.caption("No call has a moment in which it went well to be heard.")
    with right:
        text = st.text_area("Note", draft(chosen, told), height=290, key=f"note {key}")
        today = datetime.now(UTC).date()
        due = st.date_input(
            "To acknowledge by", today + timedelta(days=_DAYS), min_value=today,
            format="DD/MM/YYYY", key=f"due {key}",
        )  # fmt: skip
        taken = st.pills(
            "Clips that go with it", range(len(told.clips)), selection_mode="multi",
            default=range(len(told.clips)), key=f"taken {key}",
            format_func=lambda place: formats.clock(told.clips[place].start),
        )  # fmt: skip
        if st.button("Give the note", type="primary", width="stretch"):
            widgets.attempt(
                "Note given", kept.write, view.store, chosen.agent, chosen.scorecard, told.version,
                chosen.question, author=who, text=text, due=due,
                clips=clips.as_rows([told.clips[place] for place in sorted(taken)]),
            )  # fmt: skip


def _least(found: Suggestion) -> str:
    if found.standing != "behind" or found.gap.high is None:
        return formats.NOTHING
    return f"{formats.decimal(-100 * found.gap.high, 0)} points"


def _beside(found: Suggestion) -> str:
    rate = found.others.rate.value
    if rate is None:
        return ""
    if found.standing == "ahead":
        return ""
    if found.standing == "shared":
        return f" Your colleagues find it hard too: they pass {formats.percent(rate)}."
    return f" Your colleagues pass {formats.percent(rate)}."
