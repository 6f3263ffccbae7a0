"""How often the general-service scorecard answers as a person did, question by question.

python benchmarks/quality.py [--split tune|check] [--wrong]
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from cintel import Analyzer
from cintel.conversation import (
    Acoustics,
    Answer,
    Channel,
    Conversation,
    Labels,
    Metrics,
    PiiSpan,
    Role,
    Scored,
    SideMetrics,
    Stretches,
    Turn,
)
from cintel.insight import label_frustration
from cintel.language.pii_talk import conversation_pii
from cintel.quality import evaluate, load_scorecard
from cintel.quality.verdicts import TextEncoder

CONVERSATIONS = Path(__file__).parents[1] / "tests" / "quality" / "dev_conversations.yaml"
SECONDS_A_WORD = 0.4
ROLES: dict[str, Role] = {"A": "agent", "C": "customer"}


@dataclass(frozen=True, slots=True)
class Case:
    """A conversation with what a person answered."""

    conversation: Conversation
    labels: tuple[Labels, ...]
    metrics: Metrics
    split: str
    truth: dict[str, str]


def read_cases(path: Path = CONVERSATIONS) -> list[Case]:
    """Every conversation of the file; the answers stay the texts yes, no and na."""
    rows = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return [_case(row) for row in rows]


def labelled(case: Case, analyzer: Analyzer) -> Case:
    """The case with the labels that an analysis gives its words."""
    personal = conversation_pii(case.conversation, analyzer.tagger)
    said = analyzer.reader.read(case.conversation, personal)
    labels, _ = label_frustration(case.conversation, said.labels, Acoustics(), said.reason)
    return replace(case, labels=labels)


def judged(cases: list[Case], encoder: TextEncoder) -> Iterator[tuple[Case, Answer, str]]:
    """Each answer beside its case, as yes, no or na; of an unsure one, what it suggests."""
    scorecard = load_scorecard("general-service")
    for case in cases:
        found = evaluate(scorecard, case.conversation, case.labels, case.metrics, encoder)
        for answer in found.answers:
            yield case, answer, str(answer.likeliest or "na")


def _case(row: dict[str, Any]) -> Case:
    turns: list[Turn] = []
    labels: list[Labels] = []
    clock = 0.0
    for index, line in enumerate(row["turns"].strip().splitlines()):
        head, text = line.split(": ", 1)
        side, _, label = head.partition("/")
        end = clock + SECONDS_A_WORD * len(text.split())
        turns.append(Turn(index, ROLES[side], side, round(clock, 3), round(end, 3), text))
        labels.append(labels_of(label, text))
        clock = end
    channel: Channel = row["channel"]
    conversation = Conversation(row["id"], channel, row["id"], round(clock, 3), tuple(turns))
    metrics = _metrics(clock, {name: float(value) for name, value in row["metrics"].items()})
    return Case(conversation, tuple(labels), metrics, row["split"], row["truth"])


def labels_of(label: str, text: str) -> Labels:
    """What a line's head says of it: `card=4111…`, the name of an emotion, or nothing."""
    name, _, number = label.partition("=")
    if name == "card":
        first = text.index(number)
        return Labels(pii=(PiiSpan("card", first, first + len(number)),))
    return Labels(emotion=Scored(name or "neutral", 0.9))


def _metrics(duration: float, figures: dict[str, float]) -> Metrics:
    return Metrics(
        duration=duration,
        talk_ratio=None,
        interactivity=None,
        question_rate=None,
        overtalk_agent_rate=None,
        silence=Stretches(),
        dead_air=Stretches(longest=figures["dead_air"]),
        hold=Stretches(count=int(figures["hold"])),
        overtalk=Stretches(),
        agent=SideMetrics(interruptions=int(figures["interruptions"])),
        customer=SideMetrics(),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=("tune", "check"), help="only these conversations")
    parser.add_argument("--wrong", action="store_true", help="name every wrong answer")
    options = parser.parse_args()
    analyzer = Analyzer()
    cases = [case for case in read_cases() if options.split in (None, case.split)]
    right: dict[str, list[bool]] = defaultdict(list)
    sure: list[bool] = []
    heard = [labelled(case, analyzer) for case in cases]
    for case, answer, given in judged(heard, analyzer.reader.encoder):
        truth = case.truth[answer.question]
        right[answer.question].append(given == truth)
        sure += [] if answer.unsure else [given == truth]
        if options.wrong and given != truth:
            where = f"{case.conversation.id} {answer.question}"
            print(f"{where}: {given}, not {truth} ({answer.confidence:.2f}): {answer.reason}")
    print(f"{'question':<16} {'right':>5} {'of':>4}  share")
    for question, marks in right.items():
        print(f"{question:<16} {sum(marks):>5} {len(marks):>4}  {sum(marks) / len(marks):.0%}")
    every = [mark for marks in right.values() for mark in marks]
    print(f"{'all':<16} {sum(every):>5} {len(every):>4}  {sum(every) / len(every):.1%}")
    print(f"{'the sure ones':<16} {sum(sure):>5} {len(sure):>4}  {sum(sure) / len(sure):.1%}")
    print(f"left to a person: {1 - len(sure) / len(every):.1%}")


if __name__ == "__main__":
    main()
