"""Measure what hooks put before a model, by words alone and by meaning.

`--help` says how; the code is benchmarks/replies/injecting.py.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])  # the folder that holds the package `benchmarks`

from benchmarks.replies.injecting import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
