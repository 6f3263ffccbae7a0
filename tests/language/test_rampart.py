from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from cintel import models
from cintel.errors import ModelError
from cintel.language.rampart import OVERLAP, WINDOW, Rampart, _starts


def test_windows_cover_every_piece_and_overlap() -> None:
    assert _starts(0) == []
    assert _starts(WINDOW) == [0]
    for length in (WINDOW + 1, 1000, 4096):
        starts = _starts(length)
        assert starts[-1] + WINDOW >= length
        assert all(later - earlier == WINDOW - OVERLAP for earlier, later in pairwise(starts))


def test_a_folder_without_the_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"is not the rampart model .*cintel models pull rampart"):
        Rampart(tmp_path)


@pytest.fixture(scope="module")
def rampart() -> Rampart:
    return Rampart(models.resolve("rampart"))


def tagged(rampart: Rampart, text: str) -> list[tuple[str, str]]:
    return [(span.type, text[span.start : span.end]) for span in rampart.tag([text])[0]]


@pytest.mark.models
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("this is daniel foster calling about my card", [("name", "daniel foster")]),
        ("Yes, it's Priya Raman.", [("name", "Priya Raman")]),
        ("yes i live at 24 acacia avenue leeds", [("address", "24 acacia avenue leeds")]),
        ("goethestrasse 12 in munich", [("address", "goethestrasse 12 in munich")]),
        ("Send it to 5 Rue Garneau Apt. 7, Quebec", [("address", "5 Rue Garneau Apt. 7, Quebec")]),
        (
            "it goes to 7 oak lane flat 2 lyon france",
            [("address", "7 oak lane flat 2 lyon france")],
        ),
        ("Please deliver it to Törneby 2", [("address", "Törneby 2")]),
        ("my neighbour peter holm at number 9", [("name", "peter holm")]),
        ("is the traffic backed up at the closest circle k", []),
        ("lovely thank you that has gone through", []),
        ("the store closes at 4 on sundays", []),
        ("we moved here from springfield", []),
        ("can i have your date of birth please", []),
    ],
)
def test_names_and_addresses(rampart: Rampart, text: str, expected: list[tuple[str, str]]) -> None:
    assert tagged(rampart, text) == expected


@pytest.mark.models
def test_texts_keep_their_order_whatever_their_length(rampart: Rampart) -> None:
    short, long = "my name is daniel foster", "well you know " * 900 + "my name is daniel foster"
    one, two, three, none = rampart.tag([long, "", short, "okay"])
    assert [long[span.start : span.end] for span in one] == ["daniel foster"]
    assert [short[span.start : span.end] for span in three] == ["daniel foster"]
    assert (two, none) == ((), ())


@pytest.mark.models
@pytest.mark.parametrize(
    "text", ["", " ", "😀🎉" * 50, "\x00\x01\x1f", "我的名字是", "مرحبا", "a" * 9000]
)
def test_any_text_is_read(rampart: Rampart, text: str) -> None:
    assert all(0 <= span.start < span.end <= len(text) for span in rampart.tag([text])[0])


@pytest.mark.models
@pytest.mark.parametrize("text", ["Hello, um, I'd like to cancel.", "Uh, hi, erm, about my bill."])
def test_fillers_are_no_names(rampart: Rampart, text: str) -> None:
    assert rampart.tag([text]) == [()]
