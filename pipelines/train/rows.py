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

# The paper's grouping of the 27 emotions into Ekman's six; `neutral` is a seventh.
EKMAN = {
    "anger": ("anger", "annoyance", "disapproval"),
    "disgust": ("disgust",),
    "fear": ("fear", "nervousness"),
    "joy": (
        "joy", "amusement", "approval", "excitement", "gratitude", "love", "optimism", "relief",
        "pride", "admiration", "desire", "caring",
    ),
    "sadness": ("sadness", "disappointment", "embarrassment", "grief", "remorse"),
    "surprise": ("surprise", "realization", "confusion", "curiosity"),
    "neutral": ("neutral",),
}  # fmt: skip
_GROUP = {name: group for group, names in EKMAN.items() for name in names}

# Of own customer turns: emotions that voice a trouble, and acts that do not without them.
TROUBLED = ("frustration", "anger", "anxiety", "disappointment")
UNTROUBLED = ("greeting", "goodbye", "thanking", "question", "confirm", "disconfirm")

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
    """One text with the labels its source gives; `None` where it gives none.

    `named` is the label in the source's own set of intents, `ekman` the groups of its emotions,
    `moves` what the line does for the service, an empty tuple where that is nothing.
    """

    text: str
    source: str
    split: str
    role: str = "unknown"
    sentiment: str | None = None
    emotion: str | None = None
    act: str | None = None
    intent: str | None = None
    dialogue: str | None = None
    named: str | None = None
    ekman: tuple[str, ...] = ()
    moves: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class RatedDialogue:
    """A helpdesk dialogue with the means of its annotators' ratings, -2 to 2 each."""

    id: str
    roles: tuple[str, ...]
    texts: tuple[str, ...]
    satisfaction: float
    accomplished: float
    effectiveness: float


def split_of(text: str, held_back: bool = True) -> str:
    """A fifth of the own rows is test and a tenth dev, by a hash of their words alone.

    Sets with a published test split (`held_back` is false) have a dev twentieth alone.
    """
    digest = hashlib.sha256(" ".join(text.lower().split()).encode()).digest()
    if digest[0] < 51 and held_back:
        return "test"
    return "dev" if 51 <= digest[0] < (77 if held_back else 64) else "train"


def own_turns(folder: Path = HERE / "turns") -> Iterator[Row]:
    """Call turns written for this project, labelled with role, sentiment, emotion and act."""
    for path in sorted(folder.glob("*.tsv")):
        if path.name in ("intents.tsv", "moves.tsv"):
            continue
        with path.open(encoding="utf-8", newline="") as file:
            for line in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                yield Row(
                    text=line["text"],
                    source="own",
                    split=split_of(line["text"]),
                    role=line["role"],
                    sentiment=line["sentiment"],
                    emotion=line["emotion"],
                    act=line["act"],
                    intent=line["intent"] or None,
                    dialogue=line.get("dialogue") or path.stem,
                )


def own_intents(path: Path = HERE / "turns" / "intents.tsv") -> Iterator[Row]:
    """Spoken example lines for each intent, written for this project; ``#`` opens a comment."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        for line in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            split = split_of(line["text"])
            yield Row(line["text"], "examples", split, "customer", intent=line["intent"])


def own_moves(path: Path = HERE / "turns" / "moves.tsv") -> Iterator[Row]:
    """Lines with all that they do; of customers also the own turns whose feeling tells."""
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            said = () if line["moves"] == "none" else tuple(line["moves"].split(","))
            yield Row(line["text"], "moves", split_of(line["text"]), line["role"], moves=said)
    for row in own_turns():
        if row.role == "customer" and (row.emotion in TROUBLED or row.act in UNTROUBLED):
            said = ("trouble",) if row.emotion in TROUBLED else ()
            yield Row(row.text, "moves", row.split, "customer", moves=said)


def intent_map(path: Path = HERE / "intents.yaml") -> dict[str, dict[str, str]]:
    """Public data set -> its intent name -> ours; names that are absent are left out."""
    content: dict[str, dict[str, str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def goemotions(folder: Path) -> Iterator[Row]:
    """Reddit comments in Ekman's groups; those with one emotion also by our own labels."""
    names = (folder / "labels.txt").read_text(encoding="utf-8").split()
    for split in ("train", "dev", "test"):
        for line in (folder / f"{split}.tsv").read_text(encoding="utf-8").splitlines():
            text, labels, _ = line.split("\t")
            emotions = [names[int(label)] for label in labels.split(",")]
            groups = tuple(sorted({_GROUP[name] for name in emotions}))
            only = emotions[0] if len(emotions) == 1 else ""
            sentiment, emotion = GOEMOTIONS.get(only, (None, None))
            yield Row(text, "goemotions", split, sentiment=sentiment, emotion=emotion, ekman=groups)


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
    """Spoken customer-service turns that state an intent; `dialogue` names the industry."""
    for path in sorted(folder.glob("*.jsonl")):
        part, industry = path.stem.split("-")
        for item in _json_lines(path):
            text, name = item["utterance"], item["intent"]
            split = "test" if part == "test" else split_of(text, held_back=False)
            yield Row(
                text, "natcs", split, "customer", intent=mapping.get(name), named=name,
                dialogue=industry,
            )  # fmt: skip


def banking77(folder: Path, mapping: dict[str, str]) -> Iterator[Row]:
    """Online banking questions with one of 77 intents."""
    for part in ("train", "test"):
        with (folder / f"{part}.csv").open(encoding="utf-8", newline="") as file:
            for item in csv.DictReader(file):
                text, name = item["text"], item["category"]
                split = "test" if part == "test" else split_of(text, held_back=False)
                yield Row(
                    text, "banking77", split, "customer", intent=mapping.get(name), named=name
                )


def clinc150(folder: Path, mapping: dict[str, str]) -> Iterator[Row]:
    """Assistant queries; its out-of-scope rows and its small talk are our `none`."""
    content = json.loads((folder / "data_full.json").read_text(encoding="utf-8"))
    for part, items in content.items():
        split = {"val": "dev"}.get(part.removeprefix("oos_"), part.removeprefix("oos_"))
        for text, name in items:
            yield Row(text, "clinc150", split, "customer", intent=mapping.get(name), named=name)


def helpdesk_turns(path: Path) -> Iterator[Row]:
    """The turns of `stc3` by role alone."""
    for dialogue in stc3(path):
        for role, text in zip(dialogue.roles, dialogue.texts, strict=True):
            yield Row(text, "stc3", "train", role, dialogue=dialogue.id)


def stc3(path: Path) -> Iterator[RatedDialogue]:
    """Helpdesk dialogues rated by 19 annotators each."""
    for item in _json_lines(path):
        means = {kind: sum(found) / len(found) for kind, found in item["quality"].items()}
        yield RatedDialogue(
            id=item["id"],
            roles=tuple(turn["role"] for turn in item["turns"]),
            texts=tuple(turn["text"] for turn in item["turns"]),
            satisfaction=means["S"],
            accomplished=means["A"],
            effectiveness=means["E"],
        )
