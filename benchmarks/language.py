"""Scores of the encoder and its heads: ``python -m benchmarks.language --data DIR``.

Reads only rows that training never saw: the held-back fifth of the own rows and the published
test splits; thresholds and temperatures come from dev rows. Satisfaction is the exception: five
folds. Every line names its bar; a figure that misses it is marked.
"""

from __future__ import annotations

import argparse
import collections
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.measures import Line, Tools
from cintel import models, runtime
from cintel.language.encoder import Encoder
from cintel.language.heads import WEIGHTS, Heads, Vectors, read_classifiers
from cintel.language.labels import label_turns
from cintel.language.prototypes import Prototypes
from pipelines.train import figures, rows, satisfaction, tasks
from pipelines.train.rows import Row
from pipelines.train.satisfaction import Floats

PROCEDURAL = {"question", "request", "instruct", "pausing", "greeting", "goodbye", "confirm"}
SHOTS, DRAWS = 5, 10


def main() -> None:
    """Parse the command line and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the public sets")
    parser.add_argument("--split", choices=("dev", "test"), default="test")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--threads", type=int, default=0)
    arguments = parser.parse_args()
    runtime.prepare()
    layers = arguments.weights / "encoder.safetensors"
    encoder = Encoder(models.resolve("minilm"), layers=layers, threads=arguments.threads)
    tools = Tools(encoder, Heads.load(arguments.weights), read_classifiers(arguments.weights))
    everything = tasks.all_rows(arguments.data)
    test = [row for row in everything if row.split == arguments.split]
    for line in lines(tools, test, arguments.data):
        print(line, flush=True)


def lines(tools: Tools, test: list[Row], data: Path) -> Iterator[Line]:
    """All figures."""
    own = [row for row in test if row.source == "own"]
    yield from public_intents(tools, test)
    yield few_shot(tools, [row for row in rows.natcs(data / "natcs", {}) if row.split == "test"])
    yield ekman(tools, [row for row in test if row.ekman])
    yield from moves(tools, [row for row in test if row.moves is not None])
    for head in ("sentiment", "emotion", "act"):
        yield from classification(tools, head, own, 0.85 if head == "sentiment" else None)
    yield from procedure(tools, own)
    yield from roles(tools, [row for row in test if row.source == "sgd"])
    yield from own_intents(tools, [row for row in test if row.source in tasks.OWN and row.intent])
    yield from satisfied(tools, list(rows.stc3(data / "stc3" / "train.jsonl")))
    yield from speed(tools, own)


def public_intents(tools: Tools, test: Sequence[Row]) -> Iterator[Line]:
    """Banking77, CLINC150 and NatCS banking by heads of their own names."""
    bars = {"banking77": 0.935, "clinc150": 0.965, "natcs": 0.92}
    for name, bar in bars.items():
        labels = tools.classifiers[name].labels
        stated = [row for row in test if row.source == name and row.named in labels]
        if name == "natcs":
            stated = [row for row in stated if row.dialogue == "banking"]
        outputs = tools.logits(name, stated)
        if name == "natcs":
            # A bank's set of intents holds those of a bank.
            known = {row.named for row in test if row.dialogue == "banking"}
            outputs = np.where([label in known for label in labels], outputs, -np.inf)
        chances = figures.softmax(outputs)
        targets = np.array([labels.index(row.named or "") for row in stated])
        accuracy = float(np.mean(chances.argmax(axis=1) == targets))
        on = f"{name}{' banking' * (name == 'natcs')} ({len(stated)})"
        yield Line("intent", on, "accuracy", accuracy, bar)
        yield Line("intent", on, "ECE", figures.calibration_error(chances, targets), 0.05, True)
        if name == "clinc150":
            strange = [row for row in test if row.named == tasks.OUT_OF_SCOPE]
            head = tools.classifiers[name]
            silenced = float(np.mean(head.evidence(tools.features(stated)) < head.thresholds[0]))
            recall = float(np.mean(head.evidence(tools.features(strange)) < head.thresholds[0]))
            yield Line("intent", on, "in scope silenced", silenced, 0.05, True)
            yield Line("intent", f"out of scope ({len(strange)})", "recall", recall, 0.87)


def few_shot(tools: Tools, test: Sequence[Row]) -> Line:
    """The user's own intents: five example lines each, drawn ten times, judged on the rest."""
    insurance = [row for row in test if row.dialogue == "insurance"]
    vectors = tools.encoder.encode([row.text for row in insurance])
    names = [row.named or "" for row in insurance]
    scores = []
    for seed in range(DRAWS):
        order = random.Random(seed).sample(range(len(names)), len(names))
        drawn = [
            index for kind in sorted(set(names))
            for index in [i for i in order if names[i] == kind][:SHOTS]
        ]  # fmt: skip
        rest = [index for index in order if index not in set(drawn)]
        told = tuple(names[index] for index in drawn)
        own = Prototypes(told, told, vectors[drawn])
        found = [own.kinds[k] for k in own.scores(vectors[rest]).argmax(axis=1)]
        scores.append(np.mean([a == names[i] for a, i in zip(found, rest, strict=True)]))
    on = f"NatCS insurance, {SHOTS} examples, {DRAWS} draws"
    return Line("own intents", on, "accuracy", float(np.mean(scores)), 0.75)


