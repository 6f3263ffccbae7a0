from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from cintel.conversation import Analysis
from cintel.errors import StoreError, UsageError
from cintel.store import Store, scorecards
from cintel.store.database import Database

CONTENT = {"name": "card", "title": "Ä card", "sections": [{"weight": 99.5, "questions": []}]}


def test_a_draft_is_kept_as_it_is_mistakes_and_all(store: Store) -> None:
    assert scorecards.draft(store, "card") is None
    made = scorecards.begin(store, "card", CONTENT, "abc", " lea ")
    assert scorecards.draft(store, "card") == made
    assert (made.revision, made.based_on, made.saved_by) == (1, "abc", "lea")
    again = scorecards.save(store, made, {"title": None}, "max")
    assert scorecards.drafts(store) == [again]
    assert (again.content, again.revision, again.saved_by) == ({"title": None}, 2, "max")
    assert again.based_on == "abc"


def test_one_draft_a_name(store: Store) -> None:
    made = scorecards.begin(store, "card", CONTENT)
    with pytest.raises(StoreError, match="there is a draft of card already"):
        scorecards.begin(store, "card", {})
    assert scorecards.drafts(store) == [made]
    scorecards.begin(store, "another", CONTENT)
    assert [item.name for item in scorecards.drafts(store)] == ["another", "card"]
    with pytest.raises(UsageError, match="name: is empty"):
        scorecards.begin(store, " ", CONTENT)


def test_nobody_overwrites_what_they_have_not_seen(store: Store) -> None:
    seen = scorecards.begin(store, "card", CONTENT)
    kept = scorecards.save(store, seen, {"title": "theirs"}, "max")
    with pytest.raises(StoreError, match="max saved the draft of card meanwhile; nothing of yours"):
        scorecards.save(store, seen, {"title": "mine"}, "lea")
    with pytest.raises(StoreError, match="meanwhile"):
        scorecards.discard(store, seen)
    with pytest.raises(StoreError, match="meanwhile"):
        scorecards.publish(store, seen, "v1", "text", "lea")
    assert scorecards.draft(store, "card") == kept
    assert scorecards.versions(store) == []
    scorecards.discard(store, kept)
    assert scorecards.drafts(store) == []
    with pytest.raises(StoreError, match="was published or discarded meanwhile"):
        scorecards.save(store, kept, {})
    begun = scorecards.begin(store, "card", CONTENT)  # the same revision, but another draft
    with pytest.raises(StoreError, match="somebody else saved"):
        scorecards.save(store, seen, {})
    assert scorecards.draft(store, "card") == begun


def test_of_many_at_once_one_is_kept(store: Store) -> None:
    seen = scorecards.begin(store, "card", CONTENT)

    def write(number: int) -> int | str:
        try:
            return scorecards.save(store, seen, {"title": str(number)}).revision
        except StoreError as error:
            return error.fault

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(write, range(20)))
    assert [item for item in told if isinstance(item, int)] == [2]
    assert sum("saved the draft of card meanwhile" in str(item) for item in told) == 19
    found = scorecards.draft(store, "card")
    assert found is not None
    assert found.revision == 2


def test_a_published_version_takes_the_place_of_its_draft(store: Store) -> None:
    seen = scorecards.begin(store, "card", CONTENT)
    with pytest.raises(UsageError, match="who publishes: is empty"):
        scorecards.publish(store, seen, "v1", "one", " ")
    assert scorecards.newest(store, "card") is None
    scorecards.publish(store, seen, "v1", "one", " lea ")
    assert scorecards.drafts(store) == []
    assert store.scorecard("card", "v1") == "one"
    assert scorecards.newest(store, "card") == "one"
    second = scorecards.begin(store, "card", CONTENT, "v1")
    scorecards.publish(store, second, "v2", "two", "max")
    assert scorecards.newest(store, "card") == "two"
    found = scorecards.versions(store)
    assert [(item.version, item.published_by) for item in found] == [("v2", "max"), ("v1", "lea")]
    third = scorecards.begin(store, "card", CONTENT, "v2")
    scorecards.publish(store, third, "v1", "one", "max")  # back to the first
    assert scorecards.newest(store, "card") == "one"
    assert [item.version for item in scorecards.versions(store)] == ["v1", "v2"]


def test_versions_that_only_came_with_an_evaluation(store: Store, rich: Analysis) -> None:
    made = rich.evaluations[0]
    store.save_scorecard(made.scorecard, made.version, "text")
    store.save(rich)
    store.save(replace(rich, conversation=replace(rich.conversation, id="another")))
    (found,) = scorecards.versions(store)
    assert (found.name, found.version) == (made.scorecard, made.version)
    assert (found.published_at, found.published_by, found.evaluations) == (None, None, 2)
    assert scorecards.newest(store, made.scorecard) is None
    seen = scorecards.begin(store, made.scorecard, {})
    scorecards.publish(store, seen, made.version, "text", "lea")
    assert scorecards.newest(store, made.scorecard) == "text"
    assert scorecards.versions(store)[0].created_at == found.created_at


def test_versions_of_an_older_store_are_not_published(url: str) -> None:
    database, config = Database(url, 30.0), Config()
    config.set_main_option("script_location", "cintel.store:migrations")
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        connection.execute(text("INSERT INTO scorecards VALUES ('card', 'v1', 'old', '2026')"))
    database.close()
    with Store(url) as store:
        (found,) = scorecards.versions(store)
        assert (found.version, found.published_at) == ("v1", None)
        assert store.scorecard("card", "v1") == "old"
