"""What leaves the server: never larger than asked for, in order, and honest about what it left out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memoryos.models import Added, Knowledge, Owner, Page, Profile, RankedKnowledge, RankedPage, Recall
from memoryos.status import Counts, Failure, Pending, Status
from memoryos.walk import Walk
from memoryos_mcp.tools import replies
from memoryos_mcp.tools.fitting import as_json
from memoryos_mcp.tools.schemas import RetrieveMemoryResult, UserProfileResult
from memoryos_mcp.tools.status import status_reply
from memoryos_mcp.tools.trimming import ELLIPSIS
from memoryos_mcp.wording import short_id

NOW = "2026-03-01 09:30:00"
MOMENT = replies.Moment(datetime(2026, 3, 1, 9, 30, tzinfo=timezone.utc), timezone.utc)
START = datetime(2026, 1, 1, tzinfo=timezone.utc)

# Each costs more as JSON, or as UTF-8, than it has characters; repeated, they make texts from empty to far too large.
PIECES = st.sampled_from(["tea ", "我喜歡喝茶", "🐕‍🦺", '"', '"\n', "\\", "\x01\n", "\x7f"])
TEXTS = st.builds(
    lambda piece, times: piece * times,
    PIECES | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    st.sampled_from([0, 1, 3, 20, 300]),
)
IDS = st.sampled_from(["tom", "t" * 128, "🐕" * 128, '"\\' * 64])
BUDGETS = st.integers(200, 5_000)

seeded = settings(deadline=None, derandomize=True, max_examples=60)


@st.composite
def pages(draw: st.DrawFn) -> tuple[Page, ...]:
    """Up to 30 exchanges in order of arrival, in a few chains with a summary each."""
    summaries = draw(st.lists(TEXTS.filter(bool), min_size=3, max_size=3))
    chains = draw(st.lists(st.sampled_from([None, 0, 1, 2]), max_size=30))
    return tuple(
        page(seq, draw(TEXTS), draw(TEXTS), chain=chain, meta_info="" if chain is None else summaries[chain])
        for seq, chain in enumerate(chains, start=1)
    )


@st.composite
def recalls(draw: st.DrawFn) -> Recall:
    """What a memory may bring to a query: some of its pages ranked, its newest ones, facts, a profile."""
    every = draw(pages())
    ranked = draw(st.permutations(every))[: draw(st.integers(0, len(every)))]
    newest = draw(st.integers(0, 10))
    return Recall(
        query=draw(TEXTS),
        profile=Profile("\n".join(draw(st.lists(TEXTS, max_size=4))), (), "extractive"),
        short_term=every[max(0, len(every) - newest) :],
        pages=tuple(RankedPage(page, score=1.0 / rank) for rank, page in enumerate(ranked, start=1)),
        user_knowledge=tuple(RankedKnowledge(fact, 0.5) for fact in draw(facts("user"))),
        assistant_knowledge=tuple(RankedKnowledge(fact, 0.5) for fact in draw(facts("assistant"))),
    )


@st.composite
def walked(draw: st.DrawFn) -> Recall:
    """The same as a part of a walk that has brought no page, 30 or 900 before, and may go on."""
    brought = draw(st.sampled_from([0, 30, 900]))
    return replace(
        draw(recalls()), walk=Walk("tea", 2_000, frozenset(range(100, 100 + brought))), more=draw(st.booleans())
    )


def facts(owner: Owner) -> st.SearchStrategy[list[Knowledge]]:
    """Up to ten facts about one of the two."""
    return st.lists(TEXTS, max_size=10).map(
        lambda texts: [fact(number, text, owner) for number, text in enumerate(texts, start=1)]
    )


def page(
    seq: int,
    user_input: str,
    agent_response: str,
    *,
    chain: int | None = None,
    meta_info: str = "",
    timestamp: str | None = None,
) -> Page:
    """A stored exchange, a minute after the one before."""
    happened_at = START + timedelta(minutes=seq)
    return Page(
        seq=seq,
        id=f"01J{seq:023d}",
        user_input=user_input,
        agent_response=agent_response,
        timestamp=timestamp or happened_at.strftime("%Y-%m-%d %H:%M:%S"),
        happened_at=happened_at,
        added_at=happened_at,
        chain=chain,
        meta_info=meta_info,
    )


def fact(number: int, text: str, owner: Owner = "user") -> Knowledge:
    """A stored fact, a day after the one before."""
    happened_at = START + timedelta(days=number)
    return Knowledge(
        id=f"01K{number:023d}",
        owner=owner,
        text=text,
        timestamp=happened_at.strftime("%Y-%m-%d %H:%M:%S"),
        happened_at=happened_at,
        sources=(),
        analysis="extractive",
    )


def recall_of(*ranked: Page, short_term: Sequence[Page] = (), query: str = "tea") -> Recall:
    """A recall of these pages in this order and of nothing else."""
    return Recall(
        query=query,
        profile=Profile("", (), "extractive"),
        short_term=tuple(short_term),
        pages=tuple(RankedPage(page, score=1.0) for page in ranked),
        user_knowledge=(),
        assistant_knowledge=(),
    )


def size(reply: RetrieveMemoryResult | UserProfileResult) -> int:
    """Tokens of a reply as the client counts them: UTF-8 bytes of its compact JSON / 4, rounded up."""
    return -(-len(as_json(reply).encode()) // 4)


def told(recall: Recall, **settings: Any) -> RetrieveMemoryResult:
    """The reply to a reader of whom nothing is known, long after the newest page."""
    reader = replies.Stranger(MOMENT.now)
    return replies.recalled(recall, moment=MOMENT, reader=reader, **{"nearest": True, **settings})


def not_ranked(recall: Recall) -> list[Page]:
    """The newest pages that do not stand among the ranked ones."""
    ranked = {item.page.id for item in recall.pages}
    return [page for page in recall.short_term if page.id not in ranked]


def is_subsequence(part: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether `part` stands in `whole` in the same order."""
    rest = iter(whole)
    return all(item in rest for item in part)


