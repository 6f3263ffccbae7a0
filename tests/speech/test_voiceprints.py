from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cintel import models
from cintel.errors import SettingsError
from cintel.speech.voiceprints import (
    DIMENSION,
    MARGIN,
    SCHEMA,
    THRESHOLD,
    Match,
    Vector,
    Voiceprint,
    Voiceprints,
    load,
    save,
    similarity,
    unit,
)


def axes(*shares: float) -> Vector:
    """A vector with these first numbers."""
    return (*shares, *[0.0] * (DIMENSION - len(shares)))


def at(cosine: float, axis: int = 1) -> Vector:
    """A vector of length one with this cosine to the first axis, leaning to another."""
    rest = [0.0] * DIMENSION
    rest[0], rest[axis] = cosine, (1 - cosine**2) ** 0.5
    return tuple(rest)


def voiceprint(agent: str, vector: Vector, seconds: float = 20.0) -> Voiceprint:
    return Voiceprint(agent, vector, seconds, (f"{agent} call",), "2026-11-03")


KIM = voiceprint("kim", axes(1.0))
LEE = voiceprint("lee", axes(0.0, 1.0))
BOTH = Voiceprints((KIM, LEE))


def test_unit_vectors_and_their_cosine() -> None:
    assert unit([3.0, 4.0]) == (0.6, 0.8)
    assert similarity((0.6, 0.8), (1.0, 0.0)) == 0.6


def test_recordings_weigh_by_their_seconds() -> None:
    more = Voiceprint("kim", axes(0.0, 1.0), 60.0, ("b",), "2026-11-04")
    joined = KIM.joined(more)
    assert joined.vector[:3] == (0.316228, 0.948683, 0.0)  # (20, 60) scaled to length one
    assert (joined.seconds, joined.updated) == (80.0, "2026-11-04")
    assert joined.recordings == ("kim call", "b")


def test_an_agent_has_one_print() -> None:
    newer = replace(KIM, seconds=50.0)
    assert BOTH.put(newer).prints == (newer, LEE)
    assert BOTH.of("lee") is LEE
    assert BOTH.without("lee").prints == (KIM,)
    assert BOTH.without("lee").of("lee") is None


@pytest.mark.parametrize(("cosine", "named"), [(THRESHOLD + 0.01, True), (THRESHOLD - 0.01, False)])
def test_a_voice_is_known_above_the_threshold(cosine: float, named: bool) -> None:
    found = Voiceprints((KIM,)).match({"A": at(cosine, axis=5)})
    assert found == ([Match("A", "kim", round(cosine, 3))] if named else [])


def test_a_voice_between_two_agents_is_nobody() -> None:
    twin = voiceprint("twin", unit(axes(0.96, 0.28)))
    apart = similarity(KIM.vector, twin.vector)
    assert 1 - apart < MARGIN
    assert Voiceprints((KIM, twin)).match({"A": KIM.vector}) == []
    assert Voiceprints((KIM,)).match({"A": KIM.vector}) == [Match("A", "kim", 1.0)]


def test_a_print_never_has_two_speakers() -> None:
    near, far = at(0.97, axis=3), at(0.90, axis=4)
    assert BOTH.match({"A": far, "B": near}) == [Match("B", "kim", 0.97)]
    assert BOTH.match({"A": at(0.93, axis=4), "B": near}) == []


def test_two_agents_of_one_call_come_with_the_surest_first() -> None:
    voices = {"A": at(0.9, axis=7), "B": LEE.vector, "C": axes(0.0, 0.0, 1.0)}
    assert BOTH.match(voices) == [Match("B", "lee", 1.0), Match("A", "kim", 0.9)]


def test_nothing_to_compare_is_no_match() -> None:
    assert Voiceprints().match({"A": KIM.vector}) == []
    assert BOTH.match({}) == []


def test_the_fingerprint_follows_ids_and_vectors() -> None:
    same = Voiceprints((replace(KIM, updated="2027-01-01"), LEE))
    assert same.fingerprint == BOTH.fingerprint
    assert BOTH.without("lee").fingerprint != BOTH.fingerprint
    moved = Voiceprints((replace(KIM, vector=axes(0.0, 0.0, 1.0)), LEE))
    assert moved.fingerprint != BOTH.fingerprint


def test_a_file_gives_back_what_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "voices.json"
    path.write_text("older")
    path.chmod(0o644)
    save(BOTH, path)
    assert load(path) == BOTH
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["voices.json"]
    value = json.loads(path.read_text())
    assert (value["schema"], value["model"]) == (SCHEMA, "campplus")
    assert value["sha256"] == models.find("campplus").sha256


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(tmp_path / "voices.json")
    save(BOTH, link)
    assert link.is_symlink()
    assert load(tmp_path / "voices.json") == BOTH


def test_where_nothing_can_be_written_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none/v\.json: cannot be written \(No such file"):
        save(BOTH, tmp_path / "none" / "v.json")


def _agent(**fields: Any) -> dict[str, Any]:
    kim = {
        "agent_id": "kim", "vector": KIM.vector, "seconds": 20.0, "recordings": ["a"],
        "updated": "2026-11-03",
    }  # fmt: skip
    return {**kim, **fields}


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "schema": ({"schema": "cintel.voices/2"}, r"has schema 'cintel\.voices/2', this version reads"),
    "model": ({"model": "ecapa"}, r"holds voices of 'ecapa', .* compares 'campplus'.* Enrol the"),
    "weights": ({"sha256": "0" * 64}, r"holds voices of 'campplus', 000000000000; .* Enrol the ag"),
    "no agents": ({"agents": None}, r"field agents: "),
    "no vector": ({"agents": [{"agent_id": "kim"}]}, r"field agents\.0\.vector: Field required"),
    "text": ({"agents": [_agent(vector=["x"])]}, r"field agents\.0\.vector\.0: "),
    "length": ({"agents": [_agent(vector=axes(0.5))]}, r"agent kim: vector is not 192 numbers"),
    "short": ({"agents": [_agent(vector=[1.0])]}, r"agent kim: vector is not 192 numbers of len"),
    "not a number": ({"agents": [_agent(vector=axes(float("nan")))]}, r"agent kim: vector is not"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, fault: str) -> None:
    path = tmp_path / "v.json"
    save(Voiceprints((KIM,)), path)
    changed, message = FAULTS[fault]
    path.write_text(json.dumps({**json.loads(path.read_text()), **changed}))
    with pytest.raises(SettingsError, match=rf"v\.json: {message}"):
        load(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"v\.json: cannot be read \(No such file or directory\)\. Name a file that"),
        ("not json", r"v\.json: is not JSON \(.*line 1"),
        ("[]", r"v\.json: has schema None"),
    ],
)
def test_what_is_no_file_of_voiceprints_is_named(
    tmp_path: Path, content: str | None, message: str
) -> None:
    path = tmp_path / "v.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SettingsError, match=message):
        load(path)
