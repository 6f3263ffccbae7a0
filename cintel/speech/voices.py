"""Who of a call's speakers is a known agent: their voices taken, and the agent named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cintel.conversation import Conversation, Span, Turn
from cintel.ingest.audio import Recording
from cintel.speech.attribute import SYSTEM
from cintel.speech.voiceprints import Match, Vector, Voiceprints, unit

if TYPE_CHECKING:
    from cintel.speech.diarize import Diarizer
    from cintel.speech.listen import Heard, Listener

# Seconds of speech that a voice is told by, at most and at least.
LONGEST, SHORTEST = 30.0, 3.0
PAUSE = 0.3
# The cosine from which a voice overrules the words about who is the agent. On the calls of
# benchmarks/voices.py, customers who were taken for an agent stayed below it but for one pair.
OVERRULE = 0.90


def stretches(turns: Sequence[Turn], speaker: str, mixed: bool) -> tuple[Span, ...]:
    """Where a speaker is heard well: from the longest turns, ``LONGEST`` seconds in all.

    Args:
        turns: of the whole call, with words.
        speaker: whose.
        mixed: all speakers share one track; what overlaps with others is left out.
    """
    chosen: list[Span] = []
    left = LONGEST
    for turn in sorted(turns, key=lambda item: item.start - item.end):
        if turn.speaker != speaker:
            continue
        others = [
            item for item in turns
            if mixed and item.speaker != speaker and turn.start < item.end and item.start < turn.end
        ]  # fmt: skip
        for start, end in _runs(turn, others):
            if left > 0:
                chosen.append((start, min(end, start + left)))
                left -= end - start
    return tuple(sorted(chosen))


def _runs(turn: Turn, others: Sequence[Turn]) -> Iterator[Span]:
    """Stretches of words without a pause, and without words said over the other turns."""
    run: Span | None = None
    for word in turn.words:
        if any(word.start < item.end and item.start < word.end for item in others):
            continue
        if run is not None and word.start - run[1] < PAUSE:
            run = (run[0], word.end)
            continue
        if run is not None:
            yield run
        run = (word.start, word.end)
    if run is not None:
        yield run


def take(
    recording: Recording,
    turns: Sequence[Turn],
    speaker: str,
    channels: Mapping[str, int],
    diarizer: Diarizer,
) -> tuple[Vector, float] | None:
    """A speaker's voice and the seconds it is told by; None under ``SHORTEST`` seconds.

    Args:
        recording: what was heard.
        turns: all of its turns, with words.
        speaker: whose voice.
        channels: row of the recording by speaker; empty for a mono call.
        diarizer: the network behind the prints.
    """
    spans = stretches(turns, speaker, mixed=not channels)
    seconds = round(sum(end - start for start, end in spans), 3)
    if seconds < SHORTEST:
        return None
    samples = recording.samples[channels[speaker]] if channels else recording.mono
    return unit(diarizer.voice(samples, spans).tolist()), seconds


def voices_of(
    recording: Recording, turns: Sequence[Turn], channels: Mapping[str, int], diarizer: Diarizer
) -> dict[str, Vector]:
    """The voices of all people who say enough, by speaker; arguments as for :func:`take`."""
    people = sorted({turn.speaker for turn in turns} - {SYSTEM})
    found = {name: take(recording, turns, name, channels, diarizer) for name in people}
    return {name: taken[0] for name, taken in found.items() if taken is not None}


def recognise(
    conversation: Conversation,
    recording: Recording,
    heard: Heard,
    known: Voiceprints,
    listener: Listener,
) -> Conversation:
    """The conversation with the agent whom a voice gives away, if any.

    Args:
        conversation: what was heard, with its metadata and with roles by what is said.
        recording: its sound.
        heard: its turns and channels.
        known: the prints to compare with.
        listener: what heard it.
    """
    voices = voices_of(recording, heard.turns, heard.channels, listener.diarizer)
    return name_agent(conversation, known.match(voices))


def name_agent(conversation: Conversation, matches: Sequence[Match]) -> Conversation:
    """The conversation with the agent whom a voice gives away.

    A match with a speaker whose words are not an agent's counts only from ``OVERRULE`` on, and
    then the roles follow the voice. Metadata wins over both: of several matches the one it
    names is taken, and where it names somebody else all stays as it is, with a warning.

    Args:
        conversation: with roles and metadata.
        matches: the surest first.
    """
    agents = {turn.speaker for turn in conversation.side("agent")}
    sure = [m for m in matches if m.speaker in agents or m.similarity >= OVERRULE]
    if not sure:
        return conversation
    best = next((m for m in sure if m.agent_id == conversation.agent_id), sure[0])
    facts: dict[str, Any] = {
        **conversation.metadata,
        "agent_voice": best.agent_id,
        "agent_voice_similarity": best.similarity,
    }
    if conversation.agent_id not in (None, best.agent_id):
        fault = (
            f"{best.speaker} sounds like {best.agent_id} ({best.similarity:.2f}),"
            f" the metadata names {conversation.agent_id}"
        )
        facts["warnings"] = [*facts.get("warnings", ()), fault]
        return replace(conversation, metadata=facts)
    turns = _with_agent(conversation.turns, best.speaker)
    return replace(conversation, turns=turns, agent_id=best.agent_id, metadata=facts)


def _with_agent(turns: Sequence[Turn], speaker: str) -> tuple[Turn, ...]:
    """This speaker is the agent; where nobody is left as the customer, the others are."""
    named = tuple(replace(t, role="agent") if t.speaker == speaker else t for t in turns)
    if any(turn.role == "customer" for turn in named):
        return named
    return tuple(
        replace(turn, role="customer") if turn.role == "agent" and turn.speaker != speaker else turn
        for turn in named
    )