@seeded
@given(recalls() | walked(), BUDGETS)
def test_no_recall_is_larger_than_the_tokens_asked_for(recall: Recall, max_tokens: int) -> None:
    assert size(told(recall, max_tokens=max_tokens)) <= max_tokens


@seeded
@given(recalls(), BUDGETS)
def test_a_cut_recall_keeps_the_order_of_ranks_and_of_arrival(recall: Recall, max_tokens: int) -> None:
    reply = told(recall, max_tokens=max_tokens)
    ranked = [short_id(ranked.page.id) for ranked in recall.pages]
    assert is_subsequence([p.id for p in reply.retrieved_pages], ranked)
    assert is_subsequence([p.id for p in reply.short_term_memory], [short_id(page.id) for page in recall.short_term])


@seeded
@given(recalls() | walked(), BUDGETS)
def test_a_recall_counts_everything_it_left_out(recall: Recall, max_tokens: int) -> None:
    reply = told(recall, max_tokens=max_tokens)
    left_out = {
        "pages": len(recall.pages) - len(reply.retrieved_pages),
        "short-term pages": len(not_ranked(recall)) - len(reply.short_term_memory),
        "facts": min(4, len(recall.user_knowledge))
        + min(4, len(recall.assistant_knowledge))
        - len(reply.retrieved_user_knowledge)
        - len(reply.retrieved_assistant_knowledge),
        "summaries": len({ranked.page.chain for ranked in recall.pages if ranked.page.meta_info})
        - sum(bool(page.meta_info) for page in reply.retrieved_pages),
        "parts of pages": sum(bool(page.shortened) for page in reply.retrieved_pages),
    }
    named = [f"{count} {kind}" for kind, count in left_out.items() if count]
    if reply.user_profile != recall.profile.text:
        named.append("part of the profile")
    shown = {page.id for page in (*reply.retrieved_pages, *reply.short_term_memory)}
    is_left = recall.more or any(short_id(item.page.id) not in shown for item in recall.pages)
    if recall.walk is not None and shown and is_left and reply.cursor is None:
        named.append("the cursor")
    assert (reply.cut or "").removesuffix(" (raise max_tokens for them)").split(", ") == (named or [""])
    assert (reply.total_pages_found, reply.short_term_count) == (len(recall.pages), len(not_ranked(recall)))


