from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array

from cintel.speech.clustering import cluster

Vectors = NDArray[np.float32]
DIMENSION = 192
NOISE = 0.6


def _voices(*counts: int, seed: int = 1) -> tuple[Vectors, NDArray[np.int64]]:
    """Embeddings of some pieces of each of some voices, in random order, and whose each is.

    Two pieces of one voice have a cosine of about 0.74, of two voices about 0.
    """
    random = np.random.default_rng(seed)
    people, _ = np.linalg.qr(random.normal(size=(DIMENSION, len(counts))))
    truth = random.permutation(np.repeat(np.arange(len(counts)), counts))
    noise = NOISE * random.normal(size=(len(truth), DIMENSION)) / np.sqrt(DIMENSION)
    return _unit(people.T[truth] + noise), truth


def _unit(vectors: NDArray[np.float64]) -> Vectors:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def _run(
    vectors: Vectors,
    seconds: float | NDArray[np.float64] = 2.0,
    relation: Vectors | None = None,
    speakers: int | None = None,
) -> tuple[NDArray[np.int64], float]:
    size = len(vectors)
    lengths = np.broadcast_to(np.asarray(seconds, dtype=np.float64), size).copy()
    none = np.zeros((size, size), dtype=np.float32)
    told = csr_array(none if relation is None else relation)
    return cluster(vectors, lengths, told, speakers)


def _same(labels: NDArray[np.int64], truth: NDArray[np.int64]) -> bool:
    """Whether two labelings split the pieces alike, whatever the numbers."""
    return bool(((labels[:, None] == labels) == (truth[:, None] == truth)).all())


@pytest.mark.parametrize("counts", [(50, 50), (95, 5), (3, 3), (200, 9)])
def test_two_voices(counts: tuple[int, int]) -> None:
    vectors, truth = _voices(*counts)
    labels, apart = _run(vectors)
    assert _same(labels, truth)
    assert apart > 0.8


def test_the_one_who_speaks_most_is_the_first() -> None:
    vectors, truth = _voices(5, 60)
    labels, _ = _run(vectors)
    assert (labels[truth == 1] == 0).all()


def test_one_voice_is_not_split() -> None:
    vectors, truth = _voices(60)
    labels, apart = _run(vectors)
    assert _same(labels, truth)
    assert apart == 0.0


def test_three_voices_that_are_clearly_three() -> None:
    vectors, truth = _voices(40, 30, 20)
    assert _same(_run(vectors)[0], truth)


def test_the_number_of_speakers_may_be_given() -> None:
    vectors, truth = _voices(40, 30, 20)
    assert set(_run(vectors, speakers=1)[0]) == {0}
    assert len(set(_run(vectors, speakers=2)[0])) == 2
    assert _same(_run(vectors, speakers=3)[0], truth)


def test_four_voices_are_found_when_told() -> None:
    vectors, truth = _voices(30, 25, 20, 15)
    assert _same(_run(vectors, speakers=4)[0], truth)


def test_a_cough_is_nobody() -> None:
    vectors, truth = _voices(40, 40, 1)
    labels, _ = _run(vectors)
    people = truth < 2
    assert set(labels) == {0, 1}
    assert _same(labels[people], truth[people])


def test_short_pieces_follow_the_voices_of_the_long_ones() -> None:
    vectors, truth = _voices(60, 60)
    seconds = np.where(np.arange(120) % 2 == 0, 2.0, 0.3)
    assert _same(_run(vectors, seconds)[0], truth)


def test_where_voices_say_little_the_segmentation_decides() -> None:
    vectors, truth = _voices(20, 20)
    between = _unit(np.asarray(vectors[truth == 0].mean(0) + vectors[truth == 1].mean(0))[None])
    mixed = np.concatenate([vectors, between])
    relation = np.zeros((41, 41), dtype=np.float32)
    for owner in (0, 1):
        friends = np.flatnonzero(truth == owner)
        told = relation.copy()
        told[40, friends] = told[friends, 40] = 1.0
        labels, _ = _run(mixed, relation=told)
        assert labels[40] == labels[friends[0]]


def test_nothing_and_almost_nothing() -> None:
    labels, apart = _run(np.zeros((0, DIMENSION), dtype=np.float32))
    assert (labels.tolist(), apart) == ([], 0.0)
    vectors, _ = _voices(1)
    assert _run(vectors)[0].tolist() == [0]
    assert _run(vectors, 0.3, speakers=2)[0].tolist() == [0]


def test_a_third_voice_near_the_agent_s_counts_only_when_it_opens_the_call() -> None:
    agent, customer = np.eye(4, dtype=np.float32)[:2]
    near = 0.77 * agent + np.sqrt(1 - 0.77**2) * np.eye(4, dtype=np.float32)[2]
    talk = [agent, customer] * 6
    opening = np.stack([near, near, *talk])
    scattered = np.stack([*talk[:4], near, *talk[4:8], near, *talk[8:]])
    expected = np.array([2, 2, *[0, 1] * 6])
    assert _same(_run(opening)[0], expected)
    assert int(_run(scattered)[0].max()) == 1


def test_a_very_long_call_is_told_from_part_of_its_pieces() -> None:
    vectors, truth = _voices(2600, 2400)
    labels, _ = _run(vectors)
    assert _same(labels, truth)
