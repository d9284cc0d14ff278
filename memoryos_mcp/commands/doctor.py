"""The command `doctor`: a memory and its surroundings examined, a line for each thing with what helps."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from memoryos.embedding import configured_embedder
from memoryos.errors import MemoryOSError, MissingMemoryError, StoreDamagedError
from memoryos.llm.chat import Refusal
from memoryos.llm.model import open_chat
from memoryos.storage.paths import check_folder, file_of
from memoryos.storage.registry import open_database, place_of
from memoryos.storage.sqlite.database import Database
from memoryos.storage.sqlite.examination import Finding, examine, examine_sqlite, repair
from memoryos.storage.sqlite.recovery import salvage
from memoryos.storage.tables.contents import Contents
from memoryos_mcp.wording import counted

if TYPE_CHECKING:
    from memoryos import Config

_WORST: Final = {"ok": 0, "odd": 1, "bad": 2}
"""The exit codes."""

_ENDPOINT_SECONDS: Final = 20.0
"""Somebody looks on: an endpoint that is configured to be waited for longer is not."""

_MODEL_FAILS: Final = "summaries and traits wait for it; nothing is lost"


def doctor(config: Config, *, repair: bool) -> int:
    """Say what is found, mending what is derived if that is wanted; the exit code is the worst line's: 0, 1 or 2.

    A damaged file is never touched: what can be read of it is saved beside it.
    """
    return report(_findings(config, mending=repair))


def report(findings: Iterable[Finding]) -> int:
    """Print findings, a line each; the worst one's exit code."""
    worst = 0
    for finding in findings:
        worst = max(worst, _WORST[finding.verdict])
        fix = f"  ->  {finding.fix}" if finding.fix else ""
        sys.stdout.write(f"{finding.verdict:<4} {finding.subject}: {finding.found}{fix}\n")
        sys.stdout.flush()
    return worst


def look(config: Config) -> Iterator[Finding]:
    """What is found of the memory and its folder, mending nothing and asking no endpoint."""
    yield from _stored(config, mending=False)


def _findings(config: Config, *, mending: bool) -> Iterator[Finding]:
    yield from _stored(config, mending=mending)
    yield _embedder(config)
    yield _endpoint(config)


def _stored(config: Config, *, mending: bool) -> Iterator[Finding]:
    if config.store_scheme != "sqlite":
        yield _in_database(config)
        return
    path = file_of(config)
    yield examine_sqlite()
    yield _folder(config)
    if path.exists() or path.with_name(f"{path.name}-wal").exists():
        yield from _rights(path, mending)
        yield from _memory(path, mending)
    else:
        yield Finding("memory", "ok", f"{path}: there is none yet; the first exchange makes it")


def _in_database(config: Config) -> Finding:
    """Whether the memory can be read; the database's own health is for who runs it to see."""
    place = place_of(config)
    try:
        with closing(open_database(config, existing=True)) as database:
            return Finding("memory", "ok", f"{place}: {counted(Contents(database).page_count(), 'page')}")
    except MissingMemoryError:
        return Finding("memory", "ok", f"{place}: there is none yet; the first exchange makes it")
    except MemoryOSError as error:
        return Finding("memory", "bad", str(error))


def _folder(config: Config) -> Finding:
    try:
        check_folder(config)
    except MemoryOSError as error:
        return Finding("folder", "bad", str(error), "see there")
    return Finding("folder", "ok", f"{config.data_storage_path} can be written")


def _rights(path: Path, mending: bool) -> Iterator[Finding]:
    if os.name != "posix":
        return
    kept_private = [path.parent.parent, path.parent, *sorted(path.parent.iterdir())]
    open_ = [entry for entry in kept_private if stat.S_IMODE(entry.stat().st_mode) & 0o077]
    if mending:
        for entry in open_:
            entry.chmod(0o700 if entry.is_dir() else 0o600)
    if open_ and not mending:
        yield Finding("rights", "odd", f"others may read {open_[0]}", "doctor --repair shuts them out")
    else:
        yield Finding("rights", "ok", "nobody else may read it" + (", from now on" if open_ else ""))


def _memory(path: Path, mending: bool) -> Iterator[Finding]:
    try:
        with closing(Database(path)) as database:
            if mending and (helped := repair(database)):
                yield Finding("repair", "ok", f"{counted(helped, 'page')} helped")
            yield from examine(database)
    except StoreDamagedError as error:
        yield Finding("memory", "bad", str(error))
        if mending:
            yield _rescue(path)
    except MemoryOSError as error:
        yield Finding("memory", "bad", str(error))


def _rescue(path: Path) -> Finding:
    try:
        saved = salvage(path)
    except MemoryOSError as error:
        return Finding("rescue", "bad", str(error))
    lost = (
        "how many are lost is not known" if saved.lost is None else f"{counted(saved.lost, 'page')} could not be read"
    )
    return Finding(
        "rescue",
        "odd",
        f"{counted(saved.pages, 'page')} saved to {saved.recovered}, {lost}",
        f"stop all servers, move {path} and its -wal away, and give it its name",
    )


def _embedder(config: Config) -> Finding:
    try:
        embedder = configured_embedder(config)
        size = embedder.embed(["hello"]).shape[1]
    except MemoryOSError as error:
        return Finding("embedder", "bad", str(error), "until then pages are found by their words only")
    return Finding("embedder", "ok", f"{embedder.id} answers with {size} numbers")


def _endpoint(config: Config) -> Finding:
    endpoint = config.model_endpoint
    if endpoint is None:
        gets_it = ", ".join(config.dialogue_goes_to)
        told = f"what is said goes to {gets_it} for embeddings" if gets_it else "what is said goes nowhere"
        return Finding("model", "ok", f"none is configured; {told}")
    asked = open_chat(endpoint, min(_ENDPOINT_SECONDS, config.llm_timeout_seconds))
    try:
        asked.complete([{"role": "user", "content": "Say yes."}], {}, somebody_waits=False)
    except Refusal as refusal:
        return Finding("model", "odd", str(refusal.outage), _MODEL_FAILS)
    except MemoryOSError as error:
        return Finding("model", "odd", str(error), _MODEL_FAILS)
    finally:
        asked.close()
    return Finding("model", "ok", f"{endpoint.address}{f', model {endpoint.model}' if endpoint.model else ''}, answers")