@seeded
@given(recalls())
def test_a_recall_that_fits_is_whole(recall: Recall) -> None:
    reply = told(recall, max_tokens=100_000)
    assert reply.cut is None
    assert recall.query.startswith((reply.query or "").removesuffix(ELLIPSIS))
    assert reply.user_profile == recall.profile.text
    assert [(p.user_input, p.agent_response, p.timestamp) for p in reply.retrieved_pages] == [
        (ranked.page.user_input, ranked.page.agent_response, ranked.page.timestamp) for ranked in recall.pages
    ]
    assert [(p.user_input, p.agent_response, p.timestamp) for p in reply.short_term_memory] == [
        (page.user_input, page.agent_response, page.timestamp) for page in not_ranked(recall)
    ]
    assert [(item.knowledge, item.timestamp) for item in reply.retrieved_user_knowledge] == [
        (ranked.knowledge.text, ranked.knowledge.timestamp) for ranked in recall.user_knowledge[:4]
    ]
    assert [(item.knowledge, item.timestamp) for item in reply.retrieved_assistant_knowledge] == [
        (ranked.knowledge.text, ranked.knowledge.timestamp) for ranked in recall.assistant_knowledge[:4]
    ]


@seeded
@given(recalls())
def test_a_chain_tells_its_summary_once_with_its_best_page(recall: Recall) -> None:
    reply = told(recall, max_tokens=100_000)
    seen: set[int | None] = set()
    expected = []
    for ranked in recall.pages:
        expected.append("" if ranked.page.chain in seen else ranked.page.meta_info)
        seen.add(ranked.page.chain)
    assert [p.meta_info or "" for p in reply.retrieved_pages] == expected


def test_a_chain_keeps_its_summary_when_its_best_page_is_too_large_to_be_kept() -> None:
    too_large = page(1, "tea " * 2_000, "", chain=1, meta_info="They talk about tea.")
    small = page(2, "And coffee?", "No.", chain=1, meta_info="They talk about tea.")
    reply = told(recall_of(too_large, small), max_tokens=400)
    assert [(p.user_input, p.meta_info) for p in reply.retrieved_pages] == [("And coffee?", "They talk about tea.")]


@seeded
@given(TEXTS, TEXTS, TEXTS)
def test_a_page_costs_at_most_45_tokens_beside_its_texts(user_input: str, agent_response: str, summary: str) -> None:
    stored = page(
        10**9, user_input, agent_response, chain=1, meta_info=summary, timestamp="2026-03-01T09:30:00.123456+01:00"
    )
    item = told(recall_of(stored), max_tokens=100_000).retrieved_pages[0]
    texts = sum(
        len(json.dumps(text, ensure_ascii=False).encode()) - 2 for text in (user_input, agent_response, summary)
    )
    assert (len(as_json(item).encode()) - texts) / 4 <= 45


def test_a_page_says_why_it_was_found_largest_part_first() -> None:
    signals = {"page": 0.1, "bm25": 0.65, "date": 0.001}
    ranked = RankedPage(page(1, "My oolong pot", "I see"), score=0.8, signals=signals, words=("oolong", "pot"))
    recall = replace(recall_of(), pages=(ranked,))
    explained = told(recall, max_tokens=4_000, explain=True).retrieved_pages[0]
    assert explained.why == "bm25 0.65, page 0.10; words: oolong pot"
    assert told(recall, max_tokens=4_000).retrieved_pages[0].why is None


def test_an_outdated_page_names_the_newer_one_as_replies_do() -> None:
    old, new = page(1, "I live in Bern", "I see"), page(2, "I moved to Rome", "I see")
    pages = (RankedPage(new, score=0.9), RankedPage(old, score=0.8, outdated_by=new.id))
    shown = told(replace(recall_of(), pages=pages), max_tokens=4_000).retrieved_pages
    assert [each.outdated_by for each in shown] == [None, shown[0].id]


@seeded
@given(recalls(), BUDGETS)
def test_a_page_that_lost_text_says_so(recall: Recall, max_tokens: int) -> None:
    whole = {short_id(ranked.page.id): (ranked.page.user_input, ranked.page.agent_response) for ranked in recall.pages}
    reply = told(recall, max_tokens=max_tokens)
    assert [page.id for page in reply.retrieved_pages if page.shortened] == [
        page.id for page in reply.retrieved_pages if (page.user_input, page.agent_response) != whole[page.id]
    ]


