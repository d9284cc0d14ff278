"""The commands by which a person decides: see the facts, correct, pin and take them back, exclude, see who did what."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from rich.console import Console

from memoryos import Memoryos, timestamps
from memoryos.config.text import one_line
from memoryos.storage.registry import check_existing
from memoryos_mcp.commands.everyday import looked_at, settle
from memoryos_mcp.settings import seeing_all
from memoryos_mcp.wording import agreed, counted

if TYPE_CHECKING:
    from memoryos import Config, Knowledge


def facts(config: Config) -> int:
    """Print what is known with the ids that the other commands take, doubtful facts first; the exit code."""
    with looked_at(config) as memory:
        known = memory.browsing.facts()
    _write(map(_line, known), "Nothing is known yet.")
    return 0


def correct(config: Config, fact_id: str, text: str) -> int:
    """Put a fact right, or (without a text) undo that; the exit code. Raises `InvalidArgumentError`."""
    check_existing(config)
    with closing(Memoryos.open(seeing_all(config))) as memory:
        if text:
            new = memory.correct_fact(fact_id, text)
            settle(memory)
            sys.stdout.write(f"Kept as your word: {one_line(new.text)}  {new.id}\n")
        else:
            memory.undo_correction(fact_id)
            sys.stdout.write("Undone: what it took the place of holds again.\n")
    return 0


def pin(config: Config, fact_id: str, *, pinned: bool) -> int:
    """Let a fact always stand in the profile, or no more; the exit code. Raises `InvalidArgumentError`."""
    with looked_at(config) as memory:
        memory.pin_fact(fact_id, pinned=pinned)
    sys.stdout.write("Always in the profile.\n" if pinned else "No longer pinned.\n")
    return 0


def retire(config: Config, fact_id: str, *, yes: bool) -> int:
    """Show a fact and, once that is agreed to, take it back; the exit code. Raises `InvalidArgumentError`."""
    with looked_at(config) as memory:
        found = memory.browsing.fact(fact_id)
        if found is not None:
            _write([_line(found)], "")
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        if yes or found is None or agreed("Take it back, and never learn it again from where it was said?", console):
            memory.retire_fact(fact_id)
            sys.stdout.write("Taken back.\n")
    return 0


def exclude(config: Config, about: str, *, lift: bool) -> int:
    """Never remember anything about some words, or (`lift`) again, or (without words) print the rules; the exit code.

    Raises `InvalidArgumentError`.
    """
    with looked_at(config) as memory:
        if not about:
            _write(map(one_line, memory.exclusions()), "Nothing is excluded.")
        elif lift:
            memory.allow(about)
            sys.stdout.write("Lifted.\n")
        else:
            excluded = memory.exclude(about)
            dropped = f"{counted(excluded.facts, 'fact')} and {counted(excluded.traits, 'trait')}"
            sys.stdout.write(f"From now on nothing about it is remembered; {dropped} about it were dropped.\n")
            if excluded.pages:
                stored = f"{counted(excluded.pages, 'exchange')} {'speaks' if excluded.pages == 1 else 'speak'}"
                sys.stdout.write(f"{stored} of it still: forget --about takes that out.\n")
    return 0


def history(config: Config, fact_id: str | None) -> int:
    """Print who changed what, the last first, or all that one fact took the place of and that took its place.

    The exit code.
    """
    with looked_at(config) as memory:
        if fact_id is not None:
            _write(map(_line, memory.browsing.history(fact_id)), "There is no such fact.")
            return 0
        zone = timestamps.zone(config.timezone)
        lines = (
            f"{timestamps.written(entry.at, zone)}  {entry.actor:<6}  {entry.action:<8}"
            f"  {entry.ref or counted(entry.count, 'exchange' if entry.action == 'forget' else 'fact')}"
            for entry in memory.audit()
        )
        _write(lines, "Nobody has changed anything by hand yet.")
    return 0


def _line(fact: Knowledge) -> str:
    marks: list[str] = [fact.author] if fact.author == "person" else []
    if fact.pinned:
        marks.append("pinned")
    if fact.superseded_by:
        marks.append("replaced")
    elif fact.archived_at:
        marks.append("archived")
    elif fact.state != "current":
        marks.append(fact.state)
    marked = f"  ({', '.join(marks)})" if marks else ""
    return one_line(f"{fact.id}  {fact.timestamp[:10]}  {fact.text}{marked}")


def _write(lines: Iterator[str] | Sequence[str], otherwise: str) -> None:
    written = [f"{line}\n" for line in lines]
    sys.stdout.write("".join(written) or (f"{otherwise}\n" if otherwise else ""))
