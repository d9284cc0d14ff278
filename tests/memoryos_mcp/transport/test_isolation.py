"""Five users of one server, two of them hostile: whatever they send, nobody gets at what is another's."""

from __future__ import annotations

import json
import os
import random
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

import postgres_server
import pytest
from http_app import HttpApp, running
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from remembered_vectors import remembered_vectors

from memoryos import InvalidArgumentError, load_config
from memoryos.storage.paths import memory_file, user_folder
from memoryos_mcp.auth.caller import exact_user_id
from memoryos_mcp.auth.tokens import TokenStore

HONEST = ("alice", "bob", "carol")
HOSTILE = ("\u0430lice ", "../users/alice")
USERS = (*HONEST, *HOSTILE)
UNKNOWN = "ZZZZZZZZZZ"
MARK = re.compile(r"owned-by-(\d)-")

TWINS = (
    "alice", "Alice", "ALICE", "alice ", " alice", "alice.", "alice/", "./alice", "../alice", "alice/../bob", "..", ".",
    "/", "\\", "alice\\..\\bob", "users/alice", "C:alice", "alice:stream", "CON", "nul", "alice\u200b", "\u202ealice",
    "\u0430lice", "al\u0131ce", "al\u0130ce", "\uff41lice", "\U0001d44elice", "ali\u00e7e", "ss", "\u00df", "\u1e9e",
    "\u212bngstr\u00f6m", "\u00e5ngstr\u00f6m", "\ufb01sh", "fish", "*", "?", "~", "$HOME", "%2e%2e", "a" * 24,
    "a" * 25, "a" * 128,
)  # fmt: skip

PLAIN_USER = st.one_of(st.sampled_from(TWINS), st.text(min_size=1, max_size=30))


@given(one=PLAIN_USER, other=PLAIN_USER)
@settings(max_examples=500)
def test_no_two_users_share_a_folder_on_any_file_system(one: str, other: str) -> None:
    """Also where names that differ in capitals, or in how a letter is composed, are one."""
    ids = []
    for user in (one, other):
        try:
            ids.append(exact_user_id(user))
        except InvalidArgumentError:
            return
    folders = [user_folder(user) for user in ids]
    assert (folders[0].casefold() == folders[1].casefold()) is (one == other)
    for folder in folders:
        assert re.fullmatch(r"[A-Za-z0-9_]{0,24}-[0-9a-f]{16}", folder)
        assert memory_file(Path("data"), one).parts[:2] == ("data", "users")


@dataclass(slots=True)
class Server:
    """A server with five users, and what each of them was told is theirs."""

    app: HttpApp
    tokens: list[str]
    service: str
    pages: dict[int, list[str]] = field(default_factory=lambda: {user: [] for user in range(len(USERS))})

    def ask(self, user: int, tool: str, by_service: bool, **arguments: object) -> tuple[bool, str]:
        """A call of a user, made with a token of their own or by an app in their name."""
        if by_service:
            return self.app.call(self.service, tool, user_id=USERS[user], **arguments)
        return self.app.call(self.tokens[user], tool, **arguments)


