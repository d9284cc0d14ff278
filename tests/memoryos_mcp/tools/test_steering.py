"""An agent shows, corrects and forgets for its user, who is asked where the client can do that."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

import anyio
import pytest
from mcp import Client
from mcp.client.context import ClientRequestContext
from mcp_types import ElicitRequestFormParams, ElicitRequestParams, ElicitResult, TextContent
from tool_calls import called, refused

from memoryos import Memoryos
from memoryos_mcp.server import build_server
from memoryos_mcp.session import MemorySession

OpenSession = Callable[..., MemorySession]
BOUND = 60.0

MODES = pytest.mark.parametrize("mode", ["legacy", "auto"])


@pytest.fixture
def session(open_session: OpenSession) -> MemorySession:
    """A memory of three exchanges, read for facts."""
    session = open_session(tools="standard", timezone="UTC")
    memory = session.memory()
    memory.add_memory("I live in Bern.", "Noted.", "2026-03-01 12:00:00")
    memory.add_memory("I am allergic to nuts.", "Noted.", "2026-03-02 12:00:00")
    memory.add_memory("What is the weather?", "Rain.", "2026-03-03 12:00:00")
    memory.wait_until_idle(BOUND)
    return session


class Person:
    """Who answers the questions of a client, and remembers them."""

    def __init__(self, action: str = "accept", **content: bool) -> None:
        self._answer = ElicitResult.model_validate({"action": action, "content": content or None})
        self.asked: list[str] = []

    async def __call__(self, context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        assert isinstance(params, ElicitRequestFormParams)
        assert list(params.requested_schema["properties"]) == ["agreed"]
        self.asked.append(params.message)
        return self._answer


def facts(memory: Memoryos) -> dict[str, str]:
    return {fact.text: fact.id for fact in memory.user_knowledge()}


# Listing


async def test_facts_are_listed_with_who_says_so_and_where(session: MemorySession) -> None:
    memory = session.memory()
    corrected = memory.correct_fact(facts(memory)["I live in Bern."], "I live in Basel.")
    async with Client(build_server(session)) as client:
        listed = await called(client, "list_memories")
        old = await called(client, "list_memories", kind="history")

    assert [(item["text"], item["author"], item.get("state")) for item in listed["items"]] == [
        ("I live in Basel.", "person", None),
        ("I am allergic to nuts.", "rule", None),
    ]
    assert listed["items"][0]["id"] == corrected.id
    assert [(item["text"], item["state"]) for item in old["items"]] == [("I live in Bern.", "replaced")]


@pytest.mark.parametrize("arguments", [{}, {"about": "I"}])
async def test_a_list_goes_on_where_it_ended(session: MemorySession, arguments: dict[str, str]) -> None:
    seen: list[str] = []
    async with Client(build_server(session)) as client:
        cursor: dict[str, str] = {}
        for _ in range(9):
            reply = await called(client, "list_memories", kind="pages", limit=1, **arguments, **cursor)
            seen += [item["text"] for item in reply["items"]]
            if "cursor" not in reply:
                break
            cursor = {"cursor": reply["cursor"]}

    said = ["What is the weather? / Rain.", "I am allergic to nuts. / Noted.", "I live in Bern. / Noted."]
    assert seen == (said[1:] if arguments else said)


async def test_a_list_keeps_to_a_size_whatever_was_said(session: MemorySession) -> None:
    for _ in range(60):
        session.memory().add_memory("x" * 5_000 + str(_), "y" * 200_000)
    async with Client(build_server(session)) as client:
        reply = await called(client, "list_memories", kind="pages", limit=100)

    assert len(json.dumps(reply)) < 10_000
    assert reply["cursor"].isdigit()


async def test_topics_and_exclusions_are_listed(session: MemorySession) -> None:
    session.memory().exclude("my divorce")
    async with Client(build_server(session)) as client:
        assert (await called(client, "list_memories", kind="exclusions"))["items"] == [{"text": "my divorce"}]
        assert (await called(client, "list_memories", kind="topics"))["items"] == []
        assert "cursor: got 'x'" in await refused(client, "list_memories", cursor="x")
        for kind in ("facts", "pages"):
            assert "cursor: got '99999" in await refused(client, "list_memories", kind=kind, cursor="9" * 5_000)


# Forgetting


async def test_without_a_yes_forgetting_only_says_what_would_go(session: MemorySession) -> None:
    async with Client(build_server(session)) as client:
        asked = await called(client, "forget_memory", about="nuts")
        dry = await called(client, "forget_memory", about="nuts", dry_run=True, confirm=True)
        assert session.memory().status().counts.pages == 3
        done = await called(client, "forget_memory", about="nuts", confirm=True)

    assert asked == dry
    assert (asked["status"], asked["pages"], asked["facts"]) == ("preview", 1, 1)
    assert asked["message"].startswith("Nothing was deleted. 1 exchange would go, and 1 fact and 0 traits")
    assert (done["status"], done["pages"], done["facts"]) == ("success", 1, 1)
    assert list(facts(session.memory())) == ["I live in Bern."]


@MODES
@pytest.mark.parametrize(
    ("person", "status"),
    [
        (Person(agreed=True), "success"),
        (Person(agreed=False), "refused"),
        (Person("decline"), "refused"),
        (Person("cancel"), "refused"),
    ],
    ids=["agrees", "unticks", "declines", "cancels"],
)
async def test_the_person_is_asked_whatever_the_agent_confirms(
    session: MemorySession, mode: str, person: Person, status: str
) -> None:
    person.asked.clear()
    async with Client(build_server(session), mode=mode, elicitation_callback=person) as client:
        reply = await called(client, "forget_memory", since="2026-03-02", until="2026-03-03", confirm=True)

    assert (reply["status"], reply["pages"]) == (status, 1)
    assert [question.partition(",")[0] for question in person.asked] == ["1 exchange would go"]
    assert session.memory().status().counts.pages == (2 if status == "success" else 3)


@MODES
async def test_nobody_is_asked_for_a_dry_run_or_for_nothing(session: MemorySession, mode: str) -> None:
    person = Person(agreed=True)
    async with Client(build_server(session), mode=mode, elicitation_callback=person) as client:
        assert (await called(client, "forget_memory", everything=True, dry_run=True))["pages"] == 3
        assert (await called(client, "forget_memory", about="elephants"))["pages"] == 0
        assert "selection: got nothing" in await refused(client, "forget_memory")
        assert "page_ids: got" in await refused(client, "forget_memory", page_ids=["unknown"])

    assert person.asked == []


# Correcting


@MODES
async def test_what_the_person_agrees_to_is_their_own_word(session: MemorySession, mode: str) -> None:
    memory, person = session.memory(), Person(agreed=True)
    bern = facts(memory)["I live in Bern."]
    async with Client(build_server(session), mode=mode, elicitation_callback=person) as client:
        reply = await called(client, "correct_memory", fact_id=bern, text="I live in Basel.")

    assert person.asked == ['Keep this as your own word? "I live in Basel." It takes the place of: "I live in Bern."']
    (fact,) = [fact for fact in memory.user_knowledge() if fact.id == reply["fact_id"]]
    assert (fact.text, fact.author) == ("I live in Basel.", "person")


async def test_what_nobody_confirmed_is_the_agents_word_and_falls_to_the_persons(session: MemorySession) -> None:
    memory = session.memory()
    async with Client(build_server(session)) as client:
        one = await called(client, "correct_memory", fact_id=facts(memory)["I live in Bern."], text="I live in Biel.")
        two = await called(client, "correct_memory", fact_id=one["fact_id"], text="I live in Basel.", confirm=True)
        words = await refused(client, "correct_memory", fact_id=two["fact_id"], text="I live in Bern.")

    assert (one["message"], two["message"]) == (
        "Corrected; kept as your word.",
        "Corrected; kept as the user's own word.",
    )
    assert "accepted: a fact that is not the person's own word" in words
    assert [fact.author for fact in memory.user_knowledge() if "Basel" in fact.text] == ["person"]


async def test_a_fact_is_pinned_undone_and_taken_back(session: MemorySession) -> None:
    memory = session.memory()
    bern = facts(memory)["I live in Bern."]
    async with Client(build_server(session)) as client:
        await called(client, "correct_memory", fact_id=bern, action="pin")
        assert [item["pinned"] for item in (await called(client, "list_memories"))["items"][:1]] == [True]
        assert "confirm: got false" in await refused(client, "correct_memory", fact_id=bern, action="unpin")
        await called(client, "correct_memory", fact_id=bern, action="unpin", confirm=True)
        new = await called(client, "correct_memory", fact_id=bern, text="I live in Basel.")
        await called(client, "correct_memory", fact_id=new["fact_id"], action="undo")
        assert "confirm: got false" in await refused(client, "correct_memory", fact_id=bern, action="retire")
        await called(client, "correct_memory", fact_id=bern, action="retire", confirm=True)

    assert list(facts(memory)) == ["I am allergic to nuts."]


async def test_an_agent_takes_back_no_word_of_the_person_by_itself(session: MemorySession) -> None:
    memory = session.memory()
    new = memory.correct_fact(facts(memory)["I live in Bern."], "I live in Zurich.", author="person")
    async with Client(build_server(session)) as client:
        assert "confirm: got false" in await refused(client, "correct_memory", fact_id=new.id, action="undo")
    person = Person(agreed=False)
    memory.pin_fact(new.id)
    async with Client(build_server(session), elicitation_callback=person) as client:
        await called(client, "correct_memory", fact_id=new.id, action="undo", confirm=True)
        await called(client, "correct_memory", fact_id=new.id, action="unpin", confirm=True)

    assert person.asked == [
        'Take back what you said yourself? "I live in Zurich."',
        'Pin this no more? "I live in Zurich."',
    ]
    assert "I live in Zurich." in facts(memory)


async def test_nobody_waits_for_a_person_who_is_asked(session: MemorySession) -> None:
    recalled = anyio.Event()

    async def answers_late(context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        await recalled.wait()
        return ElicitResult(action="decline")

    async with (
        Client(build_server(session), elicitation_callback=answers_late) as client,
        anyio.create_task_group() as both,
    ):
        both.start_soon(partial(called, client, "forget_memory", everything=True))
        with anyio.fail_after(60):
            assert (await called(client, "retrieve_memory", query="Where do I live?"))["retrieved_pages"]
            await called(client, "add_memory", user_input="I bought a boat", agent_response="Nice")
        recalled.set()


async def test_a_person_who_says_no_changes_nothing(session: MemorySession) -> None:
    memory = session.memory()
    bern = facts(memory)["I live in Bern."]
    async with Client(build_server(session), elicitation_callback=Person("decline")) as client:
        reply = await called(client, "correct_memory", fact_id=bern, text="I live in Basel.", confirm=True)

    assert reply == {"status": "refused", "message": "The user did not agree: nothing was changed."}
    assert "I live in Bern." in facts(memory)


async def test_an_excluded_exchange_is_refused_in_words(session: MemorySession) -> None:
    session.memory().exclude("my divorce")
    async with Client(build_server(session)) as client:
        answer = await client.call_tool("add_memory", {"user_input": "My divorce is final."})

    assert answer.is_error
    assert isinstance(answer.content[0], TextContent)
    assert "the user wishes never to be remembered" in answer.content[0].text
    assert "divorce" not in answer.content[0].text
