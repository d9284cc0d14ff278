"""The importer of what Google Takeout gives of Gemini: "My Activity" as JSON or HTML, or the zip that it comes in.

Takeout has one entry for each prompt with its answer, the newest first, and names the conversation where it knows it.
Entries of other kinds (a canvas, a vote) are left out. HTML has its dates in the account's language: those of English,
and of other languages in the same order, are read.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from pydantic import AwareDatetime, BaseModel

from memoryos.config.text import one_line
from memoryos.errors import ConfigError
from memoryos.models import IncomingPage
from memoryos_mcp.importers.chat_exports import Message, all_valid, pages
from memoryos_mcp.importers.json_files import Broken, Place, decoded, each, parsed, readable

EXPECTED: Final = 'the "My Activity" of Gemini Apps as Google Takeout gives it, JSON or HTML, or its zip'

_HEAD_BYTES: Final = 65_536
_OF_GEMINI: Final = re.compile(r"Gemini|Bard")
_MEMBER: Final = re.compile(r"(?:.*/)?[^/]*(?:Gemini|Bard)[^/]*/[^/]+\.(?:json|html)")
_PROMPTED: Final = re.compile(r"(?:Prompted|Asked Gemini|Asked|Branched|Answered|Said):?[\s\xa0]+")
_NO_PROMPT: Final = re.compile(r"(?:Created|Used|Gave|Selected|Added|Viewed|Visited)\b")
_CONVERSATION: Final = re.compile(r"gemini\.google\.com/app/([0-9A-Za-z_-]{4,64})")

_CELL: Final = '<div class="outer-cell'
_BODY: Final = re.compile(r'<div class="content-cell[^"]*mdl-typography--body-1">')
_NEXT_CELL: Final = '<div class="content-cell'
_BREAK: Final = re.compile(r"<br\s?/?>")
_NO_LINE: Final = ("script", "style")
_LINES: Final = frozenset("p div li tr br h1 h2 h3 h4 h5 h6 pre blockquote ul ol table".split())

_MONTHS: Final = {
    name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)
}
_DATE: Final = re.compile(
    r"(?:(?P<month>[A-Za-z]{3,9})\.? (?P<day>\d{1,2})"
    r"|(?P<day2>\d{1,2})\.? (?:de )?(?P<month2>[A-Za-z]{3,9})\.?(?: de)?),? "
    r"(?P<year>\d{4}),? (?P<hour>\d{1,2}):(?P<minute>\d\d):(?P<second>\d\d)(?: (?P<half>[AP])M)?(?: (?P<zone>\S{1,9}))?"
)
_HOURS: Final = {
    "UTC": 0, "GMT": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3,
    "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10,
    "BRT": -3, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}  # fmt: skip
"""Zones by their letters, where these mean one zone; CST and IST mean several."""


class _Named(BaseModel):
    name: str | None = None
    url: str | None = None


class _Answer(BaseModel):
    html: str | None = None


class _Entry(BaseModel):
    header: str = ""
    title: str = ""
    time: AwareDatetime
    titleUrl: str | None = None
    products: list[str] = []
    details: list[_Named] = []
    safeHtmlItem: list[_Answer] = []
    attachedFiles: list[object] | None = None
    imageFile: str | list[str] | None = None


@dataclass(frozen=True, slots=True)
class _Exchange:
    said: str
    answered: str
    at: datetime
    conversation: str
    attachments: tuple[str, ...] = ()


def detects(path: Path) -> bool:
    """Whether it is a list of entries of Gemini, a page of them, or a zip with one."""
    if not path.is_file():
        return False
    with readable(Place(path)):
        if zipfile.is_zipfile(path):
            return bool(_members(path))
        with path.open("rb") as content:
            return _is_activity(content.read(_HEAD_BYTES))


def read(path: Path, zone: tzinfo | None, assistant_id: str) -> Iterator[IncomingPage | Broken]:
    """The exchanges in the order of their times."""
    found: list[tuple[_Exchange, str]] = []
    for place, content in _files(path):
        text = decoded(content, place)
        for exchange in _of_html(text, place, zone) if text.lstrip().startswith("<") else _of_json(text, place):
            if isinstance(exchange, Broken):
                yield exchange
            else:
                found.append(exchange)

    def page(item: tuple[_Exchange, str]) -> Iterator[IncomingPage]:
        exchange, place = item
        said = Message(
            f"{exchange.at.isoformat()} {exchange.said}", True, exchange.said, exchange.at, exchange.attachments
        )
        return pages(
            (said, Message("", False, exchange.answered, None)),
            source="gemini",
            conversation=exchange.conversation,
            title="",
            began=exchange.at,
            place=place,
            zone=zone,
            assistant_id=assistant_id,
        )

    yield from each(sorted(found, key=lambda item: item[0].at), page)


def _of_json(text: str, place: Place) -> Iterator[tuple[_Exchange, str] | Broken]:
    value = parsed(text, place, expected=EXPECTED)
    if not isinstance(value, list):
        raise ConfigError(one_line(f"{place}: expected: {EXPECTED}"))
    items = ((item, f"{place}: [{index}]") for index, item in enumerate(value) if _is_of_gemini(item))
    entries, broken = all_valid(_Entry, items, expected=EXPECTED)
    yield from broken
    for entry, where in entries:
        answered = "\n\n".join(_plain(answer.html) for answer in entry.safeHtmlItem if answer.html)
        if said := _prompt(entry.title, answered=bool(answered)):
            named = " ".join(filter(None, (*(detail.url or detail.name for detail in entry.details), entry.titleUrl)))
            conversation = _CONVERSATION.search(named)
            attachments = _attachments(entry)
            yield _Exchange(said, answered, entry.time, conversation[1] if conversation else "", attachments), where


def _is_of_gemini(item: object) -> bool:
    """Whether an entry is of Gemini: the whole "My Activity" has those of all of Google."""
    if not isinstance(item, dict):
        return True  # which is then said to be broken
    products = item.get("products")
    named = [item.get("header"), *(products if isinstance(products, list) else ())]
    return any(isinstance(name, str) and _OF_GEMINI.search(name) for name in named)


def _attachments(entry: _Entry) -> tuple[str, ...]:
    images = [entry.imageFile] if isinstance(entry.imageFile, str) else entry.imageFile or []
    files = [file.get("name") if isinstance(file, dict) else file for file in entry.attachedFiles or ()]
    return tuple(dict.fromkeys(name for name in (*files, *images) if isinstance(name, str) and name))


def _prompt(title: str, *, answered: bool) -> str:
    """What the user asked, of an entry's title; "" where it tells of something else.

    In other languages the title begins with another word, which stays; what has an answer is a prompt.
    """
    if prompted := _PROMPTED.match(title):
        return title[prompted.end() :].strip()
    return title.strip() if answered and not _NO_PROMPT.match(title) else ""


def _of_html(text: str, place: Place, zone: tzinfo | None) -> Iterator[tuple[_Exchange, str] | Broken]:
    for number, cell in enumerate(text.split(_CELL)[1:], 1):
        head, body = cell.partition(_NEXT_CELL)[0], _BODY.search(cell)
        if body is None or not _OF_GEMINI.search(head):
            continue
        content, _, rest = cell[body.end() :].partition(_NEXT_CELL)
        lines = _BREAK.split(content)
        dated = next((index for index, line in enumerate(lines) if _DATE.match(_plain(line))), None)
        said = _prompt(_plain("<br>".join(lines[:dated])), answered=True)
        where = f"{place}: entry {number}"
        at = None if dated is None else _time(_plain(lines[dated]), zone)
        if not said:
            continue
        if dated is None or at is None:
            yield Broken(one_line(f"{where}: a date in a form that is not known; take JSON at takeout.google.com"))
            continue
        conversation = _CONVERSATION.search(content) or _CONVERSATION.search(rest)
        # The answer may follow the date without a break.
        after = lines[dated][lines[dated].find("<") :] if "<" in lines[dated] else ""
        answered = _plain("<br>".join((after, *lines[dated + 1 :])))
        yield _Exchange(said, answered, at, conversation[1] if conversation else ""), where


def _time(text: str, zone: tzinfo | None) -> datetime | None:
    """The time that a text begins with, in the zone of its letters or else in `zone`; None where it has none."""
    found = _DATE.match(text)
    month = _MONTHS.get((found["month"] or found["month2"])[:3].lower()) if found is not None else None
    if found is None or month is None:
        return None
    hour = int(found["hour"]) % 12 + (12 if found["half"] == "P" else 0) if found["half"] else int(found["hour"])
    try:
        at = datetime(  # noqa: DTZ001  # the zone comes next
            int(found["year"]),
            month,
            int(found["day"] or found["day2"]),
            hour,
            int(found["minute"]),
            int(found["second"]),
        )
    except ValueError:
        return None
    hours = _HOURS.get(found["zone"] or "")
    if hours is not None:
        return at.replace(tzinfo=timezone(timedelta(hours=hours)))
    return at.astimezone() if zone is None else at.replace(tzinfo=zone)


class _Plain(HTMLParser):
    """The text of HTML, each block on a line of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _NO_LINE:
            self._hidden += 1
        elif tag in _LINES:
            self.parts.append("\n- " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _NO_LINE:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _LINES and tag not in ("li", "br"):
            self.parts.append("\n")
        elif tag in ("td", "th"):
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def _plain(html: str) -> str:
    if "<" not in html:
        return unescape(html).replace("\xa0", " ").replace("\u202f", " ").strip()
    reader = _Plain()
    reader.feed(html)
    reader.close()
    text = "".join(reader.parts).replace("\xa0", " ").replace("\u202f", " ")
    return re.sub(r"\n{2,}", "\n", re.sub(r"[ \t]+\n", "\n", text)).strip()


def _is_activity(head: bytes) -> bool:
    text = head.decode("utf-8-sig", errors="ignore").lstrip()
    if text.startswith("["):
        return re.search(r'"(?:header|products)":\s*\[?\s*"[^"]*(?:Gemini|Bard)', text) is not None
    return text.startswith("<") and _CELL.encode() in head and _OF_GEMINI.search(text) is not None


def _files(path: Path) -> Iterator[tuple[Place, bytes]]:
    with readable(Place(path)):
        if not zipfile.is_zipfile(path):
            yield Place(path), path.read_bytes()
            return
    with zipfile.ZipFile(path) as archive:
        for name in _members(path):
            yield Place(path / name), archive.read(name)


def _members(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            found = []
            for name in sorted(filter(_MEMBER.fullmatch, archive.namelist())):
                with archive.open(name) as content:
                    if _is_activity(content.read(_HEAD_BYTES)):
                        found.append(name)
            return found
    except zipfile.BadZipFile as error:
        raise ConfigError(one_line(f"{path}: {error}; name the zip as it was sent")) from error
