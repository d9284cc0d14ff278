"""The error tree.

    MemoryOSError                       whatever this package raises on purpose
    ├── ConfigError                     a setting is wrong; the message names file, key, value and fix
    │   ├── MissingDependencyError      an optional package is needed; the message holds the install line
    │   └── MissingMemoryError          the user that is named has no memory there
    ├── InvalidArgumentError            a call's argument is out of bounds; nothing was stored
    ├── ExcludedError                   the user wishes this never to be remembered; nothing was stored
    ├── StoreError                      the database cannot be used as it is
    │   ├── StoreBusyError              another process held the write lock for too long
    │   ├── StoreFullError              the disk is full
    │   ├── StoreReadOnlyError          the file or its folder cannot be written
    │   ├── StoreDamagedError           the file is not a sound database; it is left as it is
    │   ├── StoreVersionError           a newer version of this package wrote the file
    │   ├── StoreGoneError              the file was deleted or replaced while a memory was open
    │   ├── KnowledgeChangedError       facts changed while their changes were planned; plan again
    │   └── ClaimLostError              another worker took over a piece of background work
    ├── EmbeddingError                  texts could not be turned into vectors
    │   └── EmbeddingRefusalError       the endpoint works and refuses these texts
    ├── ModelError                      the language model gave nothing usable
    │   ├── ModelNotConfiguredError     an answer was asked for and no model is configured
    │   ├── ModelUnavailableError       the endpoint cannot be used now, whatever it is asked
    │   │   └── ModelBudgetError        the day's tokens are spent
    │   └── ModelReplyError             the model answered, and the answer cannot be used
    │       └── ModelLengthError        the request or the answer is too long; a smaller part may fit
    ├── RedirectedError                 an endpoint sends to another host what was meant for it
    └── WaitTimeoutError                background work did not finish in the time given

A class exists because somebody catches it. Messages never hold dialogue text or keys.
"""


class MemoryOSError(Exception):
    """Base of every error this package raises on purpose."""


class ConfigError(MemoryOSError):
    """A setting is missing, unknown or ill-typed."""


class MissingDependencyError(ConfigError):
    """The configuration needs an optional package that is not installed."""


class MissingMemoryError(ConfigError):
    """The configuration names a user who has no memory there, and what was asked makes none."""


class InvalidArgumentError(MemoryOSError, ValueError):
    """An argument is out of bounds; the message names it, its value and what is accepted."""

    def __init__(self, argument: str, value: object, accepted: str) -> None:
        super().__init__(f"{argument}: got {value}; accepted: {accepted}")
        self.argument = argument


class ExcludedError(MemoryOSError):
    """A page speaks of what the user wishes never to be remembered; nothing was stored."""


class StoreError(MemoryOSError):
    """The database cannot be used as it is."""


class StoreBusyError(StoreError):
    """Another process held the write lock for longer than the busy timeout."""


class StoreFullError(StoreError):
    """The disk that holds the database is full."""


class StoreReadOnlyError(StoreError):
    """The database or its folder cannot be written."""


class StoreDamagedError(StoreError):
    """The file is not a sound database of this package; it is left as it is."""


class StoreVersionError(StoreError):
    """A newer version of this package wrote the database."""


class StoreGoneError(StoreError):
    """The file was deleted, moved or replaced while it was open; open the memory again to use what is there now."""


class KnowledgeChangedError(StoreError):
    """Facts changed between the reading of them and the commit of what was planned for them; plan again."""


class ClaimLostError(StoreError):
    """Another worker took over this piece of background work; its result is discarded here."""


class EmbeddingError(MemoryOSError):
    """Texts could not be turned into vectors."""


class EmbeddingRefusalError(EmbeddingError):
    """The embedding endpoint works and refuses these texts."""


class ModelError(MemoryOSError):
    """The language model or its endpoint gave nothing usable."""


class ModelNotConfiguredError(ModelError):
    """An answer was asked for and no language model is configured."""


class ModelUnavailableError(ModelError):
    """The endpoint cannot be used now: unreachable, too slow, refusing the key, over its limits, broken.

    `retry_after_seconds` is the wait that the endpoint asks for, 0 where it asks for none.
    """

    def __init__(self, message: str, *, retry_after_seconds: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class ModelBudgetError(ModelUnavailableError):
    """The tokens that background work may use today are spent."""


class ModelReplyError(ModelError):
    """The model answered, and the answer cannot be used; the message says why and never quotes it."""


class ModelLengthError(ModelReplyError):
    """The request, or the answer to it, is longer than the model can take."""


class RedirectedError(MemoryOSError):
    """An endpoint would have a request go to another host, which no configuration names; it was not sent there."""


class WaitTimeoutError(MemoryOSError, TimeoutError):
    """Background work did not finish in the time given."""
