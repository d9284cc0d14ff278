"""Each page of the inspector shows what is stored and runs nothing; each form does one thing; nobody else comes in."""

from __future__ import annotations

import json
import logging
import re
import sqlite3
from contextlib import closing
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from inspector_window import ORIGIN, PORT, Window
from starlette.testclient import TestClient

from memoryos import Memoryos, Selection
from memoryos_mcp.inspector.application import always, application
from memoryos_mcp.inspector.door import COOKIE, HEADERS, LinkDoor
from memoryos_mcp.inspector.views import House

if TYPE_CHECKING:
    from starlette.types import Message

VIEWS = (
    "/",
    "/search",
    "/search?q=Where+do+I+live&tokens=400",
    "/search?q=%3Cscript%3E&tokens=999999",
    "/knows",
    "/knows?q=%22%3E%3Cscript%3E",
    "/knows/old",
    "/topics",
    "/time",
    "/time?month=2026-03",
    "/time?month=nonsense",
    "/time?month=0001-01",
    "/time?month=9999-12",
    "/time/2026-03-01",
    "/forget",
    "/forget?about=nuts",
    "/forget?everything=yes",
    "/forget?since=2026-03-01&until=2026-03-04",
    "/rules",
    "/health",
    "/health?examine=yes",
)
ALLOWED = frozenset(
    "html head meta title link body a header div span nav main p h1 h2 form input label button ul ol li dl dt dd"
    " section article time table caption thead tbody tr th td svg rect line polygon figure figcaption br img"
    " details summary strong em bdi mark code".split()
)


class Markup(HTMLParser):
    """What a browser would make of a page: its elements, and what is wrong with them."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base
        self.elements: list[str] = []
        self.wrong: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        if tag not in ALLOWED:
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcset", "formaction", "http-equiv"):
                self.wrong.append(f"{tag} {name}")
            if name in ("href", "src", "action") and not (value or "").startswith((self._base, "#content")):
                self.wrong.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        self.text += data


def every_view(window: Window) -> list[str]:
    """All addresses that the talk leads to, too."""
    pages = [page.id for page in window.memory.browsing.pages(50).pages]
    facts = [fact.id for fact in window.memory.browsing.facts()]
    topics = [segment.id for segment, _ in window.memory.segments()]
    assert len(pages) == 12
    assert facts
    assert topics
    return [
        *VIEWS,
        *(f"/page/{id_}" for id_ in pages),
        *(f"/fact/{id_}" for id_ in facts),
        *(f"/topics/{number}" for number in topics),
        *(f"/forget?page={id_}" for id_ in pages),
        *(f"/forget?topic={number}" for number in topics),
    ]


def content_of(memory: Memoryos) -> list[str]:
    """All rows of the memory's file, but for what its upkeep notes of itself."""
    with closing(sqlite3.connect(Path(memory.status().data_path))) as connection:
        every = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        upkeep = ("settings", "claims", "changes", "words", "sqlite_")
        tables = [name for name in every if not name.startswith(upkeep)]
        return [
            f"{table}: {row!r}" for table in sorted(tables) for row in connection.execute(f'SELECT * FROM "{table}"')
        ]


# Seeing


def test_no_page_runs_or_loads_what_was_said_and_none_changes_anything(window: Window) -> None:
    before = content_of(window.memory)

    for path in every_view(window):
        answer = window.http.get(f"{window.door.prefix}{path}")
        assert answer.status_code == 200, path
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        page = Markup(window.door.prefix)
        page.feed(answer.text)
        page.close()
        assert page.wrong == [], path
        assert page.elements.count("html") == page.elements.count("main") == page.elements.count("body") == 1
        assert page.elements.count("h1") == 1, path
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x07\x1b]", answer.text)

    assert content_of(window.memory) == before


