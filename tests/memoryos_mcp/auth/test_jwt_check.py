"""Tokens of an identity provider: each thing that is checked, and that its keys may change."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from http_app import running
from identity_provider import AUDIENCE, IdentityProvider, identity_provider, rsa_key

from memoryos import Config
from memoryos_mcp.auth.jwt_check import JwtChecker, SignedIn

ALICE = SignedIn("alice", "alice")

MakeChecker = Callable[..., JwtChecker]


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    with identity_provider() as running_provider:
        yield running_provider


@pytest.fixture
def settings(provider: IdentityProvider) -> dict[str, object]:
    return {
        "auth": "jwt",
        "transport": "streamable-http",
        "jwt_issuer": provider.issuer,
        "jwt_jwks_url": provider.keys_url,
        "public_url": AUDIENCE,
    }


@pytest.fixture
def make_checker(settings: dict[str, object], make_config: Callable[..., Config]) -> MakeChecker:
    """A function that makes a checker with further settings, which fetches keys as often as it likes."""

    def make(*, cooldown_seconds: float = 0, keys_live_seconds: float = 3_600, **further: object) -> JwtChecker:
        return JwtChecker(
            make_config(**{**settings, **further}),
            cooldown_seconds=cooldown_seconds,
            keys_live_seconds=keys_live_seconds,
        )

    return make


@contextmanager
def answering(content: bytes) -> Iterator[str]:
    """The address of a server on this machine that answers each GET with this."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def written(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def forged(provider: IdentityProvider, algorithm: str, secret: bytes | None) -> str:
    """A token with the claims of a good one, signed with a shared secret, or not at all."""
    claims = provider.token().split(".")[1]
    signed = f"{written({'alg': algorithm, 'typ': 'JWT', 'kid': 'first'})}.{claims}"
    if secret is None:
        return f"{signed}."
    signature = hmac.digest(secret, signed.encode(), hashlib.sha256)
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def test_a_good_token_says_who_signed_in(provider: IdentityProvider, make_checker: MakeChecker) -> None:
    checker = make_checker()
    assert checker.check(provider.token()) == ALICE
    assert checker.check(provider.token(aud=["https://other.example", AUDIENCE])) == ALICE
    assert checker.check(provider.token(azp="claude")) == SignedIn("alice", "claude")
    assert make_checker(jwt_user_claim="email").check(provider.token(email="b@example")) == SignedIn(
        "b@example", "b@example"
    )
    assert make_checker(jwt_audience="memory").check(provider.token(aud="memory")) == ALICE


def test_a_token_of_another_issuer_is_refused(provider: IdentityProvider, make_checker: MakeChecker) -> None:
    checker = make_checker()
    for issuer in ("https://evil.example", provider.issuer + "/", None):
        assert checker.check(provider.token(iss=issuer)) is None


def test_a_token_for_another_audience_is_refused(provider: IdentityProvider, make_checker: MakeChecker) -> None:
    checker = make_checker()
    for audience in ("https://other.example/mcp", AUDIENCE + "/", ["https://other.example"], [], None):
        assert checker.check(provider.token(aud=audience)) is None


def test_a_token_that_expired_or_never_does_is_refused(provider: IdentityProvider, make_checker: MakeChecker) -> None:
    checker = make_checker()
    ago = datetime.now(timezone.utc) - timedelta(minutes=1)
    assert checker.check(provider.token(exp=ago)) is None
    assert checker.check(provider.token(exp=None)) is None
    assert checker.check(provider.token(nbf=datetime.now(timezone.utc) + timedelta(minutes=5))) is None


def test_a_signature_of_another_kind_than_listed_is_refused(
    provider: IdentityProvider, make_checker: MakeChecker
) -> None:
    token = provider.token(algorithm="RS512")
    assert make_checker().check(token) is None
    assert make_checker(jwt_algorithms=["RS512"]).check(token) == ALICE


def test_a_token_without_signature_is_refused(provider: IdentityProvider, make_checker: MakeChecker) -> None:
    checker = make_checker()
    for algorithm in ("none", "None", "NONE"):
        assert checker.check(forged(provider, algorithm, None)) is None
    assert provider.asked == []
    assert checker.check(forged(provider, "RS256", None)) is None


def test_the_public_key_is_no_shared_secret(provider: IdentityProvider, make_checker: MakeChecker) -> None:
    """Who takes the algorithm from the token checks a signature that anybody can make with what is published."""
    public = rsa_key("first").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert make_checker().check(forged(provider, "HS256", public)) is None


def test_a_token_signed_by_a_key_that_is_not_published_is_refused(
    provider: IdentityProvider, make_checker: MakeChecker
) -> None:
    checker = make_checker()
    assert checker.check(provider.token(key="stranger")) is None
    assert checker.check(provider.token(key="stranger", kid="first")) is None


