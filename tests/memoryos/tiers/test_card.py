"""The card of a user: sections in their order, dated, the newest first."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from memoryos.models import Knowledge, Trait
from memoryos.tiers.card import card

DAY = datetime(2026, 5, 1, 10, tzinfo=timezone.utc)


def fact(text: str, slot: str | None, days: int = 0, *, source: str = "01ABCDEFGHJKMNPQRSTVWX1234") -> Knowledge:
    at = DAY + timedelta(days=days)
    return Knowledge(f"K{text}", "user", text, at.strftime("%Y-%m-%d %H:%M:%S"), at, (source,), "extractive", slot=slot)


def test_a_card_has_its_sections_in_order_and_each_fact_its_date_and_page() -> None:
    facts = (
        fact("I like leek soup.", "like"),
        fact("I'm allergic to nuts.", "allergy", 1),
        fact("I live in Porto.", "home", 2),
        fact("The boat is blue.", None, 3),
        fact("Call me Alex.", "name", 4),
    )

    assert card(facts, (), ()) == [
        "Name: Call me Alex. (2026-05-05, #WX1234)",
        "Home: I live in Porto. (2026-05-03, #WX1234)",
        "Health: I'm allergic to nuts. (2026-05-02, #WX1234)",
        "Likes: I like leek soup. (2026-05-01, #WX1234)",
        "Also: The boat is blue. (2026-05-04, #WX1234)",
    ]


def test_in_a_section_what_is_pinned_stands_first_and_then_the_newest() -> None:
    old, new = fact("I have a cat.", "pet"), fact("I have a dog.", "pet", 9)

    assert card((replace(old, pinned=True), new), (), ())[0].startswith("People: I have a cat.")
    assert card((old, new), (), ())[0].startswith("People: I have a dog.")


def test_what_we_did_is_the_users_and_a_place_stands_before_what_is_told_of_it() -> None:
    moved = replace(fact("We've just moved to Zurich.", "home"), subject="we", value="zurich")
    balcony = fact("The new flat has a balcony.", "home")

    told = [line.partition(" (")[0] for line in card((moved, balcony), (), ())]

    assert told == ["Home: We've just moved to Zurich.", "Home: The new flat has a balcony."]


def test_a_long_section_names_how_many_it_leaves_out() -> None:
    lines = card([fact(f"I use tool {number}.", "tool", number) for number in range(15)], (), ())

    assert len(lines) == 13
    assert lines[-1] == "Everyday: and 3 older ones"


def test_what_is_doubtful_is_marked_and_traits_come_last() -> None:
    trait = Trait("Openness", "High", "tries every soup", DAY, "2026-05-01 10:00:00")

    assert card((), (fact("I take bus 9.", "habit"),), (trait,)) == [
        "Not sure any more: I take bus 9. (2026-05-01, #WX1234)",
        "Openness: High (tries every soup; 2026-05-01 10:00:00)",
    ]


def test_of_what_is_doubtful_the_newest_few_are_named() -> None:
    lines = card((), [fact(f"I take bus {number}.", "habit", number) for number in range(9)], ())

    assert [line.partition(" (")[0] for line in lines] == [
        "Not sure any more: I take bus 8.",
        "Not sure any more: I take bus 7.",
        "Not sure any more: I take bus 6.",
        "Not sure any more: I take bus 5.",
        "Not sure any more: and 5 older ones",
    ]


def test_what_is_known_of_a_persons_people_stands_with_them() -> None:
    sister = replace(fact("My sister is a vet.", "job"), subject="sister")

    assert card((sister,), (), ()) == ["People: My sister is a vet. (2026-05-01, #WX1234)"]
