"""What the demo shows, fit for 80 columns and for a file."""

from __future__ import annotations

import math
import statistics
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from memoryos.config.text import one_line
from memoryos.language.words import content_words, sentences
from memoryos_mcp.commands.demo.play import PAGES_PER_QUESTION
from memoryos_mcp.wording import counted

if TYPE_CHECKING:
    from rich.console import Console

    from memoryos.models import Segment
    from memoryos_mcp.commands.demo.play import Answer, Played
    from memoryos_mcp.importers.conversations import Conversation
    from memoryos_mcp.tools.schemas import RetrievedPage, UserProfileResult

MOST_SEGMENTS = 8
MOST_FACTS = 10

_DATE = len("YYYY-MM-DD")
_QUESTION_LINES = 3
_SNIPPET_LINES = 2
_CLIENTS = (
    ("Claude Desktop", "Settings > Developer > Edit Config (claude_desktop_config.json)"),
    ("Cursor", "~/.cursor/mcp.json"),
    ("Cline", "MCP Servers > Configure (cline_mcp_settings.json)"),
    ("VS Code", '.vscode/mcp.json, the entry under "servers" instead of "mcpServers"'),
)


def introduce(console: Console, conversation: Conversation) -> None:
    """Say what is about to happen."""
    times = [exchange.timestamp for exchange in conversation.exchanges if exchange.timestamp]
    span = f"{min(times)[:_DATE]} to {max(times)[:_DATE]}" if times else "without dates"
    _heading(console, f"MemoryOS demo: {plain(conversation.name)}")
    console.print(
        f"A conversation of {counted(len(conversation.exchanges), 'exchange')}, {span}, told to a real server "
        "(python -m memoryos_mcp) by a real MCP client over stdio. Offline: no language model, no network."
    )


def show(
    console: Console, conversation: Conversation, played: Played, segments: Sequence[tuple[Segment, float]]
) -> None:
    """Everything that came of it, section by section."""
    if played.answers:
        _heading(console, f"What it recalls: the first {PAGES_PER_QUESTION} pages for each question")
        _show_answers(console, conversation, played.answers)
    _heading(console, f"How it sorted the talk: {counted(len(segments), 'segment')}, hottest first")
    _show_segments(console, segments)
    _heading(console, f"What it knows of {plain(conversation.name)}")
    _show_profile(console, played.profile)
    _heading(console, "How long it took")
    _show_times(console, played)


def show_next_steps(console: Console, config_file: Path | None) -> None:
    """How to connect a client; to the demo's own memory, where its configuration was kept."""
    # As this run was started: another Python on the path may not have the package.
    program = f"{_quoted(sys.orig_argv[0])} -m memoryos_mcp"
    option = "" if config_file is None else f' --config "{config_file}"'
    _heading(console, "Connect your client")
    console.print("This prints the entry to paste:")
    _show_command(console, f"{program} mcp-json{option}")
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    for client, place in _CLIENTS:
        table.add_row(client, place)
    console.print(table)
    if config_file is not None:
        console.print("\nThe demo's memory is kept. This serves it, as a client would start it:")
        _show_command(console, f"{program}{option}")


def evidence_found(answers: Sequence[Answer]) -> str:
    """One line: for how many of the questions with known evidence some of it, or all, came back; "" without any."""
    asked = [answer for answer in answers if answer.wanted]
    some = sum(answer.found > 0 for answer in asked)
    complete = sum(answer.found == answer.wanted for answer in asked)
    if not asked:
        return ""
    return (
        f"Evidence among the first {PAGES_PER_QUESTION} pages: {some} of {counted(len(asked), 'question')}"
        f" (all of it for {complete})"
    )


def snippet(query: str, page: RetrievedPage) -> tuple[str, str]:
    """Who says what is closest to a query, and the words: from the sentence with most of the query's words on."""
    wanted = set(content_words(query))
    best, most = ("", ""), -1
    for speaker, side in (("user", page.user_input), ("agent", page.agent_response)):
        pieces = sentences(side) or ((side,) if side.strip() else ())
        for start, piece in enumerate(pieces):
            shared = len(wanted & set(content_words(piece)))
            if shared > most:
                best, most = (speaker, f"{'…' if start else ''}{plain(' '.join(pieces[start:]))}"), shared
    return best


def plain(text: str) -> str:
    """The text in one line, with nothing in it that a terminal would obey."""
    return one_line(" ".join(text.split()))


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest of the values that at least this share (0-1) of them does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def duration(seconds: float) -> str:
    """A time as people read it: "2.4 ms", "0.68 s"."""
    return f"{seconds * 1_000:.1f} ms" if seconds < 0.1 else f"{seconds:.2f} s"


