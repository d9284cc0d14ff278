"""What each page shows: reads of the memory, and no act."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone, tzinfo
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from memoryos import InvalidArgumentError, Selection, timestamps
from memoryos.models import OF_PROJECT
from memoryos.tiers.card import OTHER, SECTIONS, heading_of
from memoryos_mcp.tools import replies
from memoryos_mcp.tools.memory import DEFAULT_MAX_TOKENS, PAGES
from memoryos_mcp.wording import short_id

if TYPE_CHECKING:
    from memoryos import Knowledge, Memoryos, Page, RankedPage, Recall, Segment

LISTED: Final = 25
_LEARNED: Final = 8
_SPOKEN: Final = 6
_DAY_PAGES: Final = 50
_YEARS: Final = 40
_ROOM: Final = 1.05
"""Of a chart, so that its longest bar, or the line, does not touch the edge."""
_BUDGETS: Final = (200, 8_000)
_LEVELS: Final = (1, 3, 8, 20)
"""Exchanges of a day from which on its colour is a step deeper."""

_HEAT_PARTS: Final = ("visits", "new exchanges", "recency")
_STEPS: Final = 40
_AHEAD: Final = 2.0
_MOST_AHEAD_SECONDS: Final = 366 * 86_400.0
"""Of a topic's chart: points, and how far it looks ahead, as a share of the time in which recency falls to 1/e."""

_SIGNALS: Final = {
    "words": "words",
    "meaning": "meaning",
    "neighbours": "the talk around it",
    "talk": "its talk",
    "dates": "dates",
    "id": "its id",
}
_UNSURE, _PINNED, _ASSISTANT = "Not sure any more", "Pinned", "About the assistant"
_HEADINGS: Final = (_UNSURE, _PINNED, *SECTIONS, OTHER, _ASSISTANT)
_MONTHS: Final = "January February March April May June July August September October November December".split()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an examination: "ok", "odd" or "bad", of what, what was found, and what helps."""

    verdict: str
    subject: str
    found: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class House:
    """What the views look at: a memory, where what is said there goes, and how its file is examined.

    `examine` is None where the file lies on a machine that is not the visitor's, and `line` writes an exchange or a
    fact for a file, None where no file can be given.
    """

    memory: Memoryos
    goes_to: Sequence[str] = ()
    examine: Callable[[], Sequence[Line]] | None = None
    line: Callable[[Page | Knowledge], bytes] | None = None
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(timezone.utc))

    @property
    def zone(self) -> tzinfo | None:
        """That of the memory's days."""
        return timestamps.zone(self.memory.config.timezone)


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for: the parts of the address, its query, and the fields of a form, each as text."""

    parts: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, str]


class NotThere(Exception):
    """The memory holds no such thing."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page to render: its template, and what that shows."""

    template: str
    context: Mapping[str, Any]


def today(house: House, _: Request) -> Shown:
    """What was learned and said last, what is left to do, where dialogue is sent."""
    memory, browsing = house.memory, house.memory.browsing
    known = browsing.facts()
    learned = sorted(known, key=lambda fact: fact.learned_at or fact.happened_at, reverse=True)
    status = memory.status(heat=False)
    pending = {
        "to find by meaning": status.pending.embed,
        "to read for facts": status.pending.read,
        "to group into topics": status.pending.consolidate,
        "topics to think about": status.pending.analyse,
    }
    return Shown(
        "today.html",
        {
            "status": status,
            "learned": learned[:_LEARNED],
            "doubtful": sum(fact.state == "doubtful" for fact in known),
            "pages": browsing.pages(_SPOKEN).pages,
            "pending": {name: count for name, count in pending.items() if count},
            "goes_to": house.goes_to,
        },
    )


def search(house: House, request: Request) -> Shown:
    """What a query brings, as an agent gets it within a budget, and what made each score."""
    query = request.query.get("q", "").strip()
    low, high = _BUDGETS
    budget = min(high, max(low, _number(request, "tokens", DEFAULT_MAX_TOKENS)))
    context: dict[str, Any] = {"query": query, "budget": budget, "low": low, "high": high, "found": None}
    if query:
        recall, moment = found_by(house, query), replies.Moment(house.clock(), house.zone)
        reply = replies.recalled(
            recall, moment=moment, max_tokens=budget, reader=_Informed(), summaries=False, explain=True
        )
        fitted = {page.id: page for page in reply.retrieved_pages}
        context["found"] = [
            {
                "page": ranked.page,
                "score": ranked.score,
                "bars": _bars(ranked),
                "words": ranked.words,
                "outdated_by": ranked.outdated_by,
                "fits": short_id(ranked.page.id) in fitted,
            }
            for ranked in recall.pages
        ]
        context |= {
            "bears": recall.bears,
            "cut": reply.cut,
            "legend": _legend(recall.pages),
            "facts": recall.user_knowledge,
            "sent": len(fitted),
        }
    return Shown("search.html", context)


