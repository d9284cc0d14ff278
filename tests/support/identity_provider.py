"""An identity provider on this machine: it signs tokens, publishes its keys, and changes them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

AUDIENCE = "https://memory.example/mcp"


@cache
def rsa_key(name: str) -> RSAPrivateKey:
    """A key for each name, made once in a process."""
    return generate_private_key(public_exponent=65_537, key_size=2_048)


@dataclass(slots=True)
class IdentityProvider:
    """`published` are the names of keys it publishes, `asked` the paths that were fetched from it."""

    issuer: str = ""
    published: list[str] = field(default_factory=lambda: ["first"])
    asked: list[str] = field(default_factory=list)
    redirect_to: str | None = None

    @property
    def keys_url(self) -> str:
        return f"{self.issuer}/keys"

    def token(self, key: str = "first", algorithm: str = "RS256", kid: str | None = None, **claims: Any) -> str:
        """A token for alice that is valid for ten minutes; a claim of None is left out."""
        now = datetime.now(timezone.utc)
        said = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": "alice",
            "iat": now,
            "exp": now + timedelta(minutes=10),
            **claims,
        }
        said = {claim: value for claim, value in said.items() if value is not None}
        return jwt.encode(said, rsa_key(key), algorithm=algorithm, headers={"kid": kid or key})

    def keys(self) -> bytes:
        """What it publishes."""
        keys = [
            {**json.loads(RSAAlgorithm.to_jwk(rsa_key(name).public_key())), "kid": name, "use": "sig"}
            for name in self.published
        ]
        return json.dumps({"keys": keys}).encode()


@contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    """Within it, a provider that answers at its `keys_url`."""
    provider = IdentityProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.asked.append(self.path)
            if provider.redirect_to is not None and self.path == "/keys":
                self.send_response(302)
                self.send_header("Location", provider.redirect_to)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            body = provider.keys()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