def _show_answers(console: Console, conversation: Conversation, answers: Sequence[Answer]) -> None:
    mark, arrow = ("✓", "→") if console.encoding.startswith("utf") else ("*", "->")
    if conversation.note:
        console.print(Text(conversation.note))
    if any(answer.question.answer for answer in answers):
        console.print(f"{arrow} is the expected answer, not the demo's own: an agent that reads these pages gives it.")
    summary = evidence_found(answers)
    if summary:
        console.print(f"{mark} marks a page that holds evidence for it.")
    for number, answer in enumerate(answers, 1):
        console.print()
        _show_indented(console, f"{number}.", answer.question.text, style="bold")
        if answer.question.answer:
            _show_indented(console, arrow, answer.question.answer, style="dim")
        console.print(_answer_table(console, answer, mark))
    if summary:
        console.print()
        console.print(Text(summary, style="bold"))


def _answer_table(console: Console, answer: Answer, mark: str) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    widths = (1, len("0.00"), _DATE, len("agent"))
    for width in widths:
        table.add_column(width=width, no_wrap=True)
    room = max(20, console.width - sum(width + 2 for width in widths))
    table.add_column(width=room)
    for page in answer.pages:
        speaker, words = snippet(answer.question.text, page)
        table.add_row(
            Text(mark if page.id in answer.gold else "", style="bold green"),
            f"{page.score or 0.0:.2f}",
            Text(page.timestamp[:_DATE]),
            Text(speaker, style="dim"),
            _first_lines(console, words, room, _SNIPPET_LINES),
        )
    if not answer.pages:
        table.add_row("", "", "", "", "nothing came back")
    return table


def _show_segments(console: Console, segments: Sequence[tuple[Segment, float]]) -> None:
    console.print(
        "Heat is visits + pages not analysed yet + recency (0-1). A hot segment is read for facts in the background:"
        " here from 2 on, because the talk is short; the default is 5."
    )
    console.print()
    table = _table("heat", "pages", "days", "theme and summary")
    room = max(20, console.width - 28)
    for segment, heat in segments[:MOST_SEGMENTS]:
        days = dict.fromkeys(f"{at:%Y-%m-%d}" for at in (segment.first_page_at, segment.last_page_at))
        about = Text.assemble((plain(segment.theme), "bold"), "\n")
        about.append(_first_lines(console, plain(segment.summary), room, _SNIPPET_LINES))
        table.add_row(f"{heat:.1f}", str(segment.pages), "\n".join(days), about)
    console.print(table)
    _say_rest(console, len(segments) - MOST_SEGMENTS, "segment")


def _show_profile(console: Console, profile: UserProfileResult) -> None:
    console.print(Text("\n".join(map(one_line, profile.user_profile.splitlines())) or "No profile yet."))
    if not profile.user_knowledge:
        console.print("No facts yet.")
        return
    console.print()
    table = _table("date", "fact, newest first")
    for fact in profile.user_knowledge[:MOST_FACTS]:
        table.add_row(Text(fact.timestamp[:_DATE]), Text(plain(fact.knowledge)))
    console.print(table)
    _say_rest(console, profile.user_knowledge_count - MOST_FACTS, "fact")


def _show_times(console: Console, played: Played) -> None:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_row("start of the server to its first answer", duration(played.first_answer))
    table.add_row(f"add_memory, median of {len(played.adds):,}", duration(statistics.median(played.adds)))
    table.add_row("add_memory, 95th percentile", duration(percentile(played.adds, 0.95)))
    table.add_row("thinking behind the calls, after the last add", duration(played.thinking))
    if played.answers:
        median = statistics.median(answer.seconds for answer in played.answers)
        table.add_row(f"retrieve_memory, median of {len(played.answers)}", duration(median))
    console.print(table)
    status = played.status
    console.print(
        Text(
            f"Embedder: {status.embedder}. Analyst: {status.analyst}. "
            f"Dialogue was sent {plain(status.dialogue_is_sent_to)}."
        )
    )


def _show_indented(console: Console, label: str, text: str, *, style: str) -> None:
    """A text in few lines, indented behind its label."""
    shown = _first_lines(console, plain(text), max(20, console.width - 4), _QUESTION_LINES)
    shown.stylize(style)
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=3)
    grid.add_row(Text(label, style=style), shown)
    console.print(grid)


def _show_command(console: Console, command: str) -> None:
    # Never wrapped: it is there to be copied.
    console.print(Text(f"\n  {command}\n", style="bold"), soft_wrap=True)


def _quoted(path: str) -> str:
    return f'"{path}"' if " " in path else path


def _first_lines(console: Console, text: str, width: int, count: int) -> Text:
    """The text wrapped to a width, an ellipsis at the end where lines were left out."""
    lines = list(Text(text).wrap(console, width))
    if len(lines) > count:
        lines[count - 1].truncate(width - 1)
        lines[count - 1].append("…")
    return Text("\n").join(lines[:count])


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for column in columns:
        numeric = column in ("heat", "pages")
        table.add_column(column, no_wrap=numeric, justify="right" if numeric else "left")
    return table


def _say_rest(console: Console, count: int, noun: str) -> None:
    if count > 0:
        console.print(Text(f"... and {counted(count, f'more {noun}')}", style="dim"))


def _heading(console: Console, text: str) -> None:
    console.print()
    console.print(Text(text, style="bold cyan"))
