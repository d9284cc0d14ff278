"""One question to a program: the prompt on its standard input, its answer on its standard output.

The program is started anew for each question, from a list of words and never through a shell, in an empty folder, with
`MEMORYOS_HOOK=off` in its environment: hooks of ours that it runs exit at once, and its prompts are not captured as
talk. Input and output are files without a name: so no program can block on a pipe that nobody reads, and what it leaves
running behind it cannot hold one open. What it complains of may repeat the dialogue, and is passed on to nobody.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from memoryos.errors import ModelReplyError, ModelUnavailableError
from memoryos.llm.chat import Refusal, Reply
from memoryos.llm.presets import PRESETS, SETTINGS, Preset

if TYPE_CHECKING:
    from memoryos.config.settings import ModelProgram

MAX_OUTPUT_BYTES: Final = 1_000_000
"""An answer of more is none; the longest sound one, of 50 pages, has some 40,000."""

_COMPLAINT_BYTES: Final = 20_000
_LOOKED_AT_SECONDS: Final = 0.05
_KILL_SECONDS: Final = 5.0

_OURS: Final = "MEMORYOS_"
_OF_THE_CALLER: Final = frozenset({"CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT"})
"""Variables by which an agent that started this server would take the program for a part of itself, and refuse."""

_ESCAPES: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])|\r(?=\n)")
"""Colours and cursor movements, of programs that do not look where they write."""


class CommandChat:
    """Asks a program; safe to use from several threads, each of which starts its own.

    `timeout_seconds` bounds each answer as a whole. `monotonic` is the clock, in seconds, `environ` the environment
    that the program gets but for the settings of this product.
    """

    def __init__(
        self,
        program: ModelProgram,
        timeout_seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._name = program.name
        self._timeout_seconds = timeout_seconds
        self._monotonic = monotonic
        self._environ = environ
        self._preset = PRESETS[program.name] if program.is_preset else Preset(lambda _: program.words[1:])
        self._program = program.words[0]
        self._words = tuple(self._preset.words(program.model))
        self._lock = threading.Lock()  # guards both below
        self._running: set[subprocess.Popen[bytes]] = set()
        self._closed = False
        weakref.finalize(self, _kill_all, self._running)  # also when the process ends and nobody closed this

    def complete(
        self, messages: list[dict[str, str]], parameters: Mapping[str, object], *, somebody_waits: bool
    ) -> Reply:
        """What the program writes. Raises `ModelUnavailableError`, `ModelReplyError` and `Refusal`.

        `Refusal` is any exit status but 0: whether it is for this question or for all, a trivial one tells. There are
        no `parameters` that every program takes.
        """
        with ExitStack() as stack:
            home = Path(stack.enter_context(_Folder(prefix="memoryos-")))
            working = home / "empty"
            working.mkdir()
            asked = stack.enter_context(tempfile.TemporaryFile())
            answered = stack.enter_context(tempfile.TemporaryFile())
            complaints = stack.enter_context(tempfile.TemporaryFile())
            prompt = _prompt(messages)
            asked.write(prompt.encode(errors="replace"))
            asked.seek(0)
            process = self._started(home, working, asked, answered, complaints)
            try:
                self._wait(process, answered, complaints)
            finally:
                _kill(process)
                with self._lock:
                    self._running.discard(process)
            if process.returncode != 0:
                raise self._refused(process.returncode, _less_prompt(_tail(complaints), prompt))
            return Reply(_text(answered), False, None, None)

    def close(self) -> None:
        """End the programs that are under way, and start none any more."""
        with self._lock:
            self._closed = True
            _kill_all(self._running)

    def _started(
        self, home: Path, working: Path, asked: IO[bytes], answered: IO[bytes], complaints: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        settings = home / "settings.json"
        if self._preset.settings:
            settings.write_text(self._preset.settings, encoding="utf-8")
        environment = {name: text for name, text in self._environ.items() if not _is_kept_back(name)}
        environment |= {name: text.replace(SETTINGS, str(settings)) for name, text in self._preset.environment.items()}
        words = [word.replace(SETTINGS, str(settings)) if self._preset.settings else word for word in self._words]
        with self._lock:
            if self._closed:
                raise self._outage("the memory was closed; open it again to use it")
            try:
                process = subprocess.Popen(
                    [self._found(environment), *words],
                    stdin=asked,
                    stdout=answered,
                    stderr=complaints,
                    cwd=working,
                    env={**environment, "MEMORYOS_HOOK": "off"},
                    start_new_session=True,  # means nothing on Windows
                    creationflags=_CREATION_FLAGS,
                )
            except (OSError, ValueError) as error:
                reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
                raise self._outage(f"it cannot be started ({reason}); check llm_command") from None
            self._running.add(process)
            return process

    def _found(self, environment: Mapping[str, str]) -> str:
        """The program's path: by name it may be a script with an ending of Windows, which only a search finds."""
        found = shutil.which(os.path.expanduser(self._program), path=environment.get("PATH"))
        if found is None:
            raise self._outage(
                "there is no such program on the PATH of this server, which may be shorter than yours; install it, or "
                "write its whole path in llm_command"
            )
        return found

    def _wait(self, process: subprocess.Popen[bytes], *written: IO[bytes]) -> None:
        """Return once the program has ended; raises where it takes too long, or writes without end."""
        deadline = self._monotonic() + self._timeout_seconds
        while True:
            with suppress(subprocess.TimeoutExpired):
                process.wait(_LOOKED_AT_SECONDS)
            with self._lock:
                if self._closed:
                    raise self._outage("the memory was closed; open it again to use it")
            if any(os.fstat(file.fileno()).st_size > MAX_OUTPUT_BYTES for file in written):
                raise ModelReplyError(f"program {self._name}: it wrote more than {MAX_OUTPUT_BYTES:,} bytes")
            if process.returncode is not None:
                return
            if self._monotonic() > deadline:
                raise self._outage(
                    f"no answer within {self._timeout_seconds:g} s (llm_timeout_seconds); run it by hand to see "
                    "whether it waits for a login or an agreement"
                )

    def _refused(self, status: int, complaint: str) -> Refusal:
        ended = f"it ended with status {status}" if status > 0 else f"it was ended by signal {-status}"
        hint = "run it by hand with a short question on its standard input to see why"
        return Refusal(400, complaint.lower(), self._outage(f"{ended}; {hint}"), told=ended)

    def _outage(self, reason: str) -> ModelUnavailableError:
        return ModelUnavailableError(f"program {self._name}: {reason}")


