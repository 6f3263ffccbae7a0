from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cintel import models
from cintel.errors import ModelError
from cintel.language.encoder import Encoder
from cintel.language.heads import LINE_HEADS, WEIGHTS, Head, Heads, beside
from cintel.language.labels import label_turns

CALM = [
    ("agent", "Good morning, Lakeside Clinic, how can I help?"),
    ("customer", "hi i'd like to book a checkup please"),
    ("agent", "Of course, Tuesday at ten is free."),
    ("customer", "oh that's perfect thank you so much you've been wonderful"),
]
UPSET = [
    ("agent", "Thank you for calling, how can I help?"),
    ("customer", "this is the third time i'm calling and nobody ever does anything"),
    ("agent", "I have no record of that."),
    ("customer", "you people are useless i'm furious and i'm cancelling everything"),
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(models.resolve("minilm"))


@pytest.fixture(scope="module")
def heads() -> Heads:
    return Heads.load()


def test_a_head_is_one_matrix_and_a_temperature() -> None:
    weight, bias = np.array([[2.0, 0.0]], np.float32), np.array([0.0, 1.0], np.float32)
    head = Head(("yes", "no"), weight, bias, 2.0, (0.0,))
    features = np.array([[3.0], [0.5]], dtype=np.float32)
    assert head.logits(features).tolist() == [[3.0, 0.5], [0.5, 0.5]]
    assert head.probabilities(features)[1].tolist() == [0.5, 0.5]


def test_inputs_are_states_and_who_speaks() -> None:
    states = np.full((3, 2), 7, np.float32)
    assert beside(states, ["agent", "unknown", "customer"]).tolist() == [
        [7, 7, 1, 0],
        [7, 7, 0, 0],
        [7, 7, 0, 1],
    ]
    assert beside(states, ()).tolist() == [[7, 7, 0, 0]] * 3


def test_weights_are_small_and_carry_a_card() -> None:
    sizes = {path.name: path.stat().st_size for path in WEIGHTS.glob("*.safetensors")}
    assert set(sizes) == {"encoder.safetensors", "heads.safetensors", "satisfaction.safetensors"}
    assert sum(sizes.values()) < 50_000_000
    assert "SGD" in (WEIGHTS / "MODEL_CARD.md").read_text(encoding="utf-8")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"heads\.safetensors"):
        Heads.load(tmp_path)


def test_a_file_that_is_no_head_is_named(tmp_path: Path) -> None:
    (tmp_path / "heads.safetensors").write_bytes(b"not tensors")
    with pytest.raises(ModelError, match=r"heads\.safetensors"):
        Heads.load(tmp_path)


@pytest.mark.models
def test_probabilities_sum_to_one(encoder: Encoder, heads: Heads) -> None:
    texts = ["where is my order", "can i take your postcode"]
    found = heads.predict(encoder.read(texts).states, ["customer", "agent"])
    assert set(found) == set(LINE_HEADS)
    for name, rows in found.items():
        assert rows.shape == (2, len(heads.labels[name]))
        assert rows.sum(axis=1) == pytest.approx(1, abs=1e-5)


@pytest.mark.models
@pytest.mark.parametrize(
    "line",
    [
        "Can I have your date of birth please?",
        "can i have your date of birth please",
        "May I place you on a brief hold?",
        "what is the postcode",
        "Thank you for calling, how may I help you today?",
        "please read me the last four digits of the card",
        "so that's four four one nine",
    ],
)
def test_procedure_is_neutral(encoder: Encoder, heads: Heads, line: str) -> None:
    sentiment = label_turns(encoder, heads, [line], ["agent"])[0].sentiment
    assert sentiment is not None
    assert sentiment.label == "neutral"


@pytest.mark.models
@pytest.mark.parametrize(
    ("line", "sentiment", "emotions"),
    [
        ("i've told you people this three times already", "negative", {"frustration", "anger"}),
        ("this is outrageous i'm absolutely furious", "negative", {"anger"}),
        ("i'm really scared all my savings are gone", "negative", {"anxiety"}),
        ("thank you so much you've been so helpful", "positive", {"gratitude"}),
        ("that's brilliant i'm really pleased", "positive", {"satisfaction"}),
        ("oh that's a shame i expected better", "negative", {"disappointment"}),
        ("sorry i don't understand what that means", "neutral", {"confusion"}),
        ("it's four four one two seven", "neutral", {"neutral"}),
    ],
)
def test_feelings(
    encoder: Encoder, heads: Heads, line: str, sentiment: str, emotions: set[str]
) -> None:
    label = label_turns(encoder, heads, [line], ["customer"])[0]
    assert label.sentiment is not None
    assert label.emotion is not None
    assert label.sentiment.label == sentiment
    assert label.emotion.label in emotions


@pytest.mark.models
def test_only_customers_have_intents(encoder: Encoder, heads: Heads) -> None:
    text = "i've lost my bank card and need to block it"
    agent, customer = label_turns(encoder, heads, [text, text], ["agent", "customer"])
    assert agent.intents == ()
    assert customer.intents[0].name == "card.lost_or_stolen"


@pytest.mark.models
@pytest.mark.parametrize("text", ["", " ", "…", "\x00"])
def test_nothing_said_has_no_labels(encoder: Encoder, heads: Heads, text: str) -> None:
    label = label_turns(encoder, heads, [text], ["customer"])[0]
    assert (label.sentiment, label.emotion, label.act, label.intents) == (None, None, None, ())


@pytest.mark.models
def test_roles_must_match_texts(encoder: Encoder, heads: Heads) -> None:
    with pytest.raises(ValueError, match="2 texts but 1 roles"):
        label_turns(encoder, heads, ["hello", "hi"], ["agent"])


@pytest.mark.models
def test_what_a_side_says_tells_who_it_is(encoder: Encoder, heads: Heads) -> None:
    for turns in (CALM, UPSET):
        texts = [text for _, text in turns]
        odds = heads.role_logits(encoder.read(texts).states)
        assert odds[0] + odds[2] > odds[1] + odds[3] + 1


ODD = {
    "ten thousand words": "my card was stolen " * 2500,
    "emoji": "😡😡😡 🤬",
    "another language": "Mi tarjeta no funciona y nadie me ayuda, 我的卡丢了",
    "control characters": "my\x00 card\x07 is \x1b[31mgone\u202e",
    "half a surrogate pair": "my card \ud83d is gone".encode("utf-8", "replace").decode(),
    "one letter": "k",
}


@pytest.mark.models
@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_odd_turns_have_labels_or_none(encoder: Encoder, heads: Heads, text: str) -> None:
    labels = label_turns(encoder, heads, [text, "where is my order"], ["customer", "customer"])
    spoken = any(character.isalnum() for character in text)
    assert [item.sentiment is not None for item in labels] == [spoken, True]
    assert all(0 <= move.score <= 1 for item in labels for move in item.moves)
