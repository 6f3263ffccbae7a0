from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from cintel import models
from cintel.language.encoder import Encoder
from cintel.language.heads import Heads
from cintel.language.labels import label_turns
from pipelines.train import calibrate, encoder, rows, satisfaction, tasks
from pipelines.train.encoder import Trainer
from pipelines.train.rows import Row

pytestmark = pytest.mark.models


def trainer(training: list[Row]) -> Trainer:
    labels = tasks.label_names(training)
    return Trainer(models.resolve("minilm"), tasks.Showings(training, labels), labels, "cpu")


def test_a_stopped_training_goes_on_to_the_same_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder, "EPOCHS", 2)
    monkeypatch.setattr(tasks, "EPOCHS", {"own": 2.0})
    training = [row for row in rows.own_turns() if row.split == "train"][::40]
    whole = trainer(training)
    assert [number for number, _ in whole.run(tmp_path / "whole.pt")] == [0, 1]
    half = trainer(training).run(tmp_path / "half.pt")
    next(half)
    next(half)
    half.close()
    again = trainer(training)
    assert [number for number, _ in again.run(tmp_path / "half.pt")] == [1]
    for one, other in zip(whole.network.parameters(), again.network.parameters(), strict=True):
        assert torch.equal(one, other)


def test_a_small_training_run_writes_weights_that_label(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder, "EPOCHS", 1)
    monkeypatch.setattr(tasks, "EPOCHS", {"own": 3.0, "examples": 1.0, "moves": 0.1})
    every = (*rows.own_turns(), *rows.own_intents(), *rows.own_moves())
    own = [row for row in every if row.split != "test"]
    training = [row for row in own if row.split == "train"][::6]
    small = trainer(training)
    losses = [loss for _, loss in small.run(tmp_path / "checkpoint.pt")]
    assert len(losses) == 1
    judged = [
        tasks.Showings(training, small.labels).plain(row) for row in own if row.split == "dev"
    ]
    calibrate.write(tmp_path, small, judged)
    base = models.resolve("minilm")
    trained = Encoder(base, layers=tmp_path / "encoder.safetensors")
    rated = [
        rows.RatedDialogue(f"{n}", ("customer", "agent"), (text, "We will check."), mood, mood, 0)
        for n, (text, mood) in enumerate([("thank you", 2.0), ("awful service", -2.0)] * 10)
    ]
    satisfaction.train(trained, rated, tmp_path)
    label = label_turns(
        trained, Heads.load(tmp_path), ["can i have your postcode please"], ["agent"]
    )[0]
    assert label.sentiment is not None
    assert label.sentiment.label == "neutral"
    vectors = (
        trained.encode(["the kettle broke"]),
        Encoder(base, layers=None).encode(["the kettle broke"]),
    )
    assert float((vectors[0] @ vectors[1].T)[0, 0]) > 0.8
    assert np.isfinite(vectors[0]).all()
