"""The clips of a coaching note: found, read out, and played on the page of their call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from cintel.conversation import Conversation, Evidence
from cintel.dashboard import formats, forms
from cintel.dashboard.view import View
from cintel.quality import Question
from cintel.quality import clips as choosing
from cintel.quality.clips import Clip, FinalAnswer
from cintel.quality.coaching import Suggestion
from cintel.store import outcomes, rows
from cintel.store.selection import Filters

KINDS = {
    "said": "Should not have been said",
    "nearest": "The nearest to it that was said",
    "place": "Never said; it belonged here",
    "overruled": "A reviewer did not count this",
    "rests": "What the answer rests on",
    "none": "Never said; there is no moment to go to",
    "good": "Here it went well",
}
"""What each kind of clip shows, in words."""


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to say of a failed question: its words, version and clips."""

    question: Question | None
    text: str
    version: str
    clips: tuple[Clip, ...]


def find(view: View, chosen: Suggestion) -> Found:
    """The least doubtful failures of a suggestion as clips, then one call where it went well."""
    mine = replace(view.filters, agents=(chosen.agent,))
    failed = choosing.least_doubtful(_answers(view, chosen, mine, passed=False))
    clips = [
        choosing.failed_clip(
            item, _question(view, chosen, item.version), _conversation(view, item.conversation)
        )
        for item in failed
    ]
    version = failed[0].version
    question = _question(view, chosen, version)
    for filters in (mine, replace(mine, agents=())):
        good = choosing.good_clip(_answers(view, chosen, filters, passed=True), question)
        if good is not None:
            clips.append(good)
            break
    text = question.text if question else formats.title(chosen.question)
    return Found(question, text, version, tuple(clips))


def as_rows(clips: Sequence[Clip]) -> list[rows.Row]:
    """Clips as the store keeps them."""
    return [
        {"conversation_id": clip.conversation, "kind": clip.kind, "start": clip.start,
         "end": clip.end}
        for clip in clips
    ]  # fmt: skip


def from_rows(kept: Sequence[rows.Row]) -> list[Clip]:
    """Clips as the store gave them."""
    return [Clip(row["conversation_id"], row["kind"], row["start"], row["end"]) for row in kept]


def told(clip: Clip, conversation: Conversation, agent: str) -> tuple[str, str]:
    """A clip's quote, empty where nothing was said, and what it shows; no colleague is named."""
    quote = ""
    if clip.start is not None and clip.end is not None:
        quote = choosing.said_between(conversation, clip.start, clip.end)
        quote = quote or f"{clip.end - clip.start:.0f} seconds in which nobody speaks"
    whose = "" if conversation.agent_id == agent else ", in the call of a colleague"
    return quote, f"{KINDS[clip.kind]}{whose} · {formats.when(conversation.started_at)}"


def draw(view: View, clips: Sequence[Clip], agent: str, key: str) -> None:
    """Each clip with its quote; a click opens the call at that second."""
    for number, clip in enumerate(clips):
        play, words = st.columns([1.4, 6], vertical_alignment="center")
        quote, about = told(clip, _conversation(view, clip.conversation), agent)
        label = "Open" if clip.start is None else formats.clock(clip.start)
        icon = ":material/open_in_new:" if clip.start is None else ":material/play_arrow:"
        if play.button(label, key=f"{key} {number}", icon=icon, width="stretch"):
            view.open_call(clip.conversation, clip.start)
        said = f"“{formats.plain(formats.shorten(quote, 160))}”  \n" if quote else ""
        words.markdown(f"{said}:small[:gray[{formats.plain(about)}]]")


def _answers(view: View, chosen: Suggestion, filters: Filters, passed: bool) -> list[FinalAnswer]:
    found = outcomes.answers(
        view.store, chosen.scorecard, chosen.question, passed=passed, filters=filters
    )
    return [
        FinalAnswer(
            **row
            | {
                "evidence": tuple(Evidence(**quote) for quote in row["evidence"]),
                "reviewed": bool(row["reviewed"]),
                "agreed": bool(row["agreed"]),
            }
        )
        for row in found
    ]


def _question(view: View, chosen: Suggestion, version: str) -> Question | None:
    return forms.question_of(
        forms.scorecard(view.store, chosen.scorecard, version), chosen.question
    )


def _conversation(view: View, key: str) -> Conversation:
    return view.store.load(key).conversation
