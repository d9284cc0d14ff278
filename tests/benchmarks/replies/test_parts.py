"""What a reply consists of."""

from __future__ import annotations

import json

from benchmarks.replies.parts import measured

PAGE = {
    "id": "AAAAAAAAAA",
    "timestamp": "2026-03-01",
    "when": "today",
    "user_input": "x" * 36,
    "agent_response": "yyyy",
}
REPLY = {
    "message": "nothing in memory clearly bears on this: do not guess",
    "user_profile": "p" * 8,
    "short_term_memory": [{"id": "BBBBBBBBBB", "user_input": "z" * 12, "agent_response": ""}],
    "retrieved_pages": [PAGE],
    "retrieved_user_knowledge": [],
    "retrieved_assistant_knowledge": [],
}


def test_a_reply_is_taken_apart_and_its_evidence_counted_wherever_it_stands() -> None:
    text = json.dumps(REPLY, separators=(",", ":"))
    reply = measured(text, {"AAAAAAAAAA", "BBBBBBBBBB", "CCCCCCCCCC"})
    assert reply.tokens == len(text) / 4 == sum(reply.parts.values())
    assert {part: reply.parts[part] for part in ("texts", "dates", "profile", "facts", "summaries")} == {
        "texts": 10.0,
        "dates": 3.75,
        "profile": 2.0,
        "facts": 0.0,
        "summaries": 0.0,
    }
    assert (reply.evidence, reply.gold, reply.refused) == (13.0, 2 / 3, True)


def test_an_id_in_full_is_known_by_its_end() -> None:
    page = {**PAGE, "id": "01J00000000000000AAAAAAAAAA"}
    assert measured(json.dumps({**REPLY, "retrieved_pages": [page]}), {"AAAAAAAAAA"}).gold == 1.0