class _Folder(tempfile.TemporaryDirectory[str]):
    """A folder that goes with its content; what a program still holds open on Windows stays until the next restart."""

    def cleanup(self) -> None:
        with suppress(OSError):
            super().cleanup()


def _is_kept_back(name: str) -> bool:
    return name.upper().startswith(_OURS) or name in _OF_THE_CALLER


def _prompt(messages: list[dict[str, str]]) -> str:
    """The messages as one text; what the model answered before is marked as that."""
    parts = (
        f"<your_answer>\n{message['content']}\n</your_answer>" if message["role"] == "assistant" else message["content"]
        for message in messages
    )
    return "\n\n".join(parts) + "\n"


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return _ESCAPES.sub("", file.read(MAX_OUTPUT_BYTES).decode(errors="replace"))


def _tail(file: IO[bytes]) -> str:
    file.seek(max(0, os.fstat(file.fileno()).st_size - _COMPLAINT_BYTES))
    return file.read().decode(errors="replace")


def _less_prompt(complaint: str, prompt: str) -> str:
    """A complaint without the lines of the prompt: what people talk about is no reason of the program's."""
    return "\n".join(line for line in complaint.splitlines() if line.strip() not in prompt)


def _kill_all(running: set[subprocess.Popen[bytes]]) -> None:
    for process in [*running]:
        _kill(process)


if sys.platform == "win32":
    _CREATION_FLAGS: Final = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW

    def _kill(process: subprocess.Popen[bytes]) -> None:
        """End the program and what it started."""
        if process.poll() is not None:
            return
        taskkill = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32" / "taskkill.exe"
        with suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(
                [str(taskkill), "/T", "/F", "/PID", str(process.pid)],
                capture_output=True,
                check=False,
                timeout=_KILL_SECONDS,
            )
        process.kill()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_KILL_SECONDS)

else:
    _CREATION_FLAGS: Final = 0

    def _kill(process: subprocess.Popen[bytes]) -> None:
        """End the program and what it started, its group."""
        if process.returncode is not None:
            return
        # Of a program that has ended but was not waited for, the number is still its own.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_KILL_SECONDS)
