"""The same views inside a chat: the document that a host shows, and what is rendered into it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from markupsafe import Markup
from starlette.routing import compile_path

from memoryos.models import EVERY_PROJECT
from memoryos_mcp import __version__
from memoryos_mcp.inspector import views
from memoryos_mcp.inspector.rendering import rendered
from memoryos_mcp.inspector.routes import ACTS, VIEWS, act, look
from memoryos_mcp.inspector.views import House, Request, Shown
from memoryos_mcp.tools.chat import InChat
from memoryos_mcp.wording import short_id

if TYPE_CHECKING:
    from pydantic import BaseModel

    from memoryos import Memoryos

_ROOT: Final = re.compile(r":root \{(.*?)\}", re.DOTALL)
_NAMES: Final = (
    ("/search", "Search"),
    ("/knows", "Knows"),
    ("/topics", "Topics"),
    ("/time", "Time"),
    ("/rules", "Rules"),
)

_SAID: Final = "The user did something in the memory by hand ({}): look up again what you know from it."

_PATHS: Final = {path: compile_path(path)[0] for path in (*VIEWS, *ACTS)}


@cache
def document() -> str:
    """The document: style and script in it, named by their hashes in its policy; nothing else may be loaded."""
    style, script = _style(), _text("chat.js").replace("VERSION", __version__)
    return rendered(
        "chat.html",
        {
            "style": Markup(style),
            "script": Markup(script),
            "style_hash": _hash(style),
            "script_hash": _hash(script),
            "views": _NAMES,
        },
    )


def show(memory: Memoryos, address: str, fields: Mapping[str, str] | None) -> InChat:
    """What is at an address, or comes of the fields of a form that is sent there.

    Raises what the memory raises, other than what a page says itself.
    """
    parts = urlsplit(address)
    request = Request({}, dict(parse_qsl(parts.query, keep_blank_values=True)), dict(fields or {}))
    of_one = parts.path.startswith(("/page/", "/fact/"))
    # A selection that names exchanges names nothing else; without a name in it the field is none.
    named = (request.query if fields is None else request.form).get("page", "")
    house = _house(memory, by_id=of_one or (parts.path == "/forget" and bool(named.strip(" ,"))))
    if fields is None:
        return _in_chat(memory, _seen(house, parts.path, request), "shown to the user")
    found = _found(parts.path, tuple(ACTS))
    if found is None:
        return _in_chat(memory, _missing(), "there is no such form")
    path, names = found
    done = act(ACTS[path], house, Request(names, {}, request.form))
    if isinstance(done, str):
        to = urlsplit(done)
        led = Request({}, dict(parse_qsl(to.query)), {})
        return _in_chat(memory, _seen(house, to.path, led), _SAID.format(led.query.get("done", "changed")))
    return _in_chat(memory, done[1], "nothing was changed")


def of_reply(memory: Memoryos, tool: str, given: Mapping[str, Any], reply: BaseModel) -> str | None:
    """A tool's reply as it is shown; None for a tool whose replies are not."""
    if tool not in _REPLIES:
        return None
    house = _house(memory, by_id=bool(given.get("page_ids")))
    return _rendered(memory, _REPLIES[tool](house, given, reply))


def _recalled(_: House, __: Mapping[str, Any], reply: Any) -> Shown:
    """The pages and facts of a reply, whole, as the recall brought them."""
    pages = {short_id(ranked.page.id): ranked.page for ranked in reply.recall.pages}
    facts = {ranked.knowledge.id: ranked.knowledge for ranked in reply.recall.user_knowledge}
    return Shown(
        "recalled.html",
        {
            "query": reply.query,
            "message": reply.message,
            "cut": reply.cut,
            "pages": [pages[page.id] for page in reply.retrieved_pages],
            "facts": [facts[fact.id] for fact in reply.retrieved_user_knowledge],
        },
    )


def _profiled(house: House, _: Mapping[str, Any], __: object) -> Shown:
    return look(views.knows, house, Request({}, {}, {}))[1]


def _forgotten(house: House, given: Mapping[str, Any], reply: Any) -> Shown:
    """What would go, with the button that lets it; or that it has gone."""
    if reply.status != "preview":
        heading = "Nothing was forgotten" if reply.status == "refused" else "Forgotten"
        return Shown("said.html", {"heading": heading, "said": reply.message})
    fields = {name: str(given[name]) for name in ("about", "since", "until") if given.get(name)}
    if pages := given.get("page_ids"):
        fields = {"page": ",".join(map(str, pages))}
    elif given.get("everything"):
        fields = {"everything": "yes"}
    return look(views.forget, house, Request({}, fields, {}))[1]


_REPLIES: Final = {"retrieve_memory": _recalled, "get_user_profile": _profiled, "forget_memory": _forgotten}


def _seen(house: House, path: str, request: Request) -> Shown:
    found = _found(path, tuple(VIEWS))
    if found is None:
        return _missing()
    pattern, names = found
    return look(VIEWS[pattern], house, Request(names, request.query, {}))[1]


def _missing() -> Shown:
    return Shown("missing.html", {})


def _found(path: str, patterns: Sequence[str]) -> tuple[str, dict[str, str]] | None:
    matches = ((pattern, _PATHS[pattern].match(path)) for pattern in patterns)
    return next(((pattern, match.groupdict()) for pattern, match in matches if match), None)


def _house(memory: Memoryos, *, by_id: bool) -> House:
    """What the agent sees of projects; what is named by its id is found in all: a recall may bring it from any."""
    project = EVERY_PROJECT if by_id else memory.config.project
    return House(memory.for_person(project=project), memory.config.dialogue_goes_to)


def _in_chat(memory: Memoryos, shown: Shown, said: str) -> InChat:
    return InChat(_rendered(memory, shown), said)


def _rendered(memory: Memoryos, shown: Shown) -> str:
    common = {
        "layout": "fragment.html",
        "base": "",
        "csrf": "",
        "user_id": memory.config.user_id,
        "inside": True,
        "asks": False,
        "exports": False,
        "note": None,
        "query_of": views.query_of,
    }
    return rendered(shown.template, {**common, **shown.context})


def _style() -> str:
    """The style of the pages, which here follows the host's theme, too."""
    style = _text("style.css")
    light, dark = _ROOT.findall(style)[:2]
    themes = (("light", light), ("dark", dark))
    return style + "".join(f':root[data-theme="{name}"] {{{of_it}color-scheme: {name};}}\n' for name, of_it in themes)


def _text(name: str) -> str:
    return (resources.files("memoryos_mcp.inspector") / "templates" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
