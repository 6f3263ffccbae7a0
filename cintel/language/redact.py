"""Personal data taken out of a conversation: placeholders in its text, its words and its names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from cintel.conversation import Conversation, PiiSpan, Span, Turn, Word

PAD = 0.25
"""Seconds that are hidden on each side of a word at least: word times are no better than that."""

REACH = 0.6
"""Up to the next word that may be heard, but no further than so many seconds."""

BRIDGE = 1.5
"""Between two hidden words of a speaker this near, a word may have been missed."""

_PLAIN_SPEAKER = re.compile(r"[A-Z]+(?:_\d+)?|agent|customer|system|unknown")


def redact(text: str, spans: Iterable[PiiSpan]) -> str:
    """The text with each span replaced by its type, as in ``[CARD]``."""
    for span in sorted(spans, key=lambda span: span.start, reverse=True):
        text = f"{text[: span.start]}{_mark(span)}{text[span.end :]}"
    return text


def redact_conversation(
    conversation: Conversation, spans: Sequence[Sequence[PiiSpan]]
) -> tuple[Conversation, tuple[tuple[PiiSpan, ...], ...]]:
    """The conversation without its personal data.

    Words keep their times: the first one of a span becomes the placeholder, the others are empty.
    Speakers whom a chat log calls by name become ``SPEAKER_00``, ``SPEAKER_01``, …

    Args:
        conversation: with roles.
        spans: one sequence a turn, in order and without overlaps.

    Returns:
        The conversation, and the spans of its placeholders, one tuple a turn.
    """
    speakers = _speakers(conversation.turns)
    turns = tuple(
        replace(
            turn,
            speaker=speakers[turn.speaker],
            text=redact(turn.text, found),
            words=_redacted_words(turn, found),
        )
        for turn, found in zip(conversation.turns, spans, strict=True)
    )
    return replace(conversation, turns=turns), tuple(tuple(_moved(found)) for found in spans)


def hidden_stretches(
    conversation: Conversation, spans: Sequence[Sequence[PiiSpan]]
) -> tuple[Span, ...]:
    """Seconds in which personal data is heard, padded, in order and without overlaps.

    A turn that has personal data but no word times is hidden whole.
    """
    found: list[Span] = []
    for turn, personal in zip(conversation.turns, spans, strict=True):
        if personal and not turn.words:
            found.append((turn.start, turn.end))
        found += _stretches(turn, personal)
    merged: list[Span] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((max(start, 0.0), end))
    return tuple(merged)


def word_offsets(turn: Turn) -> list[tuple[int, int]]:
    """Where each word stands in the turn's text; an empty place where it does not."""
    places: list[tuple[int, int]] = []
    cursor = 0
    for word in turn.words:
        bare = word.text.strip()
        found = turn.text.find(bare, cursor)
        places.append((found, found + len(bare)) if found >= 0 else (cursor, cursor))
        cursor = places[-1][1]
    return places


def _mark(span: PiiSpan) -> str:
    return f"[{span.type.upper()}]"


def _moved(spans: Sequence[PiiSpan]) -> Iterator[PiiSpan]:
    """The spans of the placeholders that :func:`redact` leaves."""
    shift = 0
    for span in spans:
        width = len(_mark(span))
        yield PiiSpan(span.type, span.start + shift, span.start + shift + width)
        shift += width - (span.end - span.start)


def _redacted_words(turn: Turn, spans: Sequence[PiiSpan]) -> tuple[Word, ...]:
    places = word_offsets(turn)
    texts = [
        "" if _lost(word, place) and spans else word.text
        for word, place in zip(turn.words, places, strict=True)
    ]
    for span in reversed(spans):
        touched = _touched(places, span)
        for number, index in reversed(list(enumerate(touched))):
            first, last = places[index]
            text = texts[index]
            lead = len(text) - len(text.lstrip())
            kept = text[: lead + max(span.start - first, 0)]
            after = text[lead + min(span.end, last) - first :]
            texts[index] = f"{kept}{'' if number else _mark(span)}{after}"
    return tuple(replace(word, text=text) for word, text in zip(turn.words, texts, strict=True))


def _touched(places: Sequence[tuple[int, int]], span: PiiSpan) -> list[int]:
    return [index for index, place in enumerate(places) if _touches(place, span)]


def _touches(place: tuple[int, int], span: PiiSpan) -> bool:
    return place[0] < span.end and span.start < place[1]


def _lost(word: Word, place: tuple[int, int]) -> bool:
    """Whether a word is not in the text of its turn, so that nobody can say what it tells."""
    return place[0] == place[1] and bool(word.text.strip())


def _stretches(turn: Turn, spans: Sequence[PiiSpan]) -> Iterator[Span]:
    """The padded times of the hidden words of a turn, joined where they are near each other."""
    places = word_offsets(turn)
    hidden = [
        index
        for index, (word, place) in enumerate(zip(turn.words, places, strict=True))
        if (spans and _lost(word, place)) or any(_touches(place, span) for span in spans)
    ]
    runs: list[list[int]] = []
    for index in hidden:
        if runs and turn.words[index].start - turn.words[runs[-1][-1]].end <= BRIDGE:
            runs[-1].append(index)
        else:
            runs.append([index])
    for first, last in ((run[0], run[-1]) for run in runs):
        start, end = turn.words[first].start, turn.words[last].end
        before = turn.words[first - 1].end if first else start - REACH
        after = turn.words[last + 1].start if last + 1 < len(turn.words) else end + REACH
        yield (
            min(start - PAD, max(before, start - REACH)),
            max(end + PAD, min(after, end + REACH)),
        )


def _speakers(turns: Sequence[Turn]) -> dict[str, str]:
    """New names for speakers that are called by one; the recogniser's own labels stay."""
    named = dict.fromkeys(turn.speaker for turn in turns)
    plain = {name for name in named if _PLAIN_SPEAKER.fullmatch(name) or not name}
    free = (label for n in range(len(named) * 2) if (label := f"SPEAKER_{n:02}") not in plain)
    return {name: name if name in plain else next(free) for name in named}
