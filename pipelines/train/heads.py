"""Train the heads that ship with cintel: ``python -m pipelines.train.heads --data DIR``.

``--head NAME`` trains one of them and leaves the files of the others as they are.

The encoder stays frozen. Every text is encoded once; then each head is fitted in seconds, its
temperature on out-of-fold logits of the judged rows, and written to ``cintel/language/weights``.
Published test splits and the held-back fifth of the own rows are never read here.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cintel import models, runtime
from cintel.conversation import SENTIMENTS
from cintel.language.encoder import Encoder
from cintel.language.heads import WEIGHTS, head_features
from pipelines.train import fit, noise, rows, satisfaction
from pipelines.train.rows import Row

EMOTIONS = (
    "neutral",
    "satisfaction",
    "gratitude",
    "empathy",
    "confusion",
    "anxiety",
    "disappointment",
    "frustration",
    "anger",
)
ACTS = (
    "inform",
    "question",
    "confirm",
    "disconfirm",
    "request",
    "instruct",
    "offer",
    "promise",
    "apology",
    "thanking",
    "greeting",
    "goodbye",
    "pausing",
    "feedback",
)
SIDES = ("agent", "customer")
OWN = ("own", "examples")

TOLD = 0.5
"""What a line between made-up remarks counts beside the line itself."""

# How much one row of a source weighs beside one variant of an own row.
WEIGHT = {
    "sentiment": {"own": 1.0, "goemotions": 0.06},
    "emotion": {"own": 1.0, "goemotions": 0.06},
    "act": {"own": 1.0, "sgd": 0.05},
    "role": {"own": 1.0, "sgd": 0.1, "stc3": 0.1, "examples": 0.1},
    "intent": {
        "own": 1.0,
        "examples": 1.0,
        "natcs": 0.5,
        "banking77": 0.2,
        "clinc150": 0.2,
        "sgd": 0.02,
    },
}
JUDGED = {
    "sentiment": {"own"},
    "emotion": {"own"},
    "act": {"own"},
    "role": {"own"},
    "intent": {"own", "examples", "natcs"},
}
RECIPES = {
    "sentiment": fit.Recipe(hidden=128, epochs=12),
    "emotion": fit.Recipe(hidden=128, epochs=12),
    "act": fit.Recipe(hidden=128, epochs=12),
    "role": fit.Recipe(hidden=64, epochs=8, dropout=0.4),
    "intent": fit.Recipe(hidden=512, epochs=10, dropout=0.5),
}
BALANCE = {"intent": 0.5, "role": 1.0}
"""Exponent by which the labels of a head are weighed towards equal shares; 0 leaves them be."""

SGD_SHARE = 4
"""One in this many SGD dialogues is trained on: they are many and alike."""

IN_SCOPE_LOSS = 0.05
"""The intent threshold may silence this share of the turns that do state an intent."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A row, or a variant of it; variants of one line share a group."""

    row: Row
    group: int
    told: bool = False


