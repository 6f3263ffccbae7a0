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


def test_told_lines_hold_the_line_between_asides() -> None:
    rng = random.Random(2)
    told = {noise.told("i lost my card", ["hello there"], rng) for _ in range(40)}
    plain = {line for line in told if line == line.lower()}
    assert "Hello there. I lost my card." in told
    assert "I lost my card. Hello there." in told
    assert "Hello there. I lost my card. Hello there." in told
    assert plain
    assert plain != told


def test_told_lines_teach_intents_alone() -> None:
    row = rows.Row("i lost my card", "examples", "train", "customer", intent="card.lost_or_stolen")
    aside = rows.Row("hello there", "own", "train", "customer", act="greeting", intent="none")
    variants = heads.augmented([row, aside])
    told = [variant for variant in variants if variant.told]
    assert len(told) == 4
    assert all("hello there" in variant.row.text.lower() for variant in told)
    assert heads.teaches(told[0], "intent", ("card.lost_or_stolen", "none"))
    assert not heads.teaches(told[0], "role", ("agent", "customer"))
    assert len({variant.group for variant in variants}) == 2


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
    before = (tmp_path / "role.safetensors").read_bytes()
    heads.train(encoder, training[::-1], tmp_path, ["intent"])
    assert (tmp_path / "role.safetensors").read_bytes() == before
    rated = [
        rows.RatedDialogue(f"{index}", ("customer", "agent"), (text, "We will check."), mood)
        for index, (text, mood) in enumerate([("thank you", 2.0), ("awful service", -2.0)] * 10)
    ]
    satisfaction.train(encoder, rated, tmp_path)
    trained = Heads.load(tmp_path)
    label = label_turns(encoder, trained, ["can i have your postcode please"], ["agent"])[0]
    assert label.sentiment is not None
    assert label.sentiment.label == "neutral"
