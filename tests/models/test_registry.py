from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from cintel import models
from cintel.errors import ModelError
from cintel.models.registry import digest

FREE = re.compile(r"MIT|Apache|BSD|CC[ -]BY", re.IGNORECASE)


def test_every_weight_says_what_it_is_and_may_be_used_by_anybody() -> None:
    weights = models.registry()
    assert {"whisper-base", "segmentation-3.0", "campplus", "minilm", "rampart"} <= set(weights)
    for name, weight in weights.items():
        assert weight.name == name
        assert weight.what
        assert weight.source
        assert FREE.search(weight.licence), weight.licence


def test_every_file_has_a_hash_a_size_and_a_pinned_wheel() -> None:
    for weight in models.registry().values():
        assert weight.files
        for item in weight.files:
            assert re.fullmatch("[0-9a-f]{64}", item.sha256)
            assert item.size > 0
            for part in item.parts:
                assert re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*", part.wheel)


def test_every_hub_source_is_pinned_to_a_commit() -> None:
    for weight in models.registry().values():
        if weight.hub is not None:
            assert re.fullmatch("[0-9a-f]{40}", weight.hub.revision)


def test_the_hash_of_a_weight_is_that_of_its_largest_file() -> None:
    weight = models.find("whisper-base")
    largest = next(item for item in weight.files if item.name == "model.bin")
    assert weight.sha256 == largest.sha256
    assert weight.size == sum(item.size for item in weight.files) > largest.size


def test_an_unknown_name_is_told_the_known_ones() -> None:
    with pytest.raises(
        ModelError, match=r"^whisper: is not a known model\. Known models: campplus"
    ):
        models.find("whisper")


def test_a_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"weights")
    assert digest(path) == hashlib.sha256(b"weights").hexdigest()