@pytest.mark.parametrize("text", ["", "a.b.c", "mos_0123456789ab_" + "A" * 43, "ey", "\ud800", "..", "é"])
def test_what_is_no_token_is_refused_and_no_key_is_fetched_for_it(
    provider: IdentityProvider, make_checker: MakeChecker, text: str
) -> None:
    assert (make_checker().check(text), provider.asked) == (None, [])


@pytest.mark.parametrize("user", ["", "jose\u0301", "a\u0000b", "a" * 129, 7, ["alice"], {"id": "alice"}])
def test_a_user_that_is_none_here_is_refused(
    provider: IdentityProvider, make_checker: MakeChecker, user: object
) -> None:
    """Two ids that the provider keeps apart never become one: what would have to be changed is refused."""
    assert make_checker(jwt_user_claim="user").check(provider.token(user=user)) is None


def test_a_token_that_does_not_name_its_user_is_refused(provider: IdentityProvider, make_checker: MakeChecker) -> None:
    assert make_checker().check(provider.token(sub=None)) is None


def test_keys_are_fetched_once_and_again_when_the_provider_has_changed_them(
    provider: IdentityProvider, make_checker: MakeChecker
) -> None:
    checker = make_checker()
    assert [checker.check(provider.token()) for _ in range(3)] == [ALICE] * 3
    assert provider.asked == ["/keys"]
    provider.published = ["second"]
    assert checker.check(provider.token(key="second")) == ALICE
    assert checker.check(provider.token(key="first")) is None
    assert provider.asked == ["/keys"] * 3


def test_a_key_that_the_provider_withdrew_is_refused_once_those_that_were_fetched_are_old(
    provider: IdentityProvider, make_checker: MakeChecker
) -> None:
    young, old = make_checker(), make_checker(keys_live_seconds=1e-9)
    assert [checker.check(provider.token()) for checker in (young, old)] == [ALICE] * 2
    provider.published = ["second"]
    assert [checker.check(provider.token()) for checker in (young, old)] == [ALICE, None]


def test_tokens_that_name_keys_of_their_own_making_do_not_flood_the_provider(
    provider: IdentityProvider, make_checker: MakeChecker
) -> None:
    checker = make_checker(cooldown_seconds=3_600)
    assert checker.check(provider.token()) == ALICE
    assert [checker.check(provider.token(kid=f"key {number}")) for number in range(5)] == [None] * 5
    assert provider.asked == ["/keys"]


def test_keys_are_fetched_from_the_provider_and_from_nowhere_that_it_redirects_to(
    provider: IdentityProvider, make_checker: MakeChecker, caplog: pytest.LogCaptureFixture
) -> None:
    provider.redirect_to = f"{provider.issuer}/others-keys"
    assert make_checker().check(provider.token()) is None
    assert provider.asked == ["/keys"]
    assert "the keys of the identity provider cannot be had" in caplog.text


def test_no_token_is_logged(
    provider: IdentityProvider, make_checker: MakeChecker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    checker = make_checker()
    tokens = [provider.token(), provider.token(aud="x"), provider.token(sub="jose\u0301"), provider.token(key="other")]
    assert [checker.check(token) for token in tokens] == [ALICE, None, None, None]
    assert [part for token in tokens for part in token.split(".")[1:] if part in caplog.text] == []


def test_a_client_is_told_where_to_sign_in(
    provider: IdentityProvider, settings: dict[str, object], make_config: Callable[..., Config]
) -> None:
    with running(make_config(**settings)) as server:
        refused = server.post(None, "tools/list")
        where = "https://memory.example/.well-known/oauth-protected-resource/mcp"
        assert refused.status == 401
        assert f'resource_metadata="{where}"' in refused.headers["www-authenticate"]
        told = server.request("GET", "/.well-known/oauth-protected-resource/mcp")
        assert (told.status, told.json()["resource"], told.json()["authorization_servers"]) == (
            200,
            AUDIENCE,
            [provider.issuer],
        )


def test_each_who_signs_in_has_a_memory_of_their_own_and_none_is_a_service(
    provider: IdentityProvider, settings: dict[str, object], make_config: Callable[..., Config]
) -> None:
    with running(make_config(**settings)) as server:
        alice, bob = provider.token(), provider.token(sub="bob", scope="service", user_id=None)
        assert server.call(alice, "add_memory", user_input="I like green tea.", agent_response="Noted.")[0]
        assert "green tea" in server.call(alice, "retrieve_memory", query="tea")[1]
        assert "green tea" not in server.call(bob, "retrieve_memory", query="tea")[1]
        assert server.tools(bob) == server.tools(alice)
        assert server.post(provider.token(aud="x"), "tools/list").status == 401
        assert sorted(server.session.open_users()) == ["alice", "bob"]


def test_keys_that_cannot_be_read_let_nobody_in(
    provider: IdentityProvider, make_checker: MakeChecker, caplog: pytest.LogCaptureFixture
) -> None:
    token = provider.token()
    with answering(b"<html>we will be back soon</html>") as url:
        assert make_checker(jwt_jwks_url=url).check(token) is None
    assert "what the identity provider gives for its keys cannot be read: JSONDecodeError" in caplog.text
