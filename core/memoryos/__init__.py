"""MemoryOS: an operating system for an agent's memory.

from memoryos import Memoryos
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
        MissingMemoryError,
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
    from memoryos.memoryos import Memoryos
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
    from memoryos.runtime import Runtime
    from memoryos.status import Counts, Failure, Pending, Status

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
    "MissingMemoryError",
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


_MODULES = {
    "memoryos.config.settings": "Config load_config",
    "memoryos.errors": "ClaimLostError ConfigError EmbeddingError EmbeddingRefusalError ExcludedError "
    "InvalidArgumentError KnowledgeChangedError MemoryOSError MissingDependencyError MissingMemoryError "
    "ModelBudgetError ModelError ModelLengthError ModelNotConfiguredError ModelReplyError "
    "ModelUnavailableError RedirectedError StoreBusyError StoreDamagedError StoreError "
    "StoreFullError StoreGoneError StoreReadOnlyError StoreVersionError WaitTimeoutError",
    "memoryos.memoryos": "Memoryos",
    "memoryos.models": "Added Audit Excluded ForgetPreview Forgotten Knowledge Page Profile RankedKnowledge "
    "RankedPage Recall Segment Selection Trait",
    "memoryos.runtime": "Runtime",
    "memoryos.status": "Counts Failure Pending Status",
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names.split()}


def __getattr__(name: str) -> object:
    """Each name on first use: a server's first answer waits neither for numpy nor for FAISS, and a client's hook, which
    reads words alone, not for pydantic either."""
    if name in _MODULE_OF:
        return getattr(importlib.import_module(_MODULE_OF[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
