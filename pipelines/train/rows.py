"""Labelled rows for the heads: readers of the public sets and of the project's own turns.

Every reader yields `Row` values in the project's label names. Each row knows its source and split,
so a training run can weigh sources and never sees a published test split.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent

# GoEmotions label -> (sentiment, emotion). Labels that say nothing about a call are left out.
GOEMOTIONS = {
    "anger": ("negative", "anger"),
    "annoyance": ("negative", "frustration"),
    "approval": ("positive", "satisfaction"),
    "admiration": ("positive", "satisfaction"),
    "caring": (None, "empathy"),
    "confusion": ("neutral", "confusion"),
    "disappointment": ("negative", "disappointment"),
    "disapproval": ("negative", None),
    "disgust": ("negative", None),
    "excitement": ("positive", "satisfaction"),
    "fear": ("negative", "anxiety"),
    "gratitude": ("positive", "gratitude"),
    "joy": ("positive", "satisfaction"),
    "nervousness": ("negative", "anxiety"),
    "neutral": ("neutral", "neutral"),
    "relief": ("positive", "satisfaction"),
    "sadness": ("negative", "disappointment"),
}

# SGD dialogue act -> act, for turns that carry this act alone.
SGD_ACTS = {
    "INFORM": "inform",
    "INFORM_INTENT": "request",
    "REQUEST": "question",
    "OFFER": "offer",
    "OFFER_INTENT": "offer",
    "REQ_MORE": "question",
    "AFFIRM": "confirm",
    "NEGATE": "disconfirm",
    "THANK_YOU": "thanking",
    "GOODBYE": "goodbye",
    "NOTIFY_SUCCESS": "inform",
    "NOTIFY_FAILURE": "inform",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One text with the labels its source gives; `None` where it gives none."""

    text: str
    source: str
    split: str
    role: str = "unknown"
    sentiment: str | None = None
    emotion: str | None = None
    act: str | None = None
    intent: str | None = None
    dialogue: str | None = None


@dataclass(frozen=True, slots=True)
class RatedDialogue:
    """A helpdesk dialogue with the mean satisfaction of its annotators, -2 to 2."""

    id: str
    roles: tuple[str, ...]
    texts: tuple[str, ...]
    satisfaction: float


def held_back(text: str) -> bool:
    """Whether an own row belongs to the held-back fifth: decided by a hash of its words alone."""
    digest = hashlib.sha256(" ".join(text.lower().split()).encode()).digest()
    return digest[0] < 51


def _own_split(text: str) -> str:
    return "test" if held_back(text) else "train"


def own_turns(folder: Path = HERE / "turns") -> Iterator[Row]:
    """Call turns written for this project, labelled with role, sentiment, emotion and act."""
    for path in sorted(folder.glob("*.tsv")):
        if path.name == "intents.tsv":
            continue
        with path.open(encoding="utf-8", newline="") as file:
            for line in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                yield Row(
                    text=line["text"],
                    source="own",
                    split=_own_split(line["text"]),
                    role=line["role"],
                    sentiment=line["sentiment"],
                    emotion=line["emotion"],
                    act=line["act"],
                    intent=line["intent"] or None,
                    dialogue=path.stem,
                )


def own_intents(path: Path = HERE / "turns" / "intents.tsv") -> Iterator[Row]:
    """Spoken example lines for each intent, written for this project; ``#`` opens a comment."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        for line in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            split = _own_split(line["text"])
            yield Row(line["text"], "examples", split, "customer", intent=line["intent"])


def intent_map(path: Path = HERE / "intents.yaml") -> dict[str, dict[str, str]]:
    """Public data set -> its intent name -> ours; names that are absent are left out."""
    content: dict[str, dict[str, str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def goemotions(folder: Path) -> Iterator[Row]:
    """Reddit comments that carry exactly one emotion, mapped to our emotions and sentiments."""
    names = (folder / "labels.txt").read_text(encoding="utf-8").split()
    for split in ("train", "dev", "test"):
        for line in (folder / f"{split}.tsv").read_text(encoding="utf-8").splitlines():
            text, labels, _ = line.split("\t")
            if "," in labels or names[int(labels)] not in GOEMOTIONS:
                continue
            sentiment, emotion = GOEMOTIONS[names[int(labels)]]
            yield Row(text, "goemotions", split, sentiment=sentiment, emotion=emotion)


def sgd(folder: Path, mapping: dict[str, str]) -> Iterator[Row]:
    """Schema-guided dialogues: role for every turn, act and intent where they are plain."""
    for split in ("train", "dev", "test"):
        with gzip.open(folder / f"{split}.jsonl.gz", "rt", encoding="utf-8") as file:
            for line in file:
                dialogue = json.loads(line)
                for role, text, acts, intents in dialogue["turns"]:
                    act = SGD_ACTS.get(acts[0]) if len(acts) == 1 else None
                    stated = "INFORM_INTENT" in acts and len(intents) == 1
                    intent = mapping.get(intents[0].split("/")[1]) if stated else None
                    yield Row(
                        text, "sgd", split, role, act=act, intent=intent, dialogue=dialogue["id"]
                    )


def _json_lines(path: Path) -> Iterable[Any]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def natcs(folder: Path, mapping: dict[str, str]) -> Iterator[Row]:
    """Spoken customer-service turns that state an intent."""
    for path in sorted(folder.glob("*.jsonl")):
        split = path.stem.split("-")[0]
        for item in _json_lines(path):
            if item["intent"] in mapping:
                intent = mapping[item["intent"]]
                yield Row(item["utterance"], "natcs", split, "customer", intent=intent)


def banking77(folder: Path, mapping: dict[str, str]) -> Iterator[Row]:
    """Online banking questions with one of 77 intents."""
    for split in ("train", "test"):
        with (folder / f"{split}.csv").open(encoding="utf-8", newline="") as file:
            for item in csv.DictReader(file):
                if item["category"] in mapping:
                    intent = mapping[item["category"]]
                    yield Row(item["text"], "banking77", split, "customer", intent=intent)


def clinc150(folder: Path, mapping: dict[str, str]) -> Iterator[Row]:
    """Assistant queries; its out-of-scope rows and its small talk are our `none`."""
    content = json.loads((folder / "data_full.json").read_text(encoding="utf-8"))
    for part, items in content.items():
        split = {"val": "dev"}.get(part.removeprefix("oos_"), part.removeprefix("oos_"))
        for text, name in items:
            if name in mapping:
                yield Row(text, "clinc150", split, "customer", intent=mapping[name])


def helpdesk_turns(path: Path) -> Iterator[Row]:
    """The turns of `stc3` by role alone."""
    for dialogue in stc3(path):
        for role, text in zip(dialogue.roles, dialogue.texts, strict=True):
            yield Row(text, "stc3", "train", role, dialogue=dialogue.id)


def stc3(path: Path) -> Iterator[RatedDialogue]:
    """Helpdesk dialogues rated by 19 annotators each."""
    for item in _json_lines(path):
        scores = item["quality"]["S"]
        yield RatedDialogue(
            id=item["id"],
            roles=tuple(turn["role"] for turn in item["turns"]),
            texts=tuple(turn["text"] for turn in item["turns"]),
            satisfaction=sum(scores) / len(scores),
        )
