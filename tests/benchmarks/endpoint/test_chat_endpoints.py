"""Endpoints of this machine, asked by a plain HTTP client."""

from __future__ import annotations

import json
import socket
from urllib.request import Request, urlopen

from benchmarks.endpoint.chat_endpoints import AnsweringEndpoint, Call, HangingEndpoint

LONGEST_SECONDS = 30.0


def test_an_answer_tells_the_tokens_that_the_endpoint_counts() -> None:
    body = {
        "messages": [{"role": "system", "content": "Be short."}, {"role": "user", "content": "What is it about?"}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "analysis", "schema": {}}},
    }
    with AnsweringEndpoint(lambda question: {"told": [question.wanted, question.text]}) as endpoint:
        request = Request(
            f"{endpoint.base_url}/chat/completions",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urlopen(request, timeout=LONGEST_SECONDS) as reply:
            completion = json.load(reply)
    content = completion["choices"][0]["message"]["content"]
    assert json.loads(content) == {"told": ["analysis", "What is it about?"]}
    assert completion["usage"] == {"prompt_tokens": 7, "completion_tokens": 11}
    assert endpoint.calls == (Call("analysis", prompt_tokens=7, completion_tokens=11),)


def test_a_request_hangs_until_its_client_goes() -> None:
    with HangingEndpoint() as endpoint:
        assert not endpoint.is_awaited()
        host, port = endpoint.base_url.removeprefix("http://").removesuffix("/v1").split(":")
        with socket.create_connection((host, int(port)), LONGEST_SECONDS) as client:
            client.sendall(b"POST /v1/chat/completions HTTP/1.1\r\n\r\n")
            endpoint.wait_for_request(LONGEST_SECONDS)
            assert endpoint.is_awaited()
            client.shutdown(socket.SHUT_WR)
            assert _is_given_up(endpoint)


def _is_given_up(endpoint: HangingEndpoint) -> bool:
    """Whether the end of the connection arrives: it does so without anybody telling when."""
    return any(not endpoint.is_awaited() for _ in range(1_000_000))
