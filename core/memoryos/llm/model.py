"""The language model: an endpoint of any provider or a program, asked for JSON or an answer, within a day's budget."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final, Literal, TypeVar

from memoryos.config.settings import ModelProgram
from memoryos.errors import (
    ModelBudgetError,
    ModelError,
    ModelLengthError,
    ModelReplyError,
    ModelUnavailableError,
    StoreError,
)
from memoryos.language.sizes import tokens
from memoryos.llm import reply_text
from memoryos.llm.chat import Refusal
from memoryos.llm.dialect import Dialect, JsonSchema, is_filtered, is_too_long
from memoryos.status import ModelState, Use

if TYPE_CHECKING:
    from memoryos.config.settings import ModelEndpoint
    from memoryos.llm.chat import Chat, Reply
    from memoryos.llm.reply_text import JsonObject
    from memoryos.storage.sqlite.usage import Purpose, UsageStore

__all__ = ["ChatModel", "JsonSchema", "Message", "open_chat"]

T = TypeVar("T")

_MORE_ROOM: Final = 4
"""After an answer that was cut, 4 times the tokens are allowed: a reasoning model spends most of them on thoughts."""

_SHOWN_TO_REPAIR: Final = 2_000
_SLACK_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


def open_chat(endpoint: ModelEndpoint | ModelProgram, timeout_seconds: float) -> Chat:
    """What asks an endpoint or a program; the caller closes it. An answer that takes longer is given up."""
    if isinstance(endpoint, ModelProgram):
        from memoryos.llm.command import CommandChat  # here, as below: a start must not wait for what is not used

        return CommandChat(endpoint, timeout_seconds)
    from memoryos.llm.endpoint import ChatEndpoint  # here: it brings openai

    return ChatEndpoint(endpoint, timeout_seconds)


class ChatModel:
    """The model behind an endpoint or a program; thread-safe, with at most `concurrency` background requests at a time.

    Every method that asks may raise `ModelUnavailableError`, `ModelReplyError` and, for the counts, `StoreError`.
    """

    def __init__(
        self,
        endpoint: ModelEndpoint | ModelProgram,
        *,
        timeout_seconds: float,
        concurrency: int,
        daily_token_budget: int,
        usage: UsageStore,
        clock: Callable[[], datetime],
    ) -> None:
        self._endpoint = endpoint
        self._timeout_seconds = timeout_seconds
        self._daily_token_budget = daily_token_budget
        self._usage = usage
        self._clock = clock
        self._slots = threading.BoundedSemaphore(concurrency)  # one for each background request under way
        self._lock = threading.Lock()  # guards the four below
        self._chat: Chat | None = None
        self._dialect = Dialect(output="text") if isinstance(endpoint, ModelProgram) else Dialect()
        self._state = "not used yet"
        self._closed = False

    @property
    def longest_seconds(self) -> float:
        """The longest that a call of `structured` can take, in seconds: its requests, each up to the time-out."""
        return 2 * self._timeout_seconds + _SLACK_SECONDS

    def state(self) -> ModelState:
        """Where the model is, how the last request went, what was used today."""
        with self._lock:
            state = self._state
        try:
            today = self._usage.today("background", "answer")
        except StoreError as error:
            today, state = Use(), f"failed: {type(error).__name__}: {error}"
        return ModelState(self._endpoint.address, self._model_name, state, today, self._daily_token_budget)

    def structured(
        self, messages: Sequence[Message], schema: JsonSchema, read: Callable[[JsonObject], T], *, max_tokens: int
    ) -> T:
        """What `read` makes of the model's JSON object; for background work.

        `read` raises `ModelReplyError` where it cannot use the object. The model is then told that message (which must
        hold no secret) and asked once more; a second failure has the first as its cause. After an answer that was cut
        the model is asked once more with more tokens; a second cut raises `ModelLengthError`. Raises `ModelBudgetError`
        where today's tokens are spent.
        """
        first = self._ask(messages, max_tokens, schema, "background")
        try:
            return read(_sound_object(first, messages))
        except ModelReplyError as error:
            problem = error
        if first.cut and not reply_text.is_loop(first.text):
            second = self._ask(messages, max_tokens * _MORE_ROOM, schema, "background")
        else:
            second = self._ask([*messages, *_repair(first.text, str(problem))], max_tokens, schema, "background")
        try:
            return read(_sound_object(second, messages))
        except ModelReplyError as error:
            if second.cut and not reply_text.is_loop(second.text):
                raise ModelLengthError(f"the answer was cut at {max_tokens * _MORE_ROOM} tokens") from error
            raise error from problem

    def answer(self, messages: Sequence[Message], *, max_tokens: int) -> str:
        """The model's answer in words. Somebody waits for it, so the budget does not stop it."""
        reply = self._ask(messages, max_tokens, None, "answer")
        if reply.cut and not reply_text.spoken(reply.text):
            reply = self._ask(messages, max_tokens * _MORE_ROOM, None, "answer")
        return _sound_words(reply, messages)

    def close(self) -> None:
        """Close the endpoint and the counts for good; a request under way raises `ModelUnavailableError`."""
        with self._lock:
            chat, self._chat, self._closed = self._chat, None, True
        if chat is not None:
            chat.close()
        self._usage.close()

    def _ask(self, messages: Sequence[Message], max_tokens: int, schema: JsonSchema | None, purpose: Purpose) -> Reply:
        with self._lock:
            dialect = self._dialect
        try:
            if purpose == "answer":
                reply = self._negotiated(messages, max_tokens, schema, purpose, dialect)
            else:
                self._check_budget()
                with self._slots:
                    reply = self._negotiated(messages, max_tokens, schema, purpose, dialect)
        except ModelError as error:
            self._note(f"failed: {type(error).__name__}: {error}")
            raise
        self._note("ready")
        return reply

    def _negotiated(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        schema: JsonSchema | None,
        purpose: Purpose,
        dialect: Dialect,
    ) -> Reply:
        """The reply in this dialect or, where the endpoint refuses it, the next; the accepted one is remembered."""
        try:
            reply = self._request(messages, dialect.parameters(max_tokens, schema), purpose)
        except Refusal as refusal:
            other = dialect.after_refusal(refusal.status, refusal.said, structured=schema is not None)
            if other is None:
                raise self._meaning(refusal, purpose) from None
            return self._negotiated(messages, max_tokens, schema, purpose, other)
        with self._lock:
            self._dialect = dialect.proven_by(schema)
        return reply

    def _meaning(self, refusal: Refusal, purpose: Purpose) -> ModelError:
        """The error for a refusal in every dialect: it is about this request, or about the endpoint."""
        if is_too_long(refusal.status, refusal.said):
            return ModelLengthError(f"{self._endpoint.address}: the request is too long for {self._model_name}")
        if is_filtered(refusal.said):
            return ModelReplyError(f"{self._endpoint.address}: the provider's filter refuses what the pages talk about")
        if refusal.status >= 500 or not self._takes_any_request(purpose):
            return refusal.outage
        return ModelReplyError(f"{self._endpoint.address}: {refusal} for this request, and for no other")

    def _takes_any_request(self, purpose: Purpose) -> bool:
        """Whether the endpoint answers a trivial request: a wrong setting and a bad request get the same status."""
        with self._lock:
            parameters = self._dialect.parameters(16, None)
        try:
            self._request([Message("user", "Say yes.")], parameters, purpose)
        except (Refusal, ModelUnavailableError):
            return False
        return True

    def _request(self, messages: Iterable[Message], parameters: dict[str, object], purpose: Purpose) -> Reply:
        sent = [{"role": message.role, "content": message.content} for message in messages]
        use = Use(calls=1)
        try:
            reply = self._chat_in_use().complete(sent, parameters, somebody_waits=purpose == "answer")
            use = Use(
                1,
                tokens(*(m["content"] for m in sent)) if reply.prompt_tokens is None else reply.prompt_tokens,
                tokens(reply.text) if reply.completion_tokens is None else reply.completion_tokens,
            )
        finally:
            self._usage.add(purpose, use)
        return reply

    def _chat_in_use(self) -> Chat:
        with self._lock:
            if self._closed:
                raise ModelUnavailableError(f"{self._endpoint.address}: the memory was closed; open it again to use it")
            if self._chat is None:
                self._chat = open_chat(self._endpoint, self._timeout_seconds)
            return self._chat

    def _check_budget(self) -> None:
        if not self._daily_token_budget:
            return
        used = self._usage.today("background").tokens
        if used >= self._daily_token_budget:
            now = self._clock().astimezone(timezone.utc)
            tomorrow = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
            raise ModelBudgetError(
                f"today's {self._daily_token_budget} tokens (llm_daily_token_budget) are spent; "
                "background work goes on at midnight UTC",
                retry_after_seconds=(tomorrow - now).total_seconds(),
            )

    @property
    def _model_name(self) -> str:
        return self._endpoint.model or "its own choice"

    def _note(self, state: str) -> None:
        with self._lock:
            self._state = state