def found_by(house: House, query: str) -> Recall:
    """What a query brings, all of it. Raises `InvalidArgumentError`."""
    return house.memory.retrieve(query, PAGES)


class _Informed:
    """An agent that has the newest pages and the profile: what is left is what the query brings."""

    def lacks(self, pages: Sequence[object]) -> Sequence[Any]:
        """None of them."""
        return ()

    def tell_profile(self) -> bool:
        """Not again."""
        return False

    def was_given(self, ids: Sequence[str]) -> None:
        """Not remembered."""


def _legend(pages: Sequence[RankedPage]) -> list[tuple[int, str]]:
    """The signals that stand in the bars of these pages, with their numbers."""
    kinds = {bar["kind"] for ranked in pages for bar in _bars(ranked)}
    return [(kind, label) for kind, label in enumerate(_SIGNALS.values()) if kind in kinds]


def _bars(ranked: RankedPage) -> list[dict[str, Any]]:
    """The parts of a score side by side, as long together as the score is of 100.

    The score is that of the signals, lowered for a page that only asks, or is outdated: its parts keep their shares.
    """
    bars, at = [], 0.0
    whole = sum(max(0.0, value) for value in ranked.signals.values()) or 1.0
    for kind, (name, label) in enumerate(_SIGNALS.items()):
        width = 100 * ranked.score * max(0.0, ranked.signals.get(name, 0.0)) / whole
        if width >= 0.5:
            bars.append({"kind": kind, "label": label, "at": round(at, 2), "width": round(width, 2)})
            at += width
    return bars


def time(house: House, request: Request) -> Shown:
    """A month of days, each as deep in colour as much was said on it."""
    browsing = house.memory.browsing
    span = browsing.span()
    if span is None:
        return Shown("time.html", {"span": None})
    month = _month(request.query.get("month", "")) or span[1].replace(day=1)
    after = _next_month(month)
    before_first = month.weekday()
    days = browsing.days(month, after - timedelta(days=1))
    cells: list[dict[str, Any] | None] = [None] * before_first
    cells += [{"day": day, "count": count, "level": sum(count >= least for least in _LEVELS)} for day, count in days]
    cells += [None] * (-len(cells) % 7)
    first_year, last_year = span[0].year, span[1].year
    year_months = [date(month.year, number, 1) for number in range(1, 13)]
    counts = browsing.counts([*year_months, date(month.year + 1, 1, 1)])
    return Shown(
        "time.html",
        {
            "span": span,
            "month": month,
            "name": f"{_MONTHS[month.month - 1]} {month.year}",
            "weeks": [cells[at : at + 7] for at in range(0, len(cells), 7)],
            "total": sum(count for _, count in days),
            "earlier": (month - timedelta(days=1)).replace(day=1) if month > span[0].replace(day=1) else None,
            "later": after if after <= span[1] else None,
            "years": list(range(last_year, first_year - 1, -1))[:_YEARS],
            "months": [
                {"month": each, "name": _MONTHS[each.month - 1][:3], "count": count}
                for each, count in zip(year_months, counts, strict=True)
            ],
        },
    )


def day(house: House, request: Request) -> Shown:
    """The exchanges of a day in their order."""
    wanted = _date(request.parts["day"])
    if wanted is None:
        raise NotThere
    offset = max(0, _number(request, "offset", 0))
    browsing = house.memory.browsing
    pages = browsing.pages_of_day(wanted, _DAY_PAGES + 1, offset)
    ((_, total),) = browsing.days(wanted, wanted)
    return Shown(
        "day.html",
        {
            "day": wanted,
            "next_day": wanted + timedelta(days=1),
            "month": wanted.replace(day=1),
            "pages": pages[:_DAY_PAGES],
            "total": total,
            "more": offset + _DAY_PAGES if len(pages) > _DAY_PAGES else None,
        },
    )


