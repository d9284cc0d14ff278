"""A memory that forgets is, once its work is done, the memory that never knew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from engine import Engine, build_engine

from memoryos import Config, InvalidArgumentError, Memoryos

TALK = (
    "soup: I like leek soup",
    "soup: I own two pots",
    "skis: I ski in March",
    "skis: I like leek soup",
    "skis: I broke a ski",
    "chess: I play chess",
    "chess: I own two pots",
    "soup: I grow leek",
    "end: that is all",
)


def known(engine: Engine) -> tuple[object, ...]:
    """What a memory knows, but for ids and numbers."""
    pages = engine.store.newest_pages(100)
    segments = {
        segment.theme: (segment.pages, sorted(p.user_input for p in pages if p.segment == segment.id))
        for segment in engine.store.segments()
    }
    facts = sorted(fact.text for fact in engine.long_term.user_knowledge())
    return [page.user_input for page in pages], segments, facts, engine.updater.pending()


@pytest.mark.parametrize("at", range(len(TALK) - 1))  # the last page keeps those before it out of short-term memory
def test_after_its_work_a_memory_is_as_if_the_page_had_never_been_added(tmp_path: Path, at: int) -> None:
    forgetful = build_engine(tmp_path / "forgetful.db", heat_threshold=1.0)
    pages = forgetful.add(*TALK)
    forgetful.finish()
    innocent = build_engine(tmp_path / "innocent.db", heat_threshold=1.0)
    innocent.add(*TALK[:at], *TALK[at + 1 :])
    innocent.finish()

    forgetful.store.forget_pages([pages[at].id])
    forgetful.finish()

    assert known(forgetful) == known(innocent)
    forgetful.store.close()
    innocent.store.close()


def test_what_is_forgotten_is_recalled_by_no_one(make_config: Callable[..., Config]) -> None:
    config = make_config()
    with Memoryos.open(config) as memory, Memoryos.open(config) as other:
        kept = memory.add_memory("My cat is called Mochi.", "A lovely name!").page
        secret = memory.add_memory("My cat has diabetes.", "I am sorry.").page
        for each in (memory, other):
            each.wait_until_idle()
            assert {ranked.page.id for ranked in each.retrieve("What about the cat?").pages} == {kept.id, secret.id}

        assert memory.forget([secret.id.lower(), secret.id]).pages == 1

        for each in (memory, other):
            recalled = each.retrieve("Does the cat have diabetes?")
            assert [page.id for page in recalled.short_term] == [kept.id]
            assert [ranked.page.id for ranked in recalled.pages] == [kept.id]


@pytest.mark.parametrize("ids", ["01J", [], [1], [""], ["x"] * 3, [f"{number}" for number in range(501)]])
def test_ids_that_are_none_are_refused(make_config: Callable[..., Config], ids: object) -> None:
    with Memoryos.open(make_config()) as memory, pytest.raises(InvalidArgumentError, match="page_ids: got"):
        memory.forget(ids)  # type: ignore[arg-type]
