from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from cintel.conversation import Conversation
from cintel.errors import InputError, SettingsError
from cintel.ingest.metadata import Metadata, apply, content_hash, conversation_id, read_metadata

PATTERN = "{agent_id}_{customer_id}_{started_at:%Y%m%d-%H%M%S}_{queue}"


def test_filename_pattern(tmp_path: Path) -> None:
    assert read_metadata(tmp_path / "a17_c9_20261103-101502_billing-uk.wav", PATTERN) == Metadata(
        "a17", "c9", "billing-uk", "2026-11-03T10:15:02"
    )


@pytest.mark.parametrize("name", ["a17_c9_billing.wav", "a_c_20261399-101502_q.wav"])
def test_a_name_that_does_not_fit_is_a_warning(tmp_path: Path, name: str) -> None:
    found = read_metadata(tmp_path / name, PATTERN)
    assert found == Metadata(warnings=(f"the file name does not fit the pattern {PATTERN}",))


def test_skipped_parts(tmp_path: Path) -> None:
    found = read_metadata(tmp_path / "rec_x1_a17_final.wav", "{_}_{_}_{agent_id}_{_}")
    assert found == Metadata(agent_id="a17")


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("{agent}_{queue}", r"\{agent\} is unknown"),
        ("{queue}_{queue}", r"\{queue\} is doubled"),
        ("{agent_id}{queue}", "nothing stands between"),
        ("{started_at:%Q}", "'%Q' is not made of"),
        ("{agent_id", "expected '}'"),
    ],
)
def test_bad_patterns(tmp_path: Path, pattern: str, fault: str) -> None:
    with pytest.raises(SettingsError, match=fault):
        read_metadata(tmp_path / "a.wav", pattern)


def test_sidecar_over_table_over_name(tmp_path: Path) -> None:
    path = tmp_path / "a17_c9_20261103-101502_billing.wav"
    (tmp_path / f"{path.stem}.meta.json").write_text('{"agent_id": 42, "vip": true}')
    (tmp_path / "metadata.csv").write_text(
        f"file,agent_id,customer_id,team\n{path.name},zz,c-77,north\nother.wav,yy,,south\n"
    )
    assert read_metadata(path, PATTERN) == Metadata(
        "42", "c-77", "billing", "2026-11-03T10:15:02", {"vip": True, "team": "north"}
    )
    assert read_metadata(tmp_path / "other.wav") == Metadata("yy", extra={"team": "south"})
    assert read_metadata(tmp_path / "third.wav") == Metadata()


def test_the_longer_sidecar_name_comes_first(tmp_path: Path) -> None:
    (tmp_path / "a.wav.meta.json").write_text('{"queue": "sales"}')
    (tmp_path / "a.meta.json").write_text('{"queue": "help"}')
    assert read_metadata(tmp_path / "a.wav").queue == "sales"
    assert read_metadata(tmp_path / "a.mp3").queue == "help"


def test_a_changed_table_is_read_anew(tmp_path: Path) -> None:
    table = tmp_path / "metadata.csv"
    table.write_text("file,queue\na.wav,one\n")
    assert read_metadata(tmp_path / "a.wav").queue == "one"
    table.write_text("file,queue\na.wav,two\n")
    os.utime(table, ns=(1, 1))
    assert read_metadata(tmp_path / "a.wav").queue == "two"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a JSON object"),
        ('{"agent_id": ["x"]}', "field agent_id: .* is not text"),
        ('{"started_at": "last week"}', "field started_at: 'last week' is not a date"),
    ],
)
def test_bad_sidecars_name_file_and_field(tmp_path: Path, content: str, fault: str) -> None:
    sidecar = tmp_path / "a.meta.json"
    sidecar.write_text(content)
    with pytest.raises(InputError, match=fault) as caught:
        read_metadata(tmp_path / "a.wav")
    assert caught.value.where == str(sidecar)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("name,queue\na.wav,x\n", "has no column 'file'"),
        ("file,queue\na.wav,x\na.wav,y\n", "line 3: names a.wav a second time"),
        ("file,started_at\na.wav,soon\n", "line 2: field started_at: 'soon'"),
    ],
)
def test_bad_tables(tmp_path: Path, content: str, fault: str) -> None:
    (tmp_path / "metadata.csv").write_text(content)
    with pytest.raises(InputError, match=fault):
        read_metadata(tmp_path / "a.wav")


def test_apply_keeps_what_is_not_known() -> None:
    chat = Conversation(
        "i", "chat", "s", 0.0, agent_id="old", metadata={"timed": True, "warnings": ["w"]}
    )
    applied = apply(chat, Metadata(queue="q", extra={"team": "t"}, warnings=("v",)))
    assert (applied.agent_id, applied.queue) == ("old", "q")
    assert applied.metadata == {"timed": True, "team": "t", "warnings": ["w", "v"]}
    assert apply(chat, Metadata(agent_id="new")).agent_id == "new"
    assert chat.metadata["warnings"] == ["w"]


def test_ids(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"abc")
    assert content_hash(path) == hashlib.sha256(b"abc").hexdigest()
    assert conversation_id("ab", "c") == hashlib.sha256(b"abc").hexdigest()[:16]
    assert conversation_id("ab", "c") != conversation_id("ab", "d")
