"""What `import` reads: a file's pages, by the importer that knows its format.

A further importer is one file with the two functions of `Importer`, and a line in `IMPORTERS`; or, in another package,
such a module as an entry point `memoryos.importers`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path
from typing import Final, Protocol

from memoryos.config.registry import Registry
from memoryos.models import IncomingPage
from memoryos_mcp.importers import chatgpt, claude, json_lines, json_list, reference_folder, server_memory


class Importer(Protocol):
    """Reads files of one format; a module can be one."""

    def detects(self, path: Path) -> bool:
        """Whether a file is of this format, from its name or its beginning; quick, also for a large file.

        May raise `ConfigError` where the file cannot be read.
        """

    def read(self, path: Path, zone: tzinfo | None, assistant_id: str) -> Iterator[IncomingPage]:
        """The pages in the order in which they were said, checked (`memoryos.storage.transfer.incoming_page`).

        Times without a zone are in `zone`; an exchange that names no assistant is noted as had with `assistant_id`.
        The file is read twice, first to check it as a whole: it gives the same pages each time, and raises
        `ConfigError` with one line that names the file, the place in it and what is expected.
        """


IMPORTERS: Final[Registry[Importer]] = Registry(
    "--format",
    "memoryos.importers",
    {
        "reference-folder": reference_folder,
        "chatgpt": chatgpt,
        "claude": claude,
        "server-memory": server_memory,
        "json-lines": json_lines,
        "json-list": json_list,
    },
)
"""Importers by the names of their formats, in the order in which they are asked: the one that takes every file last."""


def import_pages(path: Path, zone: tzinfo | None, assistant_id: str, format_name: str = "") -> Iterator[IncomingPage]:
    """The pages of a file, in its order and checked, by the named importer or by the first that detects its format.

    Raises `ConfigError` as `Importer.read` says, and with the known names where the format's name is unknown.
    """
    _, importer = importer_of(path, format_name)
    return importer.read(path, zone, assistant_id)


def importer_of(path: Path, format_name: str = "") -> tuple[str, Importer]:
    """The named importer, or the first that detects a file's format, with its name.

    Importers of other packages are asked first: what they read is JSON, too, more often than not. Raises `ConfigError`
    with the known names where the format's name is unknown.
    """
    if format_name:
        return format_name, IMPORTERS.named(format_name)
    for name, importer in (*IMPORTERS.others(), *IMPORTERS.brought.items()):
        if importer.detects(path):
            return name, importer
    return "json-list", json_list