@pytest.mark.parametrize(
    "path",
    [
        "/page/UNKNOWN",
        "/fact/UNKNOWN",
        "/topics/99",
        "/topics/x",
        "/time/2026-02-31",
        "/time/x",
        "/time/0001-01-01",
        "/time/9999-12-31",
        "/nothing",
    ],
)
def test_what_is_not_there_is_said_to(window: Window, path: str) -> None:
    assert window.http.get(f"{window.door.prefix}{path}").status_code == 404


@pytest.mark.parametrize(
    "path", ["/forget?page=UNKNOWN", "/forget?topic=x", "/forget?since=never", "/topics/1?cursor=x"]
)
def test_what_does_not_fit_is_named(window: Window, path: str) -> None:
    answer = window.http.get(f"{window.door.prefix}{path}")

    assert (answer.status_code, "Not done" in answer.text) == (400, True)


def test_a_page_is_shown_whole_with_a_mark_for_what_cannot_be_seen(window: Window) -> None:
    (page,) = [page for page in window.memory.browsing.pages(50).pages if "AAAA" in page.user_input]
    (turned,) = [page for page in window.memory.browsing.pages(50).pages if "admin" in page.user_input]

    assert "A" * 100_000 in window.see(f"/page/{page.id}")
    assert "z" * 200_000 in window.see(f"/page/{page.id}")
    assert "My name is <mark>U+202E</mark>admin<mark>U+202C</mark>" in window.see(f"/page/{turned.id}")
    assert max(len(window.see(path)) for path in ("/", "/knows", "/time/2026-03-06")) < 60_000


def test_the_search_shows_what_an_agent_gets(window: Window) -> None:
    page = window.see("/search?q=allergic+nuts")

    assert "I am allergic to nuts" in page
    assert re.search(r'aria-label="made of [^"]*words', page)


def test_what_left_a_day_is_paged(window: Window) -> None:
    page = window.see("/time/2026-03-01")

    assert "1 exchange ·" in page
    assert "Sunday, 01 March 2026" in page


def test_a_topic_shows_how_its_heat_is_made_since_its_last_visit_and_later(window: Window) -> None:
    browsing = window.memory.browsing
    (segment, _) = window.memory.segments()[0]
    page = window.see(f"/topics/{segment.id}")

    first = browsing.heat(segment, segment.last_visit_at)
    assert (
        f'aria-label="heat of {first.heat:.1f} today ({segment.last_visit_at:%Y-%m-%d}): visits '
        f"{first.visits:.1f}, new exchanges {first.length:.1f}, recency {first.recency:.1f}; heat of"
    ) in page
    areas = re.findall(r'<polygon class="kind(\d)" points="([^"]+)"/>', page)
    assert [kind for kind, _ in areas] == ["0", "1", "2"]
    corners = [[tuple(map(float, point.split(","))) for point in points.split()] for _, points in areas]
    assert {len(points) for points in corners} == {82}
    assert all(0 <= x <= 100 and 0 <= y <= 100 for points in corners for x, y in points)
    recency = [y for _, y in corners[2][:41]]
    assert recency == sorted(recency) != recency[::-1]  # it falls, and the picture's height grows downwards


# Exporting


def exported(window: Window, path: str) -> list[dict[str, Any]]:
    """The lines of the file that a link of a view leads to."""
    (link,) = re.findall(r'href="([^"]+/export[^"]+)" download', window.see(path))
    answer = window.http.get(unescape(link))
    assert answer.status_code == 200
    assert re.fullmatch(r'attachment; filename="memory-\w+\.jsonl"', answer.headers["content-disposition"])
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    return [json.loads(line) for line in answer.text.splitlines()]


