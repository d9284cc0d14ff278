"""Where the memory of a configuration lies, found out without the engine; and what a user keeps out of it.

The engine's own reading of a configuration brings pydantic, for which a hook has no time. A test holds the two to the
same folder. Whatever this does not understand is no memory of a hook: it then does nothing, and a server says why.
"""

from __future__ import annotations

import fnmatch
import glob
import hashlib
import json
import os
import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

OFF_FILE: Final = ".memoryos-off"
"""In a folder or one above it: nothing of what is said there is captured, and nothing is recalled."""

IGNORE_FILE: Final = ".memoryos-ignore"
"""Patterns of folders below its own, one a line, that are kept out like that."""

_REFERENCE: Final = re.compile(r"\$\{([^}]*)\}")
_PLACEHOLDER: Final = re.compile(r"YOUR[_-][A-Z0-9_-]*|<[^<>]*>|sk-[\w-]*(?:\.{3}|…)[\w-]*")
_NO: Final = frozenset({"false", "0", "off", "no", "f", "n"})
"""As the engine reads a word for it."""

_EVERY: Final = "*"
"""As a project: what is said belongs to its repository, and what is looked for may be of any."""

_MAGIC: Final = re.compile("[*?[]")
_MAX_PATTERNS: Final = 1_000


class Place(NamedTuple):
    """A memory: its file, the patterns of folders that are kept out of it, whether secrets are masked in it, the
    project of all that is said ("" where that is the repository it is said in), and whose it is."""

    memory: str
    ignored: tuple[str, ...] = ()
    masks: bool = True
    project: str = ""
    user: str = ""


def place_of(config: str | None, environ: Mapping[str, str]) -> Place | None:
    """The memory of a configuration (None: of none); None where it is in no file, or the configuration is not sound."""
    path = config or environ.get("MEMORYOS_CONFIG") or None
    values: object = {}
    if path is not None:
        path = os.path.abspath(os.path.expanduser(path))
        with open(path, encoding="utf-8-sig") as file:
            values = json.load(file)
    if not isinstance(values, dict):
        return None
    address = _setting("database_url", values, environ)
    if address and address != "sqlite:":
        return None
    user = unicodedata.normalize("NFC", _setting("user_id", values, environ) or "default")
    storage = _setting("data_storage_path", values, environ)
    if storage and "MEMORYOS_DATA_STORAGE_PATH" not in environ and path is not None and not storage.startswith("~"):
        storage = os.path.join(os.path.dirname(path), storage)
    folder = os.path.abspath(os.path.expanduser(storage or _data_folder()))
    ignored = values.get("hooks_ignore")
    patterns = tuple(str(pattern) for pattern in ignored) if isinstance(ignored, list) else ()
    project = _setting("project", values, environ).strip()
    return Place(
        os.path.join(folder, "users", _user_folder(user), "memory.db"),
        patterns,
        _masks(values, environ),
        "" if project == _EVERY else project,
        user,
    )


def is_kept_out(folder: str, place: Place, entered: str = "") -> bool:
    """Whether the user keeps out what is said in a folder.

    `entered` is the folder in which the client was started as the user named it, as a shell has it in PWD: a client
    gives the name without links.
    """
    if not folder:
        return False
    return any(_is_kept_out(here, place) for here in _names(folder, entered))


def _names(folder: str, entered: str) -> set[str]:
    real = os.path.realpath(folder)
    names = {os.path.abspath(folder), real}
    start = os.path.join(os.path.realpath(entered), "")
    if os.path.isabs(entered) and os.path.join(real, "").startswith(start):
        names.add(os.path.normpath(os.path.join(entered, real[len(start) :])))
    return names


def _is_kept_out(here: str, place: Place) -> bool:
    if any(_is_below(here, os.path.expanduser(pattern)) for pattern in place.ignored):
        return True
    for above in _upwards(here):
        if os.path.exists(os.path.join(above, OFF_FILE)):
            return True
        if any(_is_below(here, os.path.join(glob.escape(above), pattern)) for pattern in _patterns(above)):
            return True
    return False


def _setting(name: str, values: Mapping[object, object], environ: Mapping[str, str]) -> str:
    for value in (environ.get(f"MEMORYOS_{name.upper()}"), values.get(name)):
        if isinstance(value, str):
            text = _REFERENCE.sub(lambda match: environ[match[1]], value)
            if text.strip() and not _PLACEHOLDER.fullmatch(text.strip()):
                return text
    return ""


def _masks(values: Mapping[object, object], environ: Mapping[str, str]) -> bool:
    """Whether secrets are masked: they are, unless it is written that they are not."""
    told = environ.get("MEMORYOS_MASK_SECRETS") or values.get("mask_secrets")
    return str(told).strip().lower() not in _NO


def _data_folder() -> str:
    """What platformdirs gives on the systems whose rule is short; it is asked on the others."""
    if sys.platform.startswith("linux") and "ANDROID_ROOT" not in os.environ:
        home = os.environ.get("XDG_DATA_HOME", "").strip()
        return os.path.join(home or os.path.expanduser("~/.local/share"), "memoryos")
    import platformdirs  # ctypes and the registry on Windows

    return platformdirs.user_data_dir("memoryos")


def _user_folder(user: str) -> str:
    readable = re.sub(r"[^A-Za-z0-9_]+", "", user)[:24]
    return f"{readable}-{hashlib.sha256(user.encode()).hexdigest()[:16]}"


def _patterns(folder: str) -> list[str]:
    try:
        with open(os.path.join(folder, IGNORE_FILE), encoding="utf-8-sig", errors="replace") as file:
            lines = [line.strip() for line in file.readlines(100_000)[:_MAX_PATTERNS]]
    except OSError:
        return []
    return [line.strip("/") for line in lines if line and not line.startswith("#")]


def _is_below(folder: str, pattern: str) -> bool:
    """Whether a folder, or one above it, matches a pattern of a whole path."""
    wanted = os.path.normpath(pattern)
    fixed = wanted if not glob.has_magic(wanted) else os.path.dirname(wanted[: _MAGIC.search(wanted).start()])  # type: ignore[union-attr]
    real = os.path.realpath(fixed) if os.path.isabs(fixed) else fixed
    ways = {wanted, glob.escape(real) + wanted[len(fixed) :]} if real != fixed else {wanted}
    return any(fnmatch.fnmatch(above, way) for way in ways for above in _upwards(folder))


def _upwards(folder: str) -> Iterator[str]:
    while True:
        yield folder
        above = os.path.dirname(folder)
        if above == folder:
            return
        folder = above
