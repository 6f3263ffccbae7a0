from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cintel.conversation import Answer, Evaluation
from cintel.errors import CintelError, StoreError, UsageError
from cintel.store import Store, reviews, workflow, worklist
from cintel.store.workflow_steps import ALLOWED, Key, Kind, Review, State

A1 = Key("a1", "service", "v1")
TODAY = date(2026, 3, 10)
SCORED = Evaluation(
    "service", "v1", 100.0, True, False, (Answer("greeting", "yes", 1, 1, 0.9, ""),)
)
CHANGED = replace(SCORED, score=50.0, passed=False)


def _draft(store: Store, key: Key = A1) -> int:
    return workflow.assign(store, key, by="lea", reviewer="eve", deadline=date(2026, 3, 4))


def _now(store: Store, key: Key = A1) -> Review:
    found = worklist.review(store, key)
    assert found is not None
    return found


def _answer(store: Store, revision: int | None, who: str = "eve", answer: str = "no") -> int | None:
    return reviews.override(
        store, "a1", "service", "v1", "greeting",
        reviewer=who, answer=answer, points=0.0, revision=revision,
    )  # fmt: skip


STEPS: dict[Kind, Callable[[Store, int], Any]] = {
    "reassigned": lambda s, r: workflow.reassign(s, A1, r, "lea", reviewer="max", deadline=None),
    "rescheduled": lambda s, r: workflow.reschedule(s, A1, r, "lea", deadline=TODAY),
    "answered": lambda s, r: _answer(s, r, "eve" if _now(s).state == "draft" else "tim"),
    "commented on": lambda s, r: workflow.comment(s, A1, r, "eve", "listen", moment=3.5),
    "shared": lambda s, r: workflow.share(s, A1, r, "eve", SCORED),
    "acknowledged": lambda s, r: workflow.acknowledge(s, A1, r, "ann"),
    "appealed": lambda s, r: workflow.appeal(s, A1, r, "ann", "I did greet"),
    "decided": lambda s, r: workflow.decide(
        s, A1, r, "tim", CHANGED, granted=True, reason="she did"
    ),
    "made final": lambda s, r: workflow.finalise(s, A1, r, "lea", today=TODAY),
}
WAYS: dict[State, tuple[Kind, ...]] = {
    "draft": (),
    "shared": ("shared",),
    "acknowledged": ("shared", "acknowledged"),
    "appealed": ("shared", "appealed"),
    "final": ("shared", "acknowledged", "made final"),
}


def _led_to(store: Store, state: State) -> int:
    revision = _draft(store)
    for kind in WAYS[state]:
        revision = STEPS[kind](store, revision)
    assert _now(store).state == state
    return revision


@pytest.fixture
def afresh(population: Store, make: Any) -> Callable[[State], int]:
    """Brings a review of a1 to a state, whatever was there before."""

    def bring(state: State) -> int:
        population.delete("a1")
        population.save(make("a1", agent="ann", evaluation=SCORED))
        return _led_to(population, state)

    return bring


def test_each_state_refuses_all_steps_but_its_own(
    population: Store, afresh: Callable[[State], int]
) -> None:
    for state in WAYS:
        revision = afresh(state)
        for kind, take in STEPS.items():
            if state in ALLOWED[kind]:
                continue
            with pytest.raises(StoreError, match=f"cannot be {kind} while it is {state}") as caught:
                take(population, revision)
            assert caught.value.where == "review of a1 on service"
            assert caught.value.remedy == _now(population).next
        assert _now(population).revision == revision == len(worklist.events(population, A1))


