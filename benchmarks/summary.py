"""The extractive summary against what a reader wrote down: ``python benchmarks/summary.py dev``.

Truth: ``summary_truth.yaml``. ``dev`` and ``test`` are every second of the conversations of
``tests/quality/dev_conversations.yaml``; ``samples`` are the sample calls and chats, from their
scripts; ``dialogues`` are of the speech benchmark's dev split. No model runs: acts, intent and
vectors are left out, so this is what the wording alone gives. ``--show`` prints what was missed.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from cintel.conversation import Action, Conversation, Labels, Role, Turn
from cintel.language.summary import summarise

HERE = Path(__file__).parent
TALKS = HERE.parent / "tests" / "quality" / "dev_conversations.yaml"
_LINE = re.compile(r"([ACS])[^:]*: (.*)")
_ROLES: dict[str, Role] = {"A": "agent", "C": "customer", "S": "system"}


def conversation(entry: dict[str, Any]) -> Conversation:
    """The transcript of an entry, without times."""
    turns = []
    spoken = filter(None, map(_LINE.fullmatch, map(str.strip, entry["turns"].splitlines())))
    for place, found in enumerate(spoken):
        role = _ROLES[found[1]]
        turns.append(Turn(place, role, role, place, place, found[2]))
    return Conversation(entry["id"], entry["channel"], entry["id"], len(turns), tuple(turns))


def same_time(told: str | None, allowed: list[str | None]) -> bool:
    """Whether a time is one of those a reader gave; small words before it do not count."""
    return _bare(told) in {_bare(item) for item in allowed}


def _bare(when: str | None) -> str:
    words = re.findall(r"\w+", (when or "").casefold())
    small = {"in", "on", "by", "within", "with", "the", "about", "for", "from", "your", "after"}
    return " ".join(word for word in words if word not in small)


def matches(action: Action, wanted: dict[str, Any]) -> bool:
    """Whether an action is the wanted one: its turn, and a piece of its sentence."""
    return wanted["turn"] in action.turns and wanted["says"].casefold() in action.text.casefold()


def score(talk: Conversation, truth: dict[str, Any], show: bool) -> Counter[str]:
    """Counts of one conversation; keys end in ``+`` (right) or ``?`` (asked)."""
    summary = summarise(talk, [Labels()] * len(talk.turns), None)
    counts: Counter[str] = Counter()
    wrong: list[str] = []

    def count(name: str, right: bool, note: object) -> None:
        counts[f"{name}?"] += 1
        counts[f"{name}+"] += right
        if not right:
            wrong.append(f"{name}: {note}")

    for name, turns in (("reason", summary.reason_turns), ("outcome", summary.outcome_turns)):
        told = summary.reason if name == "reason" else summary.outcome
        count(name, bool(set(turns) & set(truth[name])), (told, truth[name]))
    if truth["resolved"] is not None:
        count(
            "resolved", summary.resolved == truth["resolved"], (summary.resolved, summary.outcome)
        )
    for action in summary.actions:
        count("precision", any(matches(action, item) for item in truth["actions"]), action)
    for item in truth["actions"]:
        found = next((action for action in summary.actions if matches(action, item)), None)
        count("recall", found is not None, item)
        if found is not None:
            count("owner", found.owner == item["owner"], (item, found))
            count("when", same_time(found.when, item["when"]), (item, found))
    if show and wrong:
        print(talk.id, *wrong, sep="\n    ")
    return counts


def samples() -> Iterator[Conversation]:
    """The sample calls and chats as they were written."""
    for path in sorted((HERE.parent / "sample_audio").glob("*/*.truth.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        turns = tuple(
            Turn(place, turn["role"], turn["role"], place, place, turn["text"])
            for place, turn in enumerate(truth["turns"])
        )
        name = path.name.removesuffix(".truth.json")
        yield Conversation(name, "call", name, len(turns), turns)


def dialogues(known: Container[str]) -> Iterator[Conversation]:
    """The written dialogues of the speech benchmark's dev split that have a truth here."""
    for path in sorted((HERE / "speech" / "dialogues" / "dev").glob("*.yaml")):
        for name, entry in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            if name in known:
                yield conversation({"id": name, "channel": "call", **entry})


def conversations(chosen: str, known: Container[str]) -> Sequence[Conversation]:
    """Those of ``dev``, ``test``, ``samples`` or ``dialogues``."""
    if chosen == "dialogues":
        return list(dialogues(known))
    if chosen == "samples":
        return list(samples())
    entries = yaml.safe_load(TALKS.read_text(encoding="utf-8"))
    return [conversation(entry) for entry in entries[chosen == "test" :: 2]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("chosen", choices=("dev", "test", "samples", "dialogues"))
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    truth = yaml.safe_load((HERE / "summary_truth.yaml").read_text(encoding="utf-8"))
    talks = conversations(options.chosen, truth)
    total: Counter[str] = Counter()
    for talk in talks:
        total += score(talk, truth[talk.id], options.show)
    print(f"{options.chosen}: {len(talks)} conversations")
    for name in ("reason", "outcome", "resolved", "recall", "precision", "owner", "when"):
        right, asked = total[f"{name}+"], total[f"{name}?"]
        print(f"{name:10} {right:3} of {asked:3}  {right / max(1, asked):.0%}")


if __name__ == "__main__":
    main()
