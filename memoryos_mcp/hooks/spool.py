"""What a hook leaves on disk: prompts that wait for their answer, and exchanges for the memory to take in.

An exchange is a file in the inbox, named after its turn: written twice it is one. A prompt waits in a folder of its
session under a name made of its turn; answered, it is kept a while as `.done`, so that a second hook of the same event
knows. Killed anywhere, nothing is stored twice and no prompt is lost: the next event of the session finds it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NamedTuple

INBOX: Final = "inbox"
"""As `memoryos.storage.inbox` names it, which a hook cannot import; a test holds the two together."""

MAX_TEXT: Final = 200_000
"""Characters of a side, as the engine takes them; the rest is cut off."""

_SESSIONS: Final = "sessions"
_OPEN, _DONE, _TEXT = ".open", ".done", ".text"
_DONE_SECONDS: Final = 600.0
_STALE_SECONDS: Final = 86_400.0
_TWICE_SECONDS: Final = 30.0
"""The same prompt that waits already is another one after so long a time."""


class Prompt(NamedTuple):
    """A prompt that waits: its file's name, what the user said where, and when (seconds since 1970).

    `transcript` is the client's file in which its answer will stand, `project` the one that the client is configured
    with; "" where that is not known.
    """

    name: str
    client: str
    session: str
    turn: str
    text: str
    at: float
    transcript: str = ""
    folder: str = ""
    project: str = ""


class Spool:
    """The files of one memory's hooks for one session of a client."""

    def __init__(self, memory: str, client: str, session: str, folder: str = "", project: str = "") -> None:
        self._inbox = os.path.join(os.path.dirname(memory), INBOX)
        self._sessions = os.path.join(self._inbox, _SESSIONS)
        self._folder = os.path.join(self._sessions, _digest(client, session))
        self._client = client
        self._session = session
        self._where = folder
        self._project = project

    def keep(self, text: str, turn: str, now: float, transcript: str = "") -> None:
        """Keep a prompt until its answer comes; on disk when this returns. Told twice it is kept once.

        An empty text stands for one of which nothing is kept: it is dropped with its answer.
        """
        name = self._name(text, turn)
        _make(self._folder)
        path = os.path.join(self._folder, name + _OPEN)
        with suppress(OSError, ValueError, KeyError, TypeError):
            known = _prompt(self._folder, name)
            is_last = all(prompt.at <= known.at for prompt in self.waiting())
            if turn or (is_last and now - known.at < _TWICE_SECONDS):
                return
            self.answer(known, "", now)  # the same words as before, whose answer never came
        kept = {
            "client": self._client,
            "session": self._session,
            "turn": turn or f"{now:.6f}",
            "text": text[:MAX_TEXT],
            "at": now,
            "transcript": transcript,
            "folder": self._where,
            "project": self._project,
        }
        _write(self._folder, path, json.dumps(kept))

    def note(self, text: str, turn: str) -> None:
        """Keep the text that may be the last one of a turn, in the place of one before it."""
        _make(self._folder)
        _write(self._folder, os.path.join(self._folder, self._name("", turn) + _TEXT), json.dumps(text[:MAX_TEXT]))

    def noted(self, turn: str) -> str:
        """The last text of a turn, "" where none was kept."""
        try:
            with open(os.path.join(self._folder, self._name("", turn) + _TEXT), encoding="utf-8") as file:
                text = json.load(file)
        except (OSError, ValueError):
            return ""
        return text if isinstance(text, str) else ""

    def waiting(self) -> list[Prompt]:
        """The prompts that wait for an answer, oldest first."""
        prompts = []
        for entry in _entries(self._folder):
            if entry.endswith(_OPEN):
                with suppress(OSError, ValueError, KeyError, TypeError):
                    prompts.append(_prompt(self._folder, entry[: -len(_OPEN)]))
        return sorted(prompts, key=lambda prompt: prompt.at)

    def was_answered(self, text: str, turn: str, now: float) -> bool:
        """Whether a hook of the same event has just answered this prompt."""
        try:
            return now - os.path.getmtime(os.path.join(self._folder, self._name(text, turn) + _DONE)) < _DONE_SECONDS
        except OSError:
            return False

    def is_of(self, prompt: Prompt, turn: str) -> bool:
        """Whether a prompt was told with this id of a turn."""
        return bool(turn) and prompt.name == self._name("", turn)

    def answer(self, prompt: Prompt, answer: str, now: float) -> None:
        """Leave a prompt with its answer in the inbox; on disk when this returns."""
        self.leave(prompt, answer, now)
        path = os.path.join(self._folder, prompt.name)
        with suppress(OSError):  # a second hook of the same event was faster
            os.replace(path + _OPEN, path + _DONE)
            os.truncate(path + _DONE, 0)  # what was said is in the inbox, and from there in the memory alone
            os.utime(path + _DONE, (now, now))
        for noted in {prompt.name, self._name("", "")}:
            with suppress(OSError):  # few clients tell their texts one by one
                os.unlink(os.path.join(self._folder, noted + _TEXT))

    def told(self, text: str, turn: str, now: float) -> Prompt:
        """A prompt of this session that was kept nowhere."""
        name = self._name(text, turn)
        where = {"folder": self._where, "project": self._project}
        return Prompt(name, self._client, self._session, turn or f"{now:.6f}", text, now, **where)

    def leave(self, prompt: Prompt, answer: str, now: float) -> None:
        """Leave an exchange in the inbox; on disk when this returns, once however often it is left."""
        if not prompt.text:
            return
        id_ = turn_id(prompt.client, prompt.session, prompt.turn)
        path = os.path.join(self._inbox, f"{int(prompt.at * 1_000_000):020d}-{id_}.json")
        if os.path.exists(path):
            return
        _make(self._inbox)
        exchange = {
            "user_input": prompt.text[:MAX_TEXT],
            "agent_response": answer[:MAX_TEXT],
            "turn": id_,
            "begun_at": prompt.at,
            "ended_at": now,
            "meta_data": {
                "source": "hook",
                "client": prompt.client,
                "session": prompt.session,
                "turn": prompt.turn,
            },
        }
        if prompt.folder:
            exchange["folder"] = prompt.folder
        if prompt.project:
            exchange["project"] = prompt.project
        _write(self._inbox, path, json.dumps(exchange))

    def tidy(self, now: float, answer_to: Callable[[Prompt], str]) -> None:
        """Throw away what has been answered; leave prompts in the inbox whose session ended without a word, with the
        answer that is known of them since.
        """
        self._tidy(self._folder, now)
        for session in _entries(self._sessions):
            folder = os.path.join(self._sessions, session)
            if folder != self._folder and now - _changed(folder, now) > _STALE_SECONDS:
                for name in _entries(folder):
                    if name.endswith(_OPEN):
                        with suppress(OSError, ValueError, KeyError, TypeError):
                            prompt = _prompt(folder, name[: -len(_OPEN)])
                            self.leave(prompt, answer_to(prompt), prompt.at)
                            os.unlink(os.path.join(folder, name))  # one by one: the time may be over before the last
                shutil.rmtree(folder, ignore_errors=True)

    def _tidy(self, folder: str, now: float) -> None:
        for name in _entries(folder):
            path = os.path.join(folder, name)
            if not name.endswith(_OPEN) and now - _changed(path, now) > _DONE_SECONDS:
                with suppress(OSError):
                    os.unlink(path)

    def _name(self, text: str, turn: str) -> str:
        return _digest("turn", turn) if turn else _digest("text", " ".join(text.split()))


