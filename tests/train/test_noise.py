from __future__ import annotations

import random

from pipelines.train import noise


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
