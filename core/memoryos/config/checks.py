"""What the value of a setting has to look like, beyond its type and bounds.

Each check returns the value in its normal form or raises ValueError with what is accepted; none of them names the
value, so that secrets stay out of messages.
"""

from __future__ import annotations

import ipaddress
import os
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

import platformdirs

MAX_ID_CHARACTERS = 128

KNOWN_PROGRAMS = ("claude", "codex", "gemini", "llm", "ollama")
"""Programs that their names alone are enough for."""

MAX_COMMAND_WORDS = 100
_MAX_WORD_CHARACTERS = 4_000

MAX_TEXTS = 100
"""In a list of names, addresses or the like."""

SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_HOST = re.compile(r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?")
_COMMAND = (
    'a list of texts, such as ["claude"] or ["/opt/bin/ask", "--json"], the first a program\'s name or whole path; no '
    "shell reads it, and no variable sets it"
)


def plain_text(text: str) -> str:
    """The text, if it has neither control characters nor lone surrogates (which no file or protocol can hold)."""
    if not text.isprintable() and any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise ValueError("text without control characters (a backslash in JSON is written twice)")
    return text


def normal_id(text: str) -> str:
    """A user's or an assistant's id in NFC, so that one name typed on two systems is one id."""
    normal = unicodedata.normalize("NFC", plain_text(text))
    if not 1 <= len(normal) <= MAX_ID_CHARACTERS:
        raise ValueError(f"1 to {MAX_ID_CHARACTERS} characters")
    return normal


def project(text: str) -> str:
    """A project's name in NFC, without blanks around it."""
    return unicodedata.normalize("NFC", plain_text(text.strip()))


def web_address(text: str) -> str:
    """The base URL of an endpoint, without blanks around it."""
    address = plain_text(text.strip())
    try:
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or address.split() != [address]:
        raise ValueError('an address with its scheme, such as "http://localhost:11434/v1"')
    return address


def database_address(text: str) -> str:
    """The URL of a database, its scheme in small letters; which schemes there are, the stores know."""
    address = plain_text(text.strip())
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if not parts.scheme or address.split() != [address]:
        raise ValueError('a URL with its scheme, such as "postgresql://db.example/memories"')
    rest = address[len(parts.scheme) :]
    if parts.scheme == "sqlite" and rest != ":":
        raise ValueError('"" or "sqlite:" for SQLite files, whose folder is data_storage_path')
    return parts.scheme + rest


def listed(value: object) -> object:
    """A list of JSON as the tuple that a value that never changes wants."""
    if isinstance(value, str):
        raise ValueError(_COMMAND)
    return tuple(value) if isinstance(value, list) else value


def command_words(words: tuple[str, ...]) -> tuple[str, ...]:
    """A program and its arguments. A path that is not whole would mean another file in another folder."""
    if not words:
        return words
    program = words[0]
    is_path = "/" in program or "\\" in program
    sound = len(words) <= MAX_COMMAND_WORDS and all(
        len(word) <= _MAX_WORD_CHARACTERS and "\0" not in word for word in words
    )
    if not sound or not program.strip() or (is_path and not os.path.isabs(os.path.expanduser(program))):
        raise ValueError(_COMMAND)
    return words


def list_of_texts(value: object) -> object:
    """A list of JSON, or a variable's texts with commas between them, as a tuple."""
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",")]
    if not isinstance(value, list | tuple) or len(value) > MAX_TEXTS:
        raise ValueError(f"a list of at most {MAX_TEXTS} texts")
    return tuple(value)


def each(check: Callable[[str], str]) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    """A check of every text of a list."""
    return lambda texts: tuple(check(text) for text in texts)


def host_name(text: str) -> str:
    """The value of a Host header, in small letters: a name or an address, and perhaps a port."""
    if not _HOST.fullmatch(text):
        raise ValueError('names as clients call them, such as "memory.example" or "memory.example:8443"')
    return text.lower()


def web_origin(text: str) -> str:
    """The origin of a web page: scheme, name, and perhaps a port; no pattern."""
    scheme, _, host = text.partition("://")
    if scheme not in ("http", "https") or not _HOST.fullmatch(host):
        raise ValueError('whole origins, such as "https://app.example"; "*" is none')
    return text.lower()


def network(text: str) -> str:
    """An address, or a network in the notation of "10.0.0.0/8", but not all addresses there are."""
    try:
        found = ipaddress.ip_network(text)
    except ValueError:
        found = None
    if found is None or not found.prefixlen:
        raise ValueError('addresses or networks, such as "10.0.0.5" or "10.0.0.0/8"; not all of them')
    return str(found) if "/" in text else text


def signature_algorithm(text: str) -> str:
    """A signature that needs a private key to be made: with a shared secret whoever checks could sign, too."""
    if text not in SIGNATURES:
        raise ValueError(f"some of {', '.join(SIGNATURES)}")
    return text


def secret_text(text: str) -> str:
    """A key without blanks around it, fit for an HTTP header."""
    key = plain_text(text.strip())
    if not key.isascii():
        raise ValueError("a key of ASCII characters")
    return key


def without_secrets(address: str) -> str:
    """The address for people to read: user information and query become ***, the fragment goes."""
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    netloc = f"***@{host}" if host != parts.netloc else host
    return urlunsplit((parts.scheme, netloc, parts.path, "***" if parts.query else "", ""))


def time_zone(text: str) -> str:
    """The name of a time zone this machine knows, or "" for its own."""
    if text:
        try:
            ZoneInfo(plain_text(text))
        except (KeyError, ValueError, OSError) as error:
            raise ValueError('an IANA time zone such as "Europe/Berlin", or "" for local time') from error
    return text


def absolute_path(text: str) -> str:
    """The path with ~ expanded, made absolute from the working directory; "" stays "" (not set)."""
    if not text:
        return text
    try:
        return os.path.abspath(Path(plain_text(text)).expanduser())
    except (RuntimeError, OSError) as error:
        raise ValueError("a path whose home folder or working directory exists") from error


def data_folder(text: str) -> str:
    """The absolute path of the folder that holds all memories; for "" the one this platform keeps user data in."""
    return absolute_path(text or platformdirs.user_data_dir("memoryos"))


def is_local_model(name: str) -> bool:
    """Whether a model is named by a relative or home path; "BAAI/bge-m3" is not: it is a name."""
    separators = ("/", "\\") if os.name == "nt" else ("/",)
    return name.startswith(tuple(start + separator for start in (".", "..", "~") for separator in separators))


def model_name(text: str) -> str:
    """The name of an embedding model, or the absolute path of one on disk."""
    return absolute_path(text) if is_local_model(text) else plain_text(text)
