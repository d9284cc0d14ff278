"""Measure how well a small model answers out of whole replies.

`--help` says how; the code is benchmarks/answers/reply_qa.py.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])  # the folder that holds the package `benchmarks`

from benchmarks.answers.reply_qa import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
