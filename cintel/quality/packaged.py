"""The scorecards that ship with cintel, and the text of any scorecard that is named."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from cintel.errors import ScorecardError

_PACKAGED = files("cintel.quality") / "scorecards"


def shelf() -> tuple[str, ...]:
    """The names of the packaged scorecards, sorted."""
    return tuple(sorted(item.name.removesuffix(".yaml") for item in _PACKAGED.iterdir()))


def text_of(path_or_name: str | Path) -> tuple[str, str]:
    """The YAML of a file or of a packaged scorecard, and what errors call it.

    Raises:
        ScorecardError: there is no such file or name, or it is not UTF-8.
    """
    path = Path(path_or_name)
    if not path.exists():
        if str(path_or_name) not in shelf():
            raise ScorecardError(
                path_or_name,
                "is neither a file nor the name of a packaged or published scorecard",
                f"Give the path of a YAML file or one of: {', '.join(shelf())}",
            )
        name = f"{path_or_name}.yaml"
        return (_PACKAGED / name).read_text(encoding="utf-8"), name
    try:
        return path.read_bytes().decode("utf-8"), str(path)
    except UnicodeDecodeError as error:
        raise ScorecardError(path, "is not text", "Save it as UTF-8 text") from error
    except OSError as error:
        fault = f"cannot be read ({error.strerror})"
        raise ScorecardError(path, fault, "Name a YAML file that you may read") from error
