"""Measure what the replies of `retrieve_memory` cost, and how much of that is evidence.

`--help` says how; the code is benchmarks/replies/command.py.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])  # the folder that holds the package `benchmarks`

from benchmarks.replies.command import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
