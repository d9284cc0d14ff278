"""The machine on which clients keep their files: its system, its user's folders."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

System: TypeAlias = Literal["linux", "darwin", "win32"]


@dataclass(frozen=True, slots=True)
class Machine:
    """Where one user's files lie; `environ` holds the variables by which folders are moved."""

    system: System
    home: Path
    environ: Mapping[str, str]

    def file(self, template: str) -> Path:
        """The file of a template such as `{config}/Claude/settings.json`.

        `{home}` is the user's folder, `{config}` the one in which desktop programs keep settings on this system, and
        `{xdg}` the one of programs that use `~/.config` on macOS, too.
        """
        base, _, rest = template.partition("/")
        return self._base(base).joinpath(*rest.split("/")) if rest else self._base(base)

    def _base(self, name: str) -> Path:
        xdg = Path(self.environ.get("XDG_CONFIG_HOME") or self.home / ".config")
        roaming = Path(self.environ.get("APPDATA") or self.home / "AppData" / "Roaming")
        desktop = {"linux": xdg, "darwin": self.home / "Library" / "Application Support", "win32": roaming}
        return {
            "{home}": self.home,
            "{config}": desktop[self.system],
            "{xdg}": roaming if self.system == "win32" else xdg,
        }[name]


def this_machine() -> Machine:
    """The machine that this process runs on; every system but macOS and Windows keeps its files as Linux does."""
    system: System = "linux"
    if sys.platform in ("darwin", "win32"):
        system = sys.platform
    return Machine(system, Path.home(), os.environ)
