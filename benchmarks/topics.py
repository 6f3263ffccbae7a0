"""Topics found in lines whose intents are known: ``python benchmarks/topics.py --data DIR``.

Intents stand in for matters. Thresholds were chosen on NatCS finance alone; the other sets only
report. *AMI* and *V* (adjusted mutual information, V-measure) are over the lines that have a
topic; *AMI, all* gives each line without one a topic of its own. *Stable*: adjusted Rand index of
the topics of two 90 % samples on the lines that both have placed, the mean of five pairs.
*Grown*: the same between topics found in 60 % of the lines, to which the others came in four
parts, and topics found in all lines at once.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cintel import models
from cintel.language.encoder import Encoder
from cintel.language.matter import Said, words_of
from cintel.language.pii import find_pii
from cintel.language.topic_names import name_groups
from cintel.language.topics import Placed, Topic, grow

SETS = ("natcs train-finance", "natcs train-banking", "banking77 train")
SAMPLE = 3000
PAIRS = 5

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Lines:
    """What was said, the intent of each line, and its conversation."""

    texts: list[str]
    intents: list[str]
    talks: list[str]


def read(data: Path, name: str) -> Lines:
    folder, _, split = name.partition(" ")
    if folder == "natcs":
        lines = (data / folder / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        talks = [row["id"].rsplit("_", 1)[0] for row in rows]
        found = Lines([r["utterance"] for r in rows], [r["intent"] for r in rows], talks)
    else:
        with open(data / folder / f"{split}.csv", encoding="utf-8", newline="") as source:
            rows = list(csv.DictReader(source))
        picked = np.random.default_rng(0).permutation(len(rows))[:SAMPLE]
        rows = [rows[k] for k in sorted(picked)]
        intents, talks = [r["category"] for r in rows], [str(k) for k in picked]
        found = Lines([r["text"] for r in rows], intents, talks)
    return Lines([as_stored(text) for text in found.texts], found.intents, found.talks)


def as_stored(text: str) -> str:
    """What is read of a turn whose personal data a store has marked."""
    spans = [{"start": span.start, "end": span.end} for span in find_pii(text)]
    return words_of(Said("", 0, text, spans))


def unnamed(groups: Sequence[Sequence[int]], taken: Sequence[str]) -> list[str]:
    return [""] * len(groups)


def found_in(
    vectors: Vectors, talks: Sequence[str], rows: NDArray[np.int64], topics: Sequence[Topic] = ()
) -> tuple[list[Topic], NDArray[np.int64]]:
    """Topics after these rows, and the topic of each row of all, −1 for none or not given."""
    after, placed = grow(vectors[rows], [talks[row] for row in rows], topics, unnamed)
    labels = np.full(len(vectors), -1)
    labels[rows] = numbered(after, placed)
    return after, labels


def numbered(topics: Sequence[Topic], placed: Sequence[Placed]) -> list[int]:
    place = {topic.id: number for number, topic in enumerate(topics)}
    return [-1 if item.topic is None else place[item.topic] for item in placed]


def agreement(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    from sklearn.metrics import adjusted_rand_score

    both = (one >= 0) & (other >= 0)
    return float(adjusted_rand_score(one[both], other[both]))


def stability(vectors: Vectors, talks: Sequence[str]) -> float:
    """By conversation, as samples of a store would be."""
    dice = np.random.default_rng(1)
    names = sorted(set(talks))
    runs = []
    for _ in range(PAIRS + 1):
        kept = set(dice.permutation(names)[: round(0.9 * len(names))])
        rows = np.array([row for row, talk in enumerate(talks) if talk in kept])
        runs.append(found_in(vectors, talks, rows)[1])
    return float(np.mean([agreement(one, other) for one, other in pairwise(runs)]))


def grown(vectors: Vectors, talks: Sequence[str]) -> tuple[float, int]:
    order = sorted(set(talks), key=hash_of)
    cuts = [0.6, 0.7, 0.8, 0.9, 1.0]
    topics: list[Topic] = []
    labels = np.full(len(vectors), -1)
    for cut in cuts:
        kept = set(order[: round(cut * len(order))])
        rows = np.array([row for row, talk in enumerate(talks) if talk in kept])
        topics, labels = found_in(vectors, talks, rows, topics)
    return agreement(labels, found_in(vectors, talks, np.arange(len(talks)))[1]), len(topics)


def hash_of(text: str) -> str:
    from hashlib import sha256

    return sha256(text.encode()).hexdigest()


def scores(vectors: Vectors, lines: Lines) -> Iterator[tuple[str, float]]:
    from sklearn.metrics import adjusted_mutual_info_score, v_measure_score

    topics, labels = found_in(vectors, lines.talks, np.arange(len(vectors)))
    intents = np.unique(lines.intents, return_inverse=True)[1]
    inside = labels >= 0
    alone = np.where(inside, labels, len(labels) + np.arange(len(labels)))
    yield "lines", len(vectors)
    yield "intents", len(set(intents))
    yield "topics", len(topics)
    yield "coverage", float(inside.mean())
    yield "AMI", adjusted_mutual_info_score(intents[inside], labels[inside])
    yield "AMI, all", adjusted_mutual_info_score(intents, alone)
    yield "V", v_measure_score(intents[inside], labels[inside])
    yield "stable", stability(vectors, lines.talks)
    yield "grown", grown(vectors, lines.talks)[0]


def show_names(vectors: Vectors, lines: Lines) -> None:
    def name(groups: Sequence[Sequence[int]], taken: Sequence[str]) -> list[str]:
        own = [[lines.texts[row] for row in group] for group in groups]
        return name_groups(own, lines.texts, taken)

    topics, placed = grow(vectors, lines.talks, [], name)
    for topic in topics:
        rows = [row for row, item in enumerate(placed) if item.topic == topic.id]
        names, counts = np.unique([lines.intents[row] for row in rows], return_counts=True)
        best = int(counts.argmax())
        print(f"{len(rows):5d}  {topic.name:50s}  {names[best]} {counts[best] / len(rows):.0%}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with the public sets")
    parser.add_argument("--names", action="store_true", help="also print the topics' names")
    parser.add_argument("--sets", nargs="*", default=SETS, help="only these")
    arguments = parser.parse_args()
    encoder = Encoder(models.resolve("minilm"))
    for name in arguments.sets:
        lines = read(arguments.data, name)
        vectors = encoder.encode(lines.texts).astype(np.float16).astype(np.float32)
        figures = dict(scores(vectors, lines))
        print(name, *(f"{key} {value:.3g}" for key, value in figures.items()), sep="; ")
        if arguments.names:
            show_names(vectors, lines)


if __name__ == "__main__":
    main()
