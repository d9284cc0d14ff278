"""Work done in a process of its own."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

_T = TypeVar("_T")


class ChildError(Exception):
    """What ended the work: its traceback, or how the process ended."""


def in_child(folder: Path, work: Callable[[], _T]) -> _T:
    """What the work finds, which has to be JSON; a file in the folder brings it. Raises `ChildError`.

    The process is a fork of this one, which must not have a memory open.
    """
    answer = folder / "found.json"
    process = os.fork()
    if not process:
        try:
            found: dict[str, object] = {"found": work()}
        except Exception:  # noqa: BLE001 - whatever it is, the parent is told
            found = {"error": traceback.format_exc()}
        try:
            answer.write_text(json.dumps(found), "utf-8")
        finally:
            os._exit(0)
    _, status = os.waitpid(process, 0)
    if os.waitstatus_to_exitcode(status) or not answer.exists():
        raise ChildError(f"the process ended with {os.waitstatus_to_exitcode(status)}")
    told = json.loads(answer.read_text("utf-8"))
    answer.unlink()
    if "error" in told:
        raise ChildError(told["error"])
    found_there: _T = told["found"]
    return found_there
