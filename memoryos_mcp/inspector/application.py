"""The inspector as an ASGI application: each address a view, each form an act, the door before both."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from memoryos.errors import InvalidArgumentError, MemoryOSError
from memoryos_mcp.inspector import acts, views
from memoryos_mcp.inspector.door import HEADERS, Door, Refused, Visitor
from memoryos_mcp.inspector.rendering import rendered
from memoryos_mcp.inspector.views import House, NotThere, Request, Shown

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_MAX_FORM_BYTES: Final = 20_000
_MAX_QUERY: Final = 4_000

_VIEWS: Final[Mapping[str, Callable[[House, Request], Shown]]] = {
    "/": views.today,
    "/search": views.search,
    "/time": views.time,
    "/time/{day}": views.day,
    "/topics": views.topics,
    "/topics/{segment}": views.topic,
    "/knows": views.knows,
    "/knows/old": views.old,
    "/fact/{fact}": views.fact,
    "/page/{page}": views.page,
    "/forget": views.forget,
    "/rules": views.rules,
    "/health": views.health,
}
_ACTS: Final[Mapping[str, acts.Act]] = {
    "/fact/{fact}/correct": acts.correct,
    "/fact/{fact}/retire": acts.retire,
    "/fact/{fact}/pin": acts.pin,
    "/fact/{fact}/undo": acts.undo,
    "/forget": acts.forget,
    "/exclude": acts.exclude,
    "/allow": acts.allow,
}
_FILES: Final = {"style.css": "text/css", "icon.svg": "image/svg+xml"}

Answer = Callable[[HttpRequest], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class _Inspector:
    """The house behind its door. Reads and acts run on threads of the pool: the engine waits for its disk."""

    house: House
    door: Door

    def routes(self) -> list[Route]:
        """All addresses, those that act for POST only."""
        prefix = self.door.prefix
        files = [Route(f"{prefix}/{name}", self._guarded(_file(name, type_))) for name, type_ in _FILES.items()]
        entering = [
            Route(f"{prefix}/enter", self._guarded(self._enter), methods=["GET"]),
            Route(f"{prefix}/enter", self._guarded(self._admit), methods=["POST"]),
        ]
        shown = [Route(f"{prefix}{path}", self._guarded(self._view(view))) for path, view in _VIEWS.items()]
        done = [
            Route(f"{prefix}{path}", self._guarded(self._act(act)), methods=["POST"]) for path, act in _ACTS.items()
        ]
        return [*files, *entering, *shown, *done]

    def _guarded(self, answer: Answer) -> Answer:
        """The answer to a request that comes by an address of this machine, with the headers of every answer."""

        async def guarded(request: HttpRequest) -> Response:
            try:
                host = self.door.check_host(request.headers)
                if request.method not in ("GET", "HEAD"):
                    self.door.check_origin(request.headers, host)
                response = await answer(request)
            except Refused as refused:
                response = self._page("refused.html", {"reason": refused.reason}, status=refused.status)
            response.headers.update(HEADERS)
            return response

        return guarded

    async def _enter(self, request: HttpRequest) -> Response:
        # Only a form: whoever looks at a link beforehand, as mail programs and browsers do, does not use it up.
        return self._page("enter.html", {"token": request.query_params.get("token", "")[:200]})

    async def _admit(self, request: HttpRequest) -> Response:
        form = await _form(request)
        response = RedirectResponse(f"{self.door.prefix}/", status_code=303)
        response.headers["set-cookie"] = self.door.admit(form.get("token", ""))
        return response

    def _view(self, view: Callable[[House, Request], Shown]) -> Answer:
        async def answer(request: HttpRequest) -> Response:
            visitor = self.door.visitor(request.headers)
            asked = Request(request.path_params, _query(request), {})

            def show() -> Response:
                try:
                    shown = view(self.house, asked)
                except NotThere:
                    return self._page("missing.html", {}, visitor, status=404)
                except InvalidArgumentError as error:
                    return self._page("problem.html", {"problem": str(error)}, visitor, status=400)
                except MemoryOSError as error:
                    return self._page("problem.html", {"problem": str(error)}, visitor, status=503)
                note = acts.NOTES.get(asked.query.get("done", ""))
                return self._page(shown.template, {**shown.context, "note": note}, visitor)

            return await anyio.to_thread.run_sync(show)

        return answer

    def _act(self, act: acts.Act) -> Answer:
        async def answer(request: HttpRequest) -> Response:
            visitor = self.door.visitor(request.headers)
            form = await _form(request)
            self.door.check_form(visitor, form)

            def do() -> Response:
                try:
                    target = act(self.house, Request(request.path_params, {}, form))
                except NotThere:
                    return self._page("missing.html", {}, visitor, status=404)
                except InvalidArgumentError as error:
                    return self._page("problem.html", {"problem": str(error)}, visitor, status=400)
                except MemoryOSError as error:
                    return self._page("problem.html", {"problem": str(error)}, visitor, status=503)
                return RedirectResponse(f"{self.door.prefix}{target}", status_code=303)

            return await anyio.to_thread.run_sync(do)

        return answer

    def _page(
        self, template: str, context: Mapping[str, object], visitor: Visitor | None = None, *, status: int = 200
    ) -> Response:
        common = {
            "base": self.door.prefix,
            "csrf": "" if visitor is None else visitor.csrf,
            "user_id": self.house.memory.config.user_id if visitor is not None else "",
            "inside": visitor is not None,
            "note": None,
            "query_of": views.query_of,
        }
        return HTMLResponse(rendered(template, {**common, **context}), status_code=status)


def application(house: House, door: Door) -> ASGIApp:
    """The inspector of a memory, for whoever comes through the door."""
    return Starlette(routes=_Inspector(house, door).routes())


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
