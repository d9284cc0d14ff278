"""The command `hook`: one event of a client, within a quarter of a second, whatever state the memory is in."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Final, NoReturn

from memoryos_mcp.hooks.capture import Capture, fit
from memoryos_mcp.hooks.events import Event, Reader, reader
from memoryos_mcp.hooks.fence import fenced
from memoryos_mcp.hooks.place import Place, is_kept_out, place_of
from memoryos_mcp.hooks.spool import Spool

SECONDS: Final = 0.25
"""A hook ends by then: a client waits for it."""

_ASKING: Final = 0.7
"""The share of that in which a server may answer; what words find is looked up meanwhile."""

_SECONDS_A_BYTE: Final = 4e-6
"""What it may take longer for what is told, up to `_LONG` bytes: a page of a book makes no difference, a long log is
looked through for secrets for some tenths of a second, and would be lost otherwise."""

_LONG: Final = 440_000
"""Both sides of an exchange in ASCII, as far as they are stored."""

SWITCH: Final = "MEMORYOS_HOOK"
"""The variable that turns hooks off ("off"), or gives them so many seconds."""

_MAX_BYTES: Final = 16_000_000
_USAGE: Final = "usage: memoryos-mcp-server hook EVENT [--client NAME] [--config FILE]; the event's JSON on stdin\n"


def run(arguments: Sequence[str]) -> NoReturn:
    """Do what an event asks for and end the process; its code is 0 but for a command line that cannot be read."""
    told = _told(arguments)
    if told is None:
        sys.stderr.write(_USAGE)
        _leave(2)
    event, client, config = told
    switch = os.environ.get(SWITCH, "").strip().lower()
    if switch != "off":
        seconds = float(switch) if switch.replace(".", "", 1).isdecimal() else SECONDS
        told_bytes = sys.stdin.buffer.read(_MAX_BYTES)  # who keeps this waiting is the client itself
        until = time.monotonic() + _ASKING * seconds
        _after(seconds + _SECONDS_A_BYTE * min(len(told_bytes), _LONG))
        answer = hook(event, client, config, told_bytes, os.environ, until)
        if answer:
            sys.stdout.buffer.write(answer.encode())
    _leave(0)


def hook(name: str, client: str, config: str | None, told: bytes, environ: Mapping[str, str], until: float) -> str:
    """Keep what an event tells; what is printed for the client, "" for nothing.

    No server is waited for after `until`, by `time.monotonic`.
    What goes wrong is named on stderr, never with what was said, and is no matter of the client.
    """
    try:
        answer = _hook(name, client, config, told, environ, until)
    except (OSError, ValueError, KeyError, RecursionError, sqlite3.Error) as error:
        sys.stderr.write(f"memoryos: hook {name}: {type(error).__name__}\n")
        return ""
    return answer


def _hook(name: str, client: str, config: str | None, told: bytes, environ: Mapping[str, str], until: float) -> str:
    of_client = reader(client)
    kind = None if of_client is None else of_client.kinds.get(name)
    fields = json.loads(told)
    if of_client is None or kind is None or not isinstance(fields, dict):
        raise ValueError("no event of this client")
    event = of_client.read(kind, fields)
    place = place_of(config, environ)
    if event is None or place is None or is_kept_out(event.folder, place, environ.get("PWD", "")):
        return ""
    spool = Spool(place.memory, client, event.session, event.folder, place.project)
    Capture(of_client, spool, masks=place.masks).take(event, time.time())
    return _recalled(name, event, of_client, place, until)


def _recalled(name: str, event: Event, of_client: Reader, place: Place, until: float) -> str:
    if event.kind not in of_client.recalls or not os.path.exists(place.memory):
        return ""
    # These take longer to load than all the rest; and to name a project git may have to be asked, which is slow. What
    # was said is on disk by now.
    from memoryos.projects import identity
    from memoryos.storage.sqlite.glance import glance
    from memoryos_mcp.hooks.questions import PROMPT_CHARACTERS, Asking, Question
    from memoryos_mcp.hooks.recall import Brought, bearing_on, card

    project = place.project or (identity(event.folder) if event.folder else None)
    prompt = fit(event.prompt)[:PROMPT_CHARACTERS]
    if not prompt and event.kind != "start":
        return ""
    asking = Asking(Question(place.memory, place.user, project, event.session, prompt), until) if prompt else None
    with glance(place.memory) as seen:
        told = card(seen, project)  # at the session's start
        brought = bearing_on(seen, prompt, event.session, project) if prompt else Brought()
    if asking is not None:
        brought = asking.answer() or brought
    text = fenced(brought.lines(told) if prompt else told)
    return json.dumps(of_client.answer(name, text)) if text else ""


def _told(arguments: Sequence[str]) -> tuple[str, str, str | None] | None:
    """The event, the client and the configuration that a command line names; None where it cannot be read."""
    options: dict[str, str | None] = {"--client": "claude-code", "--config": None}
    event, rest = "", list(arguments)
    while rest:
        word = rest.pop(0)
        option, equals, value = word.partition("=")
        if option in options and (equals or rest):
            options[option] = value if equals else rest.pop(0)
        elif word.startswith("-") or event:
            return None
        else:
            event = word
    return (event, options["--client"] or "", options["--config"]) if event else None


def _after(seconds: float) -> None:
    """End the process then, whatever it is at: what it has captured by then is whole on disk."""
    timer = threading.Timer(seconds, os._exit, (0,))
    timer.daemon = True
    timer.start()


def _leave(code: int) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
