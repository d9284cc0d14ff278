"""Kill processes that use one memory, and put it through what else a machine can do to it.

`--help` says how; the code is benchmarks/crash/command.py.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])  # the folder that holds the package `benchmarks`

from benchmarks.crash.command import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
