"""The inspector as an ASGI application: each address a view, each form an act, the door before both."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from importlib import resources
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import parse_qsl

import anyio
import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from memoryos.errors import MemoryOSError
from memoryos_mcp.inspector import views
from memoryos_mcp.inspector.acts import Act
from memoryos_mcp.inspector.door import HEADERS, Door, Refused, Visitor, check_form
from memoryos_mcp.inspector.exporting import batch
from memoryos_mcp.inspector.rendering import rendered
from memoryos_mcp.inspector.routes import ACTS, VIEWS, View, act, instead, look, problem
from memoryos_mcp.inspector.views import House, NotThere, Request

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Send

_log = logging.getLogger(__name__)

_MAX_FORM_BYTES: Final = 20_000
_MAX_QUERY: Final = 4_000

_FILES: Final = {"style.css": "text/css", "icon.svg": "image/svg+xml"}

_Done = TypeVar("_Done")
Answer = Callable[[HttpRequest], Awaitable[Response]]
Houses = Callable[[Visitor], AbstractContextManager[House]]
"""Opens what a visitor sees: the memory of who they are, and nobody else's. Raises `MemoryOSError`."""

_AT_ONCE: Final = 8
"""Requests answered at the same time, on threads: who leafs through a memory must not take those of the tools."""


class _Inspector:
    """The houses behind their door. Reads and acts run on threads: the engine waits for its disk."""

    def __init__(self, houses: Houses, door: Door) -> None:
        self.houses = houses
        self.door = door
        self._limiter: anyio.CapacityLimiter | None = None

    def routes(self) -> list[Route]:
        """All addresses, those that act for POST only."""
        prefix, entry = self.door.prefix, self.door.entry
        places = {prefix, entry}
        files = [
            Route(f"{place}/{name}", self._guarded(_file(name, type_)))
            for name, type_ in _FILES.items()
            for place in places
        ]
        entering = [
            Route(f"{entry}/enter", self._guarded(self._enter), methods=["GET"]),
            Route(f"{entry}/enter", self._guarded(self._admit), methods=["POST"]),
            Route(f"{prefix}/leave", self._guarded(self._leave), methods=["POST"]),
        ]
        entering += [Route(place, self._guarded(_to_folder), methods=["GET"]) for place in places]
        if entry != prefix:
            entering.append(Route(f"{entry}/", self._guarded(self._stand_before), methods=["GET"]))
        entering.append(Route(f"{prefix}/export", self._guarded(self._export), methods=["GET"]))
        shown = [Route(f"{prefix}{path}", self._guarded(self._view(view))) for path, view in VIEWS.items()]
        done = [Route(f"{prefix}{path}", self._guarded(self._act(act)), methods=["POST"]) for path, act in ACTS.items()]
        return [*files, *entering, *shown, *done]

    def _guarded(self, answer: Answer) -> Answer:
        """The answer to a request that comes by a name of this server, with the headers of every answer."""

        async def guarded(request: HttpRequest) -> Response:
            try:
                host = self.door.check_host(request.headers)
                if request.method not in ("GET", "HEAD"):
                    self.door.check_origin(request.headers, host, request.url.scheme)
                response = await answer(request)
            except Refused as refused:
                response = self._refusal(refused)
            response.headers.update(HEADERS)
            return response

        return guarded

    def _refusal(self, refused: Refused) -> Response:
        """Why somebody is turned away; with the form to come in by, where that is what helps."""
        if self.door.asks and refused.status in (401, 403):
            return self._page("enter.html", {"token": "", "reason": refused.reason}, status=refused.status)
        return self._page("refused.html", {"reason": refused.reason}, status=refused.status)

    async def _in_thread(self, work: Callable[[], _Done]) -> _Done:
        self._limiter = self._limiter or anyio.CapacityLimiter(_AT_ONCE)
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)

    async def _enter(self, request: HttpRequest) -> Response:
        # Only a form: whoever looks at a link beforehand, as mail programs and browsers do, does not use it up.
        token = "" if self.door.asks else request.query_params.get("token", "")[:200]
        return self._page("enter.html", {"token": token, "reason": None})

    async def _stand_before(self, _: HttpRequest) -> Response:
        raise Refused(401, "Run `python -m memoryos_mcp inspect --link` and open what it prints, in one browser.")

    async def _admit(self, request: HttpRequest) -> Response:
        form = await _form(request)

        def admit() -> Response:
            cookie = self.door.admit(form.get("token", ""), request.url.scheme)
            return _leading_to(f"{self.door.prefix}/", cookie)

        return await self._in_thread(admit)

    async def _leave(self, request: HttpRequest) -> Response:
        form = await _form(request)

        def leave() -> Response:
            check_form(self.door.visitor(request.headers), form)
            return _leading_to(f"{self.door.entry}/enter", self.door.leave(request.headers))

        return await self._in_thread(leave)

    async def _export(self, request: HttpRequest) -> Response:
        """What a view shows, as a file; each batch is read by itself, as a memory may be long."""
        asked = Request(request.path_params, _query(request), {})

        def part(cursor: str | None) -> tuple[bytes, str | None]:
            visitor = self.door.visitor(request.headers)  # whoever is signed out meanwhile gets no more
            with self.houses(visitor) as house:
                if house.line is None:
                    raise NotThere
                found = batch(house, asked, cursor)
                return b"".join(map(house.line, found.items)), found.cursor

        async def rest(content: bytes, cursor: str | None) -> AsyncIterator[bytes]:
            yield content
            while cursor is not None:
                content, cursor = await self._in_thread(partial(part, cursor))
                yield content

        try:
            content, cursor = await self._in_thread(partial(part, None))
        except (NotThere, MemoryOSError) as error:
            status, shown = instead(error)
            return self._page(shown.template, shown.context, status=status)
        named = {"content-disposition": f'attachment; filename="memory-{asked.query["of"]}.jsonl"'}
        return _Export(rest(content, cursor), media_type="application/x-ndjson", headers=named)

    def _view(self, view: View) -> Answer:
        async def answer(request: HttpRequest) -> Response:
            asked = Request(request.path_params, _query(request), {})

            def show(visitor: Visitor, house: House) -> Response:
                status, shown = look(view, house, asked)
                return self._page(shown.template, shown.context, visitor, house, status=status)

            return await self._in_thread(lambda: self._in_house(self.door.visitor(request.headers), show))

        return answer

    def _act(self, do: Act) -> Answer:
        async def answer(request: HttpRequest) -> Response:
            form = await _form(request)

            def done_in(visitor: Visitor, house: House) -> Response:
                done = act(do, house, Request(request.path_params, {}, form))
                if isinstance(done, str):
                    return RedirectResponse(f"{self.door.prefix}{done}", status_code=303)
                status, shown = done
                return self._page(shown.template, shown.context, visitor, house, status=status)

            def checked() -> Response:
                visitor = self.door.visitor(request.headers)
                check_form(visitor, form)
                return self._in_house(visitor, done_in)

            return await self._in_thread(checked)

        return answer

    def _in_house(self, visitor: Visitor, answer: Callable[[Visitor, House], Response]) -> Response:
        """What is answered within the house of a visitor, or what went wrong there."""
        try:
            with self.houses(visitor) as house:
                return answer(visitor, house)
        except MemoryOSError as error:
            shown = problem(error)
            return self._page(shown.template, shown.context, visitor, status=503)

    def _page(
        self,
        template: str,
        context: Mapping[str, object],
        visitor: Visitor | None = None,
        house: House | None = None,
        *,
        status: int = 200,
    ) -> Response:
        common = {
            "layout": "base.html",
            "base": self.door.entry if visitor is None else self.door.prefix,
            "csrf": "" if visitor is None else visitor.csrf,
            "user_id": "" if house is None else house.memory.config.user_id,
            "inside": visitor is not None,
            "asks": self.door.asks,
            "exports": house is not None and house.line is not None,
            "note": None,
            "query_of": views.query_of,
        }
        return HTMLResponse(rendered(template, {**common, **context}), status_code=status)


