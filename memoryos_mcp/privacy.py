"""What is not to be kept of a text that nobody chose to store: what is marked private, and secrets.

The forms of secrets are those of gitleaks and detect-secrets, as far as a key tells by its own form whose it is; beside
them stand private key blocks, passwords in addresses, and what is assigned to a name such as `api_key`. Each is read
in linear time.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_PRIVATE: Final = re.compile(r"<private\s*>.*?(?:</private\s*>|\Z)", re.IGNORECASE | re.DOTALL)


class Masked(NamedTuple):
    """A text without its secrets, and how many these were."""

    text: str
    secrets: int


_KEYS: Final = (
    ("private key", r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----[^-]*(?:-----END [A-Z ]{0,50}-----)?"),
    ("Anthropic key", r"\bsk-ant-[\w-]{20,200}"),
    ("OpenAI key", r"\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,200}"),
    ("GitHub token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{22,255})"),
    ("GitLab token", r"\bgl(?:pat|dt|ptt|rt)-[\w-]{20,100}"),
    ("Slack token", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,250}"),
    ("Slack webhook", r"\bhttps://hooks\.slack\.com/(?:services|workflows)/[\w/]{20,100}"),
    ("AWS key", r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b"),
    ("Google key", r"\bAIza[\w-]{35}\b"),
    ("Google token", r"\bya29\.[\w-]{20,500}"),
    ("Stripe key", r"\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{10,99}"),
    ("Hugging Face token", r"\bhf_[A-Za-z]{34}\b"),
    ("npm token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("PyPI token", r"\bpypi-AgEI[\w-]{50,1000}"),
    ("Telegram token", r"\b\d{8,10}:AA[\w-]{33}\b"),
    ("SendGrid key", r"\bSG\.[\w-]{20,24}\.[\w-]{39,50}"),
    ("DigitalOcean token", r"\bdo[opr]_v1_[a-f0-9]{64}\b"),
    ("JWT", r"\beyJ[\w-]{10,4000}\.eyJ[\w-]{10,8000}\.[\w-]{10,1000}"),
)
"""What a secret is called, and its form; the more special ones first."""

_KEY: Final = re.compile("|".join(f"({form})" for _, form in _KEYS))
_IN_ADDRESS: Final = re.compile(r"(\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@]{0,100}:)([^\s/@]{1,200})(?=@)", re.IGNORECASE)
_ASSIGNED: Final = re.compile(
    r"(\b(?:[\w-]{0,40}[_-])?(?:api[_-]?key|secret[_-]?key|access[_-]?key|auth[_-]?token|access[_-]?token"
    r"|client[_-]?secret|password|passwd|passphrase)[\"']?\s{0,3}(?::=|=>|[:=])\s{0,3}[\"']?)"
    r"([^\s\"',;()\[\]{}<>$%]{8,200})(?=[\s\"',;]|$)",
    re.IGNORECASE,
)
_NO_SECRET: Final = re.compile(r"(?i)your|example|placeholder|changeme|none|null|true|false|x{4,}|\*{4,}|\.{3}|[a-z]+")
"""What stands where a secret belongs; a mere word is the name of a type or a variable."""


def without_private(text: str) -> str:
    """The text without what stands between `<private>` and `</private>`, or from the first on where it is left open."""
    return _PRIVATE.sub("", text)


def masked(text: str) -> Masked:
    """The text with each secret named in its place."""
    found = 0

    def key(match: re.Match[str]) -> str:
        nonlocal found
        found += 1
        return f"[masked: {_KEYS[(match.lastindex or 1) - 1][0]}]"

    def value(match: re.Match[str]) -> str:
        nonlocal found
        if _NO_SECRET.fullmatch(match[2]) or match[2].startswith("[masked"):
            return match[0]
        found += 1
        return f"{match[1]}[masked: password]"

    text = _KEY.sub(key, text)
    if "://" in text:
        text = _IN_ADDRESS.sub(value, text)
    if "=" in text or ":" in text:
        text = _ASSIGNED.sub(value, text)
    return Masked(text, found)
