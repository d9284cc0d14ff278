"""What a model reads before it answers, within its tokens."""

from __future__ import annotations

from typing import Any

from benchmarks.answers.locomo_contexts import FullTalk, WordPages, remembered
from benchmarks.common.conversations import Exchange
from memoryos.language.sizes import tokens

SPEAKERS = ("Ann", "Bea")
PAGES = (
    Exchange("p0", "I bought a cello.", "Which colour?", "2026-01-05 10:00:00"),
    Exchange("p1", "Brown, of course.", "", "2026-01-06 10:00:00"),
    Exchange("p2", "The cat likes my cello.", "Cats do like it.", "2026-01-07 10:00:00"),
)
TOLD = (
    "[5 January 2026]\nAnn: I bought a cello.\nBea: Which colour?",
    "[6 January 2026]\nAnn: Brown, of course.",
    "[7 January 2026]\nAnn: The cat likes my cello.\nBea: Cats do like it.",
)


def fact(text: str) -> dict[str, Any]:
    return {"knowledge": text, "timestamp": "2026-01-05 10:00:00"}


def reply(*pages: Exchange, user: list[dict[str, Any]], assistant: list[dict[str, Any]]) -> dict[str, Any]:
    """A reply of the server, whose ids are those of the data in capitals."""
    return {
        "retrieved_pages": [
            {
                "id": page.id.upper(),
                "user_input": page.user_input,
                "agent_response": page.agent_response,
                "timestamp": page.timestamp,
            }
            for page in pages
        ],
        "retrieved_user_knowledge": user,
        "retrieved_assistant_knowledge": assistant,
    }


def test_the_full_talk_loses_its_beginning_where_it_does_not_fit() -> None:
    room = sum(tokens(text) + 1 for text in TOLD)
    whole = FullTalk(PAGES, SPEAKERS, room).context("anything")
    assert (whole.text, whole.pages) == ("\n".join(TOLD), ("p0", "p1", "p2"))
    cut = FullTalk(PAGES, SPEAKERS, room - 1).context("anything")
    assert (cut.text, cut.pages) == ("\n".join(TOLD[1:]), ("p1", "p2"))


def test_pages_are_chosen_by_rank_and_told_in_time() -> None:
    context = WordPages(PAGES, SPEAKERS, 1_000).context("Does the cat like the cello?")
    assert (context.text, context.pages) == (f"{TOLD[0]}\n{TOLD[2]}", ("p2", "p0"))


def test_a_page_that_is_too_long_leaves_its_room_to_the_next() -> None:
    assert tokens(TOLD[0]) < tokens(TOLD[2])
    context = WordPages(PAGES, SPEAKERS, tokens(TOLD[0]) + 1).context("Does the cat like the cello?")
    assert (context.text, context.pages) == (TOLD[0], ("p0",))


def test_a_memory_tells_the_best_fact_of_each_then_its_pages_under_the_ids_of_the_data() -> None:
    answer = reply(
        PAGES[2], PAGES[0], user=[fact("I own a cello."), fact("I am tall.")], assistant=[fact("I know cats.")]
    )
    context = remembered(answer, SPEAKERS, {"P0": "p0", "P2": "p2"}, max_tokens=1_000, seconds=0.5)
    told = ("- Ann: I own a cello.", "- Bea: I know cats.", "- Ann: I am tall.")
    facts = "\n".join(f"{fact} (5 January 2026)" for fact in told)
    assert (context.text, context.pages, context.seconds) == (f"{facts}\n{TOLD[0]}\n{TOLD[2]}", ("p2", "p0"), 0.5)


def test_facts_take_a_fifth_of_the_room_at_most() -> None:
    answer = reply(PAGES[0], user=[fact("I own a cello."), fact("I am tall.")], assistant=[])
    context = remembered(answer, SPEAKERS, {}, max_tokens=55, seconds=0.0)
    assert context.text == f"- Ann: I own a cello. (5 January 2026)\n{TOLD[0]}"
    assert tokens("- Ann: I own a cello. (5 January 2026)") + 1 <= 55 // 5
