from __future__ import annotations

import base64
import re
from dataclasses import replace
from pathlib import Path

import pytest

import cintel.dashboard
from cintel.conversation import Acoustics, Analysis, PiiSpan, Turn, Word
from cintel.dashboard import palette, player
from cintel.dashboard.audio import Clip


def _turn(text: str, *words: Word) -> Turn:
    return Turn(0, "customer", "S1", 0.0, 2.0, text, words)


def test_pieces_are_cut_at_words_and_personal_data() -> None:
    turn = _turn(
        "It is Karen Mitchell.",
        Word("It", 0.0, 0.2, 0.9),
        Word(" is", 0.2, 0.4, 0.4),
        Word("Karen", 0.5, 0.8, 0.9),
        Word("Mitchell.", 0.8, 1.4, 0.9),
    )
    assert player.pieces(turn, (PiiSpan("person", 6, 20),)) == [
        ("It", 0.0, 0, None),
        (" ", None, 0, None),
        ("is", 0.2, 1, None),
        (" ", None, 0, None),
        ("Karen", 0.5, 0, "person"),
        (" ", None, 0, "person"),
        ("Mitchell", 0.8, 0, "person"),
        (".", 0.8, 0, None),
    ]


def test_pieces_without_words_and_words_that_are_not_in_the_text() -> None:
    assert player.pieces(_turn("Hello there"), ()) == [("Hello there", None, 0, None)]
    odd = _turn("five hundred", Word("500", 0.0, 1.0), Word("hundred", 1.0, 1.5))
    assert player.pieces(odd, ()) == [("five ", None, 0, None), ("hundred", 1.0, 0, None)]
    assert player.pieces(_turn(""), ()) == []


def test_pieces_together_are_the_text(analyses: list[Analysis]) -> None:
    for analysis in analyses:
        for turn, labels in zip(analysis.conversation.turns, analysis.labels, strict=True):
            cut = player.pieces(turn, labels.pii)
            assert "".join(piece[0] for piece in cut) == turn.text


def test_payload_carries_sound_turns_and_marks(analyses: list[Analysis]) -> None:
    made = analyses[0]
    heard = replace(made, acoustics=Acoustics(music=((1.0, 2.0),)))
    value = player.payload(heard, [], Clip(b"sound", "audio/mpeg"), "")
    assert base64.b64decode(value["audio"]["base64"]) == b"sound"
    assert value["key"] == f"{made.id} 5"
    assert value["duration"] == made.conversation.duration
    assert [turn["index"] for turn in value["turns"]] == list(range(10))
    assert value["turns"][1]["name"] == "Customer"
    assert value["turns"][0]["frustration"] is None
    assert ("overtalk", "Overtalk", 12.0, 12.6) in value["marks"]
    assert value["marks"][-1] == ("music", "Music", 1.0, 2.0)
    assert value["personal"] is True
    peak = made.frustration.peak_turn
    assert peak is not None
    assert value["peak"] == made.conversation.turns[peak].start


def test_payload_without_sound_says_why(analyses: list[Analysis]) -> None:
    value = player.payload(analyses[1], [], None, "It is gone.")
    assert value["audio"] is None
    assert value["notice"] == "It is gone."
    assert [kind for kind, _ in value["legend"]] == ["silence", "dead_air", "hold", "overtalk"]
    assert value["legend"][-1] == ("overtalk", "Overtalk 1 (0.6 s)")


@pytest.mark.parametrize(
    ("name", "color"),
    [("agent", palette.AGENT), ("customer", palette.CUSTOMER), ("system", palette.SYSTEM),
     ("negative", palette.NEGATIVE), ("neutral", palette.NEUTRAL), ("positive", palette.POSITIVE),
     ("frustration", palette.FRUSTRATION)],
)  # fmt: skip
def test_the_style_sheet_has_the_colours_of_the_palette(name: str, color: str) -> None:
    sheet = Path(cintel.dashboard.__file__).with_name("web") / "player.css"
    found = re.search(rf"--{name}: (#\w+);", sheet.read_text())
    assert found is not None
    assert found[1].upper() == color


def test_nothing_of_the_player_comes_from_the_network() -> None:
    for file in Path(cintel.dashboard.__file__).with_name("web").iterdir():
        links = re.findall(r"https?://\S+", file.read_text())
        assert [link for link in links if "www.w3.org/2000/svg" not in link] == []