def test_steps_lead_to_their_states(population: Store, afresh: Callable[[State], int]) -> None:
    cases: tuple[tuple[State, Kind, State], ...] = (
        ("draft", "reassigned", "draft"), ("draft", "rescheduled", "draft"),
        ("draft", "answered", "draft"), ("draft", "commented on", "draft"),
        ("draft", "shared", "shared"), ("shared", "rescheduled", "shared"),
        ("shared", "commented on", "shared"), ("shared", "acknowledged", "acknowledged"),
        ("shared", "appealed", "appealed"), ("acknowledged", "commented on", "acknowledged"),
        ("acknowledged", "appealed", "appealed"), ("acknowledged", "made final", "final"),
        ("appealed", "rescheduled", "appealed"), ("appealed", "answered", "appealed"),
        ("appealed", "commented on", "appealed"), ("appealed", "decided", "final"),
        ("final", "appealed", "appealed"),
    )  # fmt: skip
    assert {(state, kind) for state, kind, _ in cases} | {("shared", "made final")} == {
        (state, kind) for kind, states in ALLOWED.items() for state in states
    }
    for state, kind, after in cases:
        revision = afresh(state)
        assert STEPS[kind](population, revision) == revision + 1
        found = _now(population)
        assert (found.state, found.revision) == (after, revision + 1)
        last = worklist.events(population, A1)[-1]
        assert (last["kind"], last["state"], last["revision"]) == (kind, after, revision + 1)


def test_a_whole_review_with_who_and_when(population: Store) -> None:
    revision = _draft(population)
    revision = _answer(population, revision) or 0
    revision = workflow.comment(population, A1, revision, "eve", " too late ", moment=2.5, turn=1)
    revision = workflow.share(population, A1, revision, "eve", SCORED, deadline=date(2026, 3, 8))
    assert (_now(population).deadline, _now(population).score) == (date(2026, 3, 8), 100.0)
    revision = workflow.appeal(population, A1, revision, "ann", " I did greet ")
    assert (_now(population).deadline, _now(population).appealed_by) == (None, "ann")
    revision = _answer(population, revision, "tim", "yes") or 0
    workflow.decide(population, A1, revision, "tim", CHANGED, granted=True, reason="She did")
    told = worklist.events(population, A1)
    assert [(e["revision"], e["kind"], e["state"], e["who"], e["text"]) for e in told] == [
        (1, "assigned", "draft", "lea", ""),
        (2, "answered", "draft", "eve", ""),
        (3, "commented on", "draft", "eve", "too late"),
        (4, "shared", "shared", "eve", ""),
        (5, "appealed", "appealed", "ann", "I did greet"),
        (6, "answered", "appealed", "tim", ""),
        (7, "decided", "final", "tim", "She did"),
    ]
    assert told[0]["detail"] == {"reviewer": "eve", "deadline": "2026-03-04"}
    assert told[1]["detail"] == {"question": "greeting", "answer": "no"}
    assert (told[2]["moment"], told[2]["turn"]) == (2.5, 1)
    assert told[3]["detail"] == {
        "score": 100.0, "passed": True, "auto_failed": False,
        "answers": [{"question": "greeting", "answer": "yes", "points": 1, "possible": 1,
                     "source": "auto"}],
    }  # fmt: skip
    assert (told[6]["detail"]["granted"], told[6]["detail"]["score"]) == (True, 50.0)
    assert [e["at"] for e in told] == sorted(e["at"] for e in told)
    final = _now(population)
    assert (final.score, final.passed, final.decided) == (50.0, False, True)
    assert list(reviews.overrides(population, "a1")["reviewer"]) == ["eve", "tim"]


def test_a_stale_revision_is_refused_and_says_who_and_when(population: Store) -> None:
    seen = _draft(population)
    workflow.comment(population, A1, seen, "max", "listen", turn=0)
    at = worklist.events(population, A1)[-1]["at"][:19].replace("T", " ")
    for take in STEPS.values():
        with pytest.raises(StoreError) as caught:
            take(population, seen)
        assert caught.value.where == "review of a1 on service"
        assert caught.value.fault == (
            f"was commented on by max at {at} UTC after you had loaded it, "
            "so your change was not saved"
        )
        assert caught.value.remedy.startswith("Look at it as it stands now")
    assert _now(population).revision == 2
    assert reviews.overrides(population, "a1").empty


