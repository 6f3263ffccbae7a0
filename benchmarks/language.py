"""Scores of the language heads: ``python benchmarks/language.py --data DIR``.

Reads only rows the heads never saw: the held-back fifth of the own rows and the published test
splits. Satisfaction is the exception: five-fold cross-validation.
"""

from __future__ import annotations

import argparse
import collections
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cintel import models, runtime
from cintel.language.encoder import Encoder
from cintel.language.heads import WEIGHTS, Heads, Vectors, read_classifiers
from cintel.language.labels import label_turns
from pipelines.train import rows, satisfaction
from pipelines.train.fit import FOLDS, calibration_error, macro_f1
from pipelines.train.rows import Row

PROCEDURAL = {"question", "request", "instruct", "pausing", "greeting", "goodbye", "confirm"}
OPENING_WORDS = 18
"""From this length on an own intent line is a told opening: a story of several clauses."""

Line = tuple[str, str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the public sets")
    parser.add_argument("--threads", type=int, default=0)
    arguments = parser.parse_args()
    runtime.prepare()
    runtime.use_threads(arguments.threads)
    encoder, heads = Encoder(models.resolve("minilm")), Heads.load()
    print(f"{'what':12} {'on':48} {'measure':24} {'score':>7}")
    for what, on, measure, score in table(encoder, heads, arguments.data):
        print(f"{what:12} {on:48} {measure:24} {score:7.3f}")


def table(encoder: Encoder, heads: Heads, data: Path) -> Iterator[tuple[str, str, str, float]]:
    own = [row for row in rows.own_turns() if row.split == "test"]
    for on, measure, score in own_turn_scores(encoder, heads, own):
        what, where = on.split(": ")
        yield what, where, measure, score
    test = [row for row in rows.goemotions(data / "goemotions") if row.split == "test"]
    for head in ("sentiment", "emotion"):
        kept = [row for row in test if getattr(row, head)]
        scores = classification(encoder, heads, head, kept)
        yield head, f"GoEmotions test, mapped ({len(kept)})", "macro-F1", scores["macro-F1"]
    names = rows.intent_map()
    for on, measure, score in role_scores(encoder, heads, data, names["sgd"]):
        yield "role", on, measure, score
    for on, measure, score in intent_scores(encoder, heads, data, names):
        yield "intent", on, measure, score
    for on, measure, score in satisfaction_scores(encoder, data):
        yield "satisfaction", on, measure, score
    yield "speed", "own turns, all heads", "turns/s", speed(encoder, heads, own)


def classification(
    encoder: Encoder, heads: Heads, head: str, test: Sequence[Row]
) -> dict[str, float]:
    """Macro-F1, accuracy and calibration error of one line head."""
    labels = heads.labels[head]
    texts, roles = [row.text for row in test], [row.role for row in test]
    chances = heads.predict(encoder.encode(texts), texts, roles)[head]
    targets = np.array([labels.index(getattr(row, head)) for row in test])
    guesses = chances.argmax(axis=1)
    return {
        "macro-F1": macro_f1(targets, guesses),
        "accuracy": float(np.mean(guesses == targets)),
        "ECE": calibration_error(chances, targets),
    }


def own_turn_scores(encoder: Encoder, heads: Heads, own: list[Row]) -> Iterator[Line]:
    for head in ("sentiment", "emotion", "act"):
        for measure, score in classification(encoder, heads, head, own).items():
            yield f"{head}: own held-back turns ({len(own)})", measure, score
    plain = [row for row in own if row.sentiment == "neutral" and row.act in PROCEDURAL]
    for role in ("agent", "customer"):
        lines = [row for row in plain if row.role == role and row.emotion == "neutral"]
        labels = label_turns(encoder, heads, [row.text for row in lines], [role] * len(lines))
        neutral = [x.sentiment is not None and x.sentiment.label == "neutral" for x in labels]
        on = f"sentiment: own procedural {role} lines ({len(lines)})"
        yield on, "called neutral", float(np.mean(neutral))


def role_scores(
    encoder: Encoder, heads: Heads, data: Path, mapping: dict[str, str]
) -> Iterator[Line]:
    test = [row for row in rows.sgd(data / "sgd", mapping) if row.split == "test"]
    texts = [row.text for row in test]
    odds = heads.role_logits(encoder.encode(texts), texts)
    sums: dict[str, list[float]] = collections.defaultdict(lambda: [0.0, 0.0])
    for row, value in zip(test, odds, strict=True):
        sums[row.dialogue or ""][int(row.role == "customer")] += float(value)
    right = [agent > customer for agent, customer in sums.values()]
    turns = [(value > 0) == (row.role == "agent") for row, value in zip(test, odds, strict=True)]
    yield f"SGD test ({len(right)} dialogues)", "accuracy a dialogue", float(np.mean(right))
    yield f"SGD test ({len(test)} turns)", "accuracy a turn", float(np.mean(turns))


def intent_scores(
    encoder: Encoder, heads: Heads, data: Path, names: dict[str, dict[str, str]]
) -> Iterator[Line]:
    sources = {
        "own held-back lines": rows.own_intents(),
        f"own held-back lines, {OPENING_WORDS} or more words": told_openings(),
        "NatCS banking and insurance test, mapped": rows.natcs(data / "natcs", names["natcs"]),
        "Banking77 test, mapped": rows.banking77(data / "banking77", names["banking77"]),
        "CLINC150 test, mapped": rows.clinc150(data / "clinc150", names["clinc150"]),
    }
    for on, source in sources.items():
        test = [row for row in source if row.split == "test"]
        stated = [row for row in test if row.intent != "none"]
        for measure, score in classification(encoder, heads, "intent", stated).items():
            yield f"{on} ({len(stated)})", measure, score
        yield f"{on} ({len(stated)})", "kept by the threshold", fired(encoder, heads, stated)
        if none := [row for row in test if row.intent == "none"]:
            yield f"{on}, no intent ({len(none)})", "recall", 1 - fired(encoder, heads, none)


def told_openings() -> Iterator[Row]:
    for row in rows.own_intents():
        if len(row.text.split()) >= OPENING_WORDS and row.intent != "none":
            yield row


def fired(encoder: Encoder, heads: Heads, test: Sequence[Row]) -> float:
    """The share of lines for which an intent is named."""
    labels = label_turns(encoder, heads, [row.text for row in test], ["customer"] * len(test))
    return float(np.mean([bool(label.intents) for label in labels]))


def satisfaction_scores(encoder: Encoder, data: Path) -> Iterator[Line]:
    from scipy.stats import spearmanr

    dialogues = list(rows.stc3(data / "stc3" / "train.jsonl"))
    features, ratings = satisfaction.tabulate(encoder, dialogues, read_classifiers(WEIGHTS))
    predicted = out_of_fold(features, ratings, satisfaction.fold_of(dialogues))
    on = f"stc3, five folds ({len(dialogues)} dialogues)"
    yield on, "Spearman", float(spearmanr(predicted, ratings).statistic)
    yield on, "RMSE, 1 to 5", float(np.sqrt(np.mean((predicted - ratings) ** 2)))


def out_of_fold(
    features: Vectors, ratings: NDArray[np.float32], folds: NDArray[np.int64]
) -> NDArray[np.float32]:
    """The rating of each dialogue by a regression that never saw it."""
    predicted = np.zeros_like(ratings)
    for fold in range(FOLDS):
        kept = folds != fold
        mean, scale = features[kept].mean(axis=0), features[kept].std(axis=0) + 1e-3
        weights, bias = satisfaction.ridge((features[kept] - mean) / scale, ratings[kept])
        predicted[~kept] = ((features[~kept] - mean) / scale) @ weights + bias
    return predicted


def speed(encoder: Encoder, heads: Heads, own: list[Row]) -> float:
    texts, roles = [row.text for row in own] * 4, [row.role for row in own] * 4
    start = time.perf_counter()
    label_turns(encoder, heads, texts, roles)
    return len(texts) / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