def test_the_page_at_which_the_room_ends_is_told_by_the_sentences_that_bear_on_the_query() -> None:
    chat = "It rained. " * 20
    long = page(1, f"{chat}We moved to Bern in May, by slow train. {chat}", f"{chat}The Bern office is nice. {chat}")
    recall = replace(recall_of(), pages=(RankedPage(long, score=1.0, words=("bern",)),))
    reply = told(recall, max_tokens=186)
    (item,) = reply.retrieved_pages
    assert item.model_dump(exclude_none=True) == {
        "id": short_id(long.id),
        "when": "8 weeks ago, Thursday",
        "user_input": "… It rained. We moved to Bern in May, by slow train. It rained. …",
        "agent_response": "… It rained. The Bern office is nice. It rained. …",
        "timestamp": long.timestamp,
        "shortened": True,
    }
    assert reply.cut == "1 parts of pages (raise max_tokens for them)"


@pytest.mark.parametrize(("score", "ending"), [(0.9, "And coffee?"), (0.1, "tea tea …")])
def test_a_long_page_gives_way_to_a_whole_one_that_is_worth_more(score: float, ending: str) -> None:
    long, small = page(1, "tea " * 300, ""), page(2, "And coffee?", "No.")
    recall = replace(recall_of(), pages=(RankedPage(long, score=1.0), RankedPage(small, score=score)))
    reply = told(recall, max_tokens=230)
    assert [item.user_input[-len(ending) :] for item in reply.retrieved_pages] == [ending]


def test_no_long_page_keeps_others_out_and_what_these_leave_goes_back_to_it() -> None:
    long, middle = page(1, "It rained. " * 400, ""), page(2, "It snowed. " * 160, "")
    recall = replace(recall_of(), pages=(RankedPage(long, score=1.0), RankedPage(middle, score=0.9)))
    reply = told(recall, max_tokens=1_200)
    first, second = reply.retrieved_pages
    assert (first.shortened, second.shortened) == (True, True)
    assert len(first.user_input) > 2_000 > len(second.user_input) > 1_000
    assert 1_150 < size(reply) <= 1_200


def test_summaries_of_talks_take_only_what_the_pages_leave() -> None:
    summary = "They talk about tea. " * 8
    every = [page(seq, f"Tea number {seq}", "Noted.", chain=seq, meta_info=summary) for seq in range(1, 4)]
    reply = told(recall_of(*every), max_tokens=290)
    assert [(item.user_input, item.meta_info) for item in reply.retrieved_pages] == [
        ("Tea number 1", summary),
        ("Tea number 2", None),
        ("Tea number 3", None),
    ]
    assert reply.cut == "2 summaries (raise max_tokens for them)"


@pytest.mark.parametrize("max_tokens", [200, 1_000])
def test_a_page_larger_than_the_budget_is_given_by_its_beginning(max_tokens: int) -> None:
    reply = told(recall_of(page(1, "tea " * 5_000, "coffee " * 5_000)), max_tokens=max_tokens)
    (item,) = reply.retrieved_pages
    assert item.user_input.endswith("…")
    assert ("tea " * 5_000).startswith(item.user_input.removesuffix("…"))
    assert ("coffee " * 5_000).startswith(item.agent_response.removesuffix("…"))
    assert len(item.user_input) > max_tokens / 20
    assert size(reply) <= max_tokens


def test_a_page_is_not_told_twice_while_another_finds_no_room() -> None:
    every = [page(seq, f"Number {seq}: {'tea ' * 20}", "Noted.") for seq in range(1, 11)]
    reply = told(recall_of(*every[:5], short_term=every), max_tokens=600)
    ranked = {p.id for p in reply.retrieved_pages}
    newest = {p.id for p in reply.short_term_memory}
    assert not ranked & newest
    assert newest <= {short_id(p.id) for p in every[5:]}


def test_where_nothing_bears_on_the_query_it_is_said_beside_the_nearest_few() -> None:
    every = [page(seq, f"Tea {seq}", "Yes") for seq in range(1, 7)]
    recall = replace(recall_of(*every), bears=False)
    reply = told(recall, max_tokens=1_500, nearest=False)
    assert [item.user_input for item in reply.retrieved_pages] == ["Tea 1", "Tea 2", "Tea 3"]
    assert reply.message == "nothing in memory clearly bears on this: do not guess; the nearest pages are listed"
    assert told(recall, max_tokens=1_500, nearest=True).total_pages_found == 6


