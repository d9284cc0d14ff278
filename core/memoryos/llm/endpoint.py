"""One request to an OpenAI-compatible endpoint: its reply, or a named error without the endpoint's words.

An endpoint's error text may repeat the key or the dialogue, so this module reads it and passes none of it on.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

import openai

from memoryos.errors import ModelReplyError, ModelUnavailableError, RedirectedError
from memoryos.llm.chat import Refusal, Reply
from memoryos.llm.client import open_client
from memoryos.retry import CLIENT_RETRIES

if TYPE_CHECKING:
    from memoryos.config.settings import ModelEndpoint

_LONGEST_RETRY_AFTER_SECONDS: Final = 86_400.0
_MOST_TOKENS: Final = 10**9
"""A count of tokens above this, for one request, is taken as wrong."""

_ABOUT_THE_REQUEST: Final = frozenset((400, 413, 415, 422, 500, 501))
"""Statuses that may be about this request and not about the endpoint."""

_REASONS: Final[Mapping[int, str]] = {
    401: "it refuses the key; check openai_api_key",
    402: "it wants to be paid",
    403: "it refuses the key; check openai_api_key",
    404: "there is no such model or address; check llm_model and openai_base_url",
    429: "too many requests, or a quota is used up",
}


class ChatEndpoint:
    """Sends requests; safe to use from several threads. What `timeout_seconds` bounds, `open_client` says."""

    def __init__(
        self, endpoint: ModelEndpoint, timeout_seconds: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._model = endpoint.model
        self._source = f"model endpoint {endpoint.address}, model {endpoint.model}"
        self._client = open_client(
            endpoint.base_url, endpoint.api_key, timeout_seconds, max_retries=0, monotonic=monotonic
        )

    def complete(
        self, messages: list[dict[str, str]], parameters: Mapping[str, object], *, somebody_waits: bool
    ) -> Reply:
        """The model's reply. Raises `ModelUnavailableError`, `ModelReplyError` and `Refusal`.

        The client repeats a request only where somebody waits for it. Background work is repeated later by the store's
        schedule, which holds no thread and sends a slow endpoint no second request while it works on the first.
        """
        client = self._client.with_options(max_retries=CLIENT_RETRIES) if somebody_waits else self._client
        body = {"model": self._model, "messages": messages, **parameters}
        try:
            answer: object = client.post("/chat/completions", body=body, cast_to=object)
        except openai.APIStatusError as error:
            raise self._refused(error) from None
        except RedirectedError as error:
            raise self._outage(str(error)) from None
        except openai.APITimeoutError:
            raise self._outage("no answer in time") from None
        except openai.APIConnectionError:
            raise self._outage("it cannot be reached, or broke off; check openai_base_url") from None
        except openai.OpenAIError as error:
            raise self._outage(type(error).__name__) from None
        except (ValueError, RecursionError):  # what the JSON parser raises
            raise self._outage("the answer is not JSON; check openai_base_url") from None
        return self._reply(answer)

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def _reply(self, answer: object) -> Reply:
        answer = _parsed(answer)
        if not isinstance(answer, dict) or not isinstance(answer.get("choices"), list):
            raise self._without_choices(answer)
        if not answer["choices"]:
            raise self._unusable("the answer has no choices")
        choice = answer["choices"][0]
        message = choice.get("message") if isinstance(choice, dict) else None
        if not isinstance(choice, dict) or not isinstance(message, dict):
            raise self._unusable("the answer has no message")
        if choice.get("finish_reason") == "content_filter":
            raise self._unusable("the provider's filter withheld the answer")
        usage = answer.get("usage")
        counts = usage if isinstance(usage, dict) else {}
        return Reply(
            _text(message.get("content")),
            choice.get("finish_reason") == "length",
            _count(counts.get("prompt_tokens")),
            _count(counts.get("completion_tokens")),
        )

    def _without_choices(self, answer: object) -> ModelUnavailableError:
        """The error for a response without choices: some gateways send an upstream's error with status 200."""
        problem = answer.get("error") if isinstance(answer, dict) else None
        code = problem.get("code") if isinstance(problem, dict) else None
        if isinstance(code, int):
            return self._outage(f"error {code} in the answer: {_reason(code)}")
        if problem is not None:
            return self._outage("an error in the place of an answer")
        return self._outage("the answer is not that of a chat endpoint; check openai_base_url")

    def _refused(self, error: openai.APIStatusError) -> Refusal | ModelUnavailableError:
        status = error.status_code
        outage = self._outage(
            f"HTTP {status}: {_reason(status)}",
            _retry_after_seconds(error.response.headers.get("retry-after"), datetime.now(timezone.utc)),
        )
        if status not in _ABOUT_THE_REQUEST:
            return outage
        return Refusal(status, f"{error.message} {error.body}".lower(), outage)

    def _outage(self, reason: str, retry_after_seconds: float = 0.0) -> ModelUnavailableError:
        return ModelUnavailableError(f"{self._source}: {reason}", retry_after_seconds=retry_after_seconds)

    def _unusable(self, reason: str) -> ModelReplyError:
        return ModelReplyError(f"{self._source}: {reason}")


def _reason(status: int) -> str:
    return _REASONS.get(status, "it is out of order" if status >= 500 else "it refuses the request")


def _parsed(answer: object) -> object:
    """The answer as an object; the client gives text where the endpoint did not declare JSON."""
    if not isinstance(answer, str):
        return answer
    try:
        return json.loads(answer)
    except (ValueError, RecursionError):
        return None


def _text(content: object) -> str:
    """The content as text, "" where there is none. Some endpoints send it in parts."""
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        content = "".join(part for part in parts if isinstance(part, str))
    # Half an emoji, which JSON can hold and UTF-8 cannot, becomes a question mark.
    return content.encode(errors="replace").decode() if isinstance(content, str) else ""


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_TOKENS else None


def _retry_after_seconds(header: str | None, now: datetime) -> float:
    """The seconds to wait by a Retry-After header, a number or a date; 0 where it is missing or makes no sense."""
    if header is None:
        return 0.0
    try:
        seconds = float(header)
    except ValueError:
        try:
            moment = parsedate_to_datetime(header)
        except ValueError:
            return 0.0
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=timezone.utc)
        seconds = (aware - now).total_seconds()
    return min(_LONGEST_RETRY_AFTER_SECONDS, seconds) if seconds > 0 else 0.0
