"""One endpoint of any provider: what it is asked, what it may answer, what becomes of its failures."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from bad_outputs import BadOutput, bad_outputs
from chat_model import KEY, open_chat_model
from engine import Clock
from faults import OUTAGES
from reading_model import ReadingModel
from scripted_llm import (
    NO_CHOICES,
    Request,
    Response,
    ScriptedLLM,
    fails,
    says,
    says_json,
    sends,
)

from memoryos.config.settings import ModelEndpoint
from memoryos.errors import (
    ModelBudgetError,
    ModelError,
    ModelLengthError,
    ModelReplyError,
    ModelUnavailableError,
    StoreError,
)
from memoryos.llm.endpoint import ChatEndpoint
from memoryos.llm.model import ChatModel, JsonSchema, Message
from memoryos.status import ModelState, Use
from memoryos.storage.sqlite.usage import UsageStore

NOW = datetime(2026, 3, 1, 23, 0, tzinfo=timezone.utc)
SHAPE = {
    "type": "object",
    "properties": {"mood": {"type": "string", "maxLength": 20}},
    "required": ["mood"],
    "additionalProperties": False,
}
BARE_SHAPE = {**SHAPE, "properties": {"mood": {"type": "string"}}}
QUESTION = (Message("system", "You tell the mood of a text as JSON."), Message("user", "What a lovely day!"))
GOOD = says_json({"mood": "glad"})

OpenModel = Callable[..., ChatModel]


def mood(value: dict[str, object]) -> str:
    if not isinstance(value.get("mood"), str):
        raise ModelReplyError("mood: a text is required")
    return str(value["mood"])


@pytest.fixture
def server() -> Iterator[ScriptedLLM]:
    with ScriptedLLM() as scripted:
        yield scripted


@pytest.fixture
def open_model(server: ScriptedLLM, tmp_path: Path) -> Iterator[OpenModel]:
    """A function that opens a model at the server, all of them counting in one file."""
    opened: list[ChatModel] = []

    def open_one(clock: Clock | None = None, **settings: Any) -> ChatModel:
        opened.append(open_chat_model(server, tmp_path, clock or Clock(NOW), **settings))
        return opened[-1]

    yield open_one
    for model in opened:
        model.close()


@pytest.fixture
def model(open_model: OpenModel) -> ChatModel:
    return open_model()


def ask(model: ChatModel) -> str:
    return model.structured(QUESTION, JsonSchema("mood", SHAPE), mood, max_tokens=50)


def failure(model: ChatModel) -> ModelError:
    with pytest.raises(ModelError) as raised:
        ask(model)
    return raised.value


def outputs(server: ScriptedLLM) -> list[str]:
    """The outputs asked for so far, "bare" where a schema had no bounds."""

    def output(request: Request) -> str:
        shape = request.body.get("response_format", {}).get("json_schema", {}).get("schema")
        return "bare" if shape == BARE_SHAPE else request.output

    return [output(request) for request in server.requests]


# What is asked


def test_a_request_holds_the_question_a_bound_and_the_shape_of_the_answer(
    server: ScriptedLLM, model: ChatModel
) -> None:
    server.reply(GOOD)

    assert ask(model) == "glad"
    (request,) = server.requests
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body == {
        "model": "tiny",
        "messages": [
            {"role": "system", "content": "You tell the mood of a text as JSON."},
            {"role": "user", "content": "What a lovely day!"},
        ],
        "max_tokens": 50,
        "temperature": 0,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "mood", "strict": True, "schema": SHAPE},
        },
    }


def test_an_address_keeps_its_user_and_its_query_out_of_the_logged_url(
    server: ScriptedLLM, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    server.reply(GOOD)
    address = f"{server.base_url.replace('://', '://ann:pass%20word@')}?api-version=7"
    clock = Clock(NOW)
    model = ChatModel(
        ModelEndpoint(address, "", "tiny"),
        timeout_seconds=5,
        concurrency=1,
        daily_token_budget=0,
        usage=UsageStore(tmp_path / "server.db", clock),
        clock=clock,
    )

    assert ask(model) == "glad"
    assert server.requests[0].path == "/v1/chat/completions?api-version=7"
    assert server.requests[0].headers["authorization"] == "Basic YW5uOnBhc3Mgd29yZA=="
    assert "word" not in caplog.text
    assert "word" not in model.state().address
    model.close()


@pytest.mark.parametrize(
    ("refusals", "asked"),
    [
        pytest.param((), ["json_schema"], id="llama.cpp, vLLM"),
        pytest.param(
            (fails(400, "Invalid schema for response_format 'mood': 'maxLength' is not permitted."),),
            ["json_schema", "bare"],
            id="OpenAI",
        ),
        pytest.param(
            (fails(400, "This response_format type is unavailable now"),) * 2,
            ["json_schema", "bare", "json_object"],
            id="DeepSeek",
        ),
        pytest.param(
            (fails(500, "[{'type': 'literal_error'}]"),) * 2,
            ["json_schema", "bare", "json_object"],
            id="llama-cpp-python",
        ),
        pytest.param(
            (fails(422, "extra fields not permitted"),) * 3,
            ["json_schema", "bare", "json_object", "text"],
            id="plain text only",
        ),
    ],
)
def test_the_strictest_output_an_endpoint_has_is_found_once_and_remembered(
    server: ScriptedLLM, model: ChatModel, refusals: tuple[Response, ...], asked: list[str]
) -> None:
    for refusal in refusals:
        server.reply(refusal)
    server.reply(GOOD, times=2)

    assert (ask(model), ask(model)) == ("glad", "glad")
    assert outputs(server) == [*asked, asked[-1]]


def test_an_output_that_worked_is_not_given_up_for_an_error_of_the_endpoint(
    server: ScriptedLLM, model: ChatModel
) -> None:
    for answer in (GOOD, fails(500), GOOD):
        server.reply(answer)

    assert ask(model) == "glad"
    assert isinstance(failure(model), ModelUnavailableError)
    assert ask(model) == "glad"
    assert outputs(server) == ["json_schema"] * 3


@pytest.mark.parametrize(
    ("refusal", "parameters"),
    [
        (
            "Unsupported parameter: 'max_tokens' is not supported here. Use 'max_completion_tokens' instead.",
            {"max_completion_tokens": 50, "temperature": 0},
        ),
        ("Unsupported value: 'temperature' does not support 0 with this model.", {"max_tokens": 50}),
    ],
)
def test_a_parameter_that_a_model_does_not_know_is_learned_once(
    server: ScriptedLLM, model: ChatModel, refusal: str, parameters: dict[str, int]
) -> None:
    server.reply(fails(400, refusal))
    server.reply(GOOD, times=2)

    assert (ask(model), ask(model)) == ("glad", "glad")
    kept = [
        {
            key: request.body[key]
            for key in ("max_tokens", "max_completion_tokens", "temperature")
            if key in request.body
        }
        for request in server.requests
    ]
    assert kept == [{"max_tokens": 50, "temperature": 0}, parameters, parameters]
    assert outputs(server) == ["json_schema"] * 3


# What it may answer


@pytest.mark.parametrize(
    "content",
    [
        '```json\n{"mood": "glad"}\n```',
        'Sure! Here it is: {"mood": "glad"} Anything else?',
        '<think>{"mood": "sad"}? No.</think>{"mood": "glad"}',
        '{"mood": "sad"}? No.</think>\n{"mood": "glad"}',
        '<Thinking>hm</Thinking>{"mood": "glad"}<think>and now',
        '{"about": "all up to </think> goes", "mood": "glad"}',
        '{} {"mood": "glad"}',
        '[{"mood": "glad"}]',
        [{"type": "text", "text": '{"mood": '}, {"type": "text", "text": '"glad"}'}],
    ],
)
def test_json_is_found_whatever_stands_around_it(server: ScriptedLLM, model: ChatModel, content: object) -> None:
    server.reply(says(content))

    assert ask(model) == "glad"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "the answer is empty"),
        ("", "the answer is empty"),
        ("<think>I wonder", "the answer is empty"),
        ("glad", "the answer holds no whole JSON object with anything in it"),
        ('{"mood": "gl', "the answer holds no whole JSON object with anything in it"),
        ("{ \t \t }", "the answer holds no whole JSON object with anything in it"),
        ('{"mood": NaN}', "the answer holds no whole JSON object with anything in it"),
        ('{"a":' * 100_000, "the answer repeats itself"),
        ('{"mood": 7}', "mood: a text is required"),
        ('{"mood": "glad<|im_end|>"}', "the answer holds control tokens of a chat template"),
        ("You tell the mood of a text as JSON. Glad", "the answer holds no whole JSON object with anything in it"),
        ("glad " * 10_000, "the answer repeats itself"),
        ('{"mood": "' + " \n" * 300 + '"}', "the answer repeats itself"),
    ],
)
def test_an_unusable_answer_is_repaired_once_with_what_was_wrong_with_it(
    server: ScriptedLLM, model: ChatModel, content: str | None, problem: str
) -> None:
    server.reply(says(content))
    server.reply(GOOD)

    assert ask(model) == "glad"
    (_, second) = server.requests
    assert [role for role, _ in second.messages] == ["system", "user", "assistant", "user"]
    assert second.messages[3][1] == (
        f"That cannot be used: {problem}. Answer again, with the whole JSON object and nothing else."
    )
    assert len(second.messages[2][1]) <= 2_000


def test_the_second_unusable_answer_is_a_named_failure_with_the_first_as_its_cause(
    server: ScriptedLLM, model: ChatModel
) -> None:
    server.reply(says(""))
    server.reply(says('{"mood": 7}'))

    error = failure(model)

    assert (type(error), str(error)) == (ModelReplyError, "mood: a text is required")
    assert (type(error.__cause__), str(error.__cause__)) == (ModelReplyError, "the answer is empty")
    assert len(server.requests) == 2


@pytest.mark.parametrize("bad", bad_outputs(), ids=lambda bad: bad.kind)
def test_no_real_bad_answer_passes(server: ScriptedLLM, model: ChatModel, bad: BadOutput) -> None:
    server.reply(says(bad.text, finish_reason=bad.finish_reason), times=2)

    assert isinstance(failure(model), ModelReplyError)


def test_an_answer_that_repeats_its_instructions_is_refused(server: ScriptedLLM, model: ChatModel) -> None:
    told = Message("system", "Answer with one JSON object that holds the mood.")
    server.reply(says('Answer with one JSON object that holds the mood. {"mood": "glad"}'), times=2)

    with pytest.raises(ModelReplyError, match="repeats its instructions"):
        model.structured((told, *QUESTION), JsonSchema("mood", SHAPE), mood, max_tokens=50)


def test_a_cut_answer_gets_one_more_try_with_more_room(server: ScriptedLLM, model: ChatModel) -> None:
    server.reply(says('{"mood": "gl', finish_reason="length"))
    server.reply(GOOD)

    assert ask(model) == "glad"
    assert [request.body["max_tokens"] for request in server.requests] == [50, 200]
    assert server.requests[1].messages == server.requests[0].messages


def test_an_answer_cut_twice_is_too_long(server: ScriptedLLM, model: ChatModel) -> None:
    server.reply(says('{"mood": "gl', finish_reason="length"), times=2)

    error = failure(model)

    assert (type(error), str(error)) == (ModelLengthError, "the answer was cut at 200 tokens")


def test_a_whole_object_in_a_cut_answer_is_used(server: ScriptedLLM, model: ChatModel) -> None:
    server.reply(says('{"mood": "glad"} And now for', finish_reason="length"))

    assert ask(model) == "glad"


# Outages


@pytest.mark.parametrize("name", [name for name in OUTAGES if name != "hang"])
def test_an_outage_is_named_and_says_nothing_of_what_was_sent_or_came(
    server: ScriptedLLM, model: ChatModel, name: str
) -> None:
    server.reply(lambda request: OUTAGES[name](request, ReadingModel()), times=None)

    error = failure(model)

    assert type(error) is ModelUnavailableError
    assert str(error).startswith(f"model endpoint {server.base_url}, model tiny: ")
    for secret in (KEY, "lovely", "zzpoisonzz"):
        assert secret not in str(error)


def test_a_refused_connection_is_an_outage_that_passes(server: ScriptedLLM, model: ChatModel) -> None:
    server.refuse()
    assert isinstance(failure(model), ModelUnavailableError)

    server.listen()
    server.reply(GOOD)
    assert ask(model) == "glad"


def test_an_endpoint_that_hangs_is_given_up_after_the_timeout(server: ScriptedLLM, open_model: OpenModel) -> None:
    server.reply(Response(delivery="hang"))

    error = failure(open_model(timeout_seconds=0.2))

    assert str(error) == f"model endpoint {server.base_url}, model tiny: no answer in time"


@pytest.mark.parametrize("status", [200, 400, 503])
@pytest.mark.parametrize("somebody_waits", [False, True])
def test_an_endpoint_that_sends_a_byte_now_and_then_is_given_up_after_the_timeout(
    server: ScriptedLLM, status: int, somebody_waits: bool
) -> None:
    """Blanks that some gateways send to keep a connection alive held the model's thread for ever."""
    server.reply(Response(status, delivery="drip"))
    seconds = itertools.count()
    endpoint = ChatEndpoint(ModelEndpoint(server.base_url, KEY, "tiny"), 5.0, lambda: float(next(seconds)))

    with pytest.raises(ModelUnavailableError, match="no answer in time"):
        endpoint.complete([{"role": "user", "content": "Hello"}], {}, somebody_waits=somebody_waits)

    assert next(seconds) == 7
    endpoint.close()


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("90", 90.0), ("0.5", 0.5), ("-3", 0.0), ("soon", 0.0), ("nan", 0.0), ("1e9", 86_400.0), (None, 0.0)],
)
def test_the_wait_that_an_endpoint_asks_for_is_passed_on(
    server: ScriptedLLM, model: ChatModel, header: str | None, seconds: float
) -> None:
    server.reply(fails(429, retry_after=header))

    error = failure(model)

    assert isinstance(error, ModelUnavailableError)
    assert error.retry_after_seconds == seconds


