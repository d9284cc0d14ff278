"""A walk over all pages that bear on a query, a reply at a time, of which nothing is kept between two calls.

Its cursor names the pages that were brought. A place in the list would not do: pages that are added, embedded or
forgotten meanwhile change the order, and some would come twice and others never.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from memoryos.errors import InvalidArgumentError

_SUM_BYTES: Final = 4
_SEVEN_BITS: Final = 0x7F
_MOST_BYTES: Final = 10
"""Of a number: pages are counted in 63 bits, and to read one without an end takes time by the square of its bytes."""
_MORE: Final = 0x80

_ENDLESS: Final = re.compile(rb"[\x80-\xff]{%d}" % _MOST_BYTES)

_EXPECTED: Final = "what an earlier reply to this query, with this filter, gave as its cursor"


@dataclass(frozen=True, slots=True)
class Walk:
    """What was brought for what was `asked`: the pages of these seqs, of all up to `newest`, 0 before it begins.

    None of the pages that came after it began is part of a walk. A page takes one or two bytes of the cursor, so that
    it costs a hundredth of what the pages cost.
    """

    asked: str
    newest: int = 0
    brought: frozenset[int] = frozenset()

    @classmethod
    def read(cls, cursor: str, asked: str) -> Walk:
        """The walk that goes on behind a cursor; raises `InvalidArgumentError` unless that is one of the same query."""
        code = cursor.strip()
        try:
            data = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise _no_cursor(cursor) from error
        checked, numbers = data[:_SUM_BYTES], data[_SUM_BYTES:]
        if checked != _sum(asked, numbers) or _ENDLESS.search(numbers):
            raise _no_cursor(cursor)
        seqs = list(_descending(numbers))
        if not seqs:
            raise _no_cursor(cursor)
        return cls(asked, seqs[0], frozenset(seqs[1:]))

    @property
    def goes_on(self) -> bool:
        """Whether pages were brought before."""
        return bool(self.brought)

    @property
    def cursor(self) -> str:
        """The walk as a text."""
        numbers = bytes(_gaps(self.newest, sorted(self.brought, reverse=True)))
        return base64.urlsafe_b64encode(_sum(self.asked, numbers) + numbers).decode().rstrip("=")

    def offers(self, seq: int) -> bool:
        """Whether a page is still to be brought."""
        return seq <= self.newest and seq not in self.brought

    def behind(self, seqs: Iterable[int]) -> Walk:
        """The walk once these pages were brought, too."""
        brought = self.brought.union(seqs)
        return replace(self, newest=max(self.newest, *brought), brought=brought) if brought else self


def _no_cursor(given: str) -> InvalidArgumentError:
    return InvalidArgumentError("cursor", repr(given[:40]), _EXPECTED)


def _sum(asked: str, numbers: bytes) -> bytes:
    return zlib.crc32(numbers, zlib.crc32(asked.encode())).to_bytes(_SUM_BYTES, "big")


def _gaps(newest: int, seqs: Iterable[int]) -> Iterator[int]:
    """The bytes of the first number and of the steps down from each to the next, seven bits a byte, the last ones
    first."""
    above = 0
    for number in (newest, *seqs):
        step, above = (above - number if above else number), number
        while step > _SEVEN_BITS:
            yield step & _SEVEN_BITS | _MORE
            step >>= 7
        yield step


def _descending(numbers: bytes) -> Iterator[int]:
    """What `_gaps` wrote."""
    above, step, bits = 0, 0, 0
    for byte in numbers:
        step |= (byte & _SEVEN_BITS) << bits
        bits += 7
        if byte & _MORE:
            continue
        above = above - step if above else step
        yield above
        step = bits = 0
