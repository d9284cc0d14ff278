"""The inspector in a real Chromium: each view in both themes and on a phone, each act, by keyboard alone, and nothing
of a hostile talk that runs or breaks out of its place."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlsplit

import pytest
from chromium import CHROMIUM, Watched, chromium
from hostile_talk import TALK

from memoryos import Memoryos, load_config
from memoryos_mcp.auth.tokens import TokenStore

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here; MEMORYOS_CHROMIUM names one"),
]

SAID = (
    ("My name is Tom and I live in Bern.", "Nice to meet you, Tom!"),
    ("I work as a nurse.", "That sounds demanding."),
    ("I am allergic to nuts.", "No nuts, then."),
    ("I have a cat called Mochi.", "A lovely name."),
    ("I moved to Basel last week.", "How is it there?"),
    ("I saw a zebra at the zoo.", "How many stripes?"),
)
THEMES = ("light", "dark")
WIDTHS = (1_100, 375)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The link that the command prints, over a memory that heard an honest and a hostile talk."""
    folder = tmp_path_factory.mktemp("browser")
    settings = {"data_storage_path": "data", "user_id": "tom", "timezone": "UTC", "consolidation_idle_seconds": 0}
    file = folder / "config.json"
    file.write_text(json.dumps({**settings, "short_term_capacity": 2}), encoding="utf-8")
    with closing(Memoryos.open(load_config(file, environ={}))) as memory:
        for number, (user_input, agent_response) in enumerate((*TALK, *SAID)):
            memory.add_memory(user_input, agent_response, f"2026-03-{number + 1:02d} 09:30:00")
        memory.wait_until_idle(120)
    command = [sys.executable, "-m", "memoryos_mcp", "inspect", "--no-browser", "--config", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            said = [process.stdout.readline() for _ in range(3)]
            yield said[1].strip()
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def admitted(browser: Any, served: str) -> Any:
    """The cookie of whoever opened the link, by its button."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(served)
    page.get_by_role("button", name="Open").click()
    assert page.locator("h1").inner_text() == "Today"
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def watched(browser: Any, served: str, admitted: Any) -> Iterator[Watched]:
    context = browser.new_context(storage_state=admitted, viewport={"width": WIDTHS[0], "height": 800})
    yield Watched(context.new_page(), served.partition("/enter")[0])
    context.close()


VIEWS = {
    "today": "/",
    "search": "/search?q=Where+do+I+live",
    "knows": "/knows",
    "old": "/knows/old",
    "topics": "/topics",
    "time": "/time?month=2026-03",
    "day": "/time/2026-03-06",
    "rules": "/rules",
    "health": "/health?examine=yes",
    "forget": "/forget",
    "everything": "/forget?everything=yes",
}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_whole_in_each_theme_and_on_a_phone(watched: Watched, view: str, theme: str, width: int) -> None:
    watched.page.set_viewport_size({"width": width, "height": 800})
    watched.page.emulate_media(color_scheme=theme)

    watched.go(VIEWS[view])

    watched.check(width)
    ground = watched.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(20, 21, 23)") is (theme == "dark")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_each_exchange_fact_and_topic_stays_in_its_place(watched: Watched, theme: str, width: int) -> None:
    watched.page.set_viewport_size({"width": width, "height": 800})
    watched.page.emulate_media(color_scheme=theme)
    addresses = set()
    for path in ("/knows", "/topics", *(f"/time/2026-03-{day:02d}" for day in range(1, len(TALK) + 1))):
        watched.go(path)
        addresses |= {urlsplit(link.get_attribute("href")).path for link in watched.page.locator("li a.said").all()}
    prefix = urlsplit(watched.base).path
    assert len([address for address in addresses if "/page/" in address]) >= len(TALK)

    for address in sorted(addresses):
        watched.go(address.removeprefix(prefix))
        watched.check(width)
        assert watched.heading() != "Not there"


def test_a_script_put_into_a_page_does_not_run(watched: Watched) -> None:
    watched.go("/")

    watched.page.evaluate(
        "() => { const made = document.createElement('script'); made.textContent = 'window.ran = 1';"
        " document.body.append(made) }"
    )

    assert watched.page.evaluate("window.ran") is None
    assert [line for line in watched.wrong if "Content Security Policy" in line] == watched.wrong != []


def test_a_fact_is_corrected_by_keyboard_alone(watched: Watched) -> None:
    press = watched.page.keyboard.press
    watched.go("/knows?q=Mochi")
    press("Tab")
    assert watched.page.evaluate("document.activeElement.textContent") == "Skip to the content"
    press("Enter")
    for _ in range(20):
        press("Tab")
        if "Mochi" in watched.page.evaluate("document.activeElement.textContent"):
            break
    outline = watched.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    press("Enter")
    watched.page.wait_for_url("**/fact/*")
    for _ in range(30):
        press("Tab")
        if watched.page.evaluate("document.activeElement.id") == "text":
            break
    press("ControlOrMeta+A")
    watched.page.keyboard.type("I have a cat called Miso.")
    press("Enter")
    watched.page.wait_for_url("**done=corrected")

    assert watched.heading() == "I have a cat called Miso."
    assert "Kept as your own word" in watched.page.get_by_role("status").inner_text()
    watched.check(WIDTHS[0])


def test_a_fact_is_pinned_unpinned_undone_and_taken_back(watched: Watched) -> None:
    page = watched.page
    watched.go("/knows?q=nurse")
    page.get_by_role("link", name="I work as a nurse.").click()
    page.get_by_label("How it is, in your words").fill("I work as a baker.")
    page.get_by_role("button", name="Keep as my word").click()
    page.get_by_role("button", name="Pin to the profile").click()
    watched.go("/knows")
    assert page.get_by_role("region", name="Pinned").get_by_role("link").inner_text() == "I work as a baker."
    page.get_by_role("link", name="I work as a baker.").click()
    page.get_by_role("button", name="Unpin").click()
    page.get_by_role("button", name="Undo this correction").click()
    watched.go("/knows?q=nurse")
    page.get_by_role("link", name="I work as a nurse.").click()
    page.get_by_role("button", name="Take back for good").click()

    watched.go("/knows?q=nurse")
    assert page.locator(".empty").inner_text() == "No fact contains that."
    assert watched.wrong == []


def test_what_would_go_is_shown_and_the_button_comes_after_a_while(watched: Watched) -> None:
    page = watched.page
    watched.go("/forget")
    page.get_by_label("What was said about").fill("zebra")
    page.get_by_role("button", name="Show what would go").first.click()
    button = page.locator("button.delayed")
    assert not button.is_visible()
    page.keyboard.press("End")
    assert page.locator("main li.page").count() == 1

    button.wait_for(state="visible")
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**done=forgotten")

    watched.go("/forget?about=zebra")
    assert page.locator(".empty").inner_text().startswith("Nothing is stored that fits")
    assert watched.wrong == []


def test_a_rule_is_set_and_lifted(watched: Watched) -> None:
    page = watched.page
    watched.go("/rules")
    page.get_by_label("Anything about").fill("my divorce")
    page.get_by_role("button", name="Never remember it").click()
    assert page.locator("li.rule .text").inner_text() == "my divorce"
    page.get_by_role("button", name="Lift the rule about my divorce").click()

    assert page.locator("li.rule").count() == 0
    assert watched.wrong == []


def test_the_calendar_and_the_pages_are_walked_by_links(watched: Watched) -> None:
    page = watched.page
    watched.go("/time?month=2026-03")
    page.get_by_role("link", name="said on 2026-03-13").click()
    assert watched.heading() == "Friday, 13 March 2026"
    page.locator("li.page a.said").click()
    assert watched.heading() == "2026-03-13 09:30:00"
    assert page.locator("article .whole").first.inner_text() == "My name is Tom and I live in Bern."
    page.get_by_role("link", name="forget this exchange").click()
    assert page.locator(".numbers dd").first.inner_text() == "1"
    page.get_by_role("link", name="Keep it").click()

    assert watched.heading() == "Today"
    assert watched.wrong == []


def test_another_browser_sees_nothing_by_the_same_link(browser: Any, served: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{served.partition('/enter')[0]}/")
    assert page.locator("h1").inner_text() == "Not open"
    page.goto(served)
    page.get_by_role("button", name="Open").click()

    assert page.locator("h1").inner_text() == "Not open"
    context.close()


# At a server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of a server where callers sign in, over a hostile talk, and the token of who had it."""
    folder = tmp_path_factory.mktemp("server")
    settings = {"data_storage_path": "data", "timezone": "UTC", "consolidation_idle_seconds": 0}
    file = folder / "config.json"
    file.write_text(
        json.dumps({**settings, "transport": "streamable-http", "port": 0, "auth": "tokens", "inspect": True}),
        encoding="utf-8",
    )
    config = load_config(file, environ={})
    with closing(Memoryos.open(config.model_copy(update={"user_id": "tom"}))) as memory:
        for number, (user_input, agent_response) in enumerate((*TALK, *SAID)):
            memory.add_memory(user_input, agent_response, f"2026-03-{number + 1:02d} 09:30:00")
        memory.wait_until_idle(120)
    token, _ = TokenStore(folder / "data", lambda: datetime.now(timezone.utc)).create("tom")
    command = [sys.executable, "-m", "memoryos_mcp", "--config", str(file)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            said = next(line for line in process.stderr if "can be looked at: " in line)
            rest = threading.Thread(target=process.stderr.read, daemon=True)  # a full pipe would stop the server
            rest.start()
            yield said.partition("can be looked at: ")[2].split()[0], token
        finally:
            process.terminate()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_at_a_server_a_token_opens_every_view_until_the_person_leaves(
    browser: Any, server: tuple[str, str], theme: str, width: int
) -> None:
    base, token = server
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=theme)
    watched = Watched(context.new_page(), base)
    page = watched.page
    watched.go("/enter")
    watched.check(width)
    page.get_by_label("Token").fill("mos_wrong")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    assert page.get_by_role("alert").inner_text() == "That is no valid token."
    assert watched.wrong == ["console: Failed to load resource: the server responded with a status of 403 (Forbidden)"]
    watched.wrong.clear()
    watched.check(width)

    page.get_by_label("Token").fill(token)
    page.get_by_role("button", name="Open").click()
    page.get_by_role("heading", name="Today").wait_for()
    for path in VIEWS.values():
        watched.go(path)
        watched.check(width)
        assert watched.heading() != "Open the memory"
    with page.expect_download() as download:
        page.goto(f"{base}/knows?q=nurse")
        page.get_by_role("link", name="Export").click()
    lines = download.value.path().read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["text"] for line in lines] == ["I work as a nurse."]

    cookies = context.cookies()
    assert [(cookie["sameSite"], cookie["httpOnly"], cookie["path"]) for cookie in cookies] == [
        ("Strict", True, "/inspect/")
    ]
    page.get_by_role("button", name="Leave").click()
    page.wait_for_url("**/enter")
    assert context.cookies() == []
    context.close()
