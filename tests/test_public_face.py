from __future__ import annotations

import subprocess
import sys

import pytest

import cintel

FACE = [
    "Analysis",
    "Analyzer",
    "CintelError",
    "Conversation",
    "Evaluation",
    "Labels",
    "Metrics",
    "Recording",
    "Settings",
    "Store",
    "Turn",
    "Word",
    "__version__",
    "to_frame",
    "to_turns_frame",
]
HEAVY = {
    "torch",
    "transformers",
    "streamlit",
    "pandas",
    "plotly",
    "sklearn",
    "faster_whisper",
    "pyannote.audio",
}


def _loaded_after(code: str) -> set[str]:
    script = f"{code}\nimport sys\nprint('LOADED', *sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.rpartition("LOADED")[2].split())


def test_the_public_face_is_sorted_and_only_ever_grows() -> None:
    assert cintel.__all__ == sorted(cintel.__all__)
    assert set(FACE) <= set(cintel.__all__)


def test_every_public_name_can_be_imported_and_is_listed() -> None:
    for name in cintel.__all__:
        assert getattr(cintel, name) is not None
    assert dir(cintel) == cintel.__all__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Analyser'"):
        _ = cintel.Analyser


def test_import_cintel_loads_nothing_heavy() -> None:
    assert not _loaded_after("import cintel") & HEAVY


def test_the_command_s_help_loads_nothing_heavy() -> None:
    help_text = (
        "import sys\nsys.argv = ['cintel', '--help']\n"
        "from cintel.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code"
    )
    assert not _loaded_after(help_text) & HEAVY


def test_making_an_analyzer_loads_no_model_library() -> None:
    assert not _loaded_after("import cintel\ncintel.Analyzer()") & HEAVY
