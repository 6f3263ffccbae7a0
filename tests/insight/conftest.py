"""The worked examples of ``docs/metrics.md``: one call and one chat with known numbers."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from cintel.conversation import Acoustics, Conversation, Labels, Role, Scored, Turn, Word

Phrase = tuple[float, float, str]


@dataclass(frozen=True)
class Example:
    conversation: Conversation
    labels: tuple[Labels, ...]
    acoustics: Acoustics


def say(index: int, role: Role, *phrases: Phrase) -> Turn:
    """A turn of phrases; the words of a phrase fill its time evenly, without pauses."""
    words: list[Word] = []
    for start, end, text in phrases:
        parts = text.split()
        step = (end - start) / len(parts)
        edges = [start, *(round(start + step * n, 3) for n in range(1, len(parts))), end]
        words += [Word(part, edges[n], edges[n + 1]) for n, part in enumerate(parts)]
    text = " ".join(phrase[2] for phrase in phrases)
    return Turn(index, role, f"spk_{role}", phrases[0][0], phrases[-1][1], text, tuple(words))


def label(
    sentiment: float | None = None,
    emotion: tuple[str, float] | None = None,
    act: str | None = None,
) -> Labels:
    word = "neutral" if not sentiment else "positive" if sentiment > 0 else "negative"
    return Labels(
        sentiment=None if sentiment is None else Scored(word, sentiment),
        emotion=Scored(*emotion) if emotion else None,
        act=Scored(act, 0.9) if act else None,
    )


def call(*turns: Turn, duration: float, channel: str = "call") -> Conversation:
    return Conversation("example", channel, "example.wav", duration, turns)  # type: ignore[arg-type]


def _loudness() -> dict[str, tuple[float | None, ...]]:
    agent = tuple(-20.0 if 60 <= second < 68 else -24.0 for second in range(100))
    customer = tuple(
        -32.0 if second < 25 else -26.0 if second < 75 else -31.0 for second in range(100)
    )
    return {"agent": agent, "customer": customer}


@pytest.fixture(scope="session")
def example() -> Example:
    rows: tuple[tuple[Turn, Labels], ...] = (
        (say(0, "system", (0.0, 4.0, "This call may be recorded.")), label()),
        (
            say(1, "agent", (5.0, 8.0, "Northwind Energy, Priya speaking, how can I help?")),
            label(0.0),
        ),
        (
            say(
                2,
                "customer",
                (9.0, 15.0, "My bill has doubled and I already told you so last week."),
            ),
            label(-0.5, ("frustration", 0.6)),
        ),
        (say(3, "agent", (14.5, 19.0, "I am sorry about that, let me look.")), label(-0.2)),
        (say(4, "customer", (16.0, 16.4, "Mm-hmm.")), label(0.0)),
        (say(5, "agent", (20.0, 24.0, "I will put you on hold for a moment.")), label(0.0)),
        (say(6, "customer", (24.5, 25.0, "Okay.")), label(0.0)),
        (
            say(
                7,
                "agent",
                (46.0, 48.0, "Thank you for holding."),
                (48.2, 52.0, "The meter was read wrongly in May."),
            ),
            label(0.0),
        ),
        (
            say(
                8,
                "customer",
                (56.0, 58.0, "This is the third time."),
                (58.4, 62.0, "This is ridiculous, I want a manager."),
            ),
            label(-0.9, ("anger", 0.9)),
        ),
        (
            say(
                9,
                "agent",
                (
                    60.0,
                    68.0,
                    "I understand, I will correct it and refund forty pounds "
                    "to your account today.",
                ),
            ),
            label(0.4),
        ),
        (
            say(10, "customer", (67.0, 71.0, "Wait, when will I have the money?")),
            label(-0.3, ("neutral", 0.8)),
        ),
        (say(11, "agent", (72.0, 75.0, "By Friday, is that all right?")), label(0.1)),
        (say(12, "customer", (81.0, 83.0, "Yes, that is fine.")), label(0.1, ("neutral", 0.9))),
        (say(13, "agent", (83.0, 86.0, "Is there anything else")), label(0.0, act="question")),
        (
            say(14, "customer", (91.0, 94.0, "No, thank you for your help.")),
            label(0.6, ("gratitude", 0.9)),
        ),
        (say(15, "agent", (94.5, 97.5, "Goodbye, and thank you for calling.")), label(0.5)),
    )
    turns, labels = zip(*rows, strict=True)
    acoustics = Acoustics(
        loudness=_loudness(),
        pitch={"agent": (121.0, 2.5), "customer": (198.4, 3.2)},
        music=((28.0, 44.0),),
    )
    return Example(call(*turns, duration=100.0), labels, acoustics)


@pytest.fixture(scope="session")
def chat() -> Example:
    lines: tuple[tuple[Role, float, str], ...] = (
        ("customer", 0.0, "Hello, my parcel is late."),
        ("customer", 60.0, "Can anyone help?"),
        ("agent", 180.0, "Sorry to hear that, which order is it?"),
        ("customer", 300.0, "Order 1188."),
        ("agent", 231600.0, "It left our warehouse this morning."),
    )
    turns = tuple(
        Turn(index, role, role, when, when, text) for index, (role, when, text) in enumerate(lines)
    )
    conversation = Conversation(
        "chat", "chat", "chat.csv", 231600.0, turns, started_at="2025-03-07T16:50:00"
    )
    return Example(conversation, (Labels(),) * len(turns), Acoustics())
