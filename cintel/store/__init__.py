"""Where analyses stay: one SQLite file by default, PostgreSQL by its URL."""

from __future__ import annotations

from cintel.store.frames import to_frame, to_turns_frame
from cintel.store.repository import Store

__all__ = ["Store", "to_frame", "to_turns_frame"]
