from __future__ import annotations

import numpy as np
import pytest

from pipelines.train import fit


def blobs(rows: int) -> fit.Table:
    generator = np.random.default_rng(3)
    targets = generator.integers(0, 2, rows)
    features = generator.normal(size=(rows, 4)).astype(np.float32)
    features[:, 0] += 6.0 * targets - 3.0
    ones = np.ones(rows, np.float32)
    return fit.Table(features, targets, ones, np.arange(rows), np.ones(rows, np.bool_))


def test_fit_separates_what_can_be_separated() -> None:
    table = blobs(200)
    tensors = fit.fit(table, 2, fit.Recipe(hidden=8, epochs=20, batch=32))
    assert (fit.logits(tensors, table.features).argmax(axis=1) == table.targets).mean() > 0.98


def test_the_same_seed_gives_the_same_weights() -> None:
    table, recipe = blobs(60), fit.Recipe(hidden=4, epochs=3, batch=16)
    first, second = fit.fit(table, 2, recipe), fit.fit(table, 2, recipe)
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_out_of_fold_covers_each_judged_row_once() -> None:
    table = blobs(50)
    table.judged[:10] = False
    index, values = fit.out_of_fold(table, 2, fit.Recipe(hidden=4, epochs=2, batch=16))
    assert sorted(index.tolist()) == list(range(10, 50))
    assert values.shape == (40, 2)


def test_temperature_undoes_overconfidence() -> None:
    generator = np.random.default_rng(5)
    honest = generator.normal(scale=1.5, size=(4000, 3)).astype(np.float32)
    chances = fit.softmax(honest)
    targets = np.array([generator.choice(3, p=row / row.sum()) for row in chances.astype(float)])
    temperature = fit.fit_temperature(honest * 3, targets)
    assert temperature == pytest.approx(3, rel=0.1)
    assert fit.calibration_error(fit.softmax(honest * 3), targets) > 0.15
    assert fit.calibration_error(fit.softmax(honest * 3 / temperature), targets) < 0.04


def test_macro_f1_weighs_labels_alike() -> None:
    targets, guesses = np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])
    assert fit.macro_f1(targets, guesses) == pytest.approx((0.8 + 2 / 3) / 2)
