from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from cintel.conversation import Labels, Scored
from cintel.errors import ModelError, SettingsError
from cintel.language.swapped import Swapped
from cintel.runtime import prepare

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "good", "bad", "refund", "the", "call"]
LABELLED = Labels(Scored("neutral", 0.0), Scored("neutral", 0.9), Scored("inform", 0.9))


def tiny_model(folder: Path, labels: dict[int, str], sharp: float = 1.0) -> Path:
    """A BERT of two layers with weights drawn from a seed, saved as the hub would hold it."""
    prepare()
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    folder.mkdir()
    torch.manual_seed(4)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=64, id2label=labels,
        label2id={name: number for number, name in labels.items()},
    )  # fmt: skip
    model = BertForSequenceClassification(config)
    with torch.no_grad():
        model.classifier.weight *= sharp
    model.save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
    about = {"tokenizer_class": "BertTokenizer", "model_max_length": 64}
    (folder / "tokenizer_config.json").write_text(json.dumps(about), encoding="utf-8")
    return folder


def reference(folder: Path, text: str) -> list[float]:
    """What transformers itself says of one text, with nothing batched."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokens = AutoTokenizer.from_pretrained(folder)(
        text, return_tensors="pt", truncation=True, max_length=64
    )
    with torch.inference_mode():
        logits = AutoModelForSequenceClassification.from_pretrained(folder)(**tokens).logits
    found: list[float] = torch.softmax(logits, 1)[0].tolist()
    return found


def test_a_sentiment_model_by_folder_answers_for_the_head(tmp_path: Path) -> None:
    folder = tiny_model(tmp_path / "tiny", {0: "LABEL_0", 1: "LABEL_1", 2: "LABEL_2"}, 40.0)
    names = {"LABEL_0": "negative", "LABEL_1": "neutral", "LABEL_2": "positive"}
    swapped = Swapped("sentiment", str(folder), names, "cpu")
    texts = ["good call", "the bad bad call the refund", "", "good " * 500]
    chances = swapped.probabilities(texts)
    for row, text in zip(chances, texts, strict=True):
        assert row.tolist() == pytest.approx(reference(folder, text), abs=1e-5)
    first, _, silent, _ = swapped.relabel(
        [LABELLED, LABELLED, Labels(), LABELLED], texts, ["agent", "customer", "agent", "agent"]
    )
    assert first.sentiment is not None
    assert first.sentiment.label == ("negative", "neutral", "positive")[int(chances[0].argmax())]
    assert first.sentiment.score == pytest.approx(chances[0][2] - chances[0][0], abs=1e-4)
    assert (first.emotion, first.act) == (LABELLED.emotion, LABELLED.act)
    assert silent == Labels()


def test_common_names_of_sentiments_need_no_map(tmp_path: Path) -> None:
    folder = tiny_model(tmp_path / "tiny", {0: "NEG", 1: "POS"})
    assert Swapped("sentiment", str(folder), {}, "cpu").labels == ("negative", "positive")


def test_a_sentiment_that_is_none_of_the_three_is_named(tmp_path: Path) -> None:
    folder = tiny_model(tmp_path / "tiny", {0: "LABEL_0", 1: "LABEL_1"})
    with pytest.raises(SettingsError, match=r"label_maps\.sentiment.*LABEL_0"):
        Swapped("sentiment", str(folder), {}, "cpu")


def test_an_emotion_keeps_its_own_name(tmp_path: Path) -> None:
    folder = tiny_model(tmp_path / "tiny", {0: "Joy", 1: "Rage"}, 40.0)
    swapped = Swapped("emotion", str(folder), {"Rage": "anger"}, "cpu")
    assert swapped.labels == ("joy", "anger")
    best = int(swapped.probabilities(["good"])[0].argmax())
    (found,) = swapped.relabel([LABELLED], ["good"], ["customer"])
    assert found.emotion is not None
    assert found.emotion.label == swapped.labels[best]
    assert found.sentiment == LABELLED.sentiment


def test_intents_are_the_customers_and_must_be_sure(tmp_path: Path) -> None:
    folder = tiny_model(tmp_path / "tiny", {0: "refund", 1: "oos", 2: "greet"}, 400.0)
    swapped = Swapped("intent", str(folder), {"oos": "refund", "greet": "refund"}, "cpu")
    agent, customer = swapped.relabel(
        [LABELLED, LABELLED], ["refund", "refund"], ["agent", "customer"]
    )
    assert agent.intents == ()
    assert [(found.name, found.turn) for found in customer.intents] == [("refund", 1)]
    folder = tiny_model(tmp_path / "flat", {n: f"intent {n}" for n in range(8)}, 0.0)
    flat = Swapped("intent", str(folder), {}, "cpu")
    assert flat.probabilities(["refund"]) == pytest.approx(np.full((1, 8), 1 / 8))
    assert flat.relabel([LABELLED], ["refund"], ["customer"])[0].intents == ()


def test_a_folder_that_is_no_classifier_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is no sequence classifier"):
        Swapped("emotion", str(tmp_path), {}, "cpu")
