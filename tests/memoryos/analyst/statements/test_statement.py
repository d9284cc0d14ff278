"""What a newer statement does to an older one, and what falls with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryos.analyst.statements.judge import Verdict
from memoryos.analyst.statements.statement import Statement, cascade, may_outdate, statement_of, supersedes
from memoryos.analyst.statements.subjects import subject_of

if TYPE_CHECKING:
    from memoryos.analyst.statements.judge import State

MARCH = datetime(2026, 3, 1, 9, tzinfo=timezone.utc)
LATER = MARCH + timedelta(days=21)


def said(text: str, slot: str | None, state: State = "holds", at: datetime = MARCH) -> Statement:
    return statement_of(text, Verdict("lasting", 0.99, slot, state, subject_of(text, slot)), at)


@pytest.mark.parametrize(
    ("slot", "old", "new", "state"),
    [
        ("home", "I live in Denver.", "We've just moved to Austin!", "changed"),
        ("home", "Ich wohne in Köln.", "Ich bin nach Leipzig umgezogen.", "changed"),
        ("home", "J'habite à Lyon.", "J'ai quitté Lyon pour Nantes.", "changed"),
        ("home", "Vivo en Madrid.", "Me he mudado a Valencia.", "changed"),
        ("home", "我住在北京。", "搬到上海了", "changed"),
        ("home", "大阪に住んでいます。", "先月、東京に引っ越しました。", "changed"),
        ("name", "My name is Kate.", "Please call me Katherine, not Kate.", "changed"),
        ("age", "I'm 43 years old.", "I'm 44.", "holds"),
        ("favourite", "My favourite colour is blue.", "My favorite color is green now.", "changed"),
        ("plan", "My flight to Oslo is on Monday at 8 am.", "The Oslo flight got moved to Tuesday 11 am.", "changed"),
        ("tool", "My editor is Vim.", "I've switched from Vim to Helix.", "changed"),
        ("employer", "我在华为工作。", "我跳槽到腾讯了。", "changed"),
        ("diet", "I'm vegetarian.", "I've started eating chicken again.", "changed"),
        ("phone", "My number is 555-0193.", "My number is 555 0177.", "holds"),
        ("birthday", "My birthday is March 3rd.", "My birthday is on 4 March.", "holds"),
    ],
)
def test_another_value_of_a_single_one_replaces_the_older(slot: str, old: str, new: str, state: State) -> None:
    assert supersedes(said(old, slot), said(new, slot, state, LATER)) == "replaces"


@pytest.mark.parametrize(
    ("slot", "old", "new"),
    [
        ("pet", "I have a dog named Rex.", "Rex died last week."),
        ("relationship", "I'm dating a guy called Marco.", "Marco and I broke up."),
        ("allergy", "我对花生过敏。", "医生说我其实对花生不过敏。"),
        ("employer", "I work for Siemens.", "I no longer work for Siemens."),
    ],
)
def test_what_is_no_more_ends_the_older(slot: str, old: str, new: str) -> None:
    assert supersedes(said(old, slot), said(new, slot, "ended", LATER)) == "ends"


@pytest.mark.parametrize(
    ("slot", "old", "new", "state"),
    [
        ("pet", "I have a dog named Rex.", "I have a cat named Luna.", "holds"),
        ("pet", "I have a dog named Rex.", "Luna died last week.", "ended"),
        ("language", "I speak German.", "I speak Korean.", "holds"),
        ("home", "I live in Denver.", "My sister lives in Austin.", "holds"),
        ("home", "My brother lives in Rome.", "My sister moved to Austin.", "changed"),
        ("allergy", "I'm allergic to nuts.", "I'm allergic to eggs.", "holds"),
        ("favourite", "My favourite color is blue.", "My favourite food is ramen.", "holds"),
        ("diet", "I'm vegetarian.", "I stopped drinking alcohol.", "changed"),
        ("home", "I live in Denver.", "I live in Denver.", "holds"),
        ("plan", "My exam is on 3 May.", "My wedding is on 4 July.", "planned"),
    ],
)
def test_what_can_both_be_so_stands(slot: str, old: str, new: str, state: State) -> None:
    assert supersedes(said(old, slot), said(new, slot, state, LATER)) == "stands"


def test_what_is_told_in_the_same_breath_adds_to_the_new_home_and_does_not_replace_it() -> None:
    moved = said("We've just moved to Zurich.", "home", "changed")
    assert supersedes(moved, said("The new flat has a balcony.", "home", "changed")) == "stands"
    assert supersedes(said("I live in Basel.", "home"), said("I've moved to Zurich.", "home", "changed")) == "replaces"


@pytest.mark.parametrize(
    ("slot", "old", "new", "state"),
    [
        ("home", "I live in Lancaster.", "Home since last night.", "changed"),
        ("home", "I live in Lancaster.", "We've found a house!", "changed"),
        ("job", "I work as a flood modeller.", "They offered me the job.", "changed"),
    ],
)
def test_a_change_that_names_no_value_only_marks_the_older_as_doubtful(
    slot: str, old: str, new: str, state: State
) -> None:
    assert supersedes(said(old, slot), said(new, slot, state, LATER)) == "doubtful"


@pytest.mark.parametrize(
    ("slot", "text"),
    [
        ("name", "Decaf from tomorrow, happy birthday to me."),
        ("name", "No word from Kendal since Thursday, by the way."),
        ("birthday", "Idris gave me a lens for my birthday."),
        ("age", "My left Achilles has been sore for a while."),
    ],
)
def test_of_a_name_or_a_number_nothing_is_said_without_one(slot: str, text: str) -> None:
    statement = said(text, slot, "changed")
    assert (statement.slot, statement.value) == (None, None)
    assert supersedes(said("My name is Marit.", "name"), replace(statement, said_at=LATER)) == "stands"


def test_what_changed_in_an_allergy_does_not_end_it() -> None:
    old = said("I'm allergic to hazelnuts.", "allergy")
    new = said("The clinic rang: it's the real hazelnut allergy, so I carry two pens.", "allergy", "changed", LATER)
    assert supersedes(old, new) != "ends"


def test_one_word_in_common_ends_nothing_in_long_sentences() -> None:
    old = said("My friends and mentors cheer me on and bring support, snacks and maps to the marathon", "sport")
    new = said(
        "Finding a coach took long, but now I can offer support to the beginners in our club", "sport", "changed"
    )
    assert supersedes(old, new) == "stands"


def test_the_unsure_marks_the_older_as_doubtful() -> None:
    old, new = said("I live in a village by the sea.", "home"), said("I live with my parents.", "home", at=LATER)
    assert supersedes(old, new) == "doubtful"


@given(st.integers(1, 1000))
def test_an_older_statement_never_bears_on_a_newer_one(hours: int) -> None:
    new = said("I've moved to Berlin.", "home", "changed", MARCH - timedelta(hours=hours))
    assert supersedes(said("I live in Lisbon.", "home"), new) == "stands"


def test_a_move_puts_the_commute_in_doubt_and_leaves_the_allergy() -> None:
    others = [
        said("My commute takes an hour.", "habit"),
        said("I'm allergic to nuts.", "allergy"),
        said("I go to the gym around the corner.", "habit"),
        said("My sister walks to work.", "habit"),
    ]
    assert cascade(said("I live in Denver.", "home"), others) == (0, 2)


def test_a_dogs_death_puts_its_food_and_vet_in_doubt() -> None:
    others = [said("I buy food for Rex on Fridays.", "habit"), said("Our vet is Dr. Hill.", "habit")]
    assert cascade(said("I have a dog named Rex.", "pet"), others) == (0, 1)


def test_what_is_near_in_meaning_falls_with_it() -> None:
    other = said("It takes me forty minutes to get there.", "habit")
    assert cascade(said("I live in Denver.", "home"), [other], [0.7]) == (0,)
    assert cascade(said("I live in Denver.", "home"), [other], [0.2]) == ()


def test_a_year_that_is_told_is_when_it_began() -> None:
    assert said("I've lived in Oslo since 2019.", "home").held_from == datetime(2019, 1, 1, tzinfo=timezone.utc)


def test_what_ended_held_until_it_was_said() -> None:
    assert said("Rex died last week.", "pet", "ended").held_until == MARCH


@pytest.mark.parametrize(
    ("text", "slot", "subject"),
    [
        ("My sister is a vet.", "job", "sister"),
        ("I live with my sister.", "home", "user"),
        ("My sister and I live in Rome.", "home", "user"),
        ("We have two kids.", "children", "we"),
        ("My wife's name is Anna.", "partner", "user"),
        ("Meine Schwester wohnt in Köln.", "home", "sister"),
        ("Mon frère travaille comme pilote.", "job", "brother"),
        ("Mi hermana vive en Lima.", "home", "sister"),
        ("我姐姐住在北京。", "home", "sister"),
        ("妹は大学生です。", "school", "sister"),
        ("我住在北京。", "home", "user"),
    ],
)
def test_it_is_told_whom_a_statement_is_about(text: str, slot: str, subject: str) -> None:
    assert subject_of(text, slot) == subject


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (said("Our rent is 900.", "budget"), said("The landlord wants 1050 now.", "budget", "changed", LATER), True),
        (said("I have two cats.", "pet"), said("A third cat moved in.", "pet", "changed", LATER), True),
        (said("I bake for a living.", "job"), said("I drive trams.", "job", at=LATER), True),
        (said("I like figs.", "like"), said("I like tea.", "like", at=LATER), False),
        (said("I bake for a living.", "job"), said("My sister drives trams.", "job", at=LATER), False),
        (said("I drive trams.", "job", at=LATER), said("I bake for a living.", "job"), False),
        (said("I bake for a living.", "job"), said("I took up archery.", "hobby", "changed", LATER), False),
    ],
)
def test_a_later_statement_of_the_same_may_outdate_an_older_one(old: Statement, new: Statement, expected: bool) -> None:
    assert may_outdate(old, new) == expected


@pytest.mark.parametrize(
    ("text", "slot", "value", "ended"),
    [
        ("I don't work for Siemens any more, I'm at Bosch.", "employer", "bosch", {"siemens"}),
        ("Ya no soy camarero, ahora conduzco un taxi.", "job", None, {"camarero"}),
        ("我不当老师了，现在当司机。", "job", "司机", {"老师"}),
        ("I'm no longer with Siemens, I work for Bosch.", "employer", "bosch", {"siemens"}),
    ],
)
def test_a_denied_value_is_what_is_no_more(text: str, slot: str, value: str | None, ended: set[str]) -> None:
    statement = said(text, slot, "changed")

    assert (statement.value, statement.ended & ended) == (value, frozenset(ended))


@pytest.mark.parametrize(
    ("text", "slot"),
    [
        ("Please call me Bob from now on.", "name"),
        ("Nenn mich bitte Uli.", "name"),
        ("以后叫我小林。", "name"),
        ("Call me when you are done.", "answer_style"),
        ("Don't call me Bob.", "answer_style"),
    ],
)
def test_how_somebody_wants_to_be_called_is_their_name(text: str, slot: str) -> None:
    assert said(text, "answer_style").slot == slot
