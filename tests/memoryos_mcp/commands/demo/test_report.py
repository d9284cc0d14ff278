"""What the demo shows of what a server said."""

from __future__ import annotations

import io
import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest
from rich.console import Console

from memoryos import Segment
from memoryos_mcp.commands.demo import report
from memoryos_mcp.commands.demo.play import Answer, Played
from memoryos_mcp.importers.conversations import Conversation, Exchange, Question
from memoryos_mcp.tools.schemas import (
    KnowledgeItem,
    PendingWork,
    RetrievedPage,
    StatusResult,
    TierCounts,
    UserProfileResult,
)

QUESTION = Question("Where does Ann live now?", "In Oslo, since March 2026.", (0,))

AT_80_COLUMNS = """
What it recalls: the first 5 pages for each question
→ is the expected answer, not the demo's own: an agent that reads these pages
gives it.
✓ marks a page that holds evidence for it.

1.  Where does Ann live now?
→   In Oslo, since March 2026.
✓  0.91  2026-03-01  user   …Then I said that I live in Oslo now, as you know as
                            you know as you know as you know as you know as you…
   1.00  2026-03-01  agent  \\u001b[31mWhere do you live?

Evidence among the first 5 pages: 1 of 1 question (all of it for 0)

How it sorted the talk: 1 segment, hottest first
Heat is visits + pages not analysed yet + recency (0-1). A hot segment is read
for facts in the background: here from 2 on, because the talk is short; the
default is 5.

heat   pages   days         theme and summary
────────────────────────────────────────────────────────────────────────────────
 4.0       2   2026-03-01   Oslo, [flat]
               2026-03-04   Ann moved to Oslo and looks for a flat with a view
                            of the fjord, which is harder than she thought. Ann…

What it knows of Ann
Recurring topics: Oslo (2)

date         fact, newest first
───────────────────────────────
2026-03-01   Fact [0].
2026-03-01   Fact [1].
2026-03-01   Fact [2].
2026-03-01   Fact [3].
2026-03-01   Fact [4].
2026-03-01   Fact [5].
2026-03-01   Fact [6].
2026-03-01   Fact [7].
2026-03-01   Fact [8].
2026-03-01   Fact [9].
... and 2 more facts

How long it took
start of the server to its first answer         0.68 s
add_memory, median of 3                         4.0 ms
add_memory, 95th percentile                    50.0 ms
thinking behind the calls, after the last add   2.50 s
retrieve_memory, median of 1                   10.0 ms
Embedder: minilm. Analyst: extractive. Dialogue was sent nowhere."""


def page(id_: str, user_input: str, agent_response: str = "", score: float = 1.0) -> RetrievedPage:
    return RetrievedPage(
        id=id_,
        user_input=user_input,
        agent_response=agent_response,
        timestamp="2026-03-01 09:00:00",
        meta_info="",
        score=score,
    )


def answer(*pages: RetrievedPage, found: int, wanted: int, seconds: float = 0.01) -> Answer:
    return Answer(QUESTION, pages, frozenset({"gold"}), found, wanted, seconds)


