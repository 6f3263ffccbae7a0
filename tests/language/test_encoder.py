from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cintel import models
from cintel.errors import ModelError
from cintel.language.encoder import MAX_TOKENS, Encoder

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(models.resolve("minilm"))


def test_vectors_are_unit_length_and_in_the_order_of_the_texts(encoder: Encoder) -> None:
    texts = ["a much longer line about a late parcel and a refund", "hi", "my card is lost"]
    vectors = encoder.encode(texts)
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    for text, vector in zip(texts, vectors, strict=True):
        assert encoder.encode([text])[0] @ vector == pytest.approx(1, abs=1e-5)


def test_like_meanings_are_near(encoder: Encoder) -> None:
    card, purse, weather = encoder.encode(
        ["i lost my bank card", "my debit card is missing", "it rains a lot in april"]
    )
    assert card @ purse > card @ weather + 0.3


def test_the_same_texts_give_the_same_bytes(encoder: Encoder) -> None:
    texts = [f"line number {index}" for index in range(40)]
    assert np.array_equal(encoder.encode(texts), encoder.encode(texts))


def test_no_text_gives_no_rows(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


@pytest.mark.parametrize("text", ["", "\x00\x07", "🙂" * 50, "привет как дела", "word " * 10_000])
def test_odd_texts_have_finite_vectors(encoder: Encoder, text: str) -> None:
    assert np.isfinite(encoder.encode([text])).all()


def test_what_lies_beyond_the_longest_input_does_not_count(encoder: Encoder) -> None:
    start = "refund " * MAX_TOKENS
    short, long = encoder.encode([start, start + "and another matter"])
    assert short == pytest.approx(long, abs=1e-6)


def test_a_folder_that_is_no_encoder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"has no tokenizer\.json"):
        Encoder(tmp_path)
    (tmp_path / "tokenizer.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match=r"config\.json: is missing"):
        Encoder(tmp_path)
