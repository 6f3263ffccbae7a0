"""Words to speakers, speakers' words to turns, turns to agent, customer and system."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from cintel.conversation import Role, Span, Turn, Word
from cintel.speech.spans import Home

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    RoleLogits = Callable[[Sequence[str]], NDArray[np.float32]]

# A longer pause by one speaker ends the turn even when nobody else speaks.
TURN_PAUSE = 2.0
# On a channel of its own, a speaker may be silent this long within a turn.
CHANNEL_PAUSE = 1.0
# At most this many words at a sentence's edge are taken for strays of the other side.
STRAYS = 2
SYSTEM = "SYSTEM"
SYSTEM_SENTENCES = 6
SYSTEM_PAUSE = 0.45
OVERLAP_SLACK = 0.5
_SYSTEM_LINE = re.compile(
    r"\b(?:calls? (?:may|will|might|is|are) (?:be |being )*(?:recorded|monitored)"
    r"|press (?:\d|one|two|three|four|five|zero|star|pound)"
    r"|(?:please )?hold (?:the line )?while (?:we|i|you)\b.{0,20}(?:connect|transfer)"
    r"|hold and (?:an?|one of our|the next) [\w ]{0,20}(?:will|shall)"
    r"|(?:know|dial|enter) (?:the|your|their) (?:\w+ )?extension|stay on the line"
    r"|your call will be (?:answered|connected|taken)"
    r"|(?:high|higher) (?:than \w+ )?(?:call )?volumes?"
    r"|(?:say|key in|enter) (?:it|your \w+ ?\w*) (?:after|followed by|using)|opening hours are"
    r"|your call is (?:very )?important|listen carefully|menu options"
    r"|leave (?:a|your) message|after the (?:tone|beep)"
    r"|(?:agents|representatives|advisors|operators) are (?:currently )?(?:busy|assisting)"
    r"|next available (?:agent|representative|advisor))",
    re.IGNORECASE,
)
_PERSON_LINE = re.compile(
    r"\b(?:my name is|this is \w+ (?:speaking|from|with|at|in)"
    r"|you're (?:speaking|through) (?:to|with)|i'm \w+|how (?:can|may|could) i help)",
    re.IGNORECASE,
)


# What somebody says who answers for a firm, in log-odds of agent, on their first turn.
GREETING_ODDS = 3.0
_GREETING = re.compile(
    r"\b(?:how (?:can|may|could) i help|thank(?:s| you) for (?:calling|ringing|phoning)"
    r"|you(?:'re| are) (?:through|speaking) (?:to|with)|\w+ \w+ speaking\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A word and who said it."""

    word: Word
    speaker: str


def give_words(words: Iterable[Word], exclusive: dict[str, tuple[Span, ...]]) -> list[Spoken]:
    """Give every word to the speaker who has the floor for most of it, or the nearest in time."""
    floor = sorted((span, name) for name, spans in exclusive.items() for span in spans)
    if not floor:
        return [Spoken(word, "SPEAKER_00") for word in words]
    homes = Home([span for span, _ in floor])
    return repair_sentences([Spoken(word, floor[homes.of(word)][1]) for word in words])


def repair_sentences(spoken: Sequence[Spoken]) -> list[Spoken]:
    """Move one or two words at a sentence's edge back to the speaker of its other words.

    Diarization is a few tenths of a second off at turn edges; sentences rarely change hands.
    """
    repaired: list[Spoken] = []
    for sentence in sentences(spoken):
        runs = [list(run) for _, run in groupby(sentence, key=lambda item: item.speaker)]
        main = max(runs, key=len)
        edges = [run for run in (runs[0], runs[-1]) if run is not main]
        strays = {id(item) for run in edges if len(run) <= STRAYS < len(main) for item in run}
        repaired += [
            replace(item, speaker=main[0].speaker) if id(item) in strays else item
            for item in sentence
        ]
    return repaired


def sentences(spoken: Iterable[Spoken]) -> list[list[Spoken]]:
    """Split after words that end in a full stop, question or exclamation mark."""
    result: list[list[Spoken]] = [[]]
    for item in spoken:
        result[-1].append(item)
        if item.word.text[-1:] in ".?!":
            result.append([])
    return [sentence for sentence in result if sentence]


def mark_announcement(spoken: Sequence[Spoken]) -> list[Spoken]:
    """Give the recorded announcement that may open a call to the speaker ``SYSTEM``.

    Voices cannot tell it from the agent, but its words can: nobody in it says who they are, and
    after it comes a pause. An agent who says the same goes straight on.
    """
    length, told = 0, False
    for sentence in sentences(spoken)[:SYSTEM_SENTENCES]:
        text = " ".join(item.word.text for item in sentence)
        if _PERSON_LINE.search(text):
            return list(spoken)
        told = told or bool(_SYSTEM_LINE.search(text))
        length += len(sentence)
        over = length == len(spoken) or _gap(spoken[length - 1], spoken[length]) >= SYSTEM_PAUSE
        if told and over:
            break
    else:
        return list(spoken)
    return [replace(item, speaker=SYSTEM) if i < length else item for i, item in enumerate(spoken)]