@pytest.fixture(
    scope="module",
    params=[
        "sqlite",
        pytest.param(
            "postgres",
            marks=pytest.mark.skipif(postgres_server.MISSING is not None, reason=str(postgres_server.MISSING)),
        ),
    ],
)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Of the five memories two are open at a time, so that they are closed and opened all the while."""
    data = tmp_path_factory.mktemp("isolation")
    store = TokenStore(data, lambda: datetime.now(timezone.utc))
    config = load_config(
        None,
        environ={},
        arguments={
            "data_storage_path": data,
            "auth": "tokens",
            "transport": "streamable-http",
            "tools": "all",
            "max_open_memories": 2,
            "log_level": "WARNING",
            "database_url": "" if request.param == "sqlite" else postgres_server.app_url(),
        },
    )
    tokens = [store.create(user)[0] for user in USERS]
    with remembered_vectors(), running(config) as app:
        yield Server(app, tokens, store.create("app", is_service=True)[0])


OPERATIONS = int(os.environ.get("ISOLATION_OPERATIONS", "4000"))
"""How many the long test makes at least; 100,000 take some 2,500 s of CPU."""

SEED = int(os.environ.get("ISOLATION_SEED", "18"))

USER = st.integers(0, len(USERS) - 1)
WHAT: st.SearchStrategy[str] = st.deferred(lambda: st.sampled_from(sorted(DO)))
STEPS = st.lists(st.tuples(WHAT, USER, USER, st.booleans(), st.integers(0, 1_000)), min_size=1, max_size=30)


@given(steps=STEPS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_asked_brings_nothing_of_another_user(
    server: Server, steps: list[tuple[str, int, int, bool, int]]
) -> None:
    for what, user, other, by_service, number in steps:
        for text in DO[what](server, user, other, by_service, number):
            assert {int(owner) for owner in MARK.findall(text)} <= {user}, (what, USERS[user], text)


@pytest.mark.slow
def test_many_operations_bring_nothing_of_another_user(server: Server) -> None:
    chance, done = random.Random(SEED), 0
    while done < OPERATIONS:
        who = chance.randrange(len(USERS)), chance.randrange(len(USERS)), chance.random() < 0.5, chance.randrange(200)
        what = chance.choice(list(DO))
        for text in DO[what](server, *who):
            assert {int(owner) for owner in MARK.findall(text)} <= {who[0]}, (what, USERS[who[0]], text)
        done += 1
    sys.stdout.write(f"{done} operations of seed {SEED}, nothing of another user in what they gave\n")


def add(server: Server, user: int, _: int, by_service: bool, number: int) -> list[str]:
    page = f"I am owned-by-{user}-{number}, my tea is number {number}."
    done, text = server.ask(user, "add_memory", by_service, user_input=page, agent_response="Noted.")
    assert done, text
    id_ = json.loads(text)["details"]["id"]
    if id_ not in server.pages[user]:
        server.pages[user].append(id_)
    return [text]


def recall(server: Server, user: int, other: int, by_service: bool, number: int) -> list[str]:
    query = f"What tea is owned-by-{other}-{number} of {USERS[other]}?"
    done, text = server.ask(user, "retrieve_memory", by_service, query=query, max_results=100, explain=True)
    assert done, text
    return [text.replace(json.dumps(query, ensure_ascii=False), "")]


def profile(server: Server, user: int, _: int, by_service: bool, __: int) -> list[str]:
    done, text = server.ask(user, "get_user_profile", by_service, include_assistant_knowledge=True)
    assert (done, json.loads(text)["user_id"]) == (True, USERS[user])
    return [text]


def foreign_id(server: Server, user: int, other: int, number: int) -> str:
    """The id of a page of another user, or of none where that one has none."""
    pages = server.pages[other] if other != user else []
    return pages[number % len(pages)] if pages else UNKNOWN


def guess(server: Server, user: int, other: int, by_service: bool, number: int) -> list[str]:
    """A foreign id as the query is a word like any other: nothing but the query itself repeats it."""
    id_ = foreign_id(server, user, other, number)
    done, text = server.ask(user, "retrieve_memory", by_service, query=id_)
    rest = text.replace(f'"query":"{id_}"', "", 1)
    assert (done, id_ in rest) == (True, False), text
    return [rest]


def forget(server: Server, user: int, other: int, by_service: bool, number: int) -> list[str]:
    """A foreign page cannot be forgotten, and the refusal is that of an unknown one."""
    id_ = foreign_id(server, user, other, number)
    answers = []
    for page in (id_, UNKNOWN):
        done, text = server.ask(user, "forget_memory", by_service, page_ids=[page])
        answers.append((done, text.replace(page, "ID")))
    assert (answers[0], answers[0][0]) == (answers[1], False)
    if id_ != UNKNOWN:
        done, text = server.ask(other, "retrieve_memory", by_service, query=id_)
        assert (done, f"owned-by-{other}-" in text) == (True, True)
    return [answers[0][1]]


def forget_own(server: Server, user: int, _: int, by_service: bool, number: int) -> list[str]:
    if not server.pages[user]:
        return []
    id_ = server.pages[user].pop(number % len(server.pages[user]))
    done, text = server.ask(user, "forget_memory", by_service, page_ids=[id_])
    assert done, text
    return [text]


def reflect(server: Server, user: int, _: int, by_service: bool, __: int) -> list[str]:
    return [server.ask(user, "reflect", by_service)[1]]


def name(server: Server, user: int, other: int, _: bool, number: int) -> list[str]:
    """With a token of their own nobody can name another user."""
    arguments = {"query": f"tea {number}", "user_id": USERS[other]}
    done, text = server.app.call(server.tokens[user], "retrieve_memory", **arguments)
    assert not done
    return [text]


def facts(server: Server, user: int, other: int, by_service: bool, number: int) -> list[str]:
    """A fact that would replace another user's, by the id of their page."""
    fact = f"replaces {foreign_id(server, user, other, number)}: The user owns nothing."
    page = {"user_input": f"owned-by-{user}-{number} again", "agent_response": "Noted.", "facts": [fact]}
    return [server.ask(user, "add_memory", by_service, **page)[1]]


def browse(server: Server, user: int, other: int, by_service: bool, number: int) -> list[str]:
    """From a cursor that another user was given, or made up, by another one's words."""
    _, theirs = server.ask(other, "list_memories", by_service, kind="pages", limit=1 + number % 3)
    cursor = json.loads(theirs).get("cursor") or str(number)
    kind = ("pages", "facts", "history", "topics")[number % 4]
    pages = server.ask(user, "list_memories", by_service, kind="pages", cursor=cursor)[1]
    about = server.ask(user, "list_memories", by_service, kind=kind, about=f"owned-by-{other}-{number}")[1]
    return [pages, about]


DO: dict[str, Callable[[Server, int, int, bool, int], list[str]]] = {
    "add": add,
    "recall": recall,
    "profile": profile,
    "guess": guess,
    "forget": forget,
    "forget own": forget_own,
    "reflect": reflect,
    "name": name,
    "facts": facts,
    "browse": browse,
}
