"""Feed a server, its configurations, its importers and its hooks what nobody would send.

`--help` says how; the code is benchmarks/fuzz/command.py.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])  # the folder that holds the package `benchmarks`

from benchmarks.fuzz.command import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
