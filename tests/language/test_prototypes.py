from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cintel import Analyzer, models
from cintel.conversation import Intent, Labels, Scored
from cintel.errors import SettingsError
from cintel.language.encoder import Encoder
from cintel.language.prototypes import Prototypes, read_prototypes

OWN = """\
parking.permit:
  - i need a parking permit for my street
  - how do i renew my resident permit
  - where can i get a permit to park
waste.pickup:
  - when is the bin collected
  - my trash was not picked up
  - the recycling truck skipped our house
"""
LABELLED = Labels(
    Scored("neutral", 0.0), Scored("neutral", 0.9), intents=(Intent("order.status", 0.9, 0),)
)


def unit(*rows: tuple[float, float, float]) -> np.ndarray:
    found = np.array(rows, dtype=np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


EXAMPLES = Prototypes(
    ("left", "left", "up", "up"),
    ("to the left", "left a bit", "upwards", "up a bit"),
    unit((1, 0.2, 0), (1, -0.2, 0), (0, 1, 0.2), (0, 1, -0.2)),
)


def test_a_line_has_the_intent_of_the_examples_around_it_and_names_the_nearest() -> None:
    first, second = EXAMPLES.match(unit((1, 0.3, 0), (0.1, 1, -0.3)), [4, 7])
    assert first == (Intent("left", pytest.approx(0.9956, abs=1e-4), 4, "to the left"),)
    assert [(found.name, found.turn, found.example) for found in second] == [("up", 7, "up a bit")]


def test_a_line_that_is_like_no_example_has_no_intent() -> None:
    assert EXAMPLES.match(unit((0, 0, 1), (-1, -1, 0)), [0, 1]) == [(), ()]


def test_a_direction_in_which_examples_differ_counts_less() -> None:
    wide = Prototypes(
        ("a", "a", "b", "b"), ("1", "2", "3", "4"),
        np.array([(0, 5, 0), (0, -5, 0), (1, 5, 0), (1, -5, 0)], np.float32),
    )  # fmt: skip
    scores = wide.scores(np.array([(0.6, -4, 0), (0.4, 4, 0)], np.float32))
    assert [wide.kinds[k] for k in scores.argmax(axis=1)] == ["b", "a"]


def test_examples_that_do_not_differ_still_part() -> None:
    single = Prototypes(("a", "b"), ("1", "2"), unit((1, 0, 0), (0, 1, 0)))
    assert [found[0].name for found in single.match(unit((2, 1, 0), (1, 2, 0)), [0, 1])] == [
        "a",
        "b",
    ]


def test_own_intents_take_the_place_of_others_and_agents_have_none() -> None:
    vectors = unit((1, 0, 0), (1, 0, 0), (0, 0, 1), (1, 0, 0))
    labels = [LABELLED, LABELLED, LABELLED, Labels()]
    found = EXAMPLES.relabel(labels, vectors, ["customer", "agent", "customer", "customer"])
    assert [[intent.name for intent in item.intents] for item in found] == [["left"], [], [], []]
    assert found[0].emotion == LABELLED.emotion


@pytest.mark.models
def test_own_intents_need_no_training(tmp_path: Path) -> None:
    path = tmp_path / "intents.yaml"
    path.write_text(OWN, encoding="utf-8")
    analyzer = Analyzer(device="cpu", intents=path)
    lines = ["they did not collect our garbage", "can i get a parking permit", "my name is anna"]
    waste, permit, name = analyzer.label(lines, role="customer")
    assert [intent.name for intent in waste.intents] == ["waste.pickup"]
    assert permit.intents[0].name == "parking.permit"
    assert permit.intents[0].example == "i need a parking permit for my street"
    assert permit.intents[0].score > 0.5
    assert name.intents == ()
    assert analyzer.label(lines[:1], role="agent")[0].intents == ()


@pytest.mark.models
@pytest.mark.parametrize(
    "content", ["", "- a list", "permit: []", "permit: [1]", "a: [b\n", "a: [b, c]"]
)
def test_a_bad_intent_file_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "intents.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"intents\.yaml"):
        read_prototypes(path, Encoder(models.resolve("minilm")))


def test_a_missing_intent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="intents"):
        Analyzer(intents=tmp_path / "none.yaml")


def test_the_digest_follows_the_content_of_the_intents(tmp_path: Path) -> None:
    path = tmp_path / "intents.yaml"
    path.write_text(OWN, encoding="utf-8")
    before = Analyzer(device="cpu", intents=path).weights["intents"]
    path.write_text(OWN.replace("trash", "rubbish"), encoding="utf-8")
    assert Analyzer(device="cpu", intents=path).weights["intents"] != before
