"""Makes `benchmarks` importable: it is no part of the wheel."""

from __future__ import annotations

import sys
from pathlib import Path

# At the end, so that the installed packages, and not the folders of the checkout, are what is tested.
sys.path.append(str(Path(__file__).resolve().parents[2]))
