"""MemoryOS: an operating system for an agent's memory.

from memoryos import Memoryos
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from memoryos.config.settings import Config, load_config
from memoryos.errors import (
    ClaimLostError,
    ConfigError,
    EmbeddingError,
    EmbeddingRefusalError,
    ExcludedError,
    InvalidArgumentError,
    KnowledgeChangedError,
    MemoryOSError,
    MissingDependencyError,
    ModelBudgetError,
    ModelError,
    ModelLengthError,
    ModelNotConfiguredError,
    ModelReplyError,
    ModelUnavailableError,
    RedirectedError,
    StoreBusyError,
    StoreDamagedError,
    StoreError,
    StoreFullError,
    StoreGoneError,
    StoreReadOnlyError,
    StoreVersionError,
    WaitTimeoutError,
)
from memoryos.models import (
    Added,
    Audit,
    Excluded,
    ForgetPreview,
    Forgotten,
    Knowledge,
    Page,
    Profile,
    RankedKnowledge,
    RankedPage,
    Recall,
    Segment,
    Selection,
    Trait,
)
from memoryos.status import Counts, Failure, Pending, Status

if TYPE_CHECKING:
    from memoryos.memoryos import Memoryos
    from memoryos.runtime import Runtime

__all__ = [
    "Added",
    "Audit",
    "ClaimLostError",
    "Config",
    "ConfigError",
    "Counts",
    "EmbeddingError",
    "EmbeddingRefusalError",
    "Excluded",
    "ExcludedError",
    "Failure",
    "ForgetPreview",
    "Forgotten",
    "InvalidArgumentError",
    "Knowledge",
    "KnowledgeChangedError",
    "MemoryOSError",
    "Memoryos",
    "MissingDependencyError",
    "ModelBudgetError",
    "ModelError",
    "ModelLengthError",
    "ModelNotConfiguredError",
    "ModelReplyError",
    "ModelUnavailableError",
    "Page",
    "Pending",
    "Profile",
    "RankedKnowledge",
    "RankedPage",
    "Recall",
    "RedirectedError",
    "Runtime",
    "Segment",
    "Selection",
    "Status",
    "StoreBusyError",
    "StoreDamagedError",
    "StoreError",
    "StoreFullError",
    "StoreGoneError",
    "StoreReadOnlyError",
    "StoreVersionError",
    "Trait",
    "WaitTimeoutError",
    "load_config",
]


_LAZY = {"Memoryos": "memoryos.memoryos", "Runtime": "memoryos.runtime"}


def __getattr__(name: str) -> object:
    """`Memoryos` and `Runtime` on first use: numpy and FAISS come along, and a server's first answer must not wait."""
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