WRONG: tuple[tuple[State, Callable[[Store, int], Any], str], ...] = (
    ("draft", lambda s, r: _answer(s, r, "max"), "only its reviewer eve may do that"),
    ("draft", lambda s, r: workflow.share(s, A1, r, "max", SCORED), "only its reviewer eve"),
    ("draft", lambda s, r: workflow.reassign(s, A1, r, "Ann", reviewer="max", deadline=None),
     "it is your own matter"),
    ("shared", lambda s, r: workflow.reschedule(s, A1, r, "ann", deadline=None), "your own"),
    ("shared", lambda s, r: workflow.acknowledge(s, A1, r, "eve"), "only the agent ann"),
    ("shared", lambda s, r: workflow.appeal(s, A1, r, "eve", "x"), "only the agent ann"),
    ("acknowledged", lambda s, r: workflow.finalise(s, A1, r, "ann", today=TODAY), "your own"),
    ("appealed", lambda s, r: _answer(s, r, "eve"), "answered by eve: it is your own matter"),
    ("appealed", lambda s, r: _answer(s, r, "ann"), "answered by ann: it is your own matter"),
    ("appealed",
     lambda s, r: workflow.decide(s, A1, r, " EVE", SCORED, granted=False, reason="no"),
     "decided by EVE: it is your own matter"),
    ("appealed", lambda s, r: workflow.decide(s, A1, r, "ann", SCORED, granted=True, reason="yes"),
     "decided by ann: it is your own matter"),
)  # fmt: skip


def test_the_wrong_person_is_refused(population: Store, afresh: Callable[[State], int]) -> None:
    for state, take, why in WRONG:
        revision = afresh(state)
        with pytest.raises(UsageError, match=why) as caught:
            take(population, revision)
        assert caught.value.where == "review of a1 on service"
        assert _now(population).revision == revision


def test_without_an_agent_the_appellant_may_not_decide(population: Store) -> None:
    key = Key("c1", "service", "v1")
    revision = workflow.share(population, key, _draft(population, key), "eve", SCORED)
    with pytest.raises(UsageError, match="it is your own matter"):
        workflow.appeal(population, key, revision, "eve", "mine")
    revision = workflow.appeal(population, key, revision, "zoe", "I did greet")
    with pytest.raises(UsageError, match="it is your own matter"):
        workflow.decide(population, key, revision, "zoe", SCORED, granted=True, reason="yes")
    workflow.decide(population, key, revision, "tim", SCORED, granted=False, reason="no")
    assert _now(population, key).state == "final"


def test_there_is_one_appeal(population: Store) -> None:
    revision = STEPS["decided"](population, _led_to(population, "appealed"))
    with pytest.raises(StoreError, match="was appealed and decided already") as caught:
        STEPS["appealed"](population, revision)
    assert caught.value.remedy == "Its appeal was decided, so it stays as it is"


def test_a_shared_score_is_final_only_after_its_deadline(population: Store) -> None:
    revision = _led_to(population, "shared")
    with pytest.raises(StoreError, match="was shared with ann without a deadline"):
        workflow.finalise(population, A1, revision, "lea", today=TODAY)
    revision = workflow.reschedule(population, A1, revision, "lea", deadline=TODAY)
    with pytest.raises(StoreError, match="was shared with ann until 2026-03-10") as caught:
        workflow.finalise(population, A1, revision, "lea", today=TODAY)
    assert caught.value.remedy == "Wait for the answer, or set a deadline"
    workflow.finalise(population, A1, revision, "lea", today=date(2026, 3, 11))
    found = _now(population)
    assert (found.state, found.score, found.passed) == ("final", 100.0, True)


def test_what_is_missing_or_wrong_is_named(population: Store, make: Any) -> None:
    for given in ({"by": " ", "reviewer": "eve"}, {"by": "lea", "reviewer": ""}):
        with pytest.raises(UsageError, match="is empty"):
            workflow.assign(population, A1, **given)
    with pytest.raises(UsageError, match="Ann is the agent"):
        workflow.assign(population, A1, by="lea", reviewer="Ann")
    with pytest.raises(StoreError, match="holds no conversation 'zz'"):
        _draft(population, Key("zz", "service", "v1"))
    with pytest.raises(StoreError, match="has no answers of version v9"):
        _draft(population, Key("a1", "service", "v9"))
    with pytest.raises(StoreError, match=r"does not exist\. Assign it to somebody first"):
        workflow.comment(population, A1, 1, "eve", "listen", turn=0)
    revision = _draft(population)
    with pytest.raises(StoreError, match="was assigned to eve already"):
        _draft(population)
    for given, fault in (
        ({"text": " ", "turn": 0}, "comment: is empty"),
        ({"text": "a"}, "about no moment"),
        ({"text": "a", "moment": 600.5}, "600.5 s is outside"),
        ({"text": "a", "moment": -1.0}, "-1 s is outside"),
        ({"text": "a", "turn": 2}, "there is no turn 2"),
    ):
        with pytest.raises(UsageError, match=fault):
            workflow.comment(population, A1, revision, "eve", **given)
    with pytest.raises(UsageError, match="who: is empty"):
        workflow.comment(population, A1, revision, "", "listen", turn=0)
    with pytest.raises(UsageError, match="reason: is empty"):
        workflow.appeal(population, A1, revision, "ann", " ")
    with pytest.raises(UsageError, match="reason: is empty"):
        workflow.decide(population, A1, revision, "tim", SCORED, granted=True, reason="")
    assert len(worklist.events(population, A1)) == 1


