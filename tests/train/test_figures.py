from __future__ import annotations

import numpy as np
import pytest

from pipelines.train import figures


def test_temperature_undoes_overconfidence() -> None:
    generator = np.random.default_rng(5)
    honest = generator.normal(scale=1.5, size=(4000, 3)).astype(np.float32)
    chances = figures.softmax(honest)
    targets = np.array([generator.choice(3, p=row / row.sum()) for row in chances.astype(float)])
    temperature = figures.fit_temperature(honest * 3, targets)
    assert temperature == pytest.approx(3, rel=0.1)
    assert figures.calibration_error(figures.softmax(honest * 3), targets) > 0.15
    assert figures.calibration_error(figures.softmax(honest * 3 / temperature), targets) < 0.04


def test_temperature_of_several_labels_at_once() -> None:
    generator = np.random.default_rng(6)
    honest = generator.normal(scale=1.5, size=(3000, 2)).astype(np.float32)
    truth = generator.random(honest.shape) < figures.sigmoid(honest)
    assert figures.fit_temperature_of_several(honest * 2, truth) == pytest.approx(2, rel=0.1)


def test_calibration_error_is_the_gap_between_sure_and_right() -> None:
    sure = np.array([0.9, 0.9, 0.9, 0.9], np.float32)
    right = np.array([True, True, False, False])
    assert figures.binary_calibration_error(sure, right) == pytest.approx(0.4)


def test_macro_f1_weighs_labels_alike() -> None:
    targets, guesses = np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])
    assert figures.macro_f1(targets, guesses) == pytest.approx((0.8 + 2 / 3) / 2)


def test_thresholds_split_each_column_where_its_f1_is_best() -> None:
    chances = np.array([[0.9, 0.25], [0.55, 0.2], [0.5, 0.12], [0.1, 0.05]], np.float32)
    truth = np.array([[True, True], [True, True], [False, False], [False, False]])
    first, second = figures.best_thresholds(chances, truth)
    assert 0.5 <= first < 0.55
    assert 0.12 <= second < 0.2
