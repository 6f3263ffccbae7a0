"""Every error cintel raises on purpose, in one tree.

    CintelError
    ├── UsageError            the call itself is wrong; nothing was started (exit status 2)
    │   ├── SettingsError     a setting, argument or ``cintel.toml`` value
    │   ├── ScorecardError    a scorecard file, with its line
    │   └── MissingExtraError an optional part is not installed; names the pip line
    ├── InputError            one input is bad; the rest of the batch goes on (exit status 1)
    │   ├── AudioError        a recording
    │   └── TranscriptError   a chat log or transcript
    ├── LlmError              a language model's server gives no usable answer
    ├── ModelError            weights cannot be found, fetched or trusted
    └── StoreError            the database is locked, read-only, of another version, …

The message always has three parts: which file or field, what is wrong, what to do next.
"""

from __future__ import annotations

from pathlib import Path


class CintelError(Exception):
    """Base of the tree.

    Args:
        where: the file, field or setting at fault.
        fault: what is wrong with it, without a full stop.
        remedy: what to do next, an imperative sentence.
    """

    def __init__(self, where: str | Path, fault: str, remedy: str = "") -> None:
        self.where = str(where)
        self.fault = fault
        self.remedy = remedy
        super().__init__(self.where, fault, remedy)

    def __str__(self) -> str:
        tail = f". {self.remedy}" if self.remedy else ""
        return f"{self.where}: {self.fault}{tail}"


class UsageError(CintelError):
    """The call itself is wrong."""


class SettingsError(UsageError):
    """A setting has a value that cannot work."""


class ScorecardError(UsageError):
    """A scorecard cannot be used as written."""


class MissingExtraError(UsageError):
    """An optional part of cintel is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        self.extra = extra
        super().__init__(
            what, "is not installed", f'Install it with: pip install "cintel[{extra}]"'
        )

    def __reduce__(self) -> tuple[type[MissingExtraError], tuple[str, str]]:
        return type(self), (self.where, self.extra)


class InputError(CintelError):
    """One input cannot be read; others are unaffected."""


class AudioError(InputError):
    """A recording cannot be decoded or holds nothing to analyse."""


class TranscriptError(InputError):
    """A chat log or transcript does not say what it should."""


class LlmError(CintelError):
    """A language model's server is down, slow, refuses, or answers something else than asked."""


class ModelError(CintelError):
    """Weights cannot be found, fetched, or are not the expected bytes."""


class StoreError(CintelError):
    """The store cannot be opened, read or written."""
