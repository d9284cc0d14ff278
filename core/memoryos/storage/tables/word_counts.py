"""How many pages hold a stem, remembered where it is costly to count."""

from __future__ import annotations

from collections.abc import Mapping

_FREQUENT = 500


class WordCounts:
    """In how many pages frequent stems stand, remembered: counting walks the stem's whole list in the index.

    What is remembered is forgotten once the memory has grown by a tenth.
    """

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._pages = 0

    def known(self, pages: int) -> Mapping[str, int]:
        """Counts still good for a memory of so many pages."""
        if pages > self._pages * 1.1:
            self._counts, self._pages = {}, pages
        return self._counts

    def learn(self, counts: Mapping[str, int]) -> None:
        """Remember the counts that are costly to take."""
        self._counts.update({stem: pages for stem, pages in counts.items() if pages >= _FREQUENT})
