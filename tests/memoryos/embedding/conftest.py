"""What several tests of embedders need."""

from __future__ import annotations

from pathlib import Path

import pytest

from memoryos.embedding.e5_files import find_weights
from memoryos.errors import MissingDependencyError


@pytest.fixture(scope="session")
def e5_file() -> Path:
    """The weights of multilingual-e5-small, which the extra `multilingual` installs."""
    try:
        return find_weights()
    except MissingDependencyError as error:
        pytest.skip(str(error))
