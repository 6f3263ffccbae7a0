"""How often a head is right when it is so and so sure: a diagram of every head.

    python -m benchmarks.reliability --data DIR --plot docs/images/reliability.svg

The rows are those of `benchmarks.language`: held back, or of published test splits. A point is a
tenth of the answers, from the least sure to the surest; on the line, sure and right are the same.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.language import several
from benchmarks.measures import Tools
from cintel import models, runtime
from cintel.language.encoder import Encoder
from cintel.language.heads import WEIGHTS, Heads, Vectors, read_classifiers
from pipelines.train import figures, tasks
from pipelines.train.figures import Flags
from pipelines.train.rows import Row

TENTHS = 10
_OWN = ("sentiment", "emotion", "act", "intent")


def judged(tools: Tools, test: list[Row]) -> Iterator[tuple[str, Vectors, Flags]]:
    """Head, how sure each answer is, and whether it is right."""
    for name in (*_OWN, *tasks.NAMED):
        head = tools.classifiers[name]
        said = [
            row for row in test
            if (row.source in tasks.OWN if name in _OWN else row.source == name)
            and (getattr(row, name) if name in _OWN else row.named) in head.labels
        ]  # fmt: skip
        truth = [getattr(row, name) if name in _OWN else row.named for row in said]
        chances = figures.softmax(tools.logits(name, said))
        right = np.array([head.labels[i] for i in chances.argmax(axis=1)]) == np.array(truth)
        yield name, chances.max(axis=1), right
    odds_of = [row for row in test if row.source == "sgd"]
    odds = tools.heads.role_logits(tools.encoder.read([row.text for row in odds_of]).states)
    chances = figures.sigmoid(odds)
    agents = np.array([row.role == "agent" for row in odds_of])
    yield "role", np.maximum(chances, 1 - chances), (chances > 0.5) == agents
    chances, told, _ = several(tools, "move", [row for row in test if row.moves is not None])
    yield "move", np.maximum(chances, 1 - chances).ravel(), ((chances > 0.5) == told).ravel()


def points(sure: Vectors, right: Flags) -> tuple[list[float], list[float]]:
    """Mean confidence and share that is right of each tenth of the answers."""
    order = np.array_split(np.argsort(sure, kind="stable"), TENTHS)
    return [float(sure[part].mean()) for part in order], [
        float(right[part].mean()) for part in order
    ]


def plot(found: Iterator[tuple[str, Vectors, Flags]], path: Path) -> None:
    """A small diagram a head, with its calibration error."""
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(
        3, 3, figsize=(7.2, 7.2), layout="constrained", sharex=True, sharey=True
    )
    for panel, (name, sure, right) in zip(axes.flat, found, strict=True):
        error = figures.binary_calibration_error(sure, right)
        panel.plot([0, 1], [0, 1], color="#B8BEC6", linewidth=1)
        panel.plot(*points(sure, right), color="#3B82C4", marker="o", markersize=4)
        panel.set_title(f"{name}, ECE {error:.3f}", fontsize=10)
        print(f"{name:12} {len(sure):6} answers  ECE {error:.3f}")
    figure.supxlabel("how sure")
    figure.supylabel("how often right")
    figure.savefig(path)


def main() -> None:
    """Parse the command line, print and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the public sets")
    parser.add_argument("--plot", type=Path, required=True, metavar="FILE.svg")
    arguments = parser.parse_args()
    runtime.prepare()
    tools = Tools(Encoder(models.resolve("minilm")), Heads.load(), read_classifiers(WEIGHTS))
    test = [row for row in tasks.all_rows(arguments.data) if row.split == "test"]
    plot(judged(tools, test), arguments.plot)


if __name__ == "__main__":
    main()
