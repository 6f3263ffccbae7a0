"""Any Hugging Face classifier in the place of a head: for sentiment, emotion or intent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from cintel import models
from cintel.conversation import SENTIMENTS, Intent, Labels, Scored
from cintel.errors import ModelError, SettingsError
from cintel.runtime import prepare

if TYPE_CHECKING:
    from numpy.typing import NDArray

Kind = Literal["sentiment", "emotion", "intent"]

SURE = 0.5
"""What an intent's probability must reach: a strange model's scale is not known."""

TOKENS_PER_BATCH = 4096
NO_INTENT = ("none", "oos", "out_of_scope")
_USUAL = {"neg": "negative", "neu": "neutral", "pos": "positive"}


class Swapped:
    """A sequence classifier that answers for one head.

    Args:
        kind: which head it stands for.
        name: a Hugging Face name or a folder.
        label_map: its labels to cintel's; those that are absent are taken in lower case.
        device: ``cpu`` or ``cuda``.

    Raises:
        ModelError: it cannot be had or is no sequence classifier.
        SettingsError: it stands for sentiment and has a label that is not one of the three.
    """

    def __init__(self, kind: Kind, name: str, label_map: Mapping[str, str], device: str) -> None:
        prepare()
        from transformers import AutoModelForSequenceClassification, AutoTokenizer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # type: ignore[no-untyped-call]
        folder = models.resolve(name)
        try:
            found = AutoModelForSequenceClassification.from_pretrained(folder)
            self._tokenizer: Any = AutoTokenizer.from_pretrained(folder)
        except (OSError, ValueError) as error:
            fault = f"is no sequence classifier ({str(error).splitlines()[0]})"
            raise ModelError(name, fault, f"Name another {kind}_model") from error
        self._model: Any = found.to(device).eval()
        self._device = device
        self._kind = kind
        names = [str(found.config.id2label[number]) for number in range(found.config.num_labels)]
        self.labels = _labels(kind, names, label_map)

    def relabel(
        self, labels: Sequence[Labels], texts: Sequence[str], roles: Sequence[str]
    ) -> list[Labels]:
        """The labels with this model's answers; turns without any label stay as they are."""
        chances = self.probabilities(texts)
        return [
            self._relabelled(item, row, turn, roles[turn]) if item.sentiment is not None else item
            for turn, (item, row) in enumerate(zip(labels, chances, strict=True))
        ]

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (n, labels), in the order of ``labels``; several of them may share a name."""
        import torch

        chances = np.zeros((len(texts), len(self.labels)), np.float32)
        limit = min(int(self._tokenizer.model_max_length), 512)
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        for batch in _batches(order, texts):
            inputs = self._tokenizer(
                [texts[index] for index in batch], padding=True, truncation=True,
                max_length=limit, return_tensors="pt",
            ).to(self._device)  # fmt: skip
            with torch.inference_mode():
                logits = self._model(**inputs).logits.float()
            chances[batch] = torch.softmax(logits, dim=1).cpu().numpy()
        return chances

    def _relabelled(self, item: Labels, row: NDArray[np.float32], turn: int, role: str) -> Labels:
        best = int(row.argmax())
        name, chance = self.labels[best], round(float(row[best]), 4)
        match self._kind:
            case "sentiment":
                signs = [SENTIMENTS.index(label) - 1 for label in self.labels]
                return replace(item, sentiment=Scored(name, round(float(row @ signs), 4)))
            case "emotion":
                return replace(item, emotion=Scored(name, chance))
            case "intent":
                states = role not in ("agent", "system") and name not in NO_INTENT
                found = (Intent(name, chance, turn),) if states and chance >= SURE else ()
                return replace(item, intents=found)


def _labels(kind: Kind, names: Sequence[str], label_map: Mapping[str, str]) -> tuple[str, ...]:
    found = tuple(label_map.get(name, name.lower()) for name in names)
    if kind != "sentiment":
        return found
    found = tuple(_USUAL.get(name, name) for name in found)
    if strange := [n for n, label in zip(names, found, strict=True) if label not in SENTIMENTS]:
        fault = f"does not say what the model's label {strange[0]} means"
        remedy = f"Map {', '.join(names)} to {', '.join(SENTIMENTS)}"
        raise SettingsError("setting label_maps.sentiment", fault, remedy)
    return found


def _batches(order: Sequence[int], texts: Sequence[str]) -> list[list[int]]:
    """Texts of like length together; four characters are about a token."""
    batches: list[list[int]] = [[]]
    for index in order:
        if batches[-1] and len(texts[index]) * (len(batches[-1]) + 1) > 4 * TOKENS_PER_BATCH:
            batches.append([])
        batches[-1].append(index)
    return [batch for batch in batches if batch]
