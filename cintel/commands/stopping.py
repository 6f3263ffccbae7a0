"""Ctrl-C that is not lost where a library swallows the exception that it raises.

Some catch everything around an import or a callback; a batch would go on as if nobody had asked.
"""

from __future__ import annotations

import signal
from types import FrameType

_asked = False


def listen() -> None:
    """Remember Ctrl-C from now on, besides raising ``KeyboardInterrupt``; in the main thread."""
    signal.signal(signal.SIGINT, _remember)


def check() -> None:
    """Stop here where somebody asked to.

    Raises:
        KeyboardInterrupt: there was a Ctrl-C.
    """
    if _asked:
        raise KeyboardInterrupt


def _remember(_number: int, _frame: FrameType | None) -> None:
    global _asked
    _asked = True
    raise KeyboardInterrupt