def ekman(tools: Tools, test: Sequence[Row]) -> Line:
    """Emotion groups of GoEmotions, several a row, as in its paper."""
    _, truth, guesses = several(tools, "ekman", test)
    score = figures.macro_f1_of_several(truth, guesses)
    return Line("emotion", f"GoEmotions, Ekman ({len(test)})", "macro-F1", score, 0.63)


def moves(tools: Tools, test: Sequence[Row]) -> Iterator[Line]:
    """What lines do for the service, on held-back lines."""
    chances, truth, guesses = several(tools, "move", test)
    on = f"own held-back lines ({len(test)})"
    yield Line("moves", on, "macro-F1", figures.macro_f1_of_several(truth, guesses))
    sure = np.maximum(chances, 1 - chances).ravel()
    right = ((chances > 0.5) == truth).ravel()
    yield Line("moves", on, "ECE", figures.binary_calibration_error(sure, right), 0.05, True)


def several(
    tools: Tools, name: str, test: Sequence[Row]
) -> tuple[Vectors, figures.Flags, figures.Flags]:
    """Chances, truth and guesses of a head of which several labels may hold."""
    head = tools.classifiers[name]
    chances = figures.sigmoid(tools.logits(name, test))
    said = [row.ekman if name == "ekman" else row.moves or () for row in test]
    truth = np.array([[label in labels for label in head.labels] for labels in said])
    return chances, truth, chances > np.array(head.thresholds)


def classification(
    tools: Tools, head: str, test: Sequence[Row], bar: float | None = None
) -> Iterator[Line]:
    """Macro-F1, accuracy and calibration error of one line head."""
    labels = tools.classifiers[head].labels
    chances = figures.softmax(tools.logits(head, test))
    targets = np.array([labels.index(getattr(row, head)) for row in test])
    guesses, on = chances.argmax(axis=1), f"own held-back ({len(test)})"
    yield Line(head, on, "macro-F1", figures.macro_f1(targets, guesses), bar)
    yield Line(head, on, "accuracy", float(np.mean(guesses == targets)))
    yield Line(head, on, "ECE", figures.calibration_error(chances, targets), 0.05, True)


def procedure(tools: Tools, own: Sequence[Row]) -> Iterator[Line]:
    """Lines of plain procedure must be neutral."""
    plain = [row for row in own if row.sentiment == "neutral" and row.act in PROCEDURAL]
    plain = [row for row in plain if row.emotion == "neutral"]
    texts, roles = [row.text for row in plain], [row.role for row in plain]
    labels = label_turns(tools.encoder, tools.heads, texts, roles)
    neutral = np.array([x.sentiment is not None and x.sentiment.label == "neutral" for x in labels])
    for side in tasks.SIDES:
        of = np.array([role == side for role in roles])
        on = f"own procedural {side} lines ({of.sum()})"
        yield Line("sentiment", on, "called neutral", float(neutral[of].mean()))
    on = f"own procedural lines ({len(plain)})"
    yield Line("sentiment", on, "called neutral", float(neutral.mean()), 0.97)


def roles(tools: Tools, test: Sequence[Row]) -> Iterator[Line]:
    """Which of two speakers is the agent, from all that each says."""
    odds = tools.heads.role_logits(tools.encoder.read([row.text for row in test]).states)
    sums: dict[str, list[float]] = collections.defaultdict(lambda: [0.0, 0.0])
    for row, value in zip(test, odds, strict=True):
        sums[row.dialogue or ""][int(row.role == "customer")] += float(value)
    right = [agent > customer for agent, customer in sums.values()]
    agents = np.array([row.role == "agent" for row in test])
    chances = figures.sigmoid(odds)
    error = figures.binary_calibration_error(np.maximum(chances, 1 - chances), (odds > 0) == agents)
    yield Line("role", f"SGD ({len(right)} dialogues)", "accuracy", float(np.mean(right)), 0.99)
    yield Line("role", f"SGD ({len(test)} turns)", "accuracy", float(np.mean((odds > 0) == agents)))
    yield Line("role", f"SGD ({len(test)} turns)", "ECE", error, 0.05, True)


