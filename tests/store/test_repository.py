from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cintel import serial
from cintel.conversation import Analysis, Evaluation
from cintel.errors import StoreError
from cintel.store import Store
from cintel.store.reviews import override, overrides

Make = Callable[..., Analysis]

_SAVE_MANY = """
import sys
from dataclasses import replace
from pathlib import Path
from cintel import serial
from cintel.store import Store
url, file, name = sys.argv[1:]
one = serial.read(Path(file))
with Store(url) as store:
    for number in range(20):
        own = replace(one, conversation=replace(one.conversation, id=f"{name}{number:02}"))
        store.save_all([own, replace(one, conversation=replace(one.conversation, id="shared"))])
"""
_DIE_INSIDE = """
import os, signal, sys
from pathlib import Path
from cintel import serial
from cintel.store import Store
from cintel.store.repository import _replace
store = Store(sys.argv[1])
with store.database.write() as connection:
    _replace(connection, serial.read(Path(sys.argv[2])))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def _python(code: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-W", "error", "-c", code, *arguments])


def test_load_gives_back_what_was_saved(store: Store, rich: Analysis) -> None:
    store.save(rich)
    assert store.load(rich.id) == rich


def test_an_analysis_with_nothing_in_it(store: Store, make: Make) -> None:
    bare = make("bare")
    bare = replace(bare, conversation=replace(bare.conversation, turns=()), labels=())
    store.save(bare)
    assert store.load("bare") == bare


def test_saving_again_replaces(store: Store, rich: Analysis) -> None:
    store.save(rich)
    store.save(rich)
    shorter = replace(
        rich,
        conversation=replace(rich.conversation, turns=rich.conversation.turns[:1], queue=None),
        labels=rich.labels[:1],
        intent=None,
        evaluations=rich.evaluations[1:],
        provenance=replace(rich.provenance, settings_hash="other"),
    )
    store.save(shorter)
    assert len(store) == 1
    assert store.load(rich.id) == shorter
    assert not store.done("content", "settings")
    assert store.done("content", "other")


def test_done_means_this_content_with_these_settings(store: Store, make: Make) -> None:
    store.save_all([make("chat-1", content="csv"), make("chat-2", content="csv"), make("call")])
    assert store.done("csv", "s1")
    assert not store.done("csv", "s2")
    assert not store.done("content-chat-1", "s1")
    assert store.done_hashes("s1") == {"csv", "content-call"}
    assert store.done_hashes("s2") == set()


def test_a_store_is_reopened_with_its_content(url: str, rich: Analysis) -> None:
    with Store(url) as first:
        first.save(rich)
    with Store(url) as second:
        assert second.ids() == [rich.id]
        assert second.load(rich.id) == rich


def test_an_empty_store_is_true_and_has_length_zero(store: Store) -> None:
    assert len(store) == 0
    assert store
    assert store.ids() == []


def test_ids_may_be_abbreviated(store: Store, make: Make) -> None:
    store.save_all([make("abc"), make("abcdef"), make("abd"), make("x%")])
    assert store.load("abcd").id == "abcdef"
    assert store.load("abc").id == "abc"
    assert store.load("x%").id == "x%"
    with pytest.raises(StoreError, match="'ab' is the start of several ids: abc, abcdef, abd"):
        store.load("ab")
    for missing in ("%", "", "ABC", "abcdefg"):
        with pytest.raises(StoreError, match=f"holds no conversation '{missing}'"):
            store.load(missing)


def test_delete_takes_the_whole_tree(store: Store, make: Make, rich: Analysis) -> None:
    store.save_all([rich, make("other")])
    override(store, rich.id, "service", "f00d", "greeting", reviewer="eve", answer="no")
    store.delete("3fa9")
    assert store.ids() == ["other"]
    store.save(rich)
    assert store.load(rich.id) == rich
    assert overrides(store, rich.id).empty


def test_a_failing_save_leaves_what_was_there(store: Store, make: Make, rich: Analysis) -> None:
    store.save(rich)
    twice = replace(rich, summary=rich.summary, evaluations=rich.evaluations[:1] * 2, intent=None)
    with pytest.raises(StoreError, match="database refused"):
        store.save_all([make("0-before"), twice, make("9-after")])
    assert store.ids() == [rich.id]
    assert store.load(rich.id) == rich


def test_a_date_nobody_can_read_is_named_and_nothing_is_kept(store: Store, make: Make) -> None:
    with pytest.raises(StoreError, match=r"b\.wav, field started_at: 'tuesday' is not a date"):
        store.save_all([make("a"), make("b", started_at="tuesday")])
    assert store.ids() == []


def test_a_kill_inside_a_save_leaves_nothing(
    url: str, rich: Analysis, make: Make, tmp_path: Path
) -> None:
    file = tmp_path / "rich.json"
    file.write_text(serial.dumps(rich), encoding="utf-8")
    with Store(url) as store:
        store.save(make("before"))
    assert _python(_DIE_INSIDE, url, str(file)).wait() == -signal.SIGKILL
    with Store(url) as store:
        assert store.ids() == ["before"]
        assert not store.done("content", "settings")
        store.save(rich)
        assert store.load(rich.id) == rich


def test_two_programs_create_and_fill_one_store_at_once(
    url: str, rich: Analysis, tmp_path: Path
) -> None:
    file = tmp_path / "rich.json"
    file.write_text(serial.dumps(rich), encoding="utf-8")
    writers = [_python(_SAVE_MANY, url, str(file), name) for name in ("a", "b")]
    assert [writer.wait() for writer in writers] == [0, 0]
    expected = [f"{name}{number:02}" for name in "ab" for number in range(20)] + ["shared"]
    with Store(url) as store:
        assert store.ids() == expected
        for key in expected:
            assert store.load(key) == replace(rich, conversation=replace(rich.conversation, id=key))


def test_a_reader_sees_one_state(url: str, store: Store, make: Make) -> None:
    from sqlalchemy import func, select

    from cintel.store.schema import ConversationRow

    counting = select(func.count()).select_from(ConversationRow)
    store.save(make("a"))
    with Store(url) as other, store.database.read() as connection:
        assert connection.scalar(counting) == 1
        other.save(make("b"))
        assert connection.scalar(counting) == 1
    assert len(store) == 2


def test_reviews_outlive_a_new_analysis(
    store: Store, make: Make, evaluation: Callable[..., Evaluation]
) -> None:
    first = make("a", evaluation=evaluation(90))
    store.save(first)
    override(store, "a", "service", "v1", "greeting", reviewer="eve", answer="no", points=0)
    for version in ("v2", "v1"):
        again = replace(first.evaluations[0], version=version, score=10.0)
        store.save(replace(first, evaluations=(again,)))
        assert overrides(store, "a")["reviewer"].tolist() == ["eve"]


def test_scorecards_are_kept_by_version(store: Store) -> None:
    store.save_scorecard("service", "v1", "name: service\n")
    store.save_scorecard("service", "v1", "something else")
    assert store.scorecard("service", "v1") == "name: service\n"
    assert store.scorecard("service", "v2") is None