def shown(width: int, *answers: Answer, note: str = "") -> str:
    """The report as text, without the blanks at the ends of lines."""
    conversation = Conversation("Ann", (Exchange("I moved to Oslo.", "Welcome.", None),), (QUESTION,), note)
    moment = datetime(2026, 3, 1, tzinfo=timezone.utc)
    segment = Segment(
        id=1,
        theme="Oslo, [flat]",
        summary="Ann moved to Oslo and looks for a flat with a view of the fjord, which is harder than she thought. "
        * 3,
        keywords=("oslo", "flat"),
        n_visit=1,
        l_interaction=2,
        last_visit_at=moment,
        pages=2,
        first_page_at=moment,
        last_page_at=moment.replace(day=4),
        analysis="extractive",
    )
    profile = UserProfileResult(
        timestamp="2026-03-05 10:00:00",
        user_id="Ann",
        assistant_id="helper",
        user_profile="Recurring topics: Oslo (2)",
        user_knowledge=[KnowledgeItem(id=str(n), knowledge=f"Fact [{n}].", timestamp="2026-03-01") for n in range(10)],
        user_knowledge_count=12,
        analysis="extractive",
    )
    nothing = dict.fromkeys(TierCounts.model_fields, 0)
    status = StatusResult(
        version="1",
        user_id="Ann",
        assistant_id="helper",
        data_path="memory.db",
        schema_version=1,
        counts=TierCounts(**nothing),
        pending=PendingWork(embed=0, consolidate=0, analyse=0),
        last_error=None,
        embedder="minilm",
        embedder_state="ready",
        analyst="extractive",
        dialogue_is_sent_to="nowhere",
    )
    played = Played(0.6789, (0.002, 0.004, 0.05), 2.5, answers, profile, status)
    console = Console(file=io.StringIO(), width=width, highlight=False)
    report.show(console, conversation, played, [(segment, 4.04)])
    assert isinstance(console.file, io.StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())


def test_all_sections_are_readable_at_80_columns() -> None:
    best = page("gold", "We talked of work. Then I said that I live in Oslo now, " + "as you know " * 10, score=0.91)
    other = page("other", "Good morning.", "\x1b[31mWhere do you live?")

    assert shown(80, answer(best, other, found=1, wanted=2)) == AT_80_COLUMNS


def test_no_line_is_wider_than_a_narrow_terminal() -> None:
    long_words = page("gold", "狮子" * 100 + " " + "x" * 200)

    text = shown(60, answer(long_words, found=1, wanted=1), note="Its questions belong to earlier points of the talk.")

    assert max(map(len, text.splitlines())) <= 60


def test_without_known_evidence_nothing_is_said_of_it() -> None:
    assert report.evidence_found([answer(page("other", "Hello."), found=0, wanted=0)]) == ""


def test_evidence_is_counted_by_question() -> None:
    answers = [
        answer(found=2, wanted=2),
        answer(found=1, wanted=2),
        answer(found=0, wanted=1),
        answer(found=0, wanted=0),
    ]

    assert report.evidence_found(answers) == ("Evidence among the first 5 pages: 2 of 3 questions (all of it for 1)")


def test_a_snippet_begins_where_a_page_answers() -> None:
    replied = page("1", "Hi there.", "Glad you ask. The keys are under the mat. Do not tell.")

    assert report.snippet("Where are the keys?", replied) == ("agent", "…The keys are under the mat. Do not tell.")
    assert report.snippet("Bicycle", replied) == ("user", "Hi there.")
    assert report.snippet("Bicycle", page("2", "", "?!")) == ("agent", "?!")


def test_the_95th_percentile_is_the_value_that_19_of_20_do_not_exceed() -> None:
    assert report.percentile([float(value) for value in range(20, 0, -1)], 0.95) == 19.0
    assert report.percentile([7.0], 0.95) == 7.0


@pytest.mark.parametrize(
    ("typed", "shown_as"), [(".venv/bin/python", ".venv/bin/python"), ("C:\\my venv\\python", '"C:\\my venv\\python"')]
)
def test_the_next_steps_lead_to_the_kept_memory_by_the_python_that_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, shown_as: str
) -> None:
    monkeypatch.setattr(sys, "orig_argv", [typed, "-m", "memoryos_mcp", "demo"])
    console = Console(file=io.StringIO(), width=80)
    config = tmp_path / "a folder" / "config.json"

    report.show_next_steps(console, config)

    assert isinstance(console.file, io.StringIO)
    commands = [line.strip() for line in console.file.getvalue().splitlines() if "memoryos_mcp" in line]
    assert commands == [
        f'{shown_as} -m memoryos_mcp mcp-json --config "{config}"',
        f'{shown_as} -m memoryos_mcp --config "{config}"',
    ]
