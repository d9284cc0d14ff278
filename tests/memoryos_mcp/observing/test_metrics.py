"""What `/metrics` tells, to whom, and that no client can write into it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timezone
from pathlib import Path

import pytest
from http_app import HttpApp, running
from prometheus_client.parser import text_string_to_metric_families

from memoryos import Config, ConfigError
from memoryos_mcp.auth.tokens import TokenStore
from memoryos_mcp.observing import names

SECRET = "my-secret-passport"
SETTINGS = {"auth": "tokens", "transport": "streamable-http", "metrics_readers": ["10.0.0.0/8", "2001:db8::7"]}

LABELS = ("method", "tool", "outcome", "status")

Start = Callable[..., HttpApp]


@pytest.fixture
def start(make_config: Callable[..., Config]) -> Iterator[Start]:
    """A function that starts a server with metrics; requests come from `client`."""
    with ExitStack() as started:

        def start_one(client: str = "10.1.2.3", **settings: object) -> HttpApp:
            return started.enter_context(running(make_config(**{**SETTINGS, **settings}), client=(client, 50_000)))

        yield start_one


@pytest.fixture
def token(tmp_path: Path) -> str:
    return TokenStore(tmp_path / "data", lambda: datetime.now(timezone.utc)).create(f"alice {SECRET}")[0]


def told(server: HttpApp) -> dict[tuple[str, ...], float]:
    """The product's own samples but those of times, by their name and the values of their labels."""
    text = server.request("GET", "/metrics").body.decode()
    return {
        (sample.name, *(sample.labels[key] for key in LABELS if key in sample.labels)): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith("memoryos_") and not sample.name.endswith(("_bucket", "_sum", "_created"))
    }


def test_requests_are_counted_by_method_tool_and_outcome(start: Start, token: str) -> None:
    server = start()
    server.call(token, "add_memory", user_input="I like tea.", agent_response="Noted.")
    server.call(token, "retrieve_memory", query="tea")
    server.call(token, "retrieve_memory", query="tea", max_results=-1)
    server.post(token, "tools/list")
    server.post(token, "prompts/get", name="no such")
    server.post("x", "tools/list")
    assert told(server) == {
        ("memoryos_requests_total", "tools/call", "add_memory", "done"): 1,
        ("memoryos_requests_total", "tools/call", "retrieve_memory", "done"): 1,
        ("memoryos_requests_total", "tools/call", "retrieve_memory", "refused"): 1,
        ("memoryos_requests_total", "tools/list", "", "done"): 1,
        ("memoryos_requests_total", "prompts/get", "", "failed"): 1,
        ("memoryos_request_seconds_count", "tools/call", "add_memory"): 1,
        ("memoryos_request_seconds_count", "tools/call", "retrieve_memory"): 2,
        ("memoryos_request_seconds_count", "tools/list", ""): 1,
        ("memoryos_request_seconds_count", "prompts/get", ""): 1,
        ("memoryos_refusals_total", "401"): 1,
        ("memoryos_open_memories",): 1,
    }


def test_nothing_that_a_client_writes_gets_into_a_label(start: Start, token: str) -> None:
    server = start()
    server.post(token, "tools/call", name=SECRET, arguments={SECRET: SECRET})
    server.post(token, "tools/call", name=[SECRET], arguments={})
    server.post(token, f"tools/{SECRET}")
    server.post(token, "prompts/get", name=SECRET)
    server.call(token, "add_memory", user_input=f"It is {SECRET}.", agent_response=SECRET)
    server.request("GET", f"/{SECRET}", headers={"Host": SECRET})
    text = server.request("GET", "/metrics").body.decode()
    assert (SECRET in text, "alice" in text) == (False, False)
    assert {labels[1:3] for labels in told(server) if labels[0] == "memoryos_requests_total"} == {
        ("tools/call", "other"),
        ("tools/call", "add_memory"),
        ("prompts/get", ""),
        ("other", ""),
    }


@pytest.mark.parametrize(
    ("client", "is_told"),
    [
        ("10.255.0.1", True),
        ("::ffff:10.0.0.1", True),
        ("2001:db8::7", True),
        ("2001:db8::8", False),
        ("127.0.0.1", False),
        ("11.0.0.1", False),
        ("::ffff:11.0.0.1", False),
        ("testclient", False),
    ],
)
def test_only_named_networks_may_read(start: Start, client: str, is_told: bool) -> None:
    reply = start(client).request("GET", "/metrics")
    assert (reply.status, b"memoryos_open_memories" in reply.body) == (200 if is_told else 404, is_told)


def test_who_comes_through_a_proxy_is_no_reader_because_the_proxy_is_one(start: Start) -> None:
    server = start("10.0.0.5", trusted_proxies=["10.0.0.5"])
    outside = server.request("GET", "/metrics", headers={"X-Forwarded-For": "198.51.100.7"})
    assert (outside.status, server.request("GET", "/metrics").status) == (404, 200)


def test_by_default_nobody_may_read(start: Start) -> None:
    assert start(metrics_readers=[]).request("GET", "/metrics").status == 404


@pytest.mark.parametrize(
    ("settings", "extra", "module"),
    [
        ({"metrics_readers": ["127.0.0.1"]}, "metrics", "prometheus_client"),
        ({"traces_url": "http://127.0.0.1:4318/v1/traces"}, "traces", "opentelemetry.sdk.trace"),
    ],
)
def test_without_its_package_the_start_ends_with_what_to_install(
    make_config: Callable[..., Config],
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, object],
    extra: str,
    module: str,
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ConfigError, match=rf"^{next(iter(settings))}: .*pip install '\.\[{extra}\]'$"):
        names.check_observable(make_config(**settings))
    names.check_observable(make_config())
