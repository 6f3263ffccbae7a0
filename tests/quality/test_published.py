from __future__ import annotations

from pathlib import Path

import pytest

from cintel.analyzer import Analyzer
from cintel.errors import ScorecardError, StoreError
from cintel.quality import dumps, load_scorecard
from cintel.quality.draft_mistakes import scorecard
from cintel.quality.drafting import begun
from cintel.quality.published import find_scorecard, publish
from cintel.store import Store, scorecards


def test_a_published_scorecard_is_found_by_its_name(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cintel.db'}"
    content = begun("mine", "Mine")
    card = scorecard(content)
    with Store(url) as store:
        store.save_scorecard("mine", "v0", "never published")
        with pytest.raises(ScorecardError, match="neither a file nor the name of a packaged"):
            find_scorecard("mine", url)
        publish(store, scorecards.begin(store, "mine", content), card, "lea")
        assert store.scorecard("mine", card.version) == dumps(card)
    assert find_scorecard("mine", url) == card
    assert Analyzer(device="cpu", store=url, scorecard="mine").scorecard == card
    file = tmp_path / "mine.yaml"
    file.write_text(dumps(scorecard(begun("other", "Other"))), encoding="utf-8")
    assert find_scorecard(file, url).name == "other"
    assert find_scorecard("general-service", url) == load_scorecard("general-service")


def test_a_store_is_not_made_to_look_into(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    with pytest.raises(ScorecardError, match="neither a file nor the name of a packaged"):
        find_scorecard("mine", f"sqlite:///{path}")
    assert not path.exists()


def test_what_may_not_be_published(tmp_path: Path) -> None:
    with Store(tmp_path / "cintel.db") as store:
        seen = scorecards.begin(store, "mine", {})
        with pytest.raises(ScorecardError, match="is a draft of mine, not of theirs"):
            publish(store, seen, scorecard(begun("theirs", "T")), "lea")
        shipped = scorecards.begin(store, "general-service", {})
        with pytest.raises(ScorecardError, match="ships with cintel"):
            publish(store, shipped, load_scorecard("general-service"), "lea")
        scorecards.save(store, seen, {})
        with pytest.raises(StoreError, match="meanwhile"):
            publish(store, seen, scorecard(begun("mine", "M")), "lea")
        assert scorecards.versions(store) == []
