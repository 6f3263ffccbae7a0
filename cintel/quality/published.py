"""Scorecards by name: files, those that ship with cintel, and those published in a store."""

from __future__ import annotations

from pathlib import Path

from cintel.errors import ScorecardError
from cintel.quality.packaged import shelf
from cintel.quality.reading import load_scorecard, loads
from cintel.quality.scorecard import Scorecard
from cintel.quality.writing import dumps
from cintel.store import Store, scorecards
from cintel.store.database import parse_url
from cintel.store.scorecards import Draft


def find_scorecard(path_or_name: str | Path, url: str) -> Scorecard:
    """The scorecard of a file, a packaged one, or the version last published in a store.

    Args:
        path_or_name: looked for in this order.
        url: of the store, which is not made where there is none.

    Raises:
        ScorecardError: there is none, or it has a mistake.
        StoreError: the store cannot be opened.
    """
    name = str(path_or_name)
    if not Path(name).exists() and name not in shelf() and _is_there(url):
        with Store(url) as store:
            text = scorecards.newest(store, name)
        if text is not None:
            return loads(text, where=f"{name} of the store")
    return load_scorecard(path_or_name)


def publish(store: Store, seen: Draft, card: Scorecard, who: str) -> None:
    """Make a draft the newest version of its scorecard.

    Args:
        store: where the draft is.
        seen: the draft.
        card: what it says.
        who: publishes.

    Raises:
        ScorecardError: the card is not of the draft's name, or a packaged one has it.
        UsageError: nobody says who publishes.
        StoreError: somebody saved the draft since; nothing was written.
    """
    if card.name != seen.name:
        fault = f"is a draft of {seen.name}, not of {card.name}"
        raise ScorecardError("name", fault, f"Write `name: {seen.name}`")
    require_free(card.name)
    scorecards.publish(store, seen, card.version, dumps(card), who)


def require_free(name: str) -> None:
    """Refuse the name of a packaged scorecard: it must mean the same everywhere.

    Raises:
        ScorecardError: it is one.
    """
    if name in shelf():
        raise ScorecardError(name, "ships with cintel", "Give yours another name")


def _is_there(url: str) -> bool:
    parsed = parse_url(url)
    if parsed.get_backend_name() != "sqlite":
        return True
    return parsed.database is not None and Path(parsed.database).exists()
