"""The commands `export` and `import`: a memory as a file of JSON lines, and pages out of one."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from memoryos import ConfigError, MemoryOSError, arguments, timestamps
from memoryos.config.text import one_line
from memoryos.storage.registry import place_of
from memoryos.storage.transfer import add_pages, opened_contents
from memoryos_mcp.importers import OWN_FORMATS, import_pages, importer_of
from memoryos_mcp.importers.json_lines import export_line
from memoryos_mcp.importers.taking import Choice, Tally, taken
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
_SHOWN_BROKEN = 20
_KEPT_PAGES, _KEPT_CHARACTERS = 50_000, 50_000_000
"""What is kept in mind between check and import, some 100 MB: reading it again costs as much as adding it."""


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


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to import: the format's name ("": found by a look at the file) and what of the file is taken.

    `since` is a time as a person writes it, "" for all. `skip_broken` passes over records that cannot be read.
    """

    format_name: str = ""
    since: str = ""
    project: str = ""
    dry_run: bool = False
    skip_broken: bool = False


def import_(config: Config, source: Path, options: ImportOptions | None = None) -> int:
    """Add the pages of a file or folder to a memory, once all of it is checked; the exit code.

    For a dry run it says what there is, and adds nothing. Raises `ConfigError` for what is wrong with the file or an
    option, with nothing added, and `MemoryOSError`.
    """
    options = options or ImportOptions()
    path = source.expanduser().absolute()
    if not path.is_file() and not path.is_dir():  # and not a pipe, which cannot be read twice
        problem = "is not a plain file" if path.exists() else "no such file"
        raise ConfigError(one_line(f"{path}: {problem}; name a file that export wrote, or one of conversations"))
    zone = timestamps.zone(config.timezone)
    reading = _Reading(path, config, options, zone)
    if options.dry_run:
        _describe(path, reading.format_name, reading.pages(), zone)
        reading.report()
        return 0
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    added = known = 0
    differing: list[str] = []
    try:
        with _without_collection(), _progress(console, shown=True) as bar:
            checking = bar.add_task("Checking", total=None)
            checked = _Checked(bar.track(reading.pages(), task_id=checking))
            bar.update(checking, total=checked.count)
            importing = bar.add_task("Importing", total=checked.count)
            pages = reading.pages() if checked.pages is None else iter(checked.pages)
            for new, offered in add_pages(config, pages, differing=differing):
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
    reading.report()
    if added:
        sys.stdout.write(
            "They are found by their words from now on; a server, also one that is running, derives vectors, topics "
            "and facts from them in the background.\n"
        )
    return 0


@contextmanager
def _without_collection() -> Iterator[None]:
    """Within it nobody looks for cycles: all that is read is kept and has none, and looking doubles the time of it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Reading:
    """A file or folder that is read, and what was left out of it the last time."""

    def __init__(self, path: Path, config: Config, options: ImportOptions, zone: tzinfo | None) -> None:
        self._path, self._zone, self._assistant_id = path, zone, config.assistant_id
        self.format_name, _ = importer_of(path, options.format_name)
        since = timestamps.parse(options.since, zone, argument="--since") if options.since else None
        self._choice = Choice(since, arguments.project(options.project or None), config.mask_secrets)
        self._broken: list[str] | None = [] if options.skip_broken else None
        self._tally = Tally()

    def pages(self) -> Iterator[IncomingPage]:
        """The pages that are taken."""
        self._tally = Tally()
        if self._broken is not None:
            self._broken.clear()
        read = import_pages(self._path, self._zone, self._assistant_id, self.format_name, self._broken)
        yield from taken(read, self._choice, self._tally, own=self.format_name in OWN_FORMATS)

    def report(self) -> None:
        """Say what was left out, and which records were broken."""
        if self._tally.earlier:
            sys.stdout.write(f"{counted(self._tally.earlier, 'page')} from before --since left out.\n")
        if self._tally.private:
            sys.stdout.write(f"{counted(self._tally.private, 'page')} marked as <private> left out.\n")
        if self._tally.secrets:
            sys.stdout.write(f"{counted(self._tally.secrets, 'secret')} masked (mask_secrets).\n")
        if self._broken:
            sys.stdout.write(f"{counted(len(self._broken), 'record')} skipped that cannot be read:\n")
            sys.stdout.writelines(f"  {problem}\n" for problem in self._broken[:_SHOWN_BROKEN])
            if len(self._broken) > _SHOWN_BROKEN:
                sys.stdout.write(f"  ... and {len(self._broken) - _SHOWN_BROKEN:,} more\n")


class _Checked:
    """How many pages there are, and they themselves (else None), where they are few enough to be kept in mind."""

    def __init__(self, pages: Iterable[IncomingPage]) -> None:
        self.count = 0
        self.pages: list[IncomingPage] | None = []
        characters = 0
        for incoming in pages:
            self.count += 1
            characters += len(incoming.page.user_input) + len(incoming.page.agent_response)
            if characters > _KEPT_CHARACTERS or self.count > _KEPT_PAGES:
                self.pages = None
            elif self.pages is not None:
                self.pages.append(incoming)


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