def main() -> None:
    """Parse the command line, train and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the public sets")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--head", choices=(*RECIPES, "satisfaction"), help="train this one alone")
    arguments = parser.parse_args()
    runtime.prepare()
    runtime.use_threads(arguments.threads)
    encoder = Encoder(models.resolve("minilm"))
    names = (arguments.head,) if arguments.head else (*RECIPES, "satisfaction")
    if classifiers := [name for name in names if name in RECIPES]:
        train(encoder, list(training_rows(arguments.data)), arguments.out, classifiers)
    if "satisfaction" in names:
        dialogues = list(rows.stc3(arguments.data / "stc3" / "train.jsonl"))
        satisfaction.train(encoder, dialogues, arguments.out)


def training_rows(data: Path) -> Iterator[Row]:
    """Every row that the heads may learn from."""
    names = rows.intent_map()
    sources = (
        rows.own_turns(),
        rows.own_intents(),
        rows.goemotions(data / "goemotions"),
        thinned(rows.sgd(data / "sgd", names["sgd"]), SGD_SHARE),
        rows.natcs(data / "natcs", names["natcs"]),
        rows.banking77(data / "banking77", names["banking77"]),
        rows.clinc150(data / "clinc150", names["clinc150"]),
        rows.helpdesk_turns(data / "stc3" / "train.jsonl"),
    )
    return (row for row in itertools.chain(*sources) if row.split == "train")


def thinned(dialogues: Iterable[Row], share: int) -> Iterator[Row]:
    """The rows of one dialogue in `share`, chosen by its name."""
    for row in dialogues:
        if zlib.crc32((row.dialogue or "").encode()) % share == 0:
            yield row


def train(
    encoder: Encoder, training: list[Row], out: Path, names: Sequence[str] = tuple(RECIPES)
) -> None:
    """Fit, calibrate and write the named classifiers; print their out-of-fold scores."""
    variants = augmented(training)
    labels = {head: label_names(head, variants) for head in names}
    used = {head: [v for v in variants if teaches(v, head, labels[head])] for head in names}
    texts = sorted({v.row.text for rows_of in used.values() for v in rows_of})
    place = {text: index for index, text in enumerate(texts)}
    vectors = encoder.encode(texts)
    runtime.use_threads(1)  # a step of a head is too small to share between threads
    out.mkdir(parents=True, exist_ok=True)
    for head in names:
        part = vectors[[place[v.row.text] for v in used[head]]]
        write(out, head, labels[head], tabulate(head, used[head], labels[head], part))


def teaches(variant: Variant, head: str, labels: Sequence[str]) -> bool:
    """Whether a head learns from a variant: a told one is for intents alone."""
    row = variant.row
    if variant.told and head != "intent":
        return False
    return row.source in WEIGHT[head] and getattr(row, head) in labels


def augmented(training: list[Row]) -> list[Variant]:
    """All rows; own rows also as spoken (twice), as written and, if they have an intent, as told.

    The told ones draw on a generator of their own, so that the other variants stay as they are.
    """
    rng, asides_rng = random.Random(7), random.Random(13)
    asides = [r.text for r in training if spoken_aside(r)]
    result: list[Variant] = []
    for row in training:
        group = zlib.crc32(row.text.lower().encode())
        texts = [row.text]
        if row.source in OWN:
            texts += [noise.spoken(row.text, rng), noise.spoken(row.text, rng)]
            texts.append(noise.written(row.text))
        elif row.intent and row.source != "sgd":
            texts.append(noise.spoken(row.text, rng))
        result += [Variant(replace(row, text=text), group) for text in texts if text]
        if row.source in OWN and row.intent and row.role == "customer":
            told = [noise.told(row.text, asides, asides_rng) for _ in range(2)]
            result += [Variant(replace(row, text=text), group, told=True) for text in told]
    return result


def spoken_aside(row: Row) -> bool:
    """Whether a row is an own remark of a customer without an intent."""
    return row.source in OWN and row.role == "customer" and row.intent == "none"


def label_names(head: str, variants: list[Variant]) -> tuple[str, ...]:
    """The labels of a head, in the order of its outputs."""
    fixed = {"sentiment": SENTIMENTS, "emotion": EMOTIONS, "act": ACTS, "role": SIDES}
    return fixed.get(head) or tuple(sorted({v.row.intent for v in variants if v.row.intent}))


def tabulate(
    head: str, used: list[Variant], labels: tuple[str, ...], vectors: fit.Array
) -> fit.Table:
    """Features, targets and weights of one head."""
    rng = random.Random(11)
    roles = [v.row.role if rng.random() > 0.25 else "unknown" for v in used]
    targets = np.array([labels.index(getattr(v.row, head)) for v in used])
    weights = np.array([WEIGHT[head][v.row.source] * (TOLD if v.told else 1.0) for v in used])
    weights = weights.astype(np.float32)
    shares = np.bincount(targets, weights, minlength=len(labels))
    weights *= (shares.mean() / shares[targets]) ** BALANCE.get(head, 0.0)
    return fit.Table(
        features=head_features(head, vectors, [v.row.text for v in used], roles),
        targets=targets,
        weights=weights,
        groups=np.array([v.group for v in used]),
        judged=np.array([v.row.source in JUDGED[head] and not v.told for v in used]),
    )


def write(out: Path, head: str, labels: tuple[str, ...], table: fit.Table) -> None:
    """Calibrate on out-of-fold logits, fit on everything, save in half precision."""
    from safetensors.numpy import save

    index, values = fit.out_of_fold(table, len(labels), RECIPES[head])
    targets = table.targets[index]
    temperature = fit.fit_temperature(values, targets)
    chances = fit.softmax(values / temperature)
    about = {
        "labels": labels,
        "temperature": round(temperature, 4),
        "threshold": intent_threshold(chances, targets, labels) if head == "intent" else 0.0,
    }
    tensors = fit.fit(table, len(labels), RECIPES[head])
    halves = {name: tensor.astype(np.float16) for name, tensor in tensors.items()}
    content = save(halves, {"cintel": json.dumps(about)})
    (out / f"{head}.safetensors").write_bytes(content)
    guesses = values.argmax(axis=1)
    print(
        f"{head:10} rows {len(table.targets):6}  out of fold: "
        f"accuracy {np.mean(guesses == targets):.3f}  "
        f"macro-F1 {fit.macro_f1(targets, guesses):.3f}  "
        f"ECE {fit.calibration_error(chances, targets):.3f}  temperature {temperature:.2f}  "
        f"threshold {about['threshold']:.2f}"
    )


def intent_threshold(
    chances: fit.Array, targets: NDArray[np.int64], labels: tuple[str, ...]
) -> float:
    """The highest threshold that still keeps all but `IN_SCOPE_LOSS` of the stated intents."""
    none = labels.index("none")
    stated = np.delete(chances, none, axis=1).max(axis=1)[targets != none]
    return round(float(np.quantile(stated, IN_SCOPE_LOSS)), 4)


if __name__ == "__main__":
    main()
