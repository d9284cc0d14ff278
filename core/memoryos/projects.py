"""Which project a folder is of: the same name for every clone and worktree of one repository."""

from __future__ import annotations

import os
import re
import subprocess
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

_GIT_SECONDS = 2.0
"""What finding the first commit may take; it is asked only for a repository without a remote."""

_FOLDS_CASE = frozenset({"github.com", "gitlab.com", "bitbucket.org", "codeberg.org"})
"""Hosts on which Owner/Repo and owner/repo are one."""

_SCP = re.compile(r"(?:[^@/\s]+@)?([^:/\s\[\]]{2,}):(?!//)(.+)")
"""`git@host:owner/repo`; one letter before the colon is a drive of Windows."""

_SECTION = re.compile(r"\[\s*([\w.-]+)(?:\s+\"((?:[^\"\\]|\\.)*)\")?\s*\]")
_VALUE = re.compile(r"(\w[\w-]*)\s*=\s*(.*)")
_MAX_NAME = 256
_LOCAL = "file:"
_CLONES = 3
"""A clone of a clone of a clone is followed so far."""


def identity(folder: str | os.PathLike[str]) -> str | None:
    """The name of the repository that a folder is in; None where it is in none, or that cannot be read.

    It is the address of its remote ("origin", or else the first) as host and path, without credentials, scheme and
    port ("github.com/owner/repo"), else "git:" and the number of its first commit. A clone of a repository on this
    machine is what that is. The files of git are read for the first; for the other `git` is started, for two seconds at
    most. It starts nothing that the repository names, which anyone may have sent.
    """
    return _identity(Path(folder).absolute(), _CLONES)


def _identity(folder: Path, clones: int) -> str | None:
    try:
        found = _git_folder(folder)
        if found is None:
            return None
        git, work = found
        remote = _remote(_common(git))
        name = None if remote is None else normal_remote(remote)
        if name is not None and not name.startswith(_LOCAL):
            return name
        original = None if name is None else work / name.removeprefix(_LOCAL)
        if clones and original is not None and (original / ".git").exists() and (of := _identity(original, clones - 1)):
            return of
    except OSError:
        return None
    return _first_commit(work)


def normal_remote(address: str) -> str | None:
    """A remote's address as host and path, the same for ssh and https; None where it names neither host nor path.

    What stands before an "@", a port, a query and the end ".git" are left out. A path of this machine is one
    ("file:/srv/git/repo").
    """
    address = address.strip()
    host, path = _parts(address)
    path = re.sub(r"/+", "/", path.replace("\\", "/")).rstrip("/").removesuffix(".git").rstrip("/")
    if not path.strip("/"):
        return None
    if not host:
        return f"{_LOCAL}{path}"[:_MAX_NAME]
    path = path.lstrip("/")
    host = host.lower().rstrip(".")
    name = f"{host}/{path.lower() if host in _FOLDS_CASE else path}"
    return name[:_MAX_NAME] if name.isprintable() else None


def _parts(address: str) -> tuple[str, str]:
    """Host and path of an address."""
    if "://" in address:
        try:
            parts = urlsplit(address)
            return (parts.hostname or "" if parts.scheme != "file" else ""), unquote(parts.path)
        except ValueError:
            return "", ""
    scp = _SCP.fullmatch(address)
    return (scp[1], scp[2]) if scp is not None else ("", address)


def _git_folder(folder: Path) -> tuple[Path, Path] | None:
    """The git folder of the repository that a folder is in, and its working tree; None outside of any."""
    for work in (folder, *folder.parents):
        entry = work / ".git"
        if entry.is_dir():
            return entry, work
        if entry.is_file():  # of a worktree or a submodule: it names the git folder
            said = entry.read_text(encoding="utf-8", errors="replace").strip()
            if said.startswith("gitdir:"):
                return (work / said.removeprefix("gitdir:").strip()), work
            return None
    return None


def _common(git: Path) -> Path:
    """The git folder that all worktrees of a repository share."""
    named = git / "commondir"
    return git / named.read_text(encoding="utf-8").strip() if named.is_file() else git


def _remote(common: Path) -> str | None:
    """The address of "origin" or, without it, of the first remote."""
    urls: dict[str, str] = {}
    remote: str | None = None
    config = common / "config"
    if not config.is_file():
        return None
    for line in config.read_text(encoding="utf-8", errors="replace").splitlines():
        text = line.strip()
        if section := _SECTION.match(text):
            remote = section[2] if section[1].lower() == "remote" else None
        elif remote is not None and (value := _VALUE.match(text)) and value[1].lower() == "url":
            urls.setdefault(remote, value[2].strip().strip('"'))
    return urls.get("origin", next(iter(urls.values()), None))


def _first_commit(work: Path) -> str | None:
    try:
        return _first_commit_of(work, (work / ".git").stat().st_ino)
    except (OSError, subprocess.SubprocessError, _NoCommitError):
        return None


class _NoCommitError(Exception):
    """A repository has no commit yet."""


@lru_cache(maxsize=256)
def _first_commit_of(work: Path, _inode: int) -> str:
    """The name by the first commit, which a repository keeps; that there is none is not kept, nor an error."""
    command = ["git", "-C", str(work), "rev-list", "--max-parents=0", "HEAD"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    said = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=_GIT_SECONDS,
        check=True,
        stdin=subprocess.DEVNULL,
        # Else git would fetch what a partial clone lacks, by a program that its configuration names.
        env={**environment, "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": ""},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    ).stdout.split()
    if not said:
        raise _NoCommitError
    return f"git:{min(said)}"
