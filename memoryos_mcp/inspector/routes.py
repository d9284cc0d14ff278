"""The addresses of the pages: what each shows, what each form does, and what is shown where that fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from memoryos.errors import InvalidArgumentError, MemoryOSError
from memoryos_mcp.inspector import acts, views
from memoryos_mcp.inspector.views import House, NotThere, Request, Shown

View = Callable[[House, Request], Shown]

VIEWS: Final[Mapping[str, View]] = {
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
ACTS: Final[Mapping[str, acts.Act]] = {
    "/fact/{fact}/correct": acts.correct,
    "/fact/{fact}/retire": acts.retire,
    "/fact/{fact}/pin": acts.pin,
    "/fact/{fact}/undo": acts.undo,
    "/forget": acts.forget,
    "/exclude": acts.exclude,
    "/allow": acts.allow,
}


def look(view: View, house: House, request: Request) -> tuple[int, Shown]:
    """What a view shows, with its status: 404 for what is not there, 400 for what does not fit."""
    try:
        shown = view(house, request)
    except (NotThere, InvalidArgumentError) as error:
        return instead(error)
    note = acts.NOTES.get(request.query.get("done", ""))
    return 200, Shown(shown.template, {**shown.context, "note": note})


def act(do: acts.Act, house: House, request: Request) -> str | tuple[int, Shown]:
    """Where an act leads; what is shown in its place, as in `look`, where it was not done."""
    try:
        return do(house, request)
    except (NotThere, InvalidArgumentError) as error:
        return instead(error)


def instead(error: NotThere | MemoryOSError) -> tuple[int, Shown]:
    """What is shown where something cannot be, with its status."""
    if isinstance(error, NotThere):
        return 404, Shown("missing.html", {})
    return 400 if isinstance(error, InvalidArgumentError) else 503, problem(error)


def problem(error: Exception) -> Shown:
    """What is shown where something was not done."""
    return Shown("problem.html", {"problem": str(error)})
