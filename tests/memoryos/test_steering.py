"""A person decides: facts corrected, taken back and pinned, what is excluded, and forgetting as it was shown before."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from engine import Clock, build_engine
from hash_embedder import HashEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st

from memoryos import (
    Excluded,
    ExcludedError,
    Forgotten,
    InvalidArgumentError,
    Knowledge,
    Memoryos,
    Selection,
    assembly,
    load_config,
)
from memoryos.embedding import OnDemandEmbedder
from memoryos.models import IncomingPage, NewPage
from memoryos.storage.exclusions import Rule
from memoryos.storage.sqlite.database import Database
from memoryos.storage.tables.intake import Intake

OpenMemory = Callable[..., Memoryos]
BOUND = 60.0


def told(memory: Memoryos, *user_inputs: str) -> list[str]:
    """The ids of new pages, read for facts."""
    ids = [memory.add_memory(user_input, "I see.").page.id for user_input in user_inputs]
    memory.wait_until_idle(BOUND)
    return ids


def fact_saying(memory: Memoryos, text: str) -> Knowledge:
    (found,) = [fact for fact in memory.user_knowledge() if text in fact.text]
    return found


def texts(memory: Memoryos) -> list[str]:
    return [fact.text for fact in memory.user_knowledge()]


# Correcting


def test_a_corrected_fact_is_the_persons_word_on_the_same_pages_and_the_old_one_is_history(
    open_memory: OpenMemory,
) -> None:
    memory = open_memory()
    pages = told(memory, "I live in Bern.")
    old = fact_saying(memory, "Bern")

    new = memory.correct_fact(old.id.lower(), "  I live in\nBasel. ")

    assert [(fact.id, fact.text, fact.author, fact.sources) for fact in memory.user_knowledge()] == [
        (new.id, "I live in Basel.", "person", tuple(pages))
    ]
    assert (new.slot, new.value) == (old.slot, "basel")
    assert [(fact.id, fact.superseded_by) for fact in memory.browsing.history(new.id)] == [
        (old.id, new.id),
        (new.id, None),
    ]
    assert [(line.actor, line.action, line.ref) for line in memory.audit()] == [("person", "correct", new.id)]
    assert "Home: I live in Basel." in memory.profile().text


def test_what_is_said_again_of_before_does_not_undo_a_persons_word(open_memory: OpenMemory) -> None:
    memory = open_memory()
    told(memory, "I live in Bern.")
    memory.correct_fact(fact_saying(memory, "Bern").id, "I live in Basel.")

    told(memory, "As I said, I live in Bern.")

    assert texts(memory) == ["I live in Basel."]


def test_a_correction_is_undone(open_memory: OpenMemory) -> None:
    memory = open_memory()
    told(memory, "I live in Bern.")
    first = fact_saying(memory, "Bern")
    second = memory.correct_fact(first.id, "I live in Basel.")
    third = memory.correct_fact(second.id, "I live in Biel.")

    memory.undo_correction(third.id)
    assert texts(memory) == ["I live in Basel."]
    memory.undo_correction(second.id)
    assert texts(memory) == ["I live in Bern."]

    with pytest.raises(InvalidArgumentError, match="the id of a fact that corrected another one"):
        memory.undo_correction(first.id)


def test_a_correction_goes_with_the_page_that_it_stands_on(open_memory: OpenMemory) -> None:
    memory = open_memory()
    pages = told(memory, "I live in Bern.")
    memory.correct_fact(fact_saying(memory, "Bern").id, "I live in Basel.")

    assert memory.forget(pages).facts == 2
    assert memory.user_knowledge() == ()


def test_an_agent_does_not_correct_a_persons_word(open_memory: OpenMemory) -> None:
    memory = open_memory()
    told(memory, "I live in Bern.")
    by_agent = memory.correct_fact(fact_saying(memory, "Bern").id, "I live in Basel.", author="agent")
    by_person = memory.correct_fact(by_agent.id, "I live in Biel.")

    with pytest.raises(InvalidArgumentError, match="not the person's own word"):
        memory.correct_fact(by_person.id, "I live in Bern.", author="agent")
    assert texts(memory) == ["I live in Biel."]


@pytest.mark.parametrize("text", ["", " \n", "x" * 301])
def test_a_text_that_is_no_fact_is_refused(open_memory: OpenMemory, text: str) -> None:
    memory = open_memory()
    told(memory, "I live in Bern.")

    with pytest.raises(InvalidArgumentError, match="text: got"):
        memory.correct_fact(fact_saying(memory, "Bern").id, text)
    assert texts(memory) == ["I live in Bern."]


def test_a_fact_that_was_replaced_is_not_corrected_pinned_or_known(open_memory: OpenMemory) -> None:
    memory = open_memory()
    told(memory, "I live in Bern.")
    old = fact_saying(memory, "Bern")
    memory.correct_fact(old.id, "I live in Basel.")

    for act in (lambda: memory.correct_fact(old.id, "I live in Biel."), lambda: memory.pin_fact(old.id)):
        with pytest.raises(InvalidArgumentError, match="the id of a fact that holds, or may hold"):
            act()
    with pytest.raises(InvalidArgumentError, match="the id of a fact that holds, or may hold"):
        memory.correct_fact("01J", "I live in Biel.")
    assert texts(memory) == ["I live in Basel."]


# Retiring and pinning


def test_a_fact_that_was_taken_back_is_not_learned_again_from_its_page(open_memory: OpenMemory) -> None:
    memory = open_memory()
    told(memory, "I live in Bern. I am allergic to nuts.")
    fact = fact_saying(memory, "Bern")

    memory.retire_fact(fact.id)
    memory.force_mid_term_analysis()
    memory.wait_until_idle(BOUND)

    assert texts(memory) == ["I am allergic to nuts."]
    assert memory.browsing.fact(fact.id) == replace(
        fact, state="retired", vector=None, held_until=memory.audit()[0].at, pinned=False
    )
    with pytest.raises(InvalidArgumentError, match="not taken back yet"):
        memory.retire_fact(fact.id)


def test_a_pinned_fact_stands_before_all_others_in_the_profile(open_memory: OpenMemory) -> None:
    memory = open_memory()
    told(memory, *(f"I have a cat called {name}." for name in ("Ada", "Bix")), "My name is Tom.")
    cat = fact_saying(memory, "Ada")

    memory.pin_fact(cat.id)
    assert memory.profile().text.splitlines()[0].startswith(f"People: {cat.text}")
    memory.pin_fact(cat.id, pinned=False)

    assert memory.profile().text.splitlines()[0].startswith("Name: ")
    assert [(line.action, line.ref) for line in memory.audit()] == [("unpin", cat.id), ("pin", cat.id)]


# Excluding


@pytest.mark.parametrize(
    ("about", "text", "covered"),
    [
        ("my divorce", "We talked about Divorces again.", True),
        ("my divorce", "I like leek soup.", False),
        ("Anna Smith", "Anna called. Mr. Smith did, too.", False),
        ("Anna Smith", "I met anna smith at noon.", True),
        ("Müller", "Frau MÜLLER rief an.", True),
        ("離婚", "昨日、離婚の話をした。", True),
        ("離婚", "昨日、結婚の話をした。", False),
        ("cat", "The catalogue came.", False),
    ],
)
def test_a_rule_covers_a_sentence_with_all_its_words(about: str, text: str, covered: bool) -> None:
    assert Rule.of(about).covers(text) is covered


def test_what_is_excluded_is_refused_dropped_and_never_learned(open_memory: OpenMemory) -> None:
    memory = open_memory()
    told(memory, "I live in Bern.", "I am divorced from Anna.")
    assert len(memory.user_knowledge()) == 2

    assert memory.exclude(" my  divorce ") == Excluded("my divorce", facts=1, traits=0, pages=1)

    assert texts(memory) == ["I live in Bern."]
    assert memory.exclusions() == ("my divorce",)
    with pytest.raises(ExcludedError, match="nothing was stored"):
        memory.add_memory("My divorce was hard.", "I am sorry.")
    with pytest.raises(ExcludedError, match="nothing was stored"):
        memory.add_memory("How was it?", "You spoke of your divorce.")
    assert memory.status().counts.pages == 2
    memory.force_mid_term_analysis()
    memory.wait_until_idle(BOUND)
    assert texts(memory) == ["I live in Bern."]


def test_a_rule_is_lifted(open_memory: OpenMemory) -> None:
    memory = open_memory()
    memory.exclude("my divorce")
    memory.allow("my divorce")

    assert memory.exclusions() == ()
    told(memory, "I am divorced from Anna.")
    assert texts(memory) == ["I am divorced from Anna."]
    with pytest.raises(InvalidArgumentError, match="about: got 'my divorce'"):
        memory.allow("my divorce")


def test_an_import_passes_over_what_is_excluded(open_memory: OpenMemory) -> None:
    memory = open_memory()
    memory.exclude("my divorce")
    noon = Clock()()
    pages = [IncomingPage(NewPage(text, "", noon), "2026-03-01", noon) for text in ("My divorce.", "I live in Bern.")]

    with closing(Database(Path(memory.status().data_path))) as database:
        intake = Intake(database)
        assert (intake.add(pages), intake.excluded) == (1, 1)

    assert [page.user_input for page in memory.browsing.pages(10).pages] == ["I live in Bern."]


def test_nothing_of_an_excluded_project_is_stored_learned_or_imported(open_memory: OpenMemory) -> None:
    memory = open_memory(project="*")
    memory.add_memory("I live in Bern.", "", project="acme")
    memory.add_memory("I work as a nurse.", "", project="zebra")
    memory.add_memory("I have a cat.", "")
    memory.add_memory("I work as a nurse.", "", project="acme")
    memory.wait_until_idle(BOUND)
    assert sorted(texts(memory)) == ["I have a cat.", "I live in Bern.", "I work as a nurse."]

    assert memory.exclude(" project: acme ") == Excluded("project:acme", facts=1, traits=0, pages=2)

    assert memory.exclusions() == ("project:acme",)
    assert sorted(texts(memory)) == ["I have a cat.", "I work as a nurse."]
    with pytest.raises(ExcludedError, match="nothing was stored"):
        memory.add_memory("I like tea.", "", project="acme")
    memory.add_memory("We spoke of project:acme and of acme.", "", project="acme2")
    noon = Clock()()
    pages = [
        IncomingPage(NewPage("I like tea.", "", noon, project=project), "2026-03-01", noon)
        for project in ("acme", "zebra", None)
    ]
    with closing(Database(Path(memory.status().data_path))) as database:
        intake = Intake(database)
        assert (intake.add(pages), intake.excluded) == (2, 1)
    memory.force_mid_term_analysis()
    memory.wait_until_idle(BOUND)
    assert "I live in Bern." not in texts(memory)

    preview = memory.preview_forgetting(Selection(about="project:acme"))
    assert [page.user_input for page in preview.shown] == ["I live in Bern.", "I work as a nurse."]
    memory.forget_selected(Selection(about="project:acme"), token=preview.token)
    assert memory.browsing.pages_about("project:acme", 10) == ()
    memory.allow("project:acme")
    memory.add_memory("I like tea.", "", project="acme")
    assert [page.project for page in memory.browsing.pages_about("project:acme", 10)] == ["acme"]


def test_a_project_is_excluded_for_those_who_see_only_it_too(open_memory: OpenMemory) -> None:
    memory = open_memory(project="acme")
    memory.exclude("project:acme")

    with pytest.raises(ExcludedError):
        memory.add_memory("I live in Bern.", "")
    assert memory.add_memory("I have a cat.", "", project="").page.project is None


@pytest.mark.parametrize("about", ["", " - ", "x" * 101, "project:", "project: *", "project:" + "x" * 300])
def test_words_that_are_none_are_refused(open_memory: OpenMemory, about: str) -> None:
    with pytest.raises(InvalidArgumentError, match="about: got"):
        open_memory().exclude(about)


# Forgetting by a selection


def test_a_selection_chooses_in_one_way(open_memory: OpenMemory) -> None:
    memory = open_memory()
    for selection in (Selection(), Selection(about="cat", everything=True)):
        with pytest.raises(InvalidArgumentError, match="selection: got"):
            memory.preview_forgetting(selection)


def test_what_was_said_about_something_is_forgotten_and_the_rest_stays(open_memory: OpenMemory) -> None:
    memory = open_memory()
    told(memory, "My cat is called Mochi.", "I live in Bern.", "The cats sleep.", "The catalogue came.")
    selection = Selection(about="my cat")

    preview = memory.preview_forgetting(selection)
    assert [page.user_input for page in preview.shown] == ["My cat is called Mochi.", "The cats sleep."]
    assert memory.forget_selected(selection, token=preview.token).pages == preview.pages == 2

    assert [page.user_input for page in memory.browsing.pages(10).pages] == ["The catalogue came.", "I live in Bern."]
    assert (memory.audit()[0].action, memory.audit()[0].count, memory.audit()[0].ref) == ("forget", 2, None)


def test_a_preview_that_holds_no_more_forgets_nothing(open_memory: OpenMemory) -> None:
    memory = open_memory()
    told(memory, "My cat is called Mochi.")
    token = memory.preview_forgetting(Selection(everything=True)).token
    told(memory, "I live in Bern.")

    with pytest.raises(InvalidArgumentError, match="nothing was forgotten: look again"):
        memory.forget_selected(Selection(everything=True), token=token)
    assert memory.status().counts.pages == 2


def test_everything_is_forgotten_and_rules_stay(open_memory: OpenMemory, tmp_path: Path) -> None:
    memory = open_memory()
    told(memory, "My cat is called Mochi.", "I live in Bern.")
    memory.correct_fact(fact_saying(memory, "Bern").id, "I live in Basel.")
    memory.exclude("my divorce")

    forgotten = memory.forget_selected(Selection(everything=True))

    assert (forgotten.pages, forgotten.regrouped, forgotten.overwritten) == (2, 0, True)
    counts = memory.status().counts
    assert (counts.pages, counts.user_knowledge, counts.superseded_knowledge, counts.segments) == (0, 0, 0, 0)
    assert memory.exclusions() == ("my divorce",)
    left = b"".join(file.read_bytes() for file in tmp_path.rglob("memory.db*"))
    assert [word for word in (b"Mochi", b"Basel", b"Bern") if word in left] == []
    assert told(memory, "I have a dog.")


TOPICS = ("soup", "skis", "chess")
SELECTIONS = st.one_of(
    st.tuples(st.just("pages"), st.lists(st.integers(0, 30), min_size=1, max_size=3)),
    st.tuples(st.just("segment"), st.integers(0, 5)),
    st.tuples(st.just("about"), st.sampled_from((*TOPICS, "thing 1", "nothing"))),
    st.tuples(st.just("time"), st.tuples(st.integers(0, 30), st.integers(1, 9))),
    st.tuples(st.just("everything"), st.none()),
)
ROUNDS = st.lists(
    st.tuples(st.lists(st.sampled_from(TOPICS), min_size=1, max_size=6), st.booleans(), SELECTIONS),
    min_size=1,
    max_size=5,
)


@settings(max_examples=60)
@given(rounds=ROUNDS)
def test_what_a_preview_shows_is_what_goes(rounds: list[tuple[list[str], bool, tuple[str, object]]]) -> None:
    """Counted in the tables themselves, before and after."""
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock()
        engine = build_engine(
            Path(folder) / "memory.db", clock=clock, consolidation_batch=3, heat_threshold=2.0, short_term_capacity=2
        )
        store, begin, number = engine.store, clock(), 0

        def sizes() -> tuple[int, int, int]:
            counts = store.counts("helper")
            facts = len(store.all_knowledge("user", None))
            return counts.pages, facts, counts.segments + counts.archived_segments

        for topics, works, (way, argument) in rounds:
            for topic in topics:
                clock.advance(3600)
                number += 1
                page = NewPage(f"{topic}: I did thing {number % 3}", "", clock())
                store.add_page(page, timestamp="2026-03-01 12:00:00", now=clock())
            if works:
                engine.finish()
            everything = store.newest_pages(1000)
            selection = _selection(way, argument, [page.id for page in everything], begin)
            if way == "segment":
                segments = sorted({page.segment for page in everything if page.segment is not None})
                selection = Selection(segment=segments[argument % len(segments)] if segments else 999)  # type: ignore[operator]
            before = sizes()

            preview = store.preview_forgetting(selection)
            forgotten = store.forget_selected(selection, preview.token, "person", now=clock())

            assert forgotten == Forgotten(
                preview.pages, preview.facts, preview.traits, preview.regrouped, preview.echoes, overwritten=True
            )
            after = sizes()
            gone = tuple(was - now for was, now in zip(before, after, strict=True))
            assert gone == (preview.pages, preview.facts, preview.topics)
            again = store.preview_forgetting(replace(selection, pages=())) if way != "pages" else None
            assert again is None or again.pages == 0
        store.close()


def _selection(way: str, argument: object, ids: list[str], begin: datetime) -> Selection:
    if way == "pages":
        assert isinstance(argument, list)
        return Selection(pages=tuple(ids[at % len(ids)] for at in argument))
    if way == "about":
        return Selection(about=str(argument))
    if way == "time":
        assert isinstance(argument, tuple)
        start = begin + timedelta(hours=argument[0])
        return Selection(start=start, end=start + timedelta(hours=argument[1]))
    return Selection(everything=True)


def test_two_users_never_see_each_others_rules(open_memory: OpenMemory) -> None:
    tom, ann = open_memory(), open_memory(user_id="ann")
    tom.exclude("my divorce")

    assert ann.exclusions() == ()
    assert ann.add_memory("My divorce was hard.", "").page.user_input == "My divorce was hard."


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Meaning does not matter here."""

    monkeypatch.setattr(assembly, "configured_embedder", lambda config: OnDemandEmbedder("hash/1", HashEmbedder))