def topics(house: House, request: Request) -> Shown:
    """The topics by heat, with what it is made of."""
    offset = max(0, _number(request, "offset", 0))
    listed = house.memory.browsing.topics(LISTED + 1, offset, now=house.clock())
    status = house.memory.status(heat=False)
    hottest = max((topic.heat for topic in listed[:1] if not offset), default=None)
    if hottest is None:
        hottest = max((topic.heat for topic in house.memory.browsing.topics(1, now=house.clock())), default=1.0)
    threshold = house.memory.config.mid_term_heat_threshold
    scale = _ROOM * max(hottest, threshold)
    rows = []
    for topic in listed[:LISTED]:
        parts, at = [], 0.0
        for kind, (label, value) in enumerate(
            zip(_HEAT_PARTS, (topic.visits, topic.length, topic.recency), strict=True)
        ):
            width = 100 * value / scale
            parts.append({"kind": kind, "label": label, "at": round(at, 2), "width": round(width, 2), "value": value})
            at += width
        rows.append({"topic": topic, "segment": topic.segment, "parts": parts})
    return Shown(
        "topics.html",
        {
            "rows": rows,
            "threshold": threshold,
            "mark": round(100 * threshold / scale, 2),
            "counts": status.counts,
            "waiting": status.pending.consolidate,
            "more": offset + LISTED if len(listed) > LISTED else None,
        },
    )


def topic(house: House, request: Request) -> Shown:
    """A topic with its exchanges, newest first."""
    number = request.parts["segment"][:18]
    found = house.memory.browsing.topic(int(number)) if number.isascii() and number.isdigit() else None
    if found is None:
        raise NotThere
    listed = house.memory.browsing.pages(LISTED, cursor=request.query.get("cursor"), segment=found.id)
    return Shown(
        "topic.html",
        {"segment": found, "pages": listed.pages, "cursor": listed.cursor, "chart": _heat_chart(house, found)},
    )


def _heat_chart(house: House, segment: Segment) -> dict[str, Any]:
    """The parts of a topic's heat one upon the other: since its last visit, and with no further one.

    What is kept tells nothing of the times of earlier visits, so there the chart begins.
    """
    now, config = house.clock(), house.memory.config
    start = min(segment.last_visit_at, now)
    end = now + timedelta(seconds=min(_AHEAD * config.heat_recency_seconds, _MOST_AHEAD_SECONDS))
    times = [start + (end - start) * step / _STEPS for step in range(_STEPS + 1)]
    heats = [house.memory.browsing.heat(segment, at) for at in times]
    top = _ROOM * max(config.mid_term_heat_threshold, *(heat.heat for heat in heats))
    stacks = [list(accumulate((heat.visits, heat.length, heat.recency), initial=0.0)) for heat in heats]

    def height(value: float) -> float:
        return round(100 * (1 - value / top), 2)

    def outline(part: int) -> str:
        upper = [f"{100 * step / _STEPS:g},{height(stack[part + 1])}" for step, stack in enumerate(stacks)]
        lower = [f"{100 * step / _STEPS:g},{height(stack[part])}" for step, stack in enumerate(stacks)]
        return " ".join((*upper, *reversed(lower)))

    shown = [("today", now, house.memory.browsing.heat(segment, now)), ("with no further visit", end, heats[-1])]
    if now - start >= timedelta(days=1):
        shown.insert(0, ("at its last visit", start, heats[0]))
    return {
        "areas": [{"kind": part, "points": outline(part)} for part in range(len(_HEAT_PARTS))],
        "parts": _HEAT_PARTS,
        "line": height(config.mid_term_heat_threshold),
        "threshold": config.mid_term_heat_threshold,
        "now": round(100 * ((now - start) / (end - start)), 2),
        "shown": [
            {"label": label, "day": timestamps.written(at, house.zone)[:10], "heat": heat} for label, at, heat in shown
        ],
    }


def knows(house: House, request: Request) -> Shown:
    """What is known: doubtful facts first, then under the headings of the profile."""
    facts = house.memory.browsing.facts()
    wanted = request.query.get("q", "").strip()
    matching = _matching(facts, wanted)
    offset = max(0, _number(request, "offset", 0))
    shown = matching[offset : offset + 4 * LISTED]
    sections: dict[str, list[Knowledge]] = {heading: [] for heading in _HEADINGS}
    for fact in shown:
        sections[_section(fact)].append(fact)
    profile = house.memory.profile()
    return Shown(
        "knows.html",
        {
            "sections": {heading: of_it for heading, of_it in sections.items() if of_it},
            "unsure": sum(fact.state == "doubtful" for fact in facts),
            "total": len(facts),
            "matching": len(matching),
            "query": wanted,
            "traits": profile.traits,
            "more": offset + 4 * LISTED if offset + 4 * LISTED < len(matching) else None,
        },
    )


def facts_matching(house: House, wanted: str) -> list[Knowledge]:
    """The facts that hold, or may hold, and contain some words."""
    return _matching(house.memory.browsing.facts(), wanted.strip())


def _matching(facts: Sequence[Knowledge], wanted: str) -> list[Knowledge]:
    return [fact for fact in facts if wanted.casefold() in fact.text.casefold()]


def _section(fact: Knowledge) -> str:
    if fact.state == "doubtful":
        return _UNSURE
    if fact.pinned:
        return _PINNED
    return _ASSISTANT if fact.owner == "assistant" else heading_of(fact)


