"""What is masked, what stays, and that no text takes long."""

from __future__ import annotations

import time

import pytest

from memoryos_mcp.privacy import masked, without_private

# Made of parts, so that no scanner takes this file for a leak.
SECRETS = {
    "OpenAI key": "sk-" + "proj-" + "aB3" * 12,
    "Anthropic key": "sk-" + "ant-api03-" + "aB3" * 12,
    "GitHub token": "ghp_" + "aB3d" * 9,
    "GitLab token": "glpat-" + "aB3d" * 5,
    "Slack token": "xoxb-" + "123456789012-" + "aB3d" * 6,
    "AWS key": "AKIA" + "ABCDEFGH234567AB",
    "Google key": "AIza" + "aB3d5" * 7,
    "Stripe key": "sk_" + "live_" + "aB3d" * 6,
    "Hugging Face token": "hf_" + "aBcdefghij" * 3 + "abcd",
    "npm token": "npm_" + "aB3d" * 9,
    "Telegram token": "123456789:AA" + "aB3" * 11,
    "JWT": "eyJ" + "hbGciOiJIUzI1NiJ9" + ".eyJ" + "zdWIiOiIxMjM0NTY3ODkwIn0" + "." + "dozjgNryP4J3jVmNHl0w5N",
    "private key": "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----",
}


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_named_in_its_place(kind: str) -> None:
    once = masked(f"Use {SECRETS[kind]} for it, please.")
    assert once == (f"Use [masked: {kind}] for it, please.", 1)
    assert masked(once.text) == (once.text, 0)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("postgresql://tom:hunter2hunter2@db.example/m", "postgresql://tom:[masked: password]@db.example/m"),
        ("API_KEY=8f14e45fceea167a", "API_KEY=[masked: password]"),
        ('"password": "correct-horse-1"', '"password": "[masked: password]"'),
        ("my db_password: s3cr3t-s3cr3t", "my db_password: [masked: password]"),
    ],
)
def test_what_is_assigned_as_a_secret_is_masked_and_what_stands_around_it_stays(text: str, kept: str) -> None:
    assert masked(text) == (kept, 1)


@pytest.mark.parametrize(
    "text",
    [
        "3f2b9c1e-8a77-4c0e-9d52-0a1b2c3d4e5f",
        "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
        "password = input()",
        "token: str",
        "api_key: <your-key>",
        "API_KEY=$OPENAI_API_KEY",
        "OPENAI_API_KEY=${KEY}",
        "password: changeme",
        "The password is on the fridge.",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
        "It costs 12,345.67 EUR at 10:30.",
        "https://example.com:8443/path",
        "sk-learn is a library",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert masked(text) == (text, 0)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a <private>b</private> c", "a  c"),
        ("a <PRIVATE>b\nb</Private> c <private>d", "a  c "),
        ("a <privateer> b", "a <privateer> b"),
    ],
)
def test_what_is_private_goes(text: str, kept: str) -> None:
    assert without_private(text) == kept


@pytest.mark.parametrize(
    "part",
    ["sk-", "a-", "eyJa.", "-----BEGIN ", "<private>", "http://a:", "api_key=", "_", "password:\n", "AKIA", "x_-"],
)
def test_twice_the_text_takes_about_twice_the_time(part: str) -> None:
    def spent(size: int) -> float:
        text = (part * size)[:size]
        best = 9.0
        for _ in range(5):
            start = time.process_time()
            masked(without_private(text))
            best = min(best, time.process_time() - start)
        return best

    assert spent(200_000) <= 4 * max(spent(100_000), 0.005)
