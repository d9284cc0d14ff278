"""What a model wrote, without what its template, its thoughts and its slips put around it."""

from __future__ import annotations

import pytest

from memoryos.errors import ModelReplyError
from memoryos.llm.reply_text import json_object, spoken


@pytest.mark.parametrize(
    "reply",
    [
        "Rex.",
        "<think>He asks about a dog.</think>\n\nRex.",
        "He asks about a dog.\n</think> Rex.",
        "He asks about a dog.</think>Rex.",
        "He asks about a dog </think>\nRex.",
        "<analysis>a dog</analysis> Rex.",
        "<reasoning>a dog</reasoning><thought>its name</thought>Rex.",
        "<SCRATCHPAD>\na dog\n</SCRATCHPAD>\nRex.",
        "[THINK]He asks.[/THINK]Rex.",
        "◁think▷He asks.◁/think▷Rex.",
        "<|channel|>analysis<|message|>He asks.<|end|><|start|>assistant<|channel|>final<|message|>Rex.",
        "<|channel|>final<|message|>Rex.<|return|>",
        "analysisHe asks about a dog.assistantfinalRex.",
        "<seed:think>He asks.</seed:think>Rex.",
        "<|START_THINKING|>He asks.<|END_THINKING|><|START_RESPONSE|>Rex.<|END_RESPONSE|>",
        "<|begin_of_thought|>He asks.<|end_of_thought|>\n<|begin_of_solution|>Rex.<|end_of_solution|>",
        "<think>He asks.</think><answer>Rex.</answer>",
        "<final>\nRex.\n</final>",
        "Rex.<|eot|>",
        "Rex.[/INST]",
        "Rex.<|endoftext|>Human: Thanks!",
        "Rex.<|im_end|>",
        "Rex.</s>",
        "Rex. <|eot_id|>\n",
        "Rex.<end_of_turn>\n<start_of_turn>user\nThanks!",
        "Rex.<｜end▁of▁sentence｜>",
        "<|im_start|>assistant\nRex.<|im_end|>\n<|im_start|>user\nAnd yours?",
        "<|start_header_id|>assistant<|end_header_id|>\n\nRex.<|eot_id|>",
    ],
)
def test_the_answer_is_what_is_left(reply: str) -> None:
    assert spoken(reply) == "Rex."


@pytest.mark.parametrize(
    "reply",
    [
        "<think> is a tag that reasoning models write.",
        "Models close their thoughts with </think> before they answer.",
        "Write <s>old</s> to strike a word out.",
        "`</think>` stands alone there.",
        "The analysis: Rex is a dog.",
        "<answer> is a tag that graders look for.",
    ],
)
def test_an_answer_about_the_marks_stays_whole(reply: str) -> None:
    assert spoken(reply) == reply


@pytest.mark.parametrize(
    "reply", ["<think>I wonder", "<think>\nI wonder", "[THINK]I wonder", "<|channel|>analysis<|message|>Hm"]
)
def test_thoughts_without_an_end_are_no_answer(reply: str) -> None:
    assert spoken(reply) == ""


@pytest.mark.parametrize(
    "reply",
    [
        '{"facts": ["a"]}',
        'First I thought {"facts": ["x"]}, but it is {"facts": ["a"]}.',
        '{"facts": ["a"],}',
        "{'facts': ['a']}",
        "{facts: ['a']}",
        '```json\n{"facts": ["a"]}\n```',
        'maybe {"facts": ["x"]} so.</think>{"facts": ["a"]}',
        '<reasoning>draft {"facts": ["x"]}</reasoning>{"facts": ["a"]}',
    ],
)
def test_the_object_meant_is_read(reply: str) -> None:
    assert json_object(spoken(reply)) == {"facts": ["a"]}


def test_an_object_of_more_keys_is_no_draft_of_a_smaller_one_behind_it() -> None:
    assert json_object('{"facts": ["a"], "traits": []} {"note": "done"}') == {"facts": ["a"], "traits": []}


def test_a_line_break_in_a_string_stays_there() -> None:
    assert json_object('{"summary": "one\ntwo"}') == {"summary": "one\ntwo"}


@pytest.mark.parametrize("reply", ["no {braces} here", '{"facts": ["a"', "[1, 2]", "{}"])
def test_what_is_no_whole_object_is_refused(reply: str) -> None:
    with pytest.raises(ModelReplyError, match="no whole JSON object"):
        json_object(reply)


def test_the_end_of_a_cut_object_is_not_made_up() -> None:
    cut = '{"facts": [{"fact": "a", "pages": [1]}, {"fact": "b'

    with pytest.raises(ModelReplyError, match="no whole JSON object"):
        json_object(cut, repair=False)