def test_a_wait_given_as_a_date_is_passed_on(server: ScriptedLLM, model: ChatModel) -> None:
    server.reply(fails(429, retry_after="Fri, 31 Dec 2100 23:59:59 GMT"))

    error = failure(model)

    assert isinstance(error, ModelUnavailableError)
    assert error.retry_after_seconds == 86_400.0


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (fails(401), "HTTP 401: it refuses the key; check openai_api_key"),
        (fails(404), "HTTP 404: there is no such model or address; check llm_model and openai_base_url"),
        (fails(429), "HTTP 429: too many requests, or a quota is used up"),
        (fails(503), "HTTP 503: it is out of order"),
        (sends({"detail": "not found"}), "the answer is not that of a chat endpoint; check openai_base_url"),
        (sends([1, 2]), "the answer is not that of a chat endpoint; check openai_base_url"),
        (sends({"error": "overloaded"}), "an error in the place of an answer"),
        (Response(body=b"<html>Log in</html>"), "the answer is not JSON; check openai_base_url"),
        (
            Response(body=b"<html>Log in</html>", headers={"Content-Type": "text/html"}),
            "the answer is not that of a chat endpoint; check openai_base_url",
        ),
    ],
)
def test_the_message_of_an_outage_says_what_to_look_at(
    server: ScriptedLLM, model: ChatModel, answer: Response, message: str
) -> None:
    server.reply(answer)

    assert str(failure(model)) == f"model endpoint {server.base_url}, model tiny: {message}"


