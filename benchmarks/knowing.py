"""Measure what a memory knows of its user: facts found, facts refused, outdated facts gone.

`--help` says how; the code is benchmarks/knowing/command.py.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])  # the folder that holds the package `benchmarks`

from benchmarks.knowing.command import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
