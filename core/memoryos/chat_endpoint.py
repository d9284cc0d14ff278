"""One request to an OpenAI-compatible endpoint: what it answered, or why not, as named errors without its words.

What an endpoint writes into an error may repeat the key or the dialogue; it is read here and goes no further.
"""

from __future__ import annotations

import json
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

import openai

from memoryos.errors import ModelReplyError, ModelUnavailableError

if TYPE_CHECKING:
    from memoryos.config import ModelEndpoint

_NO_KEY: Final = "none"
"""Sent where no key is set: the client would otherwise look for one in the environment, meant for somebody else."""

_CONNECT_SECONDS: Final = 10.0
_ANSWER_RETRIES: Final = 2
_LONGEST_RETRY_AFTER_SECONDS: Final = 86_400.0
_MOST_TOKENS: Final = 10**9
"""An endpoint that counts more in one request is not believed."""

_ABOUT_THE_REQUEST: Final = frozenset((400, 413, 415, 422, 500, 501))
"""Statuses by which an endpoint may mean this request and not itself."""

_REASONS: Final[Mapping[int, str]] = {
    401: "it refuses the key; check openai_api_key",
    402: "it wants to be paid",
    403: "it refuses the key; check openai_api_key",
    404: "there is no such model or address; check llm_model and openai_base_url",
    429: "too many requests, or a quota is used up",
}


class Refusal(Exception):
    """The endpoint refused a request, maybe for how it was put; `said` is for matching only, never to be shown."""

    def __init__(self, status: int, said: str, outage: ModelUnavailableError) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.said = said
        self.outage = outage


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model wrote; `cut` where it had no room to go on. Tokens are None where the endpoint counts none."""

    text: str
    cut: bool
    prompt_tokens: int | None
    completion_tokens: int | None


class ChatEndpoint:
    """Sends requests; safe to use from several threads.

    `timeout_seconds` bounds each wait for something to arrive, and each response as a whole: one whose body comes byte
    by byte is given up at the first byte after that time. `monotonic` tells the seconds.
    """

    def __init__(
        self, endpoint: ModelEndpoint, timeout_seconds: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._model = endpoint.model
        self._source = f"model endpoint {endpoint.address}, model {endpoint.model}"
        base_url, headers, query = _taken_apart(endpoint.base_url)
        self._client = openai.OpenAI(
            base_url=base_url,
            api_key=endpoint.api_key or _NO_KEY,
            default_headers=headers,
            default_query=query,
            timeout=openai.Timeout(timeout_seconds, connect=min(_CONNECT_SECONDS, timeout_seconds)),
            max_retries=0,
            http_client=_PunctualClient(timeout_seconds, monotonic),
        )

    def complete(
        self, messages: list[dict[str, str]], parameters: Mapping[str, object], *, somebody_waits: bool
    ) -> Reply:
        """The model's reply. Raises `ModelUnavailableError`, `ModelReplyError` and `Refusal`.

        The client itself tries again only where somebody waits. Background work comes back by its own clock: it then
        holds no thread meanwhile, and a slow endpoint does not get the same request while it works on the last.
        """
        client = self._client.with_options(max_retries=_ANSWER_RETRIES) if somebody_waits else self._client
        body = {"model": self._model, "messages": messages, **parameters}
        try:
            answer: object = client.post("/chat/completions", body=body, cast_to=object)
        except openai.APIStatusError as error:
            raise self._refused(error) from None
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
        """Some gateways wrap an upstream's error in a sound response."""
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


class _PunctualClient(openai.DefaultHttpxClient):
    """Gives up a response whose body is not there in time; the time-outs of its base are for each piece of it anew.

    Some gateways send blanks while a model works or hangs, and would hold the thread that waits for as long as they do.
    """

    def __init__(self, seconds: float, monotonic: Callable[[], float]) -> None:
        super().__init__()
        self._seconds = seconds
        self._monotonic = monotonic

    def send(self, request: Any, **options: Any) -> Any:
        """The response with its body, as `httpx.Client.send` gives it where it is not to stream."""
        deadline = self._monotonic() + self._seconds
        body = bytearray()
        with closing(super().send(request, **{**options, "stream": True})) as response:
            for piece in response.iter_raw():
                body += piece
                if self._monotonic() > deadline:
                    raise openai.APITimeoutError(request=request)
        return type(response)(response.status_code, headers=response.headers, content=bytes(body), request=request)

    def __del__(self) -> None:
        """Let go of the connections of one that nobody closed, as the client does whose place it takes."""
        if not self.is_closed:
            self.close()


def _taken_apart(base_url: str) -> tuple[str, dict[str, str], dict[str, object]]:
    """The address alone, which the HTTP client logs; its user information as a header, its query as parameters."""
    parts = urlsplit(base_url)
    user, _, host = parts.netloc.rpartition("@")
    basic = b64encode(unquote(user).encode()).decode()
    headers = {"Authorization": f"Basic {basic}"} if user else {}
    return urlunsplit((parts.scheme, host, parts.path, "", "")), headers, dict(parse_qsl(parts.query))


def _reason(status: int) -> str:
    return _REASONS.get(status, "it is out of order" if status >= 500 else "it refuses the request")


def _parsed(answer: object) -> object:
    """The answer; one that is not declared as JSON comes as text, whatever it is."""
    if not isinstance(answer, str):
        return answer
    try:
        return json.loads(answer)
    except (ValueError, RecursionError):
        return None


def _text(content: object) -> str:
    """The content as text: some endpoints send it in parts, and none at all where the model did not get to it."""
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        content = "".join(part for part in parts if isinstance(part, str))
    # Half an emoji, which JSON can hold and UTF-8 cannot, becomes a question mark.
    return content.encode(errors="replace").decode() if isinstance(content, str) else ""


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_TOKENS else None


def _retry_after_seconds(header: str | None, now: datetime) -> float:
    """How long the endpoint asks to wait, a number of seconds or a date; 0 where it does not say, or nonsense."""
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
