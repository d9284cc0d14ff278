"""Connections over HTTP that are given up where the head of a request does not come."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


def heads_within(seconds: float) -> type[H11Protocol]:
    """A protocol of uvicorn's that closes a connection on which no whole head of a request came in so many seconds.

    Uvicorn (0.54) waits for ever for the first one, and for one that was begun: who sends a byte a minute, or nothing
    at all, would hold one of `max_connections` for as long as he likes. Between two requests it waits 5 seconds.
    """

    class Timed(H11Protocol):
        _waiting: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._watch()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self._watch()

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            self._let_be()

        def _watch(self) -> None:
            if self.conn.their_state is not h11.IDLE:  # the head is there
                self._let_be()
            elif self._waiting is None:
                self._waiting = self.loop.call_later(seconds, self.transport.abort)

        def _let_be(self) -> None:
            if self._waiting is not None:
                self._waiting.cancel()
                self._waiting = None

    return Timed
