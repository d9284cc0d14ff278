"""Measure what a model's endpoint costs, and that calls do not wait for it.

`--help` says how; the code is benchmarks/endpoint/command.py.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])  # the folder that holds the package `benchmarks`

from benchmarks.endpoint.command import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
