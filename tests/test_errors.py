from __future__ import annotations

import inspect
import pickle
from pathlib import Path

import pytest

from cintel import errors
from cintel.errors import (
    AudioError,
    CintelError,
    InputError,
    MissingExtraError,
    ScorecardError,
    SettingsError,
    TranscriptError,
    UsageError,
)


def test_the_message_says_where_what_and_what_to_do() -> None:
    error = AudioError(Path("calls/a.wav"), "is empty (0 bytes)", "Export the recording again")
    assert str(error) == "calls/a.wav: is empty (0 bytes). Export the recording again"
    assert (error.where, error.fault) == ("calls/a.wav", "is empty (0 bytes)")
    assert error.remedy == "Export the recording again"


def test_without_a_remedy_the_message_ends_with_the_fault() -> None:
    assert str(CintelError("a", "is wrong")) == "a: is wrong"


def test_a_missing_extra_names_the_line_to_type() -> None:
    assert str(MissingExtraError("openpyxl", "export")) == (
        'openpyxl: is not installed. Install it with: pip install "cintel[export]"'
    )


@pytest.mark.parametrize(
    ("child", "parent"),
    [
        (UsageError, CintelError),
        (SettingsError, UsageError),
        (ScorecardError, UsageError),
        (MissingExtraError, UsageError),
        (InputError, CintelError),
        (AudioError, InputError),
        (TranscriptError, InputError),
        (errors.ModelError, CintelError),
        (errors.StoreError, CintelError),
    ],
)
def test_the_tree(child: type, parent: type) -> None:
    assert child.__bases__ == (parent,)


def test_every_class_stands_in_the_drawn_tree() -> None:
    classes = [name for name, value in vars(errors).items() if inspect.isclass(value)]
    named = [name for name in classes if name.endswith("Error")]
    assert len(named) == 11
    for name in named:
        assert name in (errors.__doc__ or "")


@pytest.mark.parametrize(
    "error",
    [AudioError("a.wav", "is empty", "Export it"), MissingExtraError("openpyxl", "export")],
)
def test_an_error_survives_the_way_back_from_a_worker_process(error: CintelError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