@pytest.mark.parametrize(
    "answer",
    [
        NO_CHOICES,
        sends({"choices": [{"index": 0, "finish_reason": "stop"}]}),
        sends({"choices": ["glad"]}),
        says('{"mood": "glad"}', finish_reason="content_filter"),
    ],
)
def test_a_completion_without_an_answer_is_a_failed_reply_and_no_outage(
    server: ScriptedLLM, model: ChatModel, answer: Response
) -> None:
    server.reply(answer)

    assert type(failure(model)) is ModelReplyError


# Refused requests


@pytest.mark.parametrize(
    "message",
    [
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
        "You passed 1015 input tokens and requested 10 output tokens. However, the model's context length is only 1024"
        " tokens, resulting in a maximum input length of 1014 tokens.",
        "the request exceeds the available context size, try increasing it",
        "exceed_context_size_error",
        "Requested tokens (9000) exceed context window of 8192",
        "input is too long for requested model",
        "input (513 tokens) is too large to process. increase the physical batch size (current batch size: 512)",
        "Range of input length should be [1, 30720]",
        "max_tokens is too large: 99999. This model supports at most 16384 completion tokens",
    ],
)
@pytest.mark.parametrize("status", [400, 500])
def test_a_request_over_the_context_is_too_long_whatever_words_say_so(
    server: ScriptedLLM, model: ChatModel, message: str, status: int
) -> None:
    server.reply(fails(status, message))

    assert str(failure(model)) == f"{server.base_url}: the request is too long for tiny"


