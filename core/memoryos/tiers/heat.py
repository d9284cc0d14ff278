"""Heat: how alive a segment of mid-term memory is (paper, section 3.3, equations 4 and 5)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memoryos.models import Segment, SegmentVisits


@dataclass(frozen=True, slots=True)
class HeatFormula:
    """heat = alpha * N_visit + beta * L_interaction + gamma * exp(-dt / recency_seconds).

    `dt` is the time in seconds since the segment was last visited or grew; the paper has
    alpha = beta = gamma = 1 and recency_seconds (its mu) = 1e7.
    """

    alpha: float = 1.0
    beta: float = 1.0
    gamma: float = 1.0
    recency_seconds: float = 1e7

    def __call__(self, segment: Segment | SegmentVisits, now: datetime) -> float:
        """The heat of a segment as of now; recency is never stored, for it is true for a moment only."""
        return (
            self.alpha * segment.n_visit
            + self.beta * segment.l_interaction
            + self.gamma * self.recency(segment.last_visit_at, now)
        )

    def recency(self, last_visit_at: datetime, now: datetime) -> float:
        """R_recency in 0-1; a clock that was set back counts as no time passed."""
        seconds = max(0.0, (now - last_visit_at).total_seconds())
        return math.exp(-seconds / self.recency_seconds)