ACTS = st.lists(
    st.tuples(
        st.sampled_from(("tom", "ann")),
        st.sampled_from(("add", "add", "add", "correct", "pin", "retire", "undo", "exclude", "allow", "forget")),
        st.integers(0, 20),
    ),
    min_size=100,
    max_size=100,
)


class User:
    """A user's memory beside a list of what they said, in words that are said once."""

    def __init__(self, folder: str, name: str) -> None:
        arguments = {"data_storage_path": folder, "consolidation_idle_seconds": 0, "user_id": name}
        self.memory = Memoryos.open(load_config(None, environ={}, arguments=arguments))
        self.name = name
        self.said: dict[str, str] = {}
        self.rules: tuple[str, ...] = ()
        self.gone: list[str] = []

    def add(self, number: int) -> None:
        word = f"zq{self.name}{number}"
        speaks_of_it = number % 4 == 0
        text = f"I like {word} {'rivers' if speaks_of_it else 'soups'}."
        if speaks_of_it and self.rules:
            with pytest.raises(ExcludedError):
                self.memory.add_memory(text, "")
            self.gone.append(word)
        else:
            self.said[self.memory.add_memory(text, "").page.id] = text
            self.memory.wait_until_idle(BOUND)

    def forget(self, number: int) -> None:
        if not self.said:
            return
        chosen = sorted(self.said)[number % len(self.said)]
        preview = self.memory.preview_forgetting(Selection(pages=(chosen,)))
        assert self.memory.forget_selected(Selection(pages=(chosen,)), token=preview.token).pages == 1
        self.gone.append(self.said.pop(chosen).split()[2])
        self.memory.wait_until_idle(BOUND)

    def exclude(self, _: int) -> None:
        self.memory.exclude("rivers")
        self.rules = ("rivers",)

    def allow(self, _: int) -> None:
        if self.rules:
            self.memory.allow("rivers")
            self.rules = ()

    def correct(self, number: int) -> None:
        if facts := self.memory.user_knowledge():
            fact = facts[number % len(facts)]
            self.memory.correct_fact(fact.id, f"I love {' '.join(fact.text.split()[2:])}")

    def pin(self, number: int) -> None:
        if facts := self.memory.user_knowledge():
            self.memory.pin_fact(facts[number % len(facts)].id)

    def retire(self, number: int) -> None:
        if facts := self.memory.user_knowledge():
            self.memory.retire_fact(facts[number % len(facts)].id)

    def undo(self, number: int) -> None:
        if mine := [fact for fact in self.memory.user_knowledge() if fact.author == "person"]:
            self.memory.undo_correction(mine[number % len(mine)].id)

    def check(self) -> None:
        """What is shown is what is held."""
        known = self.memory.browsing.facts()
        assert {page.id: page.user_input for page in self.memory.browsing.pages(200).pages} == self.said
        assert all(set(fact.sources) <= self.said.keys() for fact in known)
        assert self.memory.exclusions() == self.rules
        assert not self.rules or not any("rivers" in fact.text for fact in known)


@pytest.mark.slow
@settings(max_examples=20)
@given(acts=ACTS)
def test_what_is_shown_is_what_is_held_and_what_was_forgotten_is_nowhere(acts: list[tuple[str, str, int]]) -> None:
    """2,000 steps of two users."""
    with tempfile.TemporaryDirectory() as folder:
        users = {name: User(folder, name) for name in ("tom", "ann")}
        for at, (name, act, number) in enumerate(acts):
            getattr(users[name], act)(4 * at + number % 4 if act == "add" else number)
            users[name].check()
        for user in users.values():
            user.memory.close()
        files = b"".join(file.read_bytes() for file in Path(folder).rglob("memory.db*"))
        gone = [word for user in users.values() for word in user.gone]
        assert [word for word in gone if re.search(rf"{word}\b".encode(), files)] == []