def own_intents(tools: Tools, test: Sequence[Row]) -> Iterator[Line]:
    """The shipped set of intents on own lines; `none` is a label like the others."""
    stated = [row for row in test if row.intent != "none"]
    yield from classification(tools, "intent", test)
    labels = label_turns(
        tools.encoder, tools.heads, [row.text for row in test], ["customer"] * len(test)
    )
    named = [bool(label.intents) for label in labels]
    on = "own held-back"
    wanted = [name for name, row in zip(named, test, strict=True) if row.intent != "none"]
    none = [not name for name, row in zip(named, test, strict=True) if row.intent == "none"]
    yield Line("intent", f"{on}, stated ({len(stated)})", "named", float(np.mean(wanted)))
    yield Line("intent", f"{on}, none ({len(none)})", "not named", float(np.mean(none)))


def satisfied(tools: Tools, dialogues: list[rows.RatedDialogue]) -> Iterator[Line]:
    """Predicted against rated, each dialogue by regressions that never saw it."""
    from scipy.stats import spearmanr

    features = satisfaction.tabulate(tools.encoder, dialogues, tools.classifiers)
    folds, on = satisfaction.fold_of(dialogues), f"stc3, five folds ({len(dialogues)})"
    ratings = satisfaction.ratings_of(dialogues)
    effective = np.array([d.effectiveness for d in dialogues], np.float32)
    for letter, wanted in zip("SAE", (*ratings.values(), effective), strict=True):
        predicted = out_of_fold(features, wanted, folds)
        score = float(spearmanr(predicted, wanted).statistic)
        yield Line(
            "satisfaction", on, f"Spearman, {letter}", score, 0.60 if letter == "S" else None
        )
        if letter == "A":
            yield from outcome(predicted, wanted, folds, on)


def outcome(predicted: Floats, rated: Floats, folds: NDArray[np.int64], on: str) -> Iterator[Line]:
    """Resolved or not: did most raters see the task done? Chances too are from other folds."""
    chances = np.zeros_like(predicted)
    for fold in range(satisfaction.FOLDS):
        left = folds == fold
        slope, offset = satisfaction.outcome(predicted[~left], rated[~left])
        chances[left] = figures.sigmoid(slope * predicted[left] + offset)
    done, said = rated > 0, chances > 0.5
    both = figures.macro_f1(done.astype(np.int64), said.astype(np.int64))
    sure = np.maximum(chances, 1 - chances)
    error = figures.binary_calibration_error(sure, said == done)
    yield Line("resolved", on, "macro-F1", both)
    yield Line("resolved", on, "accuracy", float(np.mean(said == done)))
    yield Line("resolved", on, "ECE", error, 0.05, True)


def out_of_fold(features: Vectors, ratings: Floats, folds: NDArray[np.int64]) -> Floats:
    """The rating of each dialogue by a regression that never saw it."""
    predicted = np.zeros_like(ratings)
    for fold in range(satisfaction.FOLDS):
        kept = folds != fold
        mean, scale = features[kept].mean(axis=0), features[kept].std(axis=0) + 1e-3
        weights, bias = satisfaction.ridge((features[kept] - mean) / scale, ratings[kept])
        predicted[~kept] = ((features[~kept] - mean) / scale) @ weights + bias
    return predicted


def speed(tools: Tools, own: Sequence[Row]) -> Iterator[Line]:
    """All heads on many turns, beside transformers' pipeline on the same, turn by turn."""
    from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline

    texts, sides = [row.text for row in own] * 4, [row.role for row in own] * 4
    started = time.perf_counter()
    label_turns(tools.encoder, tools.heads, texts, sides)
    ours = len(texts) / (time.perf_counter() - started)
    folder = models.resolve("minilm")
    model = AutoModelForSequenceClassification.from_pretrained(folder, num_labels=3)
    one = pipeline("text-classification", model, tokenizer=AutoTokenizer.from_pretrained(folder))
    few = texts[: len(own) // 2]
    started = time.perf_counter()
    for text in few:
        one(text)
    theirs = len(few) / (time.perf_counter() - started)
    yield Line("speed", "own turns, all heads", "turns a second", ours, 700)
    yield Line("speed", "transformers.pipeline, one head", "turns a second", theirs)
    # One head of theirs answers one question; cintel answers four with a role.
    yield Line("speed", "all heads against one of theirs", "times", ours / theirs, 10)


if __name__ == "__main__":
    main()
