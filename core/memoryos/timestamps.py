"""Reads and writes the times of pages, as "YYYY-MM-DD HH:MM:SS" or ISO 8601."""

from __future__ import annotations

from datetime import datetime, timezone, tzinfo
from zoneinfo import ZoneInfo

from memoryos.errors import InvalidArgumentError

_ACCEPTED = '"YYYY-MM-DD HH:MM:SS" or ISO 8601, such as "2026-03-01T09:30:00+01:00"'
_FORMAT = "%Y-%m-%d %H:%M:%S"


def zone(name: str) -> tzinfo | None:
    """The time zone of an IANA name; None for "", which means the machine's own."""
    return ZoneInfo(name) if name else None


def parse(text: str, local: tzinfo | None, *, argument: str = "timestamp") -> datetime:
    """The moment a timestamp names, in UTC; without a zone of its own it is in `local` (None: the machine's).

    Raises `InvalidArgumentError`, which calls it `argument`.
    """
    # Python 3.10's fromisoformat does not know the suffix "Z".
    candidate = text.strip()
    if candidate.endswith(("Z", "z")):
        candidate = f"{candidate[:-1]}+00:00"
    try:
        if not (candidate.isascii() and candidate.isprintable()):  # fromisoformat takes any character before the time
            raise ValueError("a timestamp is plain text")
        moment = datetime.fromisoformat(candidate)
        if moment.tzinfo is None and local is not None:
            moment = moment.replace(tzinfo=local)
        return moment.astimezone(timezone.utc)
    except (ValueError, OverflowError, OSError) as error:
        raise InvalidArgumentError(argument, repr(text[:40]), _ACCEPTED) from error


def written(moment: datetime, local: tzinfo | None) -> str:
    """A moment as "YYYY-MM-DD HH:MM:SS" in `local` (None: the machine's zone)."""
    return moment.astimezone(local).strftime(_FORMAT)
