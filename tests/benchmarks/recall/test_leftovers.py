"""What is left of an answer, worked by hand."""

from __future__ import annotations

from benchmarks.recall.leftovers import Gold, Kept, Left, sheets, summary

TEXTS = {"p1": "We moved to Bern in May.\nCongratulations!", "p2": "My sister painted the kitchen green."}


def test_an_answer_is_told_by_its_words_that_gold_pages_hold_and_the_question_lacks() -> None:
    gold = Gold.of("Where did they move, and who painted?", "To Bern; her sister painted it blue", TEXTS)
    assert gold == Gold(TEXTS, frozenset({"bern", "sister"}))


def test_half_an_answer_is_left_where_one_of_two_pages_lost_its_sentence() -> None:
    gold = Gold.of("Where, and who?", "Bern, her sister", TEXTS)
    kept = [Kept("p1", "We moved to Bern …"), Kept("p2", "… the kitchen …"), Kept("other", "My sister")]
    assert (gold.answer_left(kept), gold.pages_kept(kept)) == (0.5, 1.0)
    assert (gold.answer_left([]), gold.pages_kept([])) == (0.0, 0.0)


def test_an_answer_that_no_word_tells_is_not_measured() -> None:
    gold = Gold.of("When was that?", "7 May 2023", {"p1": "Yesterday"})
    assert (gold.answer_left([]), gold.pages_kept([])) == (None, 0.0)


def test_averages_leave_out_the_answers_that_no_word_tells() -> None:
    left = [
        Left("own", "whole", 500, 1.0, 0.5),
        Left("own", "whole", 500, 0.5, 0.5),
        Left("own", "whole", 500, None, 0),
    ]
    records = summary([*left, Left("own", "whole", 1_000, None, 1.0)])
    assert records == [
        {
            "set": "own",
            "way": "whole",
            "budget": 500,
            "questions": 3,
            "answers": 2,
            "answer_left": 75.0,
            "gold_pages_kept": 33.33,
        },
        {
            "set": "own",
            "way": "whole",
            "budget": 1_000,
            "questions": 1,
            "answers": 0,
            "answer_left": None,
            "gold_pages_kept": 100.0,
        },
    ]
    assert [sheet.rows for sheet in sheets(records)] == [
        (("own", "whole", "75.0", ""),),
        (("own", "whole", "33.3", "100.0"),),
    ]
