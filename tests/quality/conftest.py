from __future__ import annotations

import pytest

from cintel.language.encoder import Encoder
from cintel.models import resolve
from cintel.runtime import prepare


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    prepare()
    return Encoder(resolve("minilm"))
