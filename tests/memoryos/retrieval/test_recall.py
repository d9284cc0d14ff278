"""A walk over all that bears on a query: whole, each page once, whatever happens to the memory meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from hash_embedder import HashEmbedder

from memoryos import Config, InvalidArgumentError, Memoryos, assembly
from memoryos.embedding import OnDemandEmbedder

OpenMemory = Callable[..., Memoryos]
QUERY = "Which tea did I try?"
TEA = {f"I tried tea number {number}." for number in range(150)}
BOUND = 60.0


@pytest.fixture
def open_without_work(make_config: Callable[..., Config], monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenMemory]:
    """A function that opens a memory which nobody reads in the background: what is in it is found by words alone."""
    monkeypatch.setattr(assembly, "configured_embedder", lambda config: OnDemandEmbedder("hash/1", HashEmbedder))
    with ExitStack() as stack:
        yield lambda **settings: stack.enter_context(Memoryos.open(make_config(**settings), works=False))


@pytest.fixture
def memory(open_without_work: OpenMemory) -> Memoryos:
    """150 pages of tea among as many of other things."""
    memory = open_without_work()
    for number, tea in enumerate(sorted(TEA)):
        memory.add_memory(tea, "How was it?")
        memory.add_memory(f"Repaired wheel {number} of a bicycle.", "Well done.")
    return memory


def walked(memory: Memoryos, max_results: int, between: Callable[[], object] = lambda: None) -> list[list[str]]:
    """What each recall of a walk brings, with something done between them."""
    recall = memory.retrieve(QUERY, max_results)
    parts = [[item.page.user_input for item in recall.pages]]
    while (cursor := recall.cursor()) is not None:
        between()
        recall = memory.retrieve(QUERY, max_results, cursor=cursor)
        parts.append([item.page.user_input for item in recall.pages])
    return parts


@pytest.mark.parametrize(("max_results", "least"), [(100, 2), (40, 4)])
def test_a_walk_brings_every_page_that_bears_once_and_then_ends(memory: Memoryos, max_results: int, least: int) -> None:
    parts = walked(memory, max_results)

    brought = [text for part in parts for text in part]
    assert len(brought) == len(set(brought))
    assert set(brought) >= TEA
    assert len(parts) >= least
    assert [len(part) for part in parts[:-1]] == [max_results] * (len(parts) - 1)


def test_pages_that_are_added_and_embedded_between_two_recalls_move_none_and_come_in_none(
    open_memory: OpenMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assembly, "configured_embedder", lambda config: OnDemandEmbedder("hash/1", HashEmbedder))
    memory = open_memory()
    tea = sorted(TEA)[:30]
    for text in tea:
        memory.add_memory(text, "How was it?")

    def add_some() -> None:
        for number in range(5):
            memory.add_memory(f"I tried tea late, {memory.status().counts.pages} and {number}.", "Again?")
        memory.wait_until_idle(BOUND)

    brought = [text for part in walked(memory, 8, add_some) for text in part]

    assert sorted(brought) == tea


def test_a_walk_that_goes_on_brings_pages_and_nothing_else(memory: Memoryos) -> None:
    first = memory.retrieve(QUERY, 10)
    second = memory.retrieve(QUERY, 10, cursor=first.cursor())

    assert first.short_term
    assert (second.short_term, second.user_knowledge, second.assistant_knowledge) == ((), (), ())
    assert second.profile.text == ""


def test_a_forgotten_page_comes_no_more_and_stops_no_walk(memory: Memoryos) -> None:
    first = memory.retrieve(QUERY, 100)
    gone = next(page for page in TEA if page not in {item.page.user_input for item in first.pages})
    (id_,) = [item.page.id for item in memory.retrieve(gone, 1).pages]
    memory.forget([id_, first.pages[0].page.id])

    second = memory.retrieve(QUERY, 100, cursor=first.cursor())

    brought = {item.page.user_input for item in (*first.pages, *second.pages)}
    assert TEA - brought == {gone}


def test_a_cursor_of_another_query_or_filter_or_user_is_refused_by_name(
    memory: Memoryos, open_without_work: OpenMemory
) -> None:
    cursor = memory.retrieve(QUERY, 10).cursor()
    assert cursor is not None
    other = open_without_work(user_id="ann")
    other.add_memory("I tried tea.", "")

    for asked, query, after, given in (
        (memory, "Which coffee did I try?", None, cursor),
        (memory, QUERY, "2020-01-01", cursor),
        (memory, QUERY, None, "100"),
        (other, QUERY, None, cursor),
    ):
        with pytest.raises(InvalidArgumentError) as refusal:
            asked.retrieve(query, 10, after=after, cursor=given)
        assert refusal.value.argument == "cursor"


def test_where_few_pages_hold_a_word_of_the_query_the_walk_ends_with_them(open_without_work: OpenMemory) -> None:
    memory = open_without_work()
    for number in range(40):
        memory.add_memory(f"Repaired wheel {number}.", "Well done.")
    kinds = {f"I tried {kind} tea." for kind in ("oolong", "mint", "sencha")}
    for text in kinds:
        memory.add_memory(text, "How was it?")

    first = memory.retrieve("tea", 2)
    second = memory.retrieve("tea", 2, cursor=first.cursor())

    assert first.by_words_only
    assert {item.page.user_input for item in (*first.pages, *second.pages)} == kinds
    assert (len(second.pages), second.cursor()) == (1, None)
