"""Choose the weights of the ranking, and measure what weights chosen elsewhere reach.

`--help` says how; the code is benchmarks/recall/tune.py.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])  # the folder that holds the package `benchmarks`

from benchmarks.recall.tune import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
