"""From trained outputs to shipped weights: temperatures and thresholds fitted on dev rows."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cintel.language.heads import WEIGHTS as WEIGHTS
from pipelines.train import figures
from pipelines.train.rows import Row
from pipelines.train.tasks import OWN, SEVERAL, Example

if TYPE_CHECKING:
    from pipelines.train.encoder import Trainer

Array = NDArray[np.float32]

JUDGED = {
    "intent": (*OWN, "natcs"), "role": ("own", "sgd"), "ekman": ("goemotions",),
    "move": ("moves",),
}  # fmt: skip
"""Sources that calibrate a head; the others are calibrated by own rows or by their own set."""

SGD_SHARE = 8
IN_SCOPE_LOSS = 0.05
"""A threshold may silence this share of the rows that do have a label."""


def thinned(dev: Iterable[Row]) -> Iterator[Row]:
    """Dev rows without most of the dialogues, which are many and alike."""
    for row in dev:
        if row.source != "sgd" or zlib.crc32((row.dialogue or "").encode()) % SGD_SHARE == 0:
            yield row


def judged_rows(name: str, examples: Sequence[Example]) -> NDArray[np.int64]:
    """Which examples calibrate a head."""
    own = JUDGED.get(name, (*OWN, name))
    rows = [
        index for index, example in enumerate(examples)
        if example.source in own and name in example.targets
        and (name in SEVERAL or example.targets[name] != ())
    ]  # fmt: skip
    return np.array(rows, dtype=np.int64)


def accuracies(outputs: dict[str, Array], examples: Sequence[Example]) -> dict[str, float]:
    """Accuracy of every head on its dev rows; macro-F1 of the one with several labels."""
    found = {}
    for name, values in outputs.items():
        rows = judged_rows(name, examples)
        if name in SEVERAL:
            truth = _several(name, examples, rows, values.shape[1])
            guesses = values[rows] > 0
            found[name] = figures.macro_f1_of_several(truth, guesses)
        else:
            truth = np.array([examples[row].targets[name] for row in rows])
            found[name] = float(np.mean(values[rows].argmax(axis=1) == truth))
    return found


def write(folder: Path, trainer: Trainer, examples: Sequence[Example]) -> None:
    """Calibrate on the examples and save encoder and heads in half precision."""
    from safetensors.numpy import save

    outputs = trainer.outputs(examples)
    about: dict[str, dict[str, Any]] = {}
    tensors: dict[str, Array] = {}
    for name, labels in trainer.labels.items():
        about[name] = {"labels": labels} | _calibration(name, labels, outputs[name], examples)
        weight, bias = trainer.network.output(name)
        tensors |= {f"{name}.weight": weight, f"{name}.bias": bias}
    folder.mkdir(parents=True, exist_ok=True)
    halves = {key: np.ascontiguousarray(value, np.float16) for key, value in tensors.items()}
    content = save(halves, {"cintel": json.dumps(about)})
    (folder / "heads.safetensors").write_bytes(content)
    layers = {
        key: value.detach().cpu().numpy().astype(np.float16)
        for key, value in trainer.network.encoder.state_dict().items()
        if not key.startswith("embeddings.")
    }
    (folder / "encoder.safetensors").write_bytes(save(layers))


def _calibration(
    name: str, labels: Sequence[str], values: Array, examples: Sequence[Example]
) -> dict[str, Any]:
    rows = judged_rows(name, examples)
    if name in SEVERAL:
        truth = _several(name, examples, rows, len(labels))
        temperature = figures.fit_temperature_of_several(values[rows], truth)
        chances = figures.sigmoid(values[rows] / temperature)
        return {"temperature": temperature, "thresholds": figures.best_thresholds(chances, truth)}
    targets: NDArray[np.int64] = np.array([examples[row].targets[name] for row in rows])
    temperature = figures.fit_temperature(values[rows], targets)
    chances = figures.softmax(values[rows] / temperature)
    print(
        f"{name:10} dev rows {len(rows):5}  accuracy {np.mean(chances.argmax(1) == targets):.3f}  "
        f"macro-F1 {figures.macro_f1(targets, chances.argmax(1)):.3f}  "
        f"ECE {figures.calibration_error(chances, targets):.3f}  temperature {temperature:.2f}"
    )
    if name not in ("intent", "clinc150"):
        return {"temperature": temperature, "thresholds": [0.0]}
    if name == "intent":
        none = labels.index("none")
        best = np.delete(chances[targets != none], none, axis=1).max(axis=1)
    else:
        best = np.logaddexp.reduce(values[rows], axis=1)
    return {
        "temperature": temperature,
        "thresholds": [round(float(np.quantile(best, IN_SCOPE_LOSS)), 4)],
    }


def _several(
    name: str, examples: Sequence[Example], rows: Iterable[int], labels: int
) -> NDArray[np.bool_]:
    found = [examples[row].targets[name] for row in rows]
    targets = np.zeros((len(found), labels), dtype=bool)
    for line, said in zip(targets, found, strict=True):
        line[list(said)] = True  # type: ignore[arg-type]
    return targets
