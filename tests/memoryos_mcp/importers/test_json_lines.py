"""The lines of an export, and the files that an import reads."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from memoryos import ConfigError, Knowledge, Page, Segment, Trait, timestamps
from memoryos.models import ChainContent, IncomingPage, NewPage, SegmentContent, Turn
from memoryos_mcp.importers import import_pages
from memoryos_mcp.importers.json_lines import export_line

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)
SHOWN = "2026-03-01 13:00:00"
BERLIN = timestamps.zone("Europe/Berlin")
ID, OTHER_ID = "01ARZ3NDEKTSV4RRFFQ69G5FAV", "01BX5ZZKBKACTAV9WEVGEMMVRZ"
EXPECTED = (
    'expected: lines of an export, or a JSON list or JSON lines of {"user_input": "...", "agent_response": "...", '
    '"timestamp": "YYYY-MM-DD HH:MM:SS"} or of {"pages": [such]}'
)

PAGE = Page(
    seq=7,
    id=ID,
    user_input="Ein\nLöwe,\u2028狮子 🦁 \x00",
    agent_response="",
    timestamp=SHOWN,
    happened_at=NOON,
    added_at=NOON + timedelta(microseconds=1),
    meta_data={"b": [1.5, None], "a": "é"},
    assistant_id="helper",
    turn="t1",
)


def written(path: Path, *lines: object) -> Path:
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return path


def exchange(user_input: str, **more: object) -> dict[str, object]:
    return {"user_input": user_input, "agent_response": "", **more}


def imported(path: Path) -> list[IncomingPage]:
    return list(import_pages(path, BERLIN, "mine"))


def test_a_page_is_one_line_of_utf_8_that_says_all_of_it() -> None:
    assert (
        export_line(PAGE)
        == (
            '{"kind":"page","id":"01ARZ3NDEKTSV4RRFFQ69G5FAV","timestamp":"2026-03-01 13:00:00",'
            '"happened_at":"2026-03-01T12:00:00+00:00","added_at":"2026-03-01T12:00:00.000001+00:00",'
            '"user_input":"Ein\\nLöwe,\u2028狮子 🦁 \\u0000","agent_response":"",'
            '"meta_data":{"b":[1.5,null],"a":"é"},"assistant_id":"helper","turn":"t1"}\n'
        ).encode()
    )


def test_what_a_page_does_not_have_is_not_on_its_line() -> None:
    line = json.loads(export_line(replace(PAGE, meta_data=None, assistant_id=None)))

    assert not {"meta_data", "assistant_id"} & set(line)


def test_facts_say_whether_they_are_current() -> None:
    fact = Knowledge("K1", "assistant", "knows Bern", SHOWN, NOON, (ID,), "extractive", "helper")
    described = {
        "kind": "fact",
        "id": "K1",
        "owner": "assistant",
        "assistant_id": "helper",
        "text": "knows Bern",
        "timestamp": SHOWN,
        "happened_at": "2026-03-01T12:00:00+00:00",
        "current": True,
        "state": "current",
        "author": "rule",
        "analysis": "extractive",
        "sources": [ID],
    }

    assert json.loads(export_line(fact)) == described
    superseded = {**described, "current": False, "superseded_by": "K2"}
    assert json.loads(export_line(replace(fact, superseded_by="K2"))) == superseded
    archived = {**described, "current": False, "archived_at": "2026-03-01T12:00:00+00:00"}
    assert json.loads(export_line(replace(fact, archived_at=NOON))) == archived
    doubtful = {**described, "current": False, "state": "doubtful", "doubted_by": "K2"}
    assert json.loads(export_line(replace(fact, state="doubtful", doubted_by="K2"))) == doubtful


def test_facts_say_what_they_are_about_and_when_that_held() -> None:
    fact = Knowledge(
        "K1",
        "user",
        "I lived in Bern",
        SHOWN,
        NOON,
        (ID,),
        "model",
        slot="home",
        value="bern",
        subject="user",
        author="person",
        held_from=NOON,
        held_until=NOON,
        learned_at=NOON,
        pinned=True,
    )
    noon = "2026-03-01T12:00:00+00:00"

    assert json.loads(export_line(fact)) == {
        "kind": "fact",
        "id": "K1",
        "owner": "user",
        "text": "I lived in Bern",
        "timestamp": SHOWN,
        "happened_at": noon,
        "current": True,
        "state": "current",
        "subject": "user",
        "slot": "home",
        "value": "bern",
        "held_from": noon,
        "held_until": noon,
        "learned_at": noon,
        "pinned": True,
        "author": "person",
        "analysis": "model",
        "sources": [ID],
    }


def test_traits_segments_and_chains_name_their_pages() -> None:
    trait = Trait("Thrift", "High", "mends his skis", NOON, SHOWN)
    segment = Segment(3, "skis", "About skis.", ("skis", "wax"), 1, 2, NOON, 2, NOON, NOON, "model", archived_at=NOON)

    assert json.loads(export_line(trait)) == {
        "kind": "trait",
        "dimension": "Thrift",
        "level": "High",
        "evidence": "mends his skis",
        "timestamp": SHOWN,
        "happened_at": "2026-03-01T12:00:00+00:00",
    }
    assert json.loads(export_line(SegmentContent(segment, (ID, OTHER_ID)))) == {
        "kind": "segment",
        "theme": "skis",
        "summary": "About skis.",
        "keywords": ["skis", "wax"],
        "first_page_at": "2026-03-01T12:00:00+00:00",
        "last_page_at": "2026-03-01T12:00:00+00:00",
        "current": False,
        "analysis": "model",
        "pages": [ID, OTHER_ID],
    }
    assert json.loads(export_line(ChainContent("A talk.", "model", (ID,)))) == {
        "kind": "chain",
        "summary": "A talk.",
        "analysis": "model",
        "pages": [ID],
    }


@pytest.mark.parametrize("name", ["export.jsonl", "export.txt", "export"])
def test_the_pages_of_an_export_come_back_as_they_were(tmp_path: Path, name: str) -> None:
    trait = Trait("Thrift", "High", "mends his skis", NOON, SHOWN)
    path = tmp_path / name
    path.write_bytes(b"\xef\xbb\xbf" + export_line(PAGE) + b"\r\n" + export_line(trait))

    page = NewPage(PAGE.user_input, "", NOON, SHOWN, PAGE.meta_data, "helper", turn=Turn("t1", NOON, NOON))
    assert imported(path) == [IncomingPage(page, SHOWN, PAGE.added_at, PAGE.id)]


def test_an_exchange_of_somebody_elses_is_of_no_turn_whatever_it_calls_one(tmp_path: Path) -> None:
    (page,) = imported(written(tmp_path / "talk.jsonl", exchange("Hi.", turn=3)))

    assert page.page.turn is None


@pytest.mark.parametrize("turn", ["", "t" * 1_001, "é" * 501])
def test_a_turn_that_is_no_id_is_named(tmp_path: Path, turn: str) -> None:
    line = {**json.loads(export_line(PAGE)), "turn": turn}

    with pytest.raises(ConfigError, match=r"turn: got .*; accepted: an id of at most 1,000 bytes"):
        imported(written(tmp_path / "export.jsonl", line))


def test_of_a_list_too_the_pages_of_an_export_keep_their_ids(tmp_path: Path) -> None:
    """As `jq -s` makes one."""
    (page,) = imported(written(tmp_path / "export.json", [json.loads(export_line(PAGE)), {"kind": "chain"}]))

    assert (page.id, page.added_at, page.page.assistant_id) == (ID, PAGE.added_at, "helper")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("talk.json", [[exchange("A", timestamp=SHOWN, id="a/0"), exchange("B", meta_data={"n": 1})]]),
        ("talk.json", [{"user": "Ann", "pages": [exchange("A", timestamp=SHOWN), exchange("B", meta_data={"n": 1})]}]),
        (
            "talks.jsonl",
            [
                {"id": "1", "pages": [exchange("A", timestamp=SHOWN, id="a/0")], "questions": [{"question": "?"}]},
                {"id": "2", "pages": [exchange("B", meta_data={"n": 1})]},
            ],
        ),
        ("lines.jsonl", [exchange("A", timestamp=SHOWN), exchange("B", meta_data={"n": 1})]),
        ("lines.txt", [exchange("A", timestamp=SHOWN), exchange("B", meta_data={"n": 1})]),
    ],
)
def test_exchanges_of_conversations_are_noted_as_had_with_the_configured_assistant(
    tmp_path: Path, name: str, content: list[object]
) -> None:
    one, two = imported(written(tmp_path / name, *content))

    assert (one.id, two.id) == (None, None)
    assert one.page == NewPage("A", "", NOON, SHOWN, None, "mine")
    assert two.page == replace(two.page, user_input="B", timestamp=None, meta_data={"n": 1}, assistant_id="mine")


def test_an_exchange_that_no_export_wrote_keeps_the_times_and_the_assistant_it_names(tmp_path: Path) -> None:
    given = {"happened_at": "2026-03-01T12:00:00Z", "added_at": "2026-03-01 13:00:00", "assistant_id": "helper"}

    (page,) = imported(written(tmp_path / "lines.jsonl", exchange("A", timestamp="at noon", **given)))

    assert page == IncomingPage(NewPage("A", "", NOON, "at noon", None, "helper"), "at noon", NOON)


def test_a_list_over_many_lines_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "talk.json"
    path.write_text(json.dumps([exchange("A"), exchange("B")], indent=2), encoding="utf-8")

    assert [page.page.user_input for page in imported(path)] == ["A", "B"]


@pytest.mark.parametrize(("name", "content"), [("x.jsonl", ""), ("x", "\n \n"), ("x.json", "[]")])
def test_a_file_without_pages_brings_none(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")

    assert imported(path) == []


GOOD = json.dumps(exchange("A"))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.jsonl", f'{GOOD}\n{{"user_input": ', f": line 2, column 15: not JSON (Expecting value); {EXPECTED}"),
        (
            "x.jsonl",
            f"{GOOD}\n\n[1]",
            f": line 3: Input should be a valid dictionary; {EXPECTED}",
        ),
        ("x.jsonl", '{"kind": "page"}', f": line 1: user_input: Field required; {EXPECTED}"),
        (
            "x.jsonl",
            '{"kind": "Page", "user_input": "a", "agent_response": ""}',
            ": line 1: kind: got 'Page'; expected: one of page, fact, trait, segment, chain",
        ),
        (
            "x.jsonl",
            '{"kind": ["page"]}',
            ": line 1: kind: got \"['page']\"; expected: one of page, fact, trait, segment, chain",
        ),
        (
            "x.jsonl",
            f'{GOOD}\n{{"kind": "page", "user_input": "a", "agent_response": "", "id": "7"}}',
            ": line 2: id: got '7'; accepted: a ULID of 26 letters and digits, or none for a page that has no id yet",
        ),
        (
            "x.jsonl",
            '{"pages": [{"user_input": " ", "agent_response": ""}]}',
            ": line 1: pages[0]: user_input and agent_response: got both empty; accepted: text in at least one of them",
        ),
        (
            "x.jsonl",
            '{"pages": [{"user_input": 1}]}',
            f": line 1: pages[0].user_input: Input should be a valid string; {EXPECTED}",
        ),
        ("x.json", f"[{GOOD},\n 3]", f": [1]: Input should be a valid dictionary; {EXPECTED}"),
        ("x.json", "[\n", f": line 2, column 1: not JSON (Expecting value); {EXPECTED}"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_line_with_the_place(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")

    with pytest.raises(ConfigError) as raised:
        imported(path)

    assert str(raised.value) == f"{path}{message}"


def test_a_line_of_endless_brackets_is_refused_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(f"{GOOD}\n{'[' * 100_000}", encoding="utf-8")

    with pytest.raises(ConfigError, match=r"line 2"):
        imported(path)


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("x.jsonl", GOOD.encode() + b'\n{"user_input": "\xff"}', ": line 2: byte 16"),
        ("x.json", b'["\xff"]', ": byte 2"),
    ],
)
def test_a_file_that_is_no_utf_8_is_named_with_the_place(tmp_path: Path, name: str, content: bytes, place: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(ConfigError) as raised:
        imported(path)

    assert str(raised.value) == f"{path}{place} is not UTF-8; save the file as UTF-8"
