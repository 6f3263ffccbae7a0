"""cintel: call recordings and chat logs in, scored conversations out, on your own machine.

>>> import cintel
>>> analyzer = cintel.Analyzer()
>>> analysis = analyzer.analyze("call.wav")
>>> cintel.Store("sqlite:///cintel.db").save(analysis)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cintel.analyzer import Analyzer
    from cintel.conversation import (
        Analysis,
        Conversation,
        Evaluation,
        Labels,
        Metrics,
        Turn,
        Word,
    )
    from cintel.errors import CintelError
    from cintel.ingest.audio import Recording
    from cintel.settings import Settings
    from cintel.store import Store
    from cintel.store.frames import to_frame, to_turns_frame

__version__ = "0.1.0"

# Names are looked up on first use: `import cintel` must not load torch.
_HOMES = {
    "Analysis": "cintel.conversation",
    "Analyzer": "cintel.analyzer",
    "CintelError": "cintel.errors",
    "Conversation": "cintel.conversation",
    "Evaluation": "cintel.conversation",
    "Labels": "cintel.conversation",
    "Metrics": "cintel.conversation",
    "Recording": "cintel.ingest.audio",
    "Settings": "cintel.settings",
    "Store": "cintel.store",
    "Turn": "cintel.conversation",
    "Word": "cintel.conversation",
    "to_frame": "cintel.store.frames",
    "to_turns_frame": "cintel.store.frames",
}

__all__ = [
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


def __getattr__(name: str) -> Any:
    try:
        home = _HOMES[name]
    except KeyError:
        raise AttributeError(f"module 'cintel' has no attribute {name!r}") from None
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return __all__