def _sound_object(reply: Reply, messages: Sequence[Message]) -> JsonObject:
    text = reply_text.spoken(reply.text)
    _check(text, messages)
    if reply_text.is_loop(text):
        raise ModelReplyError("the answer repeats itself")
    return reply_text.json_object(text, repair=not reply.cut)


def _sound_words(reply: Reply, messages: Sequence[Message]) -> str:
    text = reply_text.spoken(reply.text)
    _check(text, messages)
    if reply.cut and reply_text.is_loop(text):
        raise ModelReplyError("the answer repeats itself")
    if reply_text.is_error(text):
        raise ModelReplyError("the answer is an error message")
    return text


def _check(text: str, messages: Sequence[Message]) -> None:
    if not text:
        raise ModelReplyError("the answer is empty")
    if reply_text.has_template_tokens(text):
        raise ModelReplyError("the answer holds control tokens of a chat template")
    if reply_text.echoes(text, [message.content for message in messages if message.role == "system"]):
        raise ModelReplyError("the answer repeats its instructions")


def _repair(reply: str, problem: str) -> tuple[Message, Message]:
    shown = reply_text.spoken(reply)[:_SHOWN_TO_REPAIR] or "(nothing)"
    return (
        Message("assistant", shown),
        Message("user", f"That cannot be used: {problem}. Answer again, with the whole JSON object and nothing else."),
    )