def test_a_body_too_large_is_too_long(server: ScriptedLLM, model: ChatModel) -> None:
    server.reply(fails(413))

    assert type(failure(model)) is ModelLengthError


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("The response was filtered due to the prompt triggering content management policy", "content_filter"),
        ("Content Exists Risk", "invalid_request_error"),
        ("Input data may contain inappropriate content.", "data_inspection_failed"),
    ],
)
def test_a_request_that_a_filter_refuses_is_a_failed_reply(
    server: ScriptedLLM, model: ChatModel, message: str, code: str
) -> None:
    server.reply(fails(400, message, code=code))

    assert type(failure(model)) is ModelReplyError


@pytest.mark.parametrize(("probe", "kind"), [(says("yes"), ModelReplyError), (fails(400), ModelUnavailableError)])
def test_a_refusal_nobody_knows_is_about_the_request_if_the_endpoint_takes_another(
    server: ScriptedLLM, model: ChatModel, probe: Response, kind: type[ModelError]
) -> None:
    server.reply(probe, to="Say yes.")
    server.reply(fails(400, "no"), times=4)

    assert type(failure(model)) is kind
    assert outputs(server) == ["json_schema", "bare", "json_object", "text", "text"]


# Counts and budget


def test_calls_and_tokens_are_counted_by_the_day_for_all_processes(server: ScriptedLLM, open_model: OpenModel) -> None:
    clock = Clock(NOW)
    one, other = open_model(clock=clock), open_model(clock=clock)
    server.reply(says('{"mood": "glad"}', prompt_tokens=70, completion_tokens=5))
    server.reply(fails(503))
    server.reply(says("Hello", prompt_tokens=30, completion_tokens=2))

    ask(one)
    failure(other)
    other.answer(QUESTION, max_tokens=50)

    assert one.state().today == other.state().today == Use(calls=3, prompt_tokens=100, completion_tokens=7)
    clock.advance(timedelta(hours=2).total_seconds())
    assert one.state().today == Use()