def test_what_a_view_shows_is_exported_and_nothing_else(window: Window) -> None:
    memory, browsing = window.memory, window.memory.browsing
    (page,) = [page for page in browsing.pages(50).pages if "allergic" in page.user_input]
    facts = [fact for fact in browsing.facts() if "nurse" in fact.text]
    (segment, _) = memory.segments()[0]

    assert [line["id"] for line in exported(window, f"/page/{page.id}")] == [page.id]
    assert [line["user_input"] for line in exported(window, f"/time/{page.timestamp[:10]}")] == [page.user_input]
    assert [line["text"] for line in exported(window, "/knows?q=nurse")] == [fact.text for fact in facts] != []
    assert exported(window, f"/forget?page={page.id}")[0]["user_input"] == page.user_input
    of_topic = [found.id for found in browsing.pages(50, segment=segment.id).pages]
    assert [line["id"] for line in exported(window, f"/topics/{segment.id}")] == of_topic
    found = [ranked.page.id for ranked in memory.retrieve("nuts", 12).pages]
    assert [line["id"] for line in exported(window, "/search?q=nuts")] == found
    words = exported(window, "/forget?about=nuts")
    assert [line["id"] for line in words] == [found.id for found in browsing.pages_about("nuts", 50)]


def test_all_exchanges_are_exported_a_batch_at_a_time(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memoryos_mcp.inspector.exporting._BATCH", 5)
    every = [page.id for page in window.memory.browsing.pages(50).pages]

    for query in ("of=pages&everything=yes", "of=pages&since=2020-01-01"):
        lines = window.http.get(f"{window.door.prefix}/export?{query}").text.splitlines()
        assert sorted(json.loads(line)["id"] for line in lines) == sorted(every)
    assert len(every) > 10


def test_an_export_whose_reader_leaves_is_cut_short_and_does_not_look_whole(
    window: Window, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("memoryos_mcp.inspector.exporting._BATCH", 5)
    request = window.http.build_request("GET", f"{window.door.prefix}/export?of=pages&everything=yes")
    scope = {
        "type": "http",
        "method": "GET",
        "path": request.url.path,
        "query_string": request.url.query,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": "http",
    }
    sent: list[Message] = []

    async def receive() -> Message:
        await anyio.sleep_forever()
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)
        if message.get("body"):
            window.door.leave(request.headers)

    with caplog.at_level(logging.WARNING):
        anyio.run(window.http.app, scope, receive, send)

    assert [(message["type"], message.get("more_body")) for message in sent] == [
        ("http.response.start", None),
        ("http.response.body", True),
    ]
    assert sent[1]["body"].count(b"\n") == 5
    assert caplog.messages == [
        "an export was cut short: Open the link that inspect printed; each works once, in one browser."
    ]


@pytest.mark.parametrize(("query", "status"), [("", 404), ("of=x", 404), ("of=pages", 404), ("of=pages&topic=x", 400)])
def test_what_cannot_be_exported_is_said_to(window: Window, query: str, status: int) -> None:
    assert window.http.get(f"{window.door.prefix}/export?{query}").status_code == status


def test_a_stranger_exports_nothing(outside: TestClient, door: LinkDoor) -> None:
    assert outside.get(f"{door.prefix}/export?of=pages&everything=yes").status_code == 401


# Acting


def test_a_fact_is_corrected_pinned_undone_and_taken_back_by_forms(window: Window) -> None:
    memory = window.memory
    memory.add_memory("I own a red bike.", "Nice.")
    memory.wait_until_idle(60)
    (old,) = [fact for fact in memory.user_knowledge() if "bike" in fact.text]

    status, place = window.send(f"/fact/{old.id}/correct", text="I own a <blue> bike.")
    assert status == 303
    assert "I own a &lt;blue&gt; bike." in window.see(place)
    new = place.removeprefix("/fact/").removesuffix("?done=corrected")
    assert [fact.author for fact in memory.user_knowledge() if fact.id == new] == ["person"]
    assert window.send(f"/fact/{new}/pin", pinned="yes") == (303, f"/fact/{new}?done=pinned")
    assert "Pinned" in window.see("/knows")
    assert window.send(f"/fact/{new}/pin", pinned="no") == (303, f"/fact/{new}?done=unpinned")
    assert window.send(f"/fact/{new}/undo") == (303, "/knows?done=undone")
    assert [fact.id for fact in memory.user_knowledge() if "bike" in fact.text] == [old.id]
    assert window.send(f"/fact/{old.id}/retire") == (303, "/knows?done=retired")
    assert [fact for fact in memory.user_knowledge() if "bike" in fact.text] == []
    assert window.send(f"/fact/{old.id}/retire")[0] == 400
    assert window.send(f"/fact/{old.id}/correct", text="")[0] == 400
    trail = window.see("/rules")
    assert [word for word in ("correct", "pin", "unpin", "undo", "retire") if f"<td>{word}</td>" not in trail] == []
    assert "bike" not in trail
    memory.forget_selected(Selection(about="red bike"))


def test_what_a_preview_shows_is_forgotten_and_an_old_preview_forgets_nothing(window: Window) -> None:
    memory = window.memory
    for number in range(2):
        memory.add_memory(f"I saw zebra number {number}.", "")
    memory.wait_until_idle(60)
    pages = memory.status().counts.pages
    token = re.search(r'name="token" value="(\w+)"', window.see("/forget?about=zebra"))
    assert token is not None
    memory.add_memory("I saw a zebra again.", "")
    memory.wait_until_idle(60)

    status, words = window.send("/forget", about="zebra", token=token[1])
    assert (status, "nothing was forgotten: look again" in words) == (400, True)
    assert window.send("/forget", about="zebra")[0] == 404
    token = re.search(r'name="token" value="(\w+)"', window.see("/forget?about=zebra"))
    assert token is not None
    assert window.send("/forget", about="zebra", token=token[1]) == (303, "/forget?done=forgotten")

    assert memory.status().counts.pages == pages - 2
    assert "Nothing is stored that fits" in window.see("/forget?about=zebra")


def test_a_rule_is_set_and_lifted(window: Window) -> None:
    assert window.send("/exclude", about="my <divorce>") == (303, "/rules?done=excluded")
    assert "my &lt;divorce&gt;" in window.see("/rules")
    assert window.memory.exclusions() == ("my <divorce>",)
    assert window.send("/exclude", about=" ")[0] == 400
    assert window.send("/allow", about="my <divorce>") == (303, "/rules?done=allowed")
    assert window.memory.exclusions() == ()


def test_a_project_is_excluded_by_its_own_form(window: Window) -> None:
    window.memory.add_memory("I own a yacht.", "", project="<acme>")
    assert window.send("/exclude", project=" <acme> ") == (303, "/rules?done=excluded")
    page = window.see("/rules")
    assert "project:&lt;acme&gt;" in page
    (link,) = re.findall(r'href="[^"]*(/forget\?about=project[^"]+)"', page)
    preview = window.see(link)
    assert "all that belongs to the project “&lt;acme&gt;”" in preview
    assert "I own a yacht." in preview
    assert window.send("/allow", about="project:<acme>") == (303, "/rules?done=allowed")
    window.memory.for_person().forget_selected(Selection(about="project:<acme>"))


# The door


def test_a_link_opens_once_and_only_by_a_form(outside: TestClient, door: LinkDoor) -> None:
    link = door.link()
    assert link.startswith(f"http://127.0.0.1:{PORT}{door.prefix}/enter?token=")
    token = link.partition("token=")[2]
    assert outside.get(link).status_code == outside.get(link).status_code == 200  # looked at, and not used up

    came = outside.post(f"{door.prefix}/enter", data={"token": token}, headers={"origin": ORIGIN})
    again = outside.post(f"{door.prefix}/enter", data={"token": token}, headers={"origin": ORIGIN})

    assert (came.status_code, came.headers["location"]) == (303, f"{door.prefix}/")
    cookie = came.headers["set-cookie"]
    assert re.fullmatch(rf"{COOKIE}=[\w-]{{43}}; Path={door.prefix}/; HttpOnly; SameSite=Strict", cookie)
    assert again.status_code == 403
    assert "set-cookie" not in again.headers


@pytest.mark.parametrize("path", ["/", "/search?q=nuts", "/knows", "/health?examine=yes", "/forget?everything=yes"])
@pytest.mark.parametrize("cookie", ["", f"{COOKIE}=guess", f'{COOKIE}="', "=; a=b"])
def test_a_stranger_sees_nothing(outside: TestClient, door: LinkDoor, path: str, cookie: str) -> None:
    answer = outside.get(f"{door.prefix}{path}", headers={"cookie": cookie})

    assert answer.status_code == 401
    assert "tom" not in answer.text
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_an_address_without_the_prefix_leads_nowhere(window: Window) -> None:
    assert [window.http.get(path).status_code for path in ("/", "/knows", "/style.css")] == [404, 404, 404]


@pytest.mark.parametrize(
    "host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:1", f"0.0.0.0:{PORT}"]
)
def test_another_name_for_this_machine_is_refused(window: Window, host: str) -> None:
    """A name that was led here by DNS rebinding."""
    answer = window.http.get(f"{window.door.prefix}/", headers={"host": host})

    assert answer.status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "http://evil.example"},
        {"origin": f"http://127.0.0.1:{PORT + 1}"},
        {"origin": f"https://127.0.0.1:{PORT}"},
        {"origin": ORIGIN, "sec-fetch-site": "cross-site"},
        {"origin": ORIGIN, "sec-fetch-site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/exclude", "/forget", "/enter"])
