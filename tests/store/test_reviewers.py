"""Twenty people at once on one store: every accepted change is there, every other one said so."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from cintel.errors import StoreError
from cintel.store import Store, reviews, workflow, worklist
from cintel.store.workflow_steps import Key

PEOPLE = 20
CHANGES = 12
KEYS = [Key(name, "service", "v1") for name in ("a1", "a2", "b1", "b2")]
Accepted = list[tuple[Key, int, str]]


def _work(url: str, person: int, start: Barrier) -> tuple[Accepted, list[str]]:
    """One person's changes to reviews that all share: what was accepted, what was refused."""
    dice = random.Random(person)
    accepted: Accepted = []
    refused: list[str] = []
    with Store(url) as store:
        start.wait()
        for number in range(CHANGES):
            key, said = dice.choice(KEYS), f"{person}-{number}"
            found = worklist.review(store, key)
            assert found is not None
            try:
                if dice.random() < 0.5:
                    made = workflow.comment(
                        store, key, found.revision, f"p{person}", said, moment=1.0
                    )
                else:
                    made = reviews.override(
                        store, key.conversation_id, key.scorecard, key.version, "greeting",
                        reviewer="eve", answer="no", points=0.0, comment=said,
                        revision=found.revision,
                    ) or 0  # fmt: skip
                accepted.append((key, made, said))
            except StoreError as error:
                refused.append(error.fault)
    return accepted, refused


def test_twenty_reviewers_lose_nothing(population: Store, url: str) -> None:
    for key in KEYS:
        workflow.assign(population, key, by="lea", reviewer="eve")
    start = Barrier(PEOPLE)
    with ThreadPoolExecutor(PEOPLE) as pool:
        told = list(pool.map(lambda person: _work(url, person, start), range(PEOPLE)))
    accepted = [change for made, _ in told for change in made]
    assert len(accepted) + sum(len(refused) for _, refused in told) == PEOPLE * CHANGES
    assert len(accepted) > PEOPLE
    assert {fault.rpartition(" after ")[2] for _, refused in told for fault in refused} <= {
        "you had loaded it, so your change was not saved"
    }
    kept: Counter[tuple[Key, str]] = Counter()
    for key in KEYS:
        events = worklist.events(population, key)
        mine = {revision: said for at, revision, said in accepted if at == key}
        assert [event["revision"] for event in events] == list(range(1, len(mine) + 2))
        for event in events[1:]:
            if event["kind"] == "commented on":
                assert event["text"] == mine[event["revision"]]
                kept[key, event["text"]] += 1
        for said in reviews.overrides(population, key.conversation_id)["comment"]:
            kept[key, said] += 1
    assert kept == Counter((key, said) for key, _, said in accepted)


def test_of_twenty_that_share_one_review_one_does(population: Store, url: str) -> None:
    key = KEYS[0]
    made = population.load("a1").evaluations[0]
    revision = workflow.assign(population, key, by="lea", reviewer="eve")

    def share(_: int) -> str:
        try:
            workflow.share(population, key, revision, "eve", made)
        except StoreError as error:
            return error.fault[:20]
        return "accepted"

    with ThreadPoolExecutor(PEOPLE) as pool:
        told = Counter(pool.map(share, range(PEOPLE)))
    assert told == {"accepted": 1, "was shared by eve at": PEOPLE - 1}
    assert len(worklist.events(population, key)) == 2


def test_of_twenty_that_assign_one_evaluation_one_does(population: Store) -> None:
    def assign(person: int) -> str:
        try:
            workflow.assign(population, KEYS[0], by="lea", reviewer=f"p{person}")
        except StoreError as error:
            return error.fault
        return "accepted"

    with ThreadPoolExecutor(PEOPLE) as pool:
        told = Counter(pool.map(assign, range(PEOPLE)))
    (event,) = worklist.events(population, KEYS[0])
    first = event["detail"]["reviewer"]
    assert told == {"accepted": 1, f"was assigned to {first} already": PEOPLE - 1}


def test_reviews_and_new_analyses_at_once(population: Store, url: str) -> None:
    key = KEYS[0]
    revision = workflow.assign(population, key, by="lea", reviewer="eve")
    analysis = population.load("a1")

    def save(_: int) -> None:
        with Store(url) as store:
            store.save(analysis)

    def review(person: int) -> int:
        seen = revision
        while True:
            try:
                return workflow.comment(population, key, seen, f"p{person}", "listen", turn=0)
            except StoreError:
                found = worklist.review(population, key)
                assert found is not None
                seen = found.revision

    with ThreadPoolExecutor(PEOPLE) as pool:
        saved = [pool.submit(save, number) for number in range(10)]
        made = [pool.submit(review, person) for person in range(10)]
        assert [future.result() for future in saved] == [None] * 10
        assert sorted(future.result() for future in made) == list(range(2, 12))