def test_tokens_are_estimated_where_the_endpoint_counts_none(server: ScriptedLLM, model: ChatModel) -> None:
    server.reply(says('{"mood": "glad"}', prompt_tokens=None))

    ask(model)

    asked = sum(len(message.content) for message in QUESTION)
    assert model.state().today == Use(calls=1, prompt_tokens=-(-asked // 4), completion_tokens=4)


def test_background_work_waits_for_midnight_once_the_budget_is_spent(
    server: ScriptedLLM, open_model: OpenModel
) -> None:
    clock = Clock(NOW)
    model = open_model(daily_token_budget=120, clock=clock)
    server.reply(GOOD, times=2)
    server.reply(says("Hello"), to="lovely")

    ask(model)
    error = failure(model)

    assert isinstance(error, ModelBudgetError)
    assert error.retry_after_seconds == 3_600.0
    assert model.state().state == (
        "failed: ModelBudgetError: today's 120 tokens (llm_daily_token_budget) are spent; "
        "background work goes on at midnight UTC"
    )
    clock.advance(3_600)
    assert ask(model) == "glad"
    assert len(server.requests) == 2
    assert model.answer(QUESTION, max_tokens=50) == "Hello"


def test_answers_are_given_whatever_the_budget(server: ScriptedLLM, open_model: OpenModel) -> None:
    model = open_model(daily_token_budget=1)
    server.reply(GOOD)
    server.reply(says("Hello"))

    ask(model)

    assert model.answer(QUESTION, max_tokens=50) == "Hello"


def test_only_so_many_background_requests_are_under_way(server: ScriptedLLM, open_model: OpenModel) -> None:
    model = open_model(concurrency=2)
    third = threading.Event()
    under_way: list[int] = []
    lock = threading.Lock()
    now = 0

    def slow(_: Request) -> Response:
        nonlocal now
        with lock:
            now += 1
            under_way.append(now)
            if now > 2:
                third.set()
        third.wait(0.1)
        with lock:
            now -= 1
        return GOOD

    server.reply(slow, times=None)
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda _: ask(model), range(6))) == ["glad"] * 6
    assert max(under_way) == 2


def test_the_state_tells_how_the_last_request_went(server: ScriptedLLM, model: ChatModel) -> None:
    address = server.base_url
    assert model.state() == ModelState(address, "tiny", "not used yet", Use(), 0)

    server.reply(fails(401))
    failure(model)
    assert model.state() == ModelState(
        address,
        "tiny",
        f"failed: ModelUnavailableError: model endpoint {address}, model tiny: "
        "HTTP 401: it refuses the key; check openai_api_key",
        Use(calls=1),
        0,
    )

    server.reply(GOOD)
    ask(model)
    assert model.state() == ModelState(address, "tiny", "ready", Use(2, 100, 20), 0)


def test_a_closed_model_asks_nothing(model: ChatModel) -> None:
    model.close()

    with pytest.raises(StoreError, match="the memory was closed"):
        ask(model)


# Answers in words