def test_a_form_of_another_page_is_refused(window: Window, path: str, headers: dict[str, str]) -> None:
    csrf = re.search(r'name="csrf" value="([\w-]+)"', window.see("/rules"))
    assert csrf is not None
    fields = {"csrf": csrf[1], "about": "nuts", "token": "x"}

    assert window.http.post(f"{window.door.prefix}{path}", data=fields, headers=headers).status_code == 403
    assert window.memory.exclusions() == ()


@pytest.mark.parametrize("fields", [{}, {"csrf": ""}, {"csrf": "guess"}, {"csrf": "ü"}])
def test_a_form_without_its_token_is_refused(window: Window, fields: dict[str, str]) -> None:
    answer = window.http.post(
        f"{window.door.prefix}/exclude", data={"about": "nuts", **fields}, headers={"origin": ORIGIN}
    )

    assert answer.status_code == 403
    assert window.memory.exclusions() == ()


def test_the_token_of_one_visitor_is_no_use_to_another(window: Window, memory: Memoryos) -> None:
    door = window.door
    other = TestClient(application(always(House(memory)), door), base_url=ORIGIN, follow_redirects=False)
    other.post(f"{door.prefix}/enter", data={"token": door.link().partition("token=")[2]}, headers={"origin": ORIGIN})
    csrf = re.search(r'name="csrf" value="([\w-]+)"', window.see("/rules"))
    assert csrf is not None

    answer = other.post(f"{door.prefix}/exclude", data={"csrf": csrf[1], "about": "nuts"}, headers={"origin": ORIGIN})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "act", ["/fact/X/correct", "/fact/X/retire", "/fact/X/pin", "/fact/X/undo", "/exclude", "/allow"]
)
def test_nothing_is_done_by_looking(window: Window, act: str) -> None:
    assert window.http.get(f"{window.door.prefix}{act}").status_code == 405


def test_what_is_no_form_of_ours_is_refused(window: Window) -> None:
    path = f"{window.door.prefix}/exclude"
    assert window.http.post(path, json={"about": "nuts"}, headers={"origin": ORIGIN}).status_code == 415
    assert window.http.post(path, data={"about": "x" * 30_000}, headers={"origin": ORIGIN}).status_code == 413
    assert window.http.get(f"{window.door.prefix}/search?q={'x' * 5_000}").status_code == 414
