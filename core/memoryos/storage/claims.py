"""Who may do a kind of work, and when: claims with a lease, and waits after failures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from memoryos.errors import ClaimLostError
from memoryos.storage.plans import Claim

if TYPE_CHECKING:
    from typing_extensions import Self

    from memoryos.models import WorkKind

LONGEST_LEASE: Final = timedelta(hours=3)
"""A lease more than 3 h ahead comes from a wrong clock; ignore it. No time-out of a model is that long. For the same
reason ignore the wait after a failure that is yet to come."""


@dataclass(frozen=True, slots=True)
class WorkState:
    """A kind of work as the store keeps it: who does it until when, and how the last tries went.

    `attempts` failed in a row, the last of them with `error` at `failed_at`; nobody tries again before `not_before`.
    `content_failures` and `batch` are those of `Claim`.
    """

    holder: str | None = None
    expires_at: datetime | None = None
    attempts: int = 0
    not_before: datetime | None = None
    error: str | None = None
    failed_at: datetime | None = None
    content_failures: int = 0
    batch: int | None = None

    def claim(self, kind: WorkKind) -> Claim:
        """The claim of the holder. Raises `ValueError` where there is none."""
        if self.holder is None:
            raise ValueError(f"nobody holds {kind}")
        return Claim(kind, self.holder, self.attempts, self.content_failures, self.batch)

    def taken(self, holder: str, *, lease_seconds: float, now: datetime) -> Self | None:
        """The work claimed by a holder; None while another's lease or the wait after a failure runs."""
        if self._is_held_by_another(holder, now) or self._waits(now):
            return None
        return replace(self, holder=holder, expires_at=now + timedelta(seconds=lease_seconds))

    def _is_held_by_another(self, holder: str, now: datetime) -> bool:
        if self.holder is None or self.holder == holder or self.expires_at is None:
            return False
        return now < self.expires_at <= now + LONGEST_LEASE

    def _waits(self, now: datetime) -> bool:
        if self.not_before is None or (self.failed_at is not None and self.failed_at > now):
            return False
        return now < self.not_before

    def released(self) -> Self:
        """The work free, and its failures forgotten."""
        return replace(self, holder=None, expires_at=None, attempts=0, not_before=None, error=None, failed_at=None)

    def failed(self, error: str, *, wait_seconds: float, now: datetime) -> Self:
        """The work free, one failure more remembered, and nobody to try again for a while."""
        return replace(
            self,
            holder=None,
            expires_at=None,
            attempts=self.attempts + 1,
            not_before=now + timedelta(seconds=wait_seconds),
            error=error,
            failed_at=now,
        )

    def withdrawn(self) -> Self:
        """The work free: what its holder has read is no longer so."""
        return replace(self, holder=None, expires_at=None)


def check_holder(claim: Claim, holder: str | None) -> None:
    """Raise `ClaimLostError` unless the work's holder is the claim's: called first in every commit of work."""
    if holder != claim.holder:
        raise ClaimLostError(f"{claim.kind}: another worker took over; it will do this work")