def test_what_is_left_to_a_person_is_answered_before_sharing(population: Store, make: Any) -> None:
    left = Answer("greeting", None, 0.0, 1.0, 0.5, "perhaps", unsure=True, suggested="yes")
    note = Answer("note", None, 0.0, 0.0, 0.0, "a person answers", unsure=True)
    population.save(make("a1", agent="ann", evaluation=replace(SCORED, answers=(left, note))))
    revision = _draft(population)
    with pytest.raises(StoreError, match="has answers left to a person: greeting") as caught:
        workflow.share(population, A1, revision, "eve", SCORED)
    assert caught.value.remedy == "Answer them first"
    workflow.share(population, A1, _answer(population, revision) or 0, "eve", SCORED)


def test_single_answers_respect_the_review(population: Store) -> None:
    assert _answer(population, None) is None
    revision = _draft(population)
    with pytest.raises(StoreError, match=r"is draft, with eve\. It waits for eve to share it"):
        _answer(population, None)
    with pytest.raises(StoreError, match="review of a2 on service: does not exist"):
        reviews.override(population, "a2", "service", "v1", "greeting", reviewer="eve",
                         answer="no", revision=1)  # fmt: skip
    assert _answer(population, revision) == 2
    queue, total = reviews.review_queue(population)
    assert total == len(queue) == 12  # two answers each of six other evaluations
    assert "a1" not in set(queue["conversation_id"])


def test_a_new_analysis_and_a_deletion(population: Store, make: Any) -> None:
    revision = _led_to(population, "shared")
    population.save(make("a1", agent="ann", text="Something else?"))
    assert (_now(population).state, _now(population).revision) == ("shared", revision)
    population.delete("a1")
    assert worklist.review(population, A1) is None
    assert worklist.events(population, A1) == []


def test_who_has_what_to_do(population: Store) -> None:
    def keys(found: Any) -> list[str]:
        return list(found["conversation_id"])

    _led_to(population, "shared")
    for name, by in (("a2", date(2026, 3, 9)), ("b1", None), ("b2", date(2026, 3, 2))):
        workflow.assign(population, Key(name, "service", "v1"), by="lea", reviewer="eve",
                        deadline=by)  # fmt: skip
    assert keys(worklist.listed(population)) == ["b2", "a2", "a1", "b1"]
    assert keys(worklist.waiting_for(population, " Eve ")) == ["b2", "a2", "b1"]
    assert keys(worklist.waiting_for(population, "ann")) == ["a1"]
    assert keys(worklist.waiting_for(population, "tim")) == []
    STEPS["appealed"](population, _now(population).revision)
    assert keys(worklist.waiting_for(population, "tim")) == ["a1"]
    assert keys(worklist.waiting_for(population, "ann")) == []
    assert keys(worklist.waiting_for(population, "eve")) == ["b2", "a2", "b1"]
    assert keys(worklist.shared_with(population, "ann")) == ["a1"]
    assert keys(worklist.shared_with(population, "bob")) == []
    row = worklist.shared_with(population, "ann").iloc[0]
    assert (row["state"], row["reviewer"], row["score"], row["agent_id"]) == (
        "appealed", "eve", 100.0, "ann",
    )  # fmt: skip


def test_every_refusal_is_of_the_tree_and_whole(population: Store) -> None:
    revision = _led_to(population, "final")
    for kind in ("shared", "answered", "decided"):
        with pytest.raises(CintelError) as caught:
            STEPS[kind](population, revision)
        assert caught.value.remedy == "Only an appeal of ann opens it again"
