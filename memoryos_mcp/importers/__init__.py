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
from memoryos.config.text import one_line
from memoryos.errors import ConfigError
from memoryos.models import IncomingPage
from memoryos_mcp.importers import (
    basic_memory,
    chatgpt,
    claude,
    claude_code,
    codex,
    gemini,
    json_lines,
    json_list,
    letta,
    mcp_memory_service,
    mem0,
    reference_folder,
    server_memory,
)
from memoryos_mcp.importers.json_files import Broken


class Importer(Protocol):
    """Reads files of one format; a module can be one."""

    def detects(self, path: Path) -> bool:
        """Whether a file is of this format, from its name or its beginning; quick, also for a large file.

        May raise `ConfigError` where the file cannot be read.
        """

    def read(self, path: Path, zone: tzinfo | None, assistant_id: str) -> Iterator[IncomingPage | Broken]:
        """The pages in the order in which they were said, checked (`memoryos.storage.transfer.incoming_page`).

        Times without a zone are in `zone`; an exchange that names no assistant is noted as had with `assistant_id`.
        The file is read twice, first to check it as a whole: it gives the same pages each time. In the place of a
        record that cannot be read it gives a `Broken`; where it cannot go on it raises `ConfigError`. Either has one
        line that names the file, the place in it and what is expected.
        """


IMPORTERS: Final[Registry[Importer]] = Registry(
    "--format",
    "memoryos.importers",
    {
        "reference-folder": reference_folder,
        "chatgpt": chatgpt,
        "claude": claude,
        "gemini": gemini,
        "claude-code": claude_code,
        "codex": codex,
        "mem0": mem0,
        "letta": letta,
        "mcp-memory-service": mcp_memory_service,
        "basic-memory": basic_memory,
        "server-memory": server_memory,
        "json-lines": json_lines,
        "json-list": json_list,
    },
)
"""Importers by the names of their formats, in the order in which they are asked: the one that takes every file last."""

OWN_FORMATS: Final = ("json-lines", "json-list")
"""In which this product exports: a page of them that has an id is one of ours."""


def import_pages(
    path: Path, zone: tzinfo | None, assistant_id: str, format_name: str = "", broken: list[str] | None = None
) -> Iterator[IncomingPage]:
    """The pages of a file, in its order and checked, by the named importer or by the first that detects its format.

    Records that cannot be read are passed over, and what is wrong with them is added to `broken`, where it is given.
    Raises `ConfigError` as `Importer.read` says, without `broken` for such a record, too, and with the known names
    where the format's name is unknown.
    """
    _, importer = importer_of(path, format_name)
    for found in importer.read(path, zone, assistant_id):
        if not isinstance(found, Broken):
            yield found
        elif broken is None:
            raise ConfigError(found.problem)
        else:
            broken.append(found.problem)


def importer_of(path: Path, format_name: str = "") -> tuple[str, Importer]:
    """The named importer, or the first that detects a file's format, with its name.

    Importers of other packages are asked first: what they read is JSON, too, more often than not. Raises `ConfigError`
    with the known names where the format's name is unknown, and where none takes a folder.
    """
    if format_name:
        return format_name, IMPORTERS.named(format_name)
    for name, importer in (*IMPORTERS.others(), *IMPORTERS.brought.items()):
        if name != "json-list" and importer.detects(path):
            return name, importer
    if path.is_dir():
        known = "transcripts of Claude Code or Codex, notes of basic-memory, or files of the reference implementation"
        raise ConfigError(one_line(f"{path}: a folder without what is imported from one: {known}"))
    return "json-list", json_list
