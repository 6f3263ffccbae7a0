from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cintel.errors import SettingsError
from cintel.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CINTEL_{name.upper()}", raising=False)


def test_defaults() -> None:
    settings = load_settings()
    assert (settings.device, settings.asr, settings.speakers) == ("auto", "whisper-base", None)
    assert settings.store == "sqlite:///cintel.db"


def test_an_argument_beats_the_environment_and_that_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cintel.toml").write_text('asr = "file"\nlanguage = "fr"\nthreads = 3\n')
    monkeypatch.setenv("CINTEL_ASR", "environment")
    monkeypatch.setenv("CINTEL_LANGUAGE", "de")
    settings = load_settings(asr="argument")
    assert (settings.asr, settings.language, settings.threads) == ("argument", "de", 3)


def test_none_counts_as_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CINTEL_SPEAKERS", "3")
    assert load_settings(speakers=None).speakers == 3


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"device": "gpu"}, "setting device: Input should be 'auto', 'cpu' or 'cuda'"),
        ({"speakers": 0}, "setting speakers: Input should be greater than or equal to 1"),
        ({"speakers": 9}, r"\(got 9\). Correct its value"),
        ({"threads": -1}, "setting threads"),
        ({"modle": "x"}, "modle: is not a setting. Known settings: asr, device"),
    ],
)
def test_a_value_that_cannot_work_is_named(given: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        load_settings(**given)


def test_a_bad_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CINTEL_SPEAKERS", "many")
    with pytest.raises(SettingsError, match=r"setting speakers: .*\(got 'many'\)"):
        load_settings()


def test_an_unknown_name_in_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "cintel.toml").write_text("speeker = 2\n")
    with pytest.raises(SettingsError, match="speeker: is not a setting"):
        load_settings()


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "cintel.toml").write_text("speakers = = 2\n")
    with pytest.raises(SettingsError, match=r"^cintel\.toml: .*line 1.*Correct the file"):
        load_settings()


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().asr = "other"  # type: ignore[misc]


def test_the_digest_follows_what_changes_a_result() -> None:
    plain = load_settings().digest("1")
    assert len(plain) == 12
    assert load_settings().digest("1") == plain
    for same in (
        {"device": "cpu"},
        {"threads": 2},
        {"store": "sqlite:///other.db"},
        {"voices": "v.json"},
    ):
        assert load_settings(**same).digest("1") == plain
    for other in ({"asr": "x"}, {"language": "de"}, {"speakers": 3}, {"scorecard": "s.yaml"}):
        assert load_settings(**other).digest("1") != plain
    assert load_settings().digest("2") != plain
