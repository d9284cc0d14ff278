"""What a name in the settings stands for: what this package brings, and what other installed packages add.

Another package adds to a registry by an entry point in its pyproject.toml, without a line of code here:

    [project.entry-points."memoryos.rerankers"]
    bge-small = "their_package.reranking:open_reranker"

The name may be a pattern (`acme/*`). What this package brings comes first, and no other package is looked at for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, TypeVar

from memoryos.config.text import closest, one_line
from memoryos.errors import ConfigError, MissingDependencyError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Registry(Generic[T]):
    """Things of one kind by their names or patterns of names, in the order in which they are asked.

    `key` is the setting or argument that names one; `group` is that of other packages' entry points; `missing` holds,
    for a name that comes with an extra or not at all yet, what to do about it.
    """

    key: str
    group: str
    brought: Mapping[str, T] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)

    def find(self, name: str) -> T | None:
        """What the name stands for, None where it is unknown.

        Raises `ConfigError` where another package offers the name and cannot be loaded.
        """
        for pattern, value in self.brought.items():
            if fnmatchcase(name, pattern):
                return value
        for entry in self._others():
            if fnmatchcase(name, entry.name):
                return self._loaded(entry)
        return None

    def named(self, name: str) -> T:
        """What the name stands for.

        Raises `MissingDependencyError` with what to install for one that an extra brings, and `ConfigError` with the
        known names for any other.
        """
        found = self.find(name)
        if found is not None:
            return found
        for pattern, remedy in self.missing.items():
            if fnmatchcase(name, pattern):
                raise MissingDependencyError(one_line(f"{self.key}: {name}: {remedy}"))
        raise ConfigError(one_line(f"{self.key}: got {name!r}; {self.known(like=name)}"))

    def known(self, *, like: str = "") -> str:
        """The names there are, in words; the one that `like` is most like comes with a question."""
        names = list(self.names())
        near = closest(like, names) if like else None
        listed = ", ".join(names) if names else "none; a package that brings one has to be installed"
        return f"known: {listed}" + (f"; did you mean {near}?" if near else "")

    def names(self) -> Iterator[str]:
        """The names and patterns of what is there, what this package brings first."""
        yield from dict.fromkeys([*self.brought, *(entry.name for entry in self._others())])

    def others(self) -> Iterator[tuple[str, T]]:
        """What other packages add, by name; raises `ConfigError` where one cannot be loaded."""
        for entry in self._others():
            if entry.name not in self.brought:
                yield entry.name, self._loaded(entry)

    def _others(self) -> list[EntryPoint]:
        # Sorted, so that which of two packages wins does not hang on the order of folders.
        return sorted(entry_points(group=self.group), key=lambda entry: (entry.name, entry.value))

    def _loaded(self, entry: EntryPoint) -> T:
        try:
            loaded: T = entry.load()
        except (ImportError, AttributeError) as error:
            owner = "" if entry.dist is None else f" of {entry.dist.name}"
            raise ConfigError(
                one_line(
                    f"{self.key}: {entry.name}{owner} cannot be loaded ({type(error).__name__}: {error}); "
                    "install that package anew, or remove it"
                )
            ) from error
        return loaded
