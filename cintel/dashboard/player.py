"""What the player shows, as plain values for ``web/player.js``; it seeks on its own."""

from __future__ import annotations

import base64
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from cintel.conversation import Analysis, Labels, PiiSpan, Stretches, Turn
from cintel.dashboard import formats
from cintel.dashboard.audio import Clip

if TYPE_CHECKING:
    from collections.abc import Callable

Piece = tuple[str, float | None, int, str | None]
UNSURE = 0.5
"""Words the recogniser gives less than this are set lighter."""
_ROLES = {"agent": "Agent", "customer": "Customer", "system": "System", "unknown": "Unknown"}
_MARKS = {
    "silence": "Silence",
    "dead_air": "Dead air",
    "hold": "Hold",
    "overtalk": "Overtalk",
}


def payload(
    analysis: Analysis, tabs: list[dict[str, Any]], clip: Clip | None, notice: str
) -> dict[str, Any]:
    """Everything of a conversation but where to start.

    Args:
        analysis: what to show.
        tabs: ``name`` and ``blocks`` of the panel beside the transcript.
        clip: its sound, None where there is none.
        notice: why there is no sound, in words for the reader.
    """
    talk, peak = analysis.conversation, analysis.frustration.peak_turn
    return {
        "key": f"{talk.id} {len(clip.data) if clip else 0}",
        "duration": max([talk.duration, 0.001, *(turn.end for turn in talk.turns)]),
        "audio": clip
        and {"mime": clip.mime, "base64": base64.b64encode(clip.data).decode("ascii")},
        "notice": notice,
        "turns": [
            _turn(turn, labels) for turn, labels in zip(talk.turns, analysis.labels, strict=True)
        ],
        "marks": marks(analysis),
        "legend": _legend(analysis),
        "peak": None if peak is None else talk.turns[peak].start,
        "personal": any(labels.pii for labels in analysis.labels),
        "tabs": tabs,
    }


def pieces(turn: Turn, personal: tuple[PiiSpan, ...]) -> list[Piece]:
    """The text of a turn cut at its words and at personal data.

    Each piece is its text, the start of its word in seconds or None between words, 1 where the
    recogniser was unsure, and the type of personal data or None. The pieces put together are
    the text.
    """
    starts: list[tuple[int, int, float, int]] = []
    place = 0
    for word in turn.words:
        bare = word.text.strip()
        found = turn.text.find(bare, place) if bare else -1
        if found >= 0:
            place = found + len(bare)
            starts.append((found, place, word.start, int(word.probability < UNSURE)))
    cuts = {0, len(turn.text)}
    cuts |= {edge for start, end, *_ in starts for edge in (start, end)}
    cuts |= {edge for span in personal for edge in (span.start, span.end)}
    edges = sorted(cut for cut in cuts if 0 <= cut <= len(turn.text))
    made: list[Piece] = []
    for start, end in pairwise(edges):
        word_at = next(((at, unsure) for a, b, at, unsure in starts if a <= start < b), (None, 0))
        kind = next((span.type for span in personal if span.start <= start < span.end), None)
        made.append((turn.text[start:end], word_at[0], word_at[1], kind))
    return made


def marks(analysis: Analysis) -> list[tuple[str, str, float, float]]:
    """Kind, name, start and end of what the timeline marks, the widest kind first."""
    found = [
        (kind, name, start, end)
        for kind, name in _MARKS.items()
        for start, end in _stretches(analysis, kind).spans
    ]
    return found + [("music", "Music", start, end) for start, end in analysis.acoustics.music]


def _stretches(analysis: Analysis, kind: str) -> Stretches:
    stretches: Stretches = getattr(analysis.metrics, kind)
    return stretches


def _legend(analysis: Analysis) -> list[tuple[str, str]]:
    shown = []
    for kind, name in _MARKS.items():
        stretches = _stretches(analysis, kind)
        total = formats.decimal(stretches.total, 1, unit=" s")
        text = f"{name} {stretches.count} ({total})" if stretches.count else f"No {name.lower()}"
        shown.append((kind, text))
    return shown


def _turn(turn: Turn, labels: Labels) -> dict[str, Any]:
    tone = labels.sentiment
    return {
        "index": turn.index,
        "role": turn.role,
        "name": _ROLES[turn.role],
        "start": turn.start,
        "end": turn.end,
        "pieces": pieces(turn, labels.pii),
        "sentiment": tone.score if tone else None,
        "tone": tone.label if tone and tone.label != "neutral" else None,
        "frustration": labels.frustration,
    }


def component() -> Callable[..., Any]:
    """The mounting command of the player; called once a run of the page."""
    return mounted("player", "parts", "timeline", "panel", "player")


def mounted(name: str, *scripts: str) -> Callable[..., Any]:
    """The mounting command of a component made of files of ``web``, joined into one module."""
    from pathlib import Path

    from streamlit.components import v2

    web = Path(__file__).with_name("web")
    parts = [(web / f"{script}.js").read_text(encoding="utf-8") for script in scripts]
    mount: Callable[..., Any] = v2.component(
        f"cintel.{name}",
        html='<div class="cintel"></div>',
        css=(web / "player.css").read_text(encoding="utf-8"),
        js="\n".join(parts),
    )
    return mount