def test_an_answer_comes_without_the_model_s_thoughts(server: ScriptedLLM, model: ChatModel) -> None:
    server.reply(says("<think>What to say?</think>\n\nGood day to you!"))

    assert model.answer(QUESTION, max_tokens=70) == "Good day to you!"
    assert outputs(server) == ["text"]


@pytest.mark.parametrize("text", ["Remove the <think> tag from the output.", "Its end is </think> in most models."])
def test_an_answer_about_thoughts_is_no_thought(server: ScriptedLLM, model: ChatModel, text: str) -> None:
    server.reply(says(text))

    assert model.answer(QUESTION, max_tokens=70) == text


def test_half_an_emoji_in_an_answer_and_absurd_counts_do_no_harm(server: ScriptedLLM, model: ChatModel) -> None:
    sound = says("Well HALF then", prompt_tokens=10**30)
    server.reply(replace(sound, body=sound.body.replace(b"HALF", b"\\ud83d")))

    assert model.answer(QUESTION, max_tokens=70) == "Well ? then"


def test_an_answer_that_thoughts_left_no_room_for_gets_more(server: ScriptedLLM, model: ChatModel) -> None:
    server.reply(says("<think>What to say? Maybe", finish_reason="length"))
    server.reply(says("Good day!"))

    assert model.answer(QUESTION, max_tokens=70) == "Good day!"
    assert [request.body["max_tokens"] for request in server.requests] == [70, 280]


def test_a_busy_endpoint_is_asked_again_where_somebody_waits(server: ScriptedLLM, model: ChatModel) -> None:
    server.reply(fails(503, retry_after="0.01"))
    server.reply(fails(429, retry_after="0.01"))
    server.reply(says("Good day!"))

    assert model.answer(QUESTION, max_tokens=70) == "Good day!"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "Error: 429 rate limit exceeded",
        '{"error": {"message": "overloaded"}}',
        "openai.AuthenticationError: no",
        "503 Service Unavailable",
        "<|im_end|>\n<|im_start|>",
        "You tell the mood of a text as JSON. Answer it as such.",
    ],
)
def test_what_is_no_answer_is_a_named_failure(server: ScriptedLLM, model: ChatModel, content: str) -> None:
    instructions = Message("system", "You tell the mood of a text as JSON. Answer it as such.")
    server.reply(says(content))

    with pytest.raises(ModelReplyError):
        model.answer((instructions, *QUESTION), max_tokens=70)


def test_a_loop_that_was_cut_is_no_answer(server: ScriptedLLM, model: ChatModel) -> None:
    server.reply(says("and so on " * 200, finish_reason="length"))

    with pytest.raises(ModelReplyError, match="repeats itself"):
        model.answer(QUESTION, max_tokens=70)


@pytest.mark.parametrize(
    "content",
    ["Errors happen to all of us.", "404 steps lead up the tower.", "Exceptions prove the rule.", "ha " * 300],
)
def test_talk_that_only_looks_like_a_failure_is_an_answer(server: ScriptedLLM, model: ChatModel, content: str) -> None:
    server.reply(says(content))

    assert model.answer(QUESTION, max_tokens=70) == content.strip()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_host_gets_no_dialogue_and_is_named(
    server: ScriptedLLM, model: ChatModel, status: int
) -> None:
    """A 307 of the configured endpoint sent the whole prompt to whomever it named."""
    with ScriptedLLM() as other:
        other.reply(GOOD)
        elsewhere = other.base_url.replace("/v1", "/v1/chat/completions?key=k")
        server.reply(Response(status, headers={"Location": elsewhere}), times=None)

        error = failure(model)

        assert other.requests == []
        origin = other.base_url.removesuffix("/v1")
        assert f"it redirects to another host, {origin}, which was not asked" in str(error)
    assert isinstance(error, ModelUnavailableError)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_within_an_endpoint_is_followed_with_the_whole_question(
    server: ScriptedLLM, model: ChatModel, status: int
) -> None:
    server.reply(Response(status, headers={"Location": "/v2/chat/completions"}))
    server.reply(GOOD)

    assert ask(model) == "glad"
    first, second = server.requests
    assert (second.path, second.body) == ("/v2/chat/completions", first.body)
    keys = [
        {name.lower(): value for name, value in asked.headers.items()}["authorization"] for asked in (first, second)
    ]
    assert keys == [f"Bearer {KEY}"] * 2


def test_an_endpoint_that_redirects_on_and_on_is_given_up(server: ScriptedLLM, model: ChatModel) -> None:
    server.reply(Response(307, headers={"Location": "/v1/chat/completions"}), times=None)

    assert "it redirects on and on" in str(failure(model))
