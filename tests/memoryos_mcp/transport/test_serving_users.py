"""A server process for many users: over TLS, with a real client, and its end."""

from __future__ import annotations

import datetime
import http.client
import ipaddress
import json
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from mcp import Client
from mcp.client.stdio import get_default_environment
from mcp.client.streamable_http import streamable_http_client
from tool_calls import called
from waiting import until

from memoryos_mcp.auth.tokens import TokenStore

PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Served:
    """A server process, the port it listens on, who trusts its certificate, and a user's token."""

    process: subprocess.Popen[str]
    port: int
    trust: ssl.SSLContext
    token: str
    logged: list[str]


def written_certificate(folder: Path) -> tuple[Path, Path]:
    """The files of a certificate of 127.0.0.1, signed by itself, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "memory")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    paths = folder / "chain.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths


@pytest.fixture
def served(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Served]:
    """A server process; a test names further settings as the parameter of this fixture."""
    chain, _ = written_certificate(tmp_path)
    settings = {
        "data_storage_path": "data",
        "transport": "streamable-http",
        "port": 0,
        "auth": "tokens",
        "tls_certificate": "chain.pem",
        "tls_key": "key.pem",
        **getattr(request, "param", {}),
    }
    config = tmp_path / "config.json"
    config.write_text(json.dumps(settings))
    token, _ = TokenStore(tmp_path / "data", lambda: datetime.datetime.now(datetime.timezone.utc)).create("alice")
    process = subprocess.Popen(
        [sys.executable, "-m", "memoryos_mcp", "--config", str(config)],
        cwd=tmp_path,
        env=get_default_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    watchdog = threading.Timer(PATIENCE_SECONDS, process.kill)
    watchdog.start()
    found = next(
        found for line in process.stderr if (found := re.search(r"serving at https://127\.0\.0\.1:(\d+)", line))
    )
    watchdog.cancel()
    logged: list[str] = []
    reader = threading.Thread(target=logged.extend, args=(process.stderr,), daemon=True)
    reader.start()
    yield Served(process, int(found[1]), ssl.create_default_context(cafile=str(chain)), token, logged)
    process.kill()
    process.wait(PATIENCE_SECONDS)
    reader.join(PATIENCE_SECONDS)
    process.stderr.close()


def status(served: Served, token: str) -> int:
    """The HTTP status that answers a request with this token."""
    with closing(
        http.client.HTTPSConnection("127.0.0.1", served.port, timeout=PATIENCE_SECONDS, context=served.trust)
    ) as c:
        headers = {"Accept": "application/json", "Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        c.request("POST", "/mcp", json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}), headers)
        return c.getresponse().status


async def test_a_client_with_a_token_is_served_over_tls(served: Served) -> None:
    headers = {"Authorization": f"Bearer {served.token}"}
    async with httpx2.AsyncClient(headers=headers, verify=served.trust) as connection:
        url = f"https://127.0.0.1:{served.port}/mcp"
        async with Client(streamable_http_client(url, http_client=connection)) as client:
            await called(client, "add_memory", user_input="I like green tea.", agent_response="Noted.")
            assert (await called(client, "retrieve_memory", query="tea"))["total_pages_found"] == 1
            assert (await called(client, "get_user_profile"))["user_id"] == "alice"
    assert (status(served, served.token), status(served, "x")) == (200, 401)


def test_without_tls_nothing_is_answered(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE_SECONDS) as plain:
        plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert not plain.recv(100).startswith(b"HTTP/1.1 2")


def silent(served: Served) -> socket.socket:
    """A connection over which nothing was sent yet, but what TLS needs."""
    plain = socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE_SECONDS)
    return served.trust.wrap_socket(plain, server_hostname="127.0.0.1")


@pytest.mark.parametrize("served", [{"request_timeout_seconds": 0.5}], indirect=True)
@pytest.mark.parametrize("begun", [b"", b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\n"])
def test_who_never_sends_a_whole_head_holds_no_connection(served: Served, begun: bytes) -> None:
    """Uvicorn waits for ever for it: as many as `max_connections` such clients shut everybody else out."""
    with silent(served) as connection:
        connection.sendall(begun)
        assert is_closed(connection)
    assert status(served, served.token) == 200


@pytest.mark.parametrize("served", [{"request_timeout_seconds": 0.5}], indirect=True)
def test_who_never_sends_a_whole_body_is_answered_all_the_same(served: Served) -> None:
    with silent(served) as connection:
        head = (
            "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
            f"Authorization: Bearer {served.token}\r\n"
        )
        connection.sendall(f"{head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{".encode())
        assert connection.recv(1_000).startswith(b"HTTP/1.1 408")


def test_this_machine_is_no_proxy_unless_it_is_named(served: Served) -> None:
    """By itself uvicorn takes a loopback address's word for who called."""
    with silent(served) as connection:
        connection.sendall(b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: 198.51.100.7\r\n\r\n")
        assert connection.recv(1_000).startswith(b"HTTP/1.1 401")
    served.process.kill()
    until(lambda: any("refused a request of" in line for line in served.logged))
    assert [line.split(" of ")[1] for line in served.logged if "refused a request" in line] == [
        "127.0.0.1: no valid token\n"
    ]


def is_closed(connection: socket.socket) -> bool:
    """Whether the other side closes a connection without a word; waits for it."""
    try:
        return connection.recv(100) == b""
    except (ConnectionError, ssl.SSLError):
        return True


@pytest.mark.skipif(sys.platform == "win32", reason="there is no signal for it there")
def test_what_is_being_asked_when_the_server_is_told_to_end_is_answered(served: Served) -> None:
    """A request of which the half had come: no further connection is taken, and this one gets its answer."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).encode()
    with silent(served) as connection:
        head = (
            "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {served.token}\r\nExpect: 100-continue\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        connection.sendall(head.encode())
        assert connection.recv(1_000).startswith(b"HTTP/1.1 100")
        served.process.send_signal(signal.SIGTERM)
        until(lambda: not takes_connections(served))
        connection.sendall(body)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert (answer.split(b"\r\n")[0], b"add_memory" in answer) == (b"HTTP/1.1 200 OK", True)
    assert served.process.wait(PATIENCE_SECONDS) in (0, -signal.SIGTERM)


def takes_connections(served: Served) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE_SECONDS):
            return True
    except ConnectionError:
        return False


@pytest.mark.parametrize("served", [{"max_connections": 2}], indirect=True)
def test_beyond_so_many_connections_nobody_is_served(served: Served) -> None:
    with silent(served), silent(served):
        assert status(served, served.token) == 503
    until(lambda: status(served, served.token) == 200)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no signal for it there")
def test_a_polite_signal_ends_it_well(served: Served) -> None:
    assert status(served, served.token) == 200
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(PATIENCE_SECONDS) in (0, -signal.SIGTERM)