def build_turns(spoken: Sequence[Spoken]) -> list[Turn]:
    """Runs of one speaker's words, cut at long pauses."""
    turns: list[list[Spoken]] = []
    for item in spoken:
        last = turns[-1][-1] if turns else None
        if (
            last is None
            or last.speaker != item.speaker
            or item.word.start - last.word.end > TURN_PAUSE
        ):
            turns.append([])
        turns[-1].append(item)
    return [_turn(items) for items in turns]


def overlap_edges(turns: Sequence[Turn], overlaps: Iterable[Span]) -> list[Turn]:
    """Stretch the turns before and after an overlap over it.

    A recogniser gives one side at a time its words, so that two turns meet somewhere inside the
    stretch in which the diarizer heard both.
    """
    result = list(turns)
    for start, end in overlaps:
        for index in range(len(result) - 1):
            first, second = result[index], result[index + 1]
            meeting = (first.end + second.start) / 2
            if first.speaker != second.speaker and (
                start - OVERLAP_SLACK <= meeting <= end + OVERLAP_SLACK
            ):
                result[index], result[index + 1] = _until(first, end), _since(second, start)
                break
    return result


def _until(turn: Turn, end: float) -> Turn:
    words = (*turn.words[:-1], replace(turn.words[-1], end=max(turn.words[-1].end, end)))
    return replace(turn, words=words, end=max(turn.end, end))


def _since(turn: Turn, start: float) -> Turn:
    words = (replace(turn.words[0], start=min(turn.words[0].start, start)), *turn.words[1:])
    return replace(turn, words=words, start=min(turn.start, start))


def merge_channels(channels: Sequence[Sequence[Spoken]]) -> list[Turn]:
    """Turns of calls with a channel a side: each side's runs of words, in order of their start."""
    runs: list[list[Spoken]] = []
    for channel in channels:
        for item in channel:
            last = runs[-1][-1] if runs else None
            if (
                last is None
                or last.speaker != item.speaker
                or item.word.start - last.word.end > CHANNEL_PAUSE
            ):
                runs.append([])
            runs[-1].append(item)
    joined: list[list[Spoken]] = []
    for run in sorted(runs, key=lambda items: items[0].word.start):
        last = joined[-1][-1] if joined else None
        if last and last.speaker == run[0].speaker and _gap(last, run[0]) <= TURN_PAUSE:
            joined[-1] += run
        else:
            joined.append(list(run))
    return [_turn(items) for items in joined]


def _gap(first: Spoken, second: Spoken) -> float:
    return second.word.start - first.word.end


def _turn(items: Sequence[Spoken]) -> Turn:
    words = tuple(item.word for item in items)
    text = " ".join(word.text for word in words)
    end = max(word.end for word in words)
    return Turn(0, "unknown", items[0].speaker, words[0].start, end, text, words)


def assign_roles(turns: Sequence[Turn], logits: RoleLogits) -> tuple[tuple[Turn, ...], float]:
    """Name each speaker agent or customer by what they say.

    Args:
        turns: with speakers; roles already known are kept.
        logits: log-odds of agent against customer for each of some texts, shape (n,).

    Returns:
        The turns with roles and indices, and how sure the choice is, 0.5…1.
    """
    import numpy as np

    known: dict[str, Role] = {SYSTEM: "system"}
    known |= {turn.speaker: turn.role for turn in turns if turn.role != "unknown"}
    open_turns = [turn for turn in turns if turn.speaker not in known]
    odds = _odds(open_turns, logits) if open_turns else {}
    roles, margin = _roles(odds, known)
    named = tuple(
        replace(
            turn, index=index, role=roles[turn.speaker] if turn.role == "unknown" else turn.role
        )
        for index, turn in enumerate(turns)
    )
    return named, float(1 / (1 + np.exp(-abs(margin)))) if open_turns else 1.0


def _odds(turns: Sequence[Turn], logits: RoleLogits) -> dict[str, float]:
    """Log-odds of agent by speaker, over all they say; a greeting counts on the first turn."""
    odds: dict[str, float] = {}
    for turn, value in zip(turns, logits([turn.text for turn in turns]), strict=True):
        if turn.speaker not in odds:
            odds[turn.speaker] = GREETING_ODDS if _GREETING.search(turn.text) else 0.0
        odds[turn.speaker] += float(value)
    return odds


def _roles(odds: dict[str, float], known: dict[str, Role]) -> tuple[dict[str, Role], float]:
    roles = dict(known)
    taken = set(roles.values())
    ranked = sorted(odds, key=lambda speaker: odds[speaker])
    if len(ranked) >= 2 and not taken & {"agent", "customer"}:
        # A call has both sides: the extremes take them whatever the sign of their odds.
        roles[ranked[0]], roles[ranked[-1]] = "customer", "agent"
        for speaker in ranked[1:-1]:
            roles[speaker] = "agent" if odds[speaker] > 0 else "customer"
        return roles, odds[ranked[-1]] - odds[ranked[0]]
    for speaker in ranked:
        free: Role = "agent" if odds[speaker] > 0 else "customer"
        if len(ranked) == 1 and free in taken:
            free = "customer" if free == "agent" else "agent"
        roles[speaker] = free
    return roles, sum(abs(value) for value in odds.values())