def test_a_greeting_costs_next_to_nothing() -> None:
    recall = replace(
        recall_of(page(1, "Tea", ""), short_term=[page(2, "Hi", "")]), bears=False, is_phatic=True, query="hi"
    )
    reply = told(replace(recall, profile=Profile("He likes tea.", (), "extractive")), max_tokens=1_500, nearest=False)
    assert size(reply) <= 100
    assert (reply.short_term_memory, reply.user_profile) == ([], "")


def test_pages_far_behind_the_best_are_left_out() -> None:
    every = tuple(RankedPage(page(seq, f"Tea {seq}", ""), score) for seq, score in enumerate((1.0, 0.6, 0.4), start=1))
    reply = told(replace(recall_of(), pages=every), max_tokens=1_500, nearest=False)
    assert [item.user_input for item in reply.retrieved_pages] == ["Tea 1", "Tea 2"]


def test_a_long_side_that_says_no_word_of_the_query_is_told_by_its_beginning() -> None:
    long = page(1, "I moved to Bern.", "How lovely, it rains a lot there. " * 40)
    recall = replace(recall_of(), pages=(RankedPage(long, 1.0, words=("bern",)),))
    (item,) = told(recall, max_tokens=1_500).retrieved_pages
    assert item.user_input == "I moved to Bern."
    assert item.shortened is True
    assert item.agent_response.startswith("How lovely, it rains")
    assert len(item.agent_response) <= 161


def test_a_reply_says_what_meaning_does_not_find_yet() -> None:
    recall = recall_of(page(1, "Tea", ""))
    by_words = told(replace(recall, by_words_only=True), max_tokens=1_500).message
    assert by_words == "found by words only: the embedding model is loading or out of order"
    assert told(replace(recall, not_embedded=3), max_tokens=1_500).message == "3 texts not yet found by meaning"


def test_a_cursor_goes_on_behind_the_pages_that_were_shown_and_no_others() -> None:
    pages = [page(seq, "tea " * 100, "") for seq in (3, 1, 2)]
    recall = replace(recall_of(*pages), walk=Walk("tea", 9, frozenset({7})))

    whole, cut = told(recall, max_tokens=5_000), told(recall, max_tokens=400)

    assert whole.cursor is None
    assert [shown.id for shown in cut.retrieved_pages] == [short_id(pages[0].id), short_id(pages[1].id)]
    assert cut.cursor == Walk("tea", 9, frozenset({7, 3, 1})).cursor
    assert told(replace(recall, more=True), max_tokens=5_000).cursor == Walk("tea", 9, frozenset({7, 1, 2, 3})).cursor


def test_no_cursor_goes_on_from_a_greeting_or_where_nothing_bears_on_the_query() -> None:
    recall = replace(recall_of(page(1, "tea", "")), walk=Walk("hi", 9), more=True, bears=False)

    assert told(recall, max_tokens=1_000, nearest=False).cursor is None
    assert told(replace(recall, is_phatic=True), max_tokens=1_000, nearest=False).cursor is None
    assert told(recall, max_tokens=1_000).cursor == Walk("hi", 9, frozenset({1})).cursor  # so many were asked for


def test_a_cursor_too_large_for_the_reply_is_said_to_be_cut() -> None:
    recall = replace(recall_of(page(1, "tea", "")), walk=Walk("tea", 9_000, frozenset(range(2, 1_000))), more=True)

    reply = told(recall, max_tokens=300)

    assert (reply.cursor, reply.cut) == (None, "the cursor (raise max_tokens for them)")
    assert told(recall, max_tokens=3_000).cursor == recall.cursor()


def test_a_stranger_gets_the_newest_pages_only_where_no_talk_is_under_way() -> None:
    newest = (page(1, "Hi", ""), page(2, "Good day", ""))
    later = [replies.Stranger(newest[-1].added_at + timedelta(minutes=minutes)) for minutes in (30, 31)]
    assert [list(reader.lacks(newest)) for reader in later] == [[], list(newest)]


