"""A program that reads a prompt on its standard input and answers on its standard output, faults included.

Run as `python scripted_program.py DOES [ARGUMENT]`; `command` gives the words.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final


def command(does: str, *arguments: object) -> list[str]:
    """The words that run this file."""
    return [sys.executable, str(Path(__file__).resolve()), does, *map(str, arguments)]


def _says(prompt: str, text: str) -> None:
    sys.stdout.write(text)


def _reads(prompt: str, *_: str) -> None:
    """A good answer to the analyst's question."""
    from reading_model import ReadingModel
    from scripted_llm import Request

    request = Request("", {}, {"messages": [{"role": role, "content": prompt} for role in ("system", "user")]})
    sys.stdout.write(f"Here it is:\n```json\n{json.dumps(ReadingModel().draft(request))}\n```\n")


def _reports(prompt: str, *_: str) -> None:
    """What the program finds around it."""
    found = {
        "prompt": prompt,
        "arguments": sys.argv[2:],
        "files": os.listdir(),
        "hook": os.environ.get("MEMORYOS_HOOK"),
        "kept": sorted(name for name in os.environ if name.startswith(("MEMORYOS_", "CLAUDECODE", "OF_THE_USER"))),
    }
    sys.stdout.write(f"\x1b[?25l{json.dumps(found)}\x1b[0m\n")


def _fails(prompt: str, complaint: str = "", only_with: str = "") -> None:
    """Complain and fail, but answer a question without that word."""
    if only_with not in prompt:
        sys.stdout.write("yes")
        return
    sys.stderr.write(complaint)
    sys.exit(3)


def _repeats(prompt: str, *_: str) -> None:
    """Tell what it was asked, and that nobody is logged in."""
    sys.stderr.write(f"{prompt}\nplease log in\n")
    sys.exit(1)


def _floods(prompt: str, *_: str) -> None:
    while True:
        sys.stdout.write("and so on " * 10_000)


def _hangs(prompt: str, port: str, child: str = "") -> None:
    """Connect to the test, by a child if told so, and go on until somebody ends it."""
    if child:
        subprocess.run([sys.executable, __file__, "hangs", port], stdin=subprocess.DEVNULL, check=False)
        return
    with socket.create_connection(("127.0.0.1", int(port))) as connection:
        connection.recv(1)


_DOES: Final[dict[str, Callable[..., None]]] = {
    "says": _says,
    "reads": _reads,
    "reports": _reports,
    "fails": _fails,
    "repeats": _repeats,
    "floods": _floods,
    "hangs": _hangs,
}


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    _DOES[sys.argv[1]](sys.stdin.buffer.read().decode(), *sys.argv[2:])
