"""The commands `export` and `import`: a memory as a file of JSON lines, and pages out of one."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from memoryos import ConfigError, MemoryOSError, timestamps
from memoryos.config.text import one_line
from memoryos.storage.registry import place_of
from memoryos.storage.transfer import add_pages, opened_contents
from memoryos_mcp.importers import import_pages, importer_of, reference_folder
from memoryos_mcp.importers.json_lines import export_line
from memoryos_mcp.wording import counted

if TYPE_CHECKING:
    from datetime import tzinfo

    from memoryos import Config
    from memoryos.models import IncomingPage
    from memoryos.storage.tables.contents import Contents

EXIT_INTERRUPTED = 130

_SHOWN_IDS = 20
_FIRST_PAGES = 5
_FIRST_CHARACTERS = 80
"""What a dry run shows of the pages."""


def export(config: Config, output: Path | None) -> int:
    """Write all of a memory to a new file, or to standard output; always 0.

    Raises `ConfigError` where there is no memory, or the file is there or cannot be written, and `MemoryOSError`.
    """
    if output is None:
        with opened_contents(config) as contents, _standard_output() as lines:
            _write(contents, lines, bar=not sys.stdout.isatty())
        return 0
    target = output.expanduser().absolute()
    with opened_contents(config) as contents, _new_file(target) as lines:
        pages = _write(contents, lines, bar=True)
    sys.stdout.write(f"Exported {counted(pages, 'page')}, and what was derived from them, to {target}.\n")
    return 0


def import_(config: Config, source: Path, format_name: str = "", *, dry_run: bool = False) -> int:
    """Add the pages of a file to a memory, once the whole file is checked; the exit code.

    With `dry_run` it says what there is in the file, and adds nothing. The format is found by looking at the file where
    none is named. Raises `ConfigError` for what is wrong with the file or the name, with nothing added, and
    `MemoryOSError`.
    """
    path = source.expanduser().absolute()
    if not path.is_file() and not reference_folder.detects(path):  # and not a pipe, which cannot be read twice
        problem = "is not a plain file" if path.exists() else "no such file"
        raise ConfigError(one_line(f"{path}: {problem}; name a file that export wrote, or one of conversations"))
    zone = timestamps.zone(config.timezone)

    def pages() -> Iterator[IncomingPage]:
        return import_pages(path, zone, config.assistant_id, format_name)

    if dry_run:
        name, _ = importer_of(path, format_name)
        _describe(path, name, pages(), zone)
        return 0
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    added = known = 0
    differing: list[str] = []
    try:
        with _progress(console, shown=True) as bar:
            checking = bar.add_task("Checking", total=None)
            total = sum(1 for _ in bar.track(pages(), task_id=checking))
            bar.update(checking, total=total)
            importing = bar.add_task("Importing", total=total)
            for new, offered in add_pages(config, pages(), differing=differing):
                added, known = added + new, known + offered - new
                bar.advance(importing, offered)
    except KeyboardInterrupt:
        console.print("Interrupted. What was imported is kept; run this command again to go on.")
        return EXIT_INTERRUPTED
    there = f" ({known:,} {'was' if known == 1 else 'were'} there already)" if known else ""
    sys.stdout.write(f"Imported {counted(added, 'page')}{there} into {place_of(config)}.\n")
    if differing:
        sys.stdout.write(
            f"{counted(len(differing), 'page')} came with the id of one that is there with other content, which was "
            f"left as it is: {', '.join(differing[:_SHOWN_IDS])}{', ...' if len(differing) > _SHOWN_IDS else ''}\n"
        )
    if added:
        sys.stdout.write(
            "They are found by their words from now on; a server, also one that is running, derives vectors, topics "
            "and facts from them in the background.\n"
        )
    return 0


def _describe(path: Path, name: str, pages: Iterator[IncomingPage], zone: tzinfo | None) -> None:
    """Say how many pages there are, from when to when, and how the first ones begin."""
    found = [(incoming.page.happened_at, incoming.page.meta_data or {}) for incoming in _shown(pages)]
    talks = len({meta_data["conversation_id"] for _, meta_data in found if "conversation_id" in meta_data})
    within = f" in {counted(talks, 'conversation')}" if talks else ""
    times = sorted(at for at, _ in found)
    span = f", from {timestamps.written(times[0], zone)} to {timestamps.written(times[-1], zone)}" if times else ""
    sys.stdout.write(f"{path} ({name}): {counted(len(found), 'page')}{within}{span}. Nothing was imported.\n")


def _shown(pages: Iterator[IncomingPage]) -> Iterator[IncomingPage]:
    """The pages, of which the first are shown by how they begin."""
    for number, incoming in enumerate(pages):
        if number < _FIRST_PAGES:
            text = one_line(incoming.page.user_input or incoming.page.agent_response)
            sys.stdout.write(f"  {incoming.shown}  {text[:_FIRST_CHARACTERS]}\n")
        yield incoming


def _write(contents: Contents, lines: BinaryIO, *, bar: bool) -> int:
    console = Console(stderr=True, highlight=False)
    with _progress(console, shown=bar) as progress:
        pages = contents.page_count()
        for page in progress.track(contents.pages(), total=pages, description="Exporting"):
            lines.write(export_line(page))
        for content in contents.derived():
            lines.write(export_line(content))
    return pages


def _progress(console: Console, *, shown: bool) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, disable=not (shown and console.is_terminal), transient=True)


@contextmanager
def _standard_output() -> Iterator[BinaryIO]:
    """The bytes of standard output: `sys.stdout` has an encoding of the system's choice."""
    try:
        with open(sys.stdout.fileno(), "wb", closefd=False) as lines:
            yield lines
    except BrokenPipeError:  # whoever read it has gone
        raise
    except OSError as error:
        raise MemoryOSError(f"standard output: {error.strerror}; the export is not complete") from error


@contextmanager
def _new_file(target: Path) -> Iterator[BinaryIO]:
    """A file that has its name once it is complete, readable by its owner only."""
    _check_free(target)
    with _named_refusals(target), ExitStack() as unless_done:
        descriptor, name = _nameless(target) or tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        if name is not None:
            unless_done.callback(Path(name).unlink)
        with os.fdopen(descriptor, "wb") as lines:
            yield lines
            lines.flush()
            os.fsync(lines.fileno())
            _check_free(target)
            if name is None:
                own = lines.fileno()  # as the folder of an absolute path, it only makes the system follow the link
                os.link(f"/proc/self/fd/{own}", target, src_dir_fd=own, follow_symlinks=True)
        if name is not None:
            Path(name).replace(target)
        unless_done.pop_all()


def _nameless(target: Path) -> tuple[int, None] | None:
    """A file beside the target that has no name yet, so that nothing of it stays if this process is killed.

    None where the system or the file system knows none: the file is hidden there until it is complete.
    """
    flag = getattr(os, "O_TMPFILE", None)
    if flag is None or not Path("/proc/self/fd").is_dir():
        return None
    try:
        return os.open(target.parent, flag | os.O_WRONLY, 0o600), None
    except OSError:
        return None


def _check_free(target: Path) -> None:
    if os.path.lexists(target):
        raise ConfigError(one_line(f"--output: {target} exists and is left as it is; name a new file"))


@contextmanager
def _named_refusals(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        advice = "name a new file in a folder that can be written and has room"
        raise ConfigError(one_line(f"--output: {target}: {error.strerror}; {advice}")) from error