def turn_id(client: str, session: str, turn: str) -> str:
    """The id by which a client's turn is one page, whoever brings it; `turn` is the client's own id of it."""
    return _digest(client, session, turn)


def _prompt(folder: str, name: str) -> Prompt:
    with open(os.path.join(folder, name + _OPEN), encoding="utf-8") as file:
        kept = json.load(file)
    client, session, turn, text = (str(kept[key]) for key in ("client", "session", "turn", "text"))
    where = {key: str(kept.get(key, "")) for key in ("transcript", "folder", "project")}
    return Prompt(name, client, session, turn, text, float(kept["at"]), **where)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:24]


def _entries(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _changed(path: str, now: float) -> float:
    try:
        return os.path.getmtime(path)
    except OSError:
        return now


def _make(folder: str) -> None:
    """Make a folder and what leads to it for its owner only, unless they are there."""
    if not os.path.isdir(folder):
        _make(os.path.dirname(folder))
        with suppress(FileExistsError):
            os.mkdir(folder, 0o700)


def _write(folder: str, path: str, content: str) -> None:
    """Put a content in a file's place, and on disk.

    It has its name before it is on disk: a hook whose time is over leaves it whole all the same, and only a failing
    machine could cut it short then.
    """
    temporary = os.path.join(folder, f".{os.getpid()}-{time.monotonic_ns()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        data = memoryview(content.encode("utf-8", "replace"))
        while data:
            data = data[os.write(descriptor, data) :]
        if os.name == "nt":  # an open file cannot be renamed there
            os.fsync(descriptor)
        else:
            os.replace(temporary, path)
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if os.name == "nt":
        os.replace(temporary, path)
        return
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
