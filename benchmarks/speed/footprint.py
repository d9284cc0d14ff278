"""What a server takes: memory while it runs, disk where it is installed."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

MB = 1_000_000


def resident_bytes(pid: int) -> int | None:
    """The memory of a process that is in RAM now; None where this platform does not tell without psutil."""
    if find_spec("psutil") is not None:
        import psutil  # type: ignore[import-untyped, unused-ignore]  # optional, so not at the top

        return int(psutil.Process(pid).memory_info().rss)
    status = Path(f"/proc/{pid}/status")
    if status.is_file():
        return _field_kib(status.read_text(), "VmRSS") * 1024
    if sys.platform == "win32":
        return None
    kib = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], check=True, capture_output=True, text=True).stdout
    return int(kib) * 1024


def installed_bytes(environment: Path) -> int:
    """The size of all files under a folder, a file with several names counted once."""
    stats = [file.lstat() for file in environment.rglob("*") if file.is_file() or file.is_symlink()]
    return sum({(stat.st_dev, stat.st_ino): stat.st_size for stat in stats}.values())


def _field_kib(status: str, name: str) -> int:
    """A field of /proc/<pid>/status in KiB."""
    line = next(line for line in status.splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1])