class _Export(StreamingResponse):
    """A file that is sent as it is read. Where that cannot go on it has no end, and the connection is closed: what was
    cut short must not look whole."""

    async def stream_response(self, send: Send) -> None:
        try:
            await super().stream_response(send)
        except (Refused, NotThere, MemoryOSError) as error:
            _log.warning("an export was cut short: %s", error if str(error) else "it is there no more")


def application(houses: Houses, door: Door) -> ASGIApp:
    """The inspector of memories, for whoever comes through the door."""
    made = Starlette(routes=_Inspector(houses, door).routes())
    made.router.redirect_slashes = False  # it would lead wherever the Host header says, before anybody looked at that
    return made


def always(house: House) -> Houses:
    """The same house for every visitor."""
    return lambda _: nullcontext(house)


def _leading_to(address: str, cookie: str) -> Response:
    response = RedirectResponse(address, status_code=303)
    response.headers["set-cookie"] = cookie
    return response


async def _to_folder(request: HttpRequest) -> Response:
    return RedirectResponse(f"{request.url.path}/", status_code=303)


def _file(name: str, type_: str) -> Answer:
    content = (resources.files("memoryos_mcp.inspector") / "templates" / name).read_bytes()

    async def answer(_: HttpRequest) -> Response:
        return Response(content, media_type=type_)

    return answer


def _query(request: HttpRequest) -> dict[str, str]:
    query = request.scope.get("query_string", b"")
    if len(query) > _MAX_QUERY:
        raise Refused(414, "That question is too long for an address.")
    return dict(parse_qsl(query.decode("ascii", "replace"), keep_blank_values=True))


async def _form(request: HttpRequest) -> dict[str, str]:
    """The fields of a form; raises `Refused` for what is none, or too long for one of ours."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise Refused(415, "This is not a form of ours.")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _MAX_FORM_BYTES:
            raise Refused(413, "That is too long.")
    return dict(parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True))