@seeded
@given(st.lists(TEXTS, max_size=20), st.lists(TEXTS, max_size=20), st.booleans(), TEXTS, IDS, IDS, BUDGETS)
def test_no_profile_is_larger_than_the_tokens_asked_for(
    user: list[str],
    assistant: list[str],
    with_assistant: bool,
    text: str,
    user_id: str,
    assistant_id: str,
    max_tokens: int,
) -> None:
    about_user = [fact(number, text) for number, text in enumerate(user)]
    about_assistant = [fact(number, text, "assistant") for number, text in enumerate(assistant)]
    reply = replies.profiled(
        Profile(text, (), "model"),
        about_user,
        about_assistant if with_assistant else None,
        user_id=user_id,
        assistant_id=assistant_id,
        now=NOW,
        max_tokens=max_tokens,
    )
    assert size(reply) <= max_tokens
    assert is_subsequence([item.id for item in reply.user_knowledge], [item.id for item in reversed(about_user)])
    assert reply.user_knowledge_count == len(user)
    assert (reply.assistant_knowledge_count is None) is not with_assistant


@pytest.mark.parametrize(
    ("user_id", "facts_to_tell", "profile", "cut"),
    [
        ("🐕" * 128, 0, "", "part of the ids"),
        ("tom", 20, "", "16 older facts"),
        ("tom", 0, "He likes tea.\n" * 100, "part of the profile"),
        ("🐕" * 128, 20, "He likes tea.\n" * 100, "20 older facts, part of the profile, part of the ids"),
    ],
    ids=["ids", "facts", "profile", "all"],
)
def test_a_profile_says_what_it_left_out(user_id: str, facts_to_tell: int, profile: str, cut: str) -> None:
    reply = replies.profiled(
        Profile(profile, (), "extractive"),
        [fact(number, "likes tea") for number in range(facts_to_tell)],
        None,
        user_id=user_id,
        assistant_id=user_id,
        now=NOW,
        max_tokens=200,
    )
    assert reply.cut == f"{cut} (raise max_tokens for them)"
    assert user_id.startswith(reply.user_id.rstrip(ELLIPSIS))
    assert (reply.user_id == user_id) is ("ids" not in cut)


def test_a_profile_that_fits_tells_facts_newest_first() -> None:
    reply = replies.profiled(
        Profile("Extraversion: High", (), "model"),
        [fact(1, "lives in Leeds"), fact(2, "lives in Halton")],
        [fact(3, "writes in plain sentences", "assistant")],
        user_id="tom",
        assistant_id="aide",
        now=NOW,
        max_tokens=4_000,
    )
    assert reply.model_dump() == {
        "status": "success",
        "timestamp": NOW,
        "user_id": "tom",
        "assistant_id": "aide",
        "user_profile": "Extraversion: High",
        "user_knowledge": [
            {"id": fact(2, "").id, "knowledge": "lives in Halton", "timestamp": "2026-01-03 00:00:00"},
            {"id": fact(1, "").id, "knowledge": "lives in Leeds", "timestamp": "2026-01-02 00:00:00"},
        ],
        "user_knowledge_count": 2,
        "assistant_knowledge": [
            {"id": fact(3, "").id, "knowledge": "writes in plain sentences", "timestamp": "2026-01-04 00:00:00"}
        ],
        "assistant_knowledge_count": 1,
        "analysis": "model",
        "cut": None,
    }


@pytest.mark.parametrize(
    ("repeated", "message"), [(False, "added to memory"), (True, "already in memory (same page sent again)")]
)
def test_an_added_page_is_answered_with_its_id_and_time(repeated: bool, message: str) -> None:
    stored = page(1, "Hi", "Hello")
    assert replies.added(Added(stored, repeated)).model_dump() == {
        "status": "success",
        "message": message,
        "timestamp": stored.timestamp,
        "details": {"id": short_id(stored.id), "repeated": repeated},
    }


def test_the_status_names_the_latest_failure() -> None:
    counts = Counts(3, 3, 1, 0, 0, 0, 0, 0)
    failures = (Failure("embed", "EmbeddingError", START, 2), Failure("analyse", "ModelError", START + timedelta(1), 5))
    state = Status("tom", "aide", "memory.db", 1, counts, Pending(0, 1, 2), failures, "e", "ready", "extractive")
    reply = status_reply(state, version="1.0", dialogue_is_sent_to="nowhere")
    assert reply.last_error is not None
    assert reply.last_error.model_dump() == {
        "work": "analyse",
        "error": "ModelError",
        "at": "2026-01-02T00:00:00+00:00",
        "attempts": 5,
    }
    assert reply.pending.model_dump() == {"embed": 0, "read": 0, "consolidate": 1, "analyse": 2}
