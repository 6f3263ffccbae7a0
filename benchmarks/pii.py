"""Recall and precision of personal data: ``python -m benchmarks.pii --data DIR``.

``DIR`` holds ``pii-presidio/generated_large.json`` (MIT), halved by the hash of ``template_id``.
Spoken turns are in ``benchmarks/pii_spoken.txt`` (with personal data) and ``pii_none.txt`` (only
other numbers), halved by the hash of each dialogue. Rules and thresholds were tuned on ``dev``.
``pii_fresh.txt``, names and addresses and what is near them, was run once and tuned on nothing.

An entity is found when every letter and digit of it is hidden and a span of its own type touches
it; ``words`` is the share of its words that are hidden. A span of a type is right when an entity
of that type touches it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from cintel import models
from cintel.conversation import Conversation, PiiSpan, Turn
from cintel.language.pii_talk import conversation_pii
from cintel.language.rampart import Rampart

HERE = Path(__file__).parent
WORD = re.compile(r"[^\W_]+")
TITLE = re.compile(r"(?:mr|mrs|ms|dr|miss)\.?\s*", re.IGNORECASE)
MARK = re.compile(r"\{(\w+):([^}]*)\}")
OURS = {
    "PERSON": "name",
    "ADDRESS": "address",
    "CREDIT_CARD": "card",
    "PHONE_NUMBER": "phone",
    "EMAIL_ADDRESS": "email",
    "US_SSN": "national_id",
    "IBAN_CODE": "iban",
}
"""The other types of the set are neither right nor wrong: towns, firms, domains, titles, dates."""
DATES_OF_BIRTH = {61, 76}
ALIKE = {"postcode": "address"}
STRUCTURED = (
    *("card", "iban", "account", "national_id", "phone"),
    *("email", "dob", "pin", "password", "postcode"),
)


class Marked(NamedTuple):
    """Turns with the spans they should have; a span of type ``""`` does not count."""

    turns: tuple[Turn, ...]
    truth: tuple[tuple[PiiSpan, ...], ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """What was found and what was right, by type."""

    words: Counter[str]
    hidden: Counter[str]
    true: Counter[str]
    found: Counter[str]
    said: Counter[str]
    right: Counter[str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the public sets")
    parser.add_argument("--split", choices=("dev", "test"), default="test")
    parser.add_argument("--show", action="store_true", help="print every miss and false alarm")
    arguments = parser.parse_args()
    tagger = Rampart(models.resolve("rampart"))
    print(
        f"{'on':28} {'type':12} {'n':>5} {'recall':>7} {'words':>6} {'spans':>6} {'precision':>9}"
    )
    for on, dialogues in sets(arguments.data, arguments.split):
        started = time.perf_counter()
        counts = count(dialogues, tagger, on if arguments.show else "")
        seconds = time.perf_counter() - started
        for name, types in rows(counts):
            print(line(on, name, types, counts))
        turns = sum(len(item.turns) for item in dialogues)
        print(f"{on:28} {turns} turns in {seconds:.1f} s")


def sets(data: Path, split: str) -> Iterator[tuple[str, list[Marked]]]:
    spoken = marked_dialogues(HERE / "pii_spoken.txt", split)
    none = marked_dialogues(HERE / "pii_none.txt", split)
    yield "spoken, ours", spoken + none
    yield "spoken, only other numbers", none
    if split == "test":
        fresh = (HERE / "pii_fresh.txt").read_text(encoding="utf-8").strip().split("\n\n")
        yield "fresh, ours", [marked_dialogue(block) for block in fresh]
    written = presidio(data / "pii-presidio" / "generated_large.json", split)
    yield "presidio, as written", written
    yield "presidio, as transcribed", [plain(item) for item in written]


def marked_dialogues(path: Path, split: str) -> list[Marked]:
    """The dialogues of a half of a file, parted by blank lines."""
    blocks = path.read_text(encoding="utf-8").strip().split("\n\n")
    return [marked_dialogue(block) for block in blocks if half(block) == split]


def marked_dialogue(block: str) -> Marked:
    """Lines of ``role: text`` with ``{type:words}`` marks."""
    turns, truth = [], []
    for index, row in enumerate(block.splitlines()):
        role, _, marked = row.partition(": ")
        text, spans = unmark(marked)
        turns.append(Turn(index, role, role, index, index, text))  # type: ignore[arg-type]
        truth.append(spans)
    return Marked(tuple(turns), tuple(truth))


def half(key: str) -> str:
    return "test" if hashlib.sha256(key.encode()).digest()[0] % 2 else "dev"


def unmark(marked: str) -> tuple[str, tuple[PiiSpan, ...]]:
    text, spans, done = "", [], 0
    for match in MARK.finditer(marked):
        text += marked[done : match.start()]
        spans.append(PiiSpan(match[1], len(text), len(text) + len(match[2])))
        text += match[2]
        done = match.end()
    return text + marked[done:], tuple(spans)


def presidio(path: Path, split: str) -> list[Marked]:
    found = []
    for row in json.loads(path.read_text(encoding="utf-8")):
        if half(f"template {row['template_id']}") != split:
            continue
        spans = []
        for span in row["spans"]:
            kind = OURS.get(span["entity_type"], "")
            if span["entity_type"] == "DATE_TIME" and row["template_id"] in DATES_OF_BIRTH:
                kind = "dob"
            start, end = span["start_position"], span["end_position"]
            if kind == "name" and (title := TITLE.match(row["full_text"], start, end)):
                start = title.end()  # a title is no name
            spans.append(PiiSpan(kind if start < end else "", start, end))
        turn = Turn(0, "customer", "customer", 0, 0, row["full_text"])
        found.append(Marked((turn,), (tuple(sorted(spans, key=lambda s: s.start)),)))
    return found


def plain(item: Marked) -> Marked:
    """As a recogniser without case or marks writes it: marks inside numbers and names stay."""
    turns, truth = [], []
    for turn, spans in zip(item.turns, item.truth, strict=True):
        kept = [
            place
            for place, letter in enumerate(turn.text)
            if not re.match(r"[,.;:!?\"()](?:\s|$)|[\"()]", turn.text[place : place + 2])
            or (letter in "()" and any(s.start <= place < s.end for s in spans))
        ]
        text = "".join(" " if turn.text[p].isspace() else turn.text[p].lower()[0] for p in kept)
        moved = {old: new for new, old in enumerate(kept)}
        truth.append(
            tuple(
                PiiSpan(s.type, min(inside), max(inside) + 1)
                for s in spans
                if (inside := [moved[p] for p in range(s.start, s.end) if p in moved])
            )
        )
        turns.append(Turn(turn.index, turn.role, turn.speaker, 0, 0, text))
    return Marked(tuple(turns), tuple(truth))


def count(dialogues: Sequence[Marked], tagger: Rampart, show: str) -> Counts:
    counts = Counts(*(Counter() for _ in range(6)))
    for item in dialogues:
        spans = conversation_pii(Conversation("i", "call", "s", 1.0, item.turns), tagger)
        for turn, truth, found in zip(item.turns, item.truth, spans, strict=True):
            _judge(turn.text, truth, found, counts, show)
    return counts


def _judge(
    text: str, truth: Sequence[PiiSpan], found: Sequence[PiiSpan], counts: Counts, show: str
) -> None:
    hidden = {place for span in found for place in range(span.start, span.end)}
    for entity in truth:
        if not entity.type:
            continue
        counts.true[entity.type] += 1
        words = [
            all(place in hidden for place in range(*match.span()))
            for match in WORD.finditer(text, entity.start, entity.end)
        ]
        whole = all(words)
        counts.words[entity.type] += len(words)
        counts.hidden[entity.type] += sum(words)
        typed = any(_touch(entity, span) and _alike(entity, span) for span in found)
        counts.found[entity.type] += whole and typed
        if show and not (whole and typed):
            print(f"MISS {show} {entity.type} {text[entity.start : entity.end]!r} | {text!r} | "
                  f"{[(s.type, text[s.start : s.end]) for s in found]}")  # fmt: skip
    for span in found:
        near = [entity for entity in truth if _touch(entity, span)]
        right = any(_alike(entity, span) for entity in near)
        if right or not any(not entity.type for entity in near):
            counts.said[span.type] += 1
            counts.right[span.type] += right
            if show and not right:
                print(f"FALSE {show} {span.type} {text[span.start : span.end]!r} | {text!r}")


def _touch(one: PiiSpan, other: PiiSpan) -> bool:
    return one.start < other.end and other.start < one.end


def _alike(one: PiiSpan, other: PiiSpan) -> bool:
    return ALIKE.get(one.type, one.type) == ALIKE.get(other.type, other.type)


def rows(counts: Counts) -> Iterator[tuple[str, Sequence[str]]]:
    yield "structured", STRUCTURED
    for kind in (*STRUCTURED, "name", "address"):
        if counts.true[kind] or counts.said[kind]:
            yield kind, (kind,)


def line(on: str, name: str, types: Sequence[str], counts: Counts) -> str:
    words, hidden, true, found, said, right = (
        sum(counter[kind] for kind in types)
        for counter in (
            counts.words,
            counts.hidden,
            counts.true,
            counts.found,
            counts.said,
            counts.right,
        )
    )
    recall, share, precision = (
        f"{part / whole:.3f}" if whole else "-"
        for part, whole in ((found, true), (hidden, words), (right, said))
    )
    return f"{on:28} {name:12} {true:5} {recall:>7} {share:>6} {said:6} {precision:>9}"


if __name__ == "__main__":
    main()
