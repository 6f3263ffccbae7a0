"""A store of thirty-two conversations made from a seed; the first one has its recording."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from cintel import topics
from cintel.conversation import (
    Acoustics,
    Action,
    Analysis,
    Answer,
    Conversation,
    Csat,
    Evaluation,
    Evidence,
    Frustration,
    Intent,
    Labels,
    Metrics,
    PiiSpan,
    Provenance,
    Role,
    Scored,
    SideMetrics,
    Stretches,
    Summary,
    Turn,
    Word,
)
from cintel.quality import Scorecard, dumps, load_scorecard, points_for, tally
from cintel.store import Store
from cintel.testing import HashingEncoder

AGENTS = ("grace.hill", "james.carter", "maria.lopez", "priya.nair", "tom.walker")
SUBJECTS = {
    "card.lost_or_stolen": ("cards", "I lost my card yesterday and somebody may be using it."),
    "billing.dispute_charge": ("cards", "There is a payment on my statement that isn't mine."),
    "order.missing_parcel": ("orders", "My parcel says delivered but nothing has arrived."),
    "order.refund_status": ("orders", "I sent the shoes back three weeks ago, where is my money?"),
    "network.outage": ("network", "The internet has been down since Monday morning."),
    "account.cancel": ("retention", "I want to cancel my plan, it is far too expensive."),
}
CALM = (
    ("agent", "Of course, let me look into that for you right away."),
    ("customer", "Thank you, that would be great."),
    ("agent", "May I take your full name and date of birth, please?"),
    ("customer", "It is Karen Mitchell, second of June nineteen seventy nine."),
    ("agent", "Thank you, Karen. I have found it, and I can put it right today."),
    ("customer", "Oh wonderful, you have been really helpful."),
    ("agent", "You will have an e-mail within the hour. Is there anything else?"),
    ("customer", "No, that is all, thanks so much."),
)
ANGRY = (
    ("agent", "What is the number?"),
    ("customer", "I already gave it to your colleague, twice, and nothing happened."),
    ("agent", "I need it again. Name?"),
    ("customer", "Karen Mitchell. Honestly, this is the third time I am calling."),
    ("agent", "It takes ten days. There is nothing I can do."),
    ("customer", "That is ridiculous! You keep talking over me."),
    ("agent", "You don't need a supervisor for this."),
    ("customer", "This is the worst service I have ever had."),
)


def _turns(lines: tuple[tuple[str, str], ...], start: float, dice: random.Random) -> list[Turn]:
    turns = []
    for index, (role, text) in enumerate(lines):
        side: Role = "agent" if role == "agent" else "customer"
        parts = text.split()
        step = 0.34
        words = tuple(
            Word(part, round(start + place * step, 3), round(start + place * step + 0.3, 3),
                 0.35 if dice.random() < 0.06 else 0.95)
            for place, part in enumerate(parts)
        )  # fmt: skip
        turns.append(Turn(index, side, f"S{role}", start, words[-1].end, text, words))
        start = round(words[-1].end + dice.choice((0.4, 0.7, 5.2)), 3)
    return turns


def _labels(turn: Turn, heat: float, place: float) -> Labels:
    customer = turn.role == "customer"
    score = round((0.5 - heat * place) * (1.0 if customer else 0.2), 3)
    label = "negative" if score < -0.2 else "positive" if score > 0.2 else "neutral"
    found = turn.text.find("Karen Mitchell")
    return Labels(
        sentiment=Scored(label, score),
        emotion=Scored("anger" if score < -0.3 else "neutral", 0.8),
        act=Scored("statement", 0.7),
        frustration=round(min(1.0, heat * (0.3 + 0.7 * place)), 3) if customer else None,
        pii=(PiiSpan("person", found, found + 14),) if found >= 0 else (),
    )


def _evaluation(
    card: Scorecard, turns: list[Turn], skill: float, dice: random.Random
) -> Evaluation:
    answers = []
    for question in card.questions:
        turn = turns[dice.randrange(0, len(turns), 2)]
        quote = (Evidence(turn.index, turn.text, turn.start, turn.end),)
        good = dice.random() < skill
        told: str | None = ("yes" if good else "no") if question.answers else None
        if question.type != "yes_no":
            told = question.answers[0 if good else -1] if question.answers else None
        if question.allow_na and dice.random() < 0.3:
            told, quote = None, ()
        earned = 0.0 if told is None else points_for(question, told)
        reason = "asked only where it applies" if told is None else "the agent's words are close"
        sure = round(dice.uniform(0.52, 0.97), 2)
        answers.append(Answer(question.id, told, earned, question.possible, sure, reason, quote))
    return tally(card, answers)


def build(number: int, card: Scorecard, source: str, dice: random.Random) -> Analysis:
    """One conversation; later numbers are later days, and every third one is heated."""
    intent, (queue, opening) = list(SUBJECTS.items())[number * 5 % 7 % 6]
    agent = AGENTS[number % 5]
    heat = dice.uniform(0.75, 1.2) if number % 3 == 0 else dice.uniform(0.05, 0.5)
    lines = (
        ("agent", "Good morning, this is support, how can I help you today?"),
        ("customer", opening),
        *(ANGRY if heat > 0.7 else CALM),
    )
    channel = "chat" if number % 8 == 7 else "call"
    turns = _turns(lines, 0.5, dice)
    if channel == "chat":
        turns = [replace(turn, words=()) for turn in turns]
    labels = [_labels(turn, heat, turn.index / (len(turns) - 1)) for turn in turns]
    worst = sorted((x.frustration or 0.0 for x in labels), reverse=True)
    peak = max(range(len(turns)), key=lambda place: labels[place].frustration or 0.0)
    duration = round(turns[-1].end + 1.0, 3)
    quiet = tuple((a.end, b.start) for a, b in pairwise(turns)
                  if b.start - a.end > 0.5)  # fmt: skip
    dead = tuple(span for span in quiet if span[1] - span[0] > 3)
    first = datetime(2026, 8, 20, 9)
    began = first + timedelta(
        days=number * 92 // 32, hours=number * 7 % 9, minutes=number * 11 % 60
    )
    return Analysis(
        Conversation(
            f"{number:02d}{dice.getrandbits(24):06x}", channel, source, duration, tuple(turns),
            f"{began.isoformat()}+00:00", "en", agent, f"cust-{10400 + number}", queue,
        ),
        tuple(labels),
        Intent(intent, 0.91, 1),
        Summary(opening, "Left without an answer." if heat > 0.7 else "Put right on the call.",
                (Action("Send an e-mail within the hour.", "agent", "within the hour", (2, 4)),),
                opening, (1,), (), heat <= 0.7),
        _metrics(duration, quiet, dead, labels, dice),
        Acoustics(warnings=("the recording is clipped",) if number == 0 else ()),
        Frustration(round(sum(worst[:3]) / 3, 3), worst[0], peak, worst[0], round(heat - 0.5, 3)),
        Csat(round(5 - 3.4 * min(heat, 1.0), 2), 0.7),
        (_evaluation(card, turns, 0.95 - 0.08 * AGENTS.index(agent), dice),),
        Provenance("0.1.0", {}, "cpu", f"content-{number}", "settings"),
    )  # fmt: skip


def _stretches(spans: tuple[tuple[float, float], ...], duration: float) -> Stretches:
    if not spans:
        return Stretches()
    parts = [end - start for start, end in spans]
    total = sum(parts)
    return Stretches(len(parts), max(parts), min(parts), total / len(parts), total,
                     total / duration, spans)  # fmt: skip


def _metrics(
    duration: float, quiet: Any, dead: Any, labels: list[Labels], dice: random.Random
) -> Metrics:
    felt = [x.sentiment.score for x in labels[1::2] if x.sentiment]
    agent = SideMetrics(5, 60, 20.0, dice.uniform(130, 175), 0.6, 4.0, 1.4, 0.4, dice.randrange(4),
                        6.5, -21.0, 9.0, 142.0, 2.4, 0.05, (0.1, 0.0, 0.1, 0.0), -0.1)  # fmt: skip
    customer = SideMetrics(5, 55, 19.0, 168.0, 0.5, 0.8, 0.6, 0.5, 1, 5.5, -23.5, 12.0, 196.0, 3.0,
                           round(sum(felt) / len(felt), 3), tuple(felt[:4]),  # type: ignore[arg-type]
                           round(felt[-1] - felt[0], 3))  # fmt: skip
    return Metrics(duration, round(dice.uniform(0.35, 0.65), 3), 11.2, 1.9, 0.1,
                   _stretches(quiet, duration), _stretches(dead, duration),
                   _stretches(((30.0, 41.5),) if dice.random() < 0.2 else (), duration),
                   _stretches(((12.0, 12.6),), duration), agent, customer)  # fmt: skip


def write_tones(path: Path, analysis: Analysis) -> None:
    """A µ-law WAV, 8 kHz, with a tone for every turn: low for the agent, high for the customer."""
    rate = 8000
    samples = np.zeros(int(analysis.conversation.duration * rate), np.int16)
    for turn in analysis.conversation.turns:
        start, end = int(turn.start * rate), int(turn.end * rate)
        pitch = 220 if turn.role == "agent" else 440
        samples[start:end] = 6000 * np.sin(np.arange(end - start) * 2 * np.pi * pitch / rate)
    with av.open(str(path), "w", format="wav") as target:
        stream = target.add_stream("pcm_mulaw", rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        frame.sample_rate = rate
        target.mux(stream.encode(frame))
        target.mux(stream.encode(None))


@pytest.fixture(autouse=True)
def main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit's test bench leaves its page as ``__main__``, which spawned processes import."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(scope="session")
def card() -> Scorecard:
    return load_scorecard("general-service")


@pytest.fixture(scope="session")
def analyses(card: Scorecard, tmp_path_factory: pytest.TempPathFactory) -> list[Analysis]:
    """Thirty-two analyses by day; the source of the first is a real file."""
    dice = random.Random(7)
    tones = tmp_path_factory.mktemp("recordings") / "tones.wav"
    made = [
        build(number, card, str(tones) if number == 0 else f"calls/{number:02d}.wav", dice)
        for number in range(32)
    ]
    write_tones(tones, made[0])
    return made


def fill(path: Path, analyses: list[Analysis], card: Scorecard) -> str:
    """A store at a path, topics found; its URL."""
    url = f"sqlite:///{path}"
    with Store(url) as store:
        store.save_scorecard(card.name, card.version, dumps(card))
        store.save_all(analyses)
        topics.update(store, HashingEncoder(), "words")
    return url


@pytest.fixture(scope="session")
def make_store(analyses: list[Analysis], card: Scorecard) -> Callable[[Path], str]:
    """Fills a store in a folder; gives its URL."""
    return lambda folder: fill(folder / "cintel.db", analyses, card)


@pytest.fixture(scope="session")
def filled(make_store: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """URL of a store that tests only read."""
    return make_store(tmp_path_factory.mktemp("store"))


@pytest.fixture
def own(make_store: Callable[[Path], str], tmp_path: Path) -> str:
    """URL of a store that one test may change."""
    return make_store(tmp_path)


@pytest.fixture
def store(filled: str) -> Iterator[Store]:
    with Store(filled) as opened:
        yield opened