def old(house: House, request: Request) -> Shown:
    """Facts that hold no more."""
    offset = max(0, _number(request, "offset", 0))
    facts = house.memory.browsing.old_facts(LISTED + 1, offset)
    more = offset + LISTED if len(facts) > LISTED else None
    return Shown("old.html", {"facts": facts[:LISTED], "more": more})


def fact(house: House, request: Request) -> Shown:
    """A fact with its history, the pages it stands on, and what can be done about it."""
    browsing = house.memory.browsing
    found = browsing.fact(request.parts["fact"])
    if found is None:
        raise NotThere
    history = browsing.history(found.id)
    corrects = found.author in ("person", "agent") and any(each.superseded_by == found.id for each in history)
    pages = [around.page for source in found.sources[-5:] if (around := browsing.page(source, around=1)) is not None]
    return Shown(
        "fact.html",
        {
            "fact": found,
            "history": history,
            "pages": pages[::-1],
            "can_undo": corrects and found.state != "retired",
            "holds": found.superseded_by is None and found.state != "retired",
        },
    )


def page(house: House, request: Request) -> Shown:
    """An exchange, whole, with its neighbours and what stands on it."""
    found = house.memory.browsing.page(request.parts["page"])
    if found is None:
        raise NotThere
    return Shown("page.html", {"around": found, "page": found.page})


def forget(house: House, request: Request) -> Shown:
    """What would be forgotten, exactly, before anything is."""
    selection, about = selection_of(house, request.query)
    if selection is None:
        return Shown("forget.html", {"preview": None, "fields": {}, "about": "", "rules": house.memory.exclusions()})
    preview = house.memory.preview_forgetting(selection)
    fields = {name: request.query[name] for name in _SELECTING if request.query.get(name)}
    return Shown(
        "forget.html",
        {"preview": preview, "fields": fields, "about": about, "rules": house.memory.exclusions()},
    )


_MOST_DIGITS: Final = 18
"""SQLite's numbers have 19."""

_SELECTING: Final = ("page", "topic", "about", "since", "until", "everything")


def selection_of(house: House, fields: Mapping[str, str]) -> tuple[Selection | None, str]:
    """What the fields of a form select, and that in words; None where they select nothing.

    Raises `InvalidArgumentError`.
    """
    if page_ids := tuple(id_ for id_ in fields.get("page", "").split(",") if id_.strip()):
        return Selection(pages=page_ids), "this exchange" if len(page_ids) == 1 else "these exchanges"
    if number := fields.get("topic"):
        if not (number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS):
            raise InvalidArgumentError("topic", "what is none", "the number of a topic")
        return Selection(segment=int(number)), "this topic"
    if fields.get("everything"):
        return Selection(everything=True), "everything"
    if about := fields.get("about", "").strip():
        project = about.removeprefix(OF_PROJECT)
        said = f"what was said about “{about}”" if project == about else f"all that belongs to the project “{project}”"
        return Selection(about=about), said
    since, until = fields.get("since", "").strip(), fields.get("until", "").strip()
    if not since and not until:
        return None, ""
    start = timestamps.parse(since, house.zone, argument="since") if since else None
    end = timestamps.parse(until, house.zone, argument="until") if until else None
    spoken = " ".join(word for word in (since and f"from {since} on", until and f"until before {until}") if word)
    return Selection(start=start, end=end), f"what was said {spoken}"


def rules(house: House, _: Request) -> Shown:
    """What is never to be remembered, and who changed what."""
    entries = [
        {"entry": entry, "at": timestamps.written(entry.at, house.zone)} for entry in house.memory.audit(4 * LISTED)
    ]
    return Shown("rules.html", {"rules": house.memory.exclusions(), "entries": entries})


def health(house: House, request: Request) -> Shown:
    """How the memory is: what waits, what failed, how large it is; examined where that was asked for."""
    status = house.memory.status(heat=False)
    lines = house.examine() if house.examine is not None and request.query.get("examine") else None
    local = house.examine is not None
    return Shown("health.html", {"status": status, "lines": lines, "goes_to": house.goes_to, "local": local})


def query_of(**fields: object) -> str:
    """Fields as the query of an address."""
    return urlencode({name: value for name, value in fields.items() if value is not None})


def _number(request: Request, name: str, otherwise: int) -> int:
    text = request.query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else otherwise


def _date(text: str) -> date | None:
    """The day; None for what is none, and in the first and the last year, beyond which a day before or after lies."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if date.min.year < found.year < date.max.year else None


def _month(text: str) -> date | None:
    return _date(f"{text}-01")


def _next_month(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)
