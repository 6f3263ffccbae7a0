from __future__ import annotations

import random
from pathlib import Path

import pytest

from cintel import models
from cintel.language.encoder import Encoder
from cintel.language.heads import Heads
from cintel.language.labels import label_turns
from pipelines.train import fit, heads, noise, rows, satisfaction


def test_spoken_lines_have_no_capitals_or_punctuation() -> None:
    line = noise.spoken("Where's my order? It's late!", random.Random(1))
    assert line == line.lower()
    assert not set(line) & set("?!.,")


def test_written_lines_end_in_a_mark() -> None:
    assert noise.written("where is it") == "Where is it?"
    assert noise.written("it is here") == "It is here."
    assert noise.written("Done!") == "Done!"


@pytest.mark.models
def test_a_small_training_run_writes_heads_that_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = {name: fit.Recipe(hidden=16, epochs=4) for name in heads.RECIPES}
    monkeypatch.setattr(heads, "RECIPES", quick)
    training = [row for row in rows.own_turns() if row.split == "train"][::4]
    training += [row for row in rows.own_intents() if row.split == "train"][::4]
    encoder = Encoder(models.resolve("minilm"))
    heads.train(encoder, training, tmp_path)
    rated = [
        rows.RatedDialogue(f"{index}", ("customer", "agent"), (text, "We will check."), mood)
        for index, (text, mood) in enumerate([("thank you", 2.0), ("awful service", -2.0)] * 10)
    ]
    satisfaction.train(encoder, rated, tmp_path)
    trained = Heads.load(tmp_path)
    label = label_turns(encoder, trained, ["can i have your postcode please"], ["agent"])[0]
    assert label.sentiment is not None
    assert label.sentiment.label == "neutral"
