"""Settings that are refused: always by one line that names place, key, value and what is accepted, never by a key."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path

import platformdirs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memoryos.config.settings import Config, load_config
from memoryos.errors import ConfigError

KEY = "sk-proj-4242424242"
no_users_on_windows = pytest.mark.skipif(os.name == "nt", reason="Windows guesses the home folder of any name")


def written(folder: Path, content: object) -> Path:
    """A config file with this content: bytes and text as they are, all else as JSON."""
    path = folder / "config.json"
    if not isinstance(content, bytes):
        text = content if isinstance(content, str) else json.dumps(content)
        content = text.encode()
    path.write_bytes(content)
    return path


def refusal(path: Path | None, environ: Mapping[str, str] | None = None, **arguments: object) -> str:
    """The one line that loading fails with."""
    with pytest.raises(ConfigError) as caught:
        load_config(path, environ=environ or {}, arguments=arguments)
    line = str(caught.value)
    assert line.isprintable()
    return line


# Files


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            '{"user_id":\nalex}',
            ": line 2, column 1: not JSON (Expecting value); JSON wants "
            "double quotes, a comma between settings and none after the last, and has no comments",
        ),
        (
            r'{"data_storage_path": "C:\data"}',
            r": line 1, column 26: not JSON (Invalid \escape); write a backslash twice, or / in paths",
        ),
        (
            "",
            ": line 1, column 1: not JSON (Expecting value); JSON wants double quotes, "
            "a comma between settings and none after the last, and has no comments",
        ),
        ("[]", ': the top level is not an object; write {"user_id": "alex"} for a start'),
        ("null", ': the top level is not an object; write {"user_id": "alex"} for a start'),
        ('{"port": 1, "port": 2}', ': key "port" stands there twice; keep one of them'),
        ('{"heat_alpha": NaN}', ": NaN is not JSON; write a finite number"),
        ('{"heat_alpha": -Infinity}', ": -Infinity is not JSON; write a finite number"),
        (b'{"user_id": "al\xffx"}', ": byte 16 is not UTF-8; save the file as UTF-8"),
        ('{"user_id": "alex"}'.encode("utf-16"), ": byte 1 is not UTF-8; save the file as UTF-8"),
        ({"short_term_capcity": 7}, ': unknown key "short_term_capcity"; did you mean "short_term_capacity"?'),
        ({"OPENAI_API_KEY": ""}, ': unknown key "OPENAI_API_KEY"; did you mean "openai_api_key"?'),
        ({"zzz\n": 7}, ': unknown key "zzz\\n"; config.example.json holds every setting'),
        (
            {"short_term_capacity": 0, "port": True, "hast": ""},
            ': unknown key "hast"; did you mean "host"? (2 more problems)',
        ),
        (
            {"short_term_capacity": 0, "port": True},
            ": short_term_capacity: got 0; accepted: whole number, 1 to 1000 (1 more problem)",
        ),
        (
            {"user_id": "${WHO}"},
            ": user_id: ${WHO} is not defined; set this environment variable, or write the value itself",
        ),
    ],
)
def test_a_file_that_is_no_config_is_refused_in_one_line(tmp_path: Path, content: object, message: str) -> None:
    path = written(tmp_path, content)
    assert refusal(path) == f"{path}{message}"


@pytest.mark.parametrize("content", ["[" * 100_000, '{"port": ' + "9" * 5_000 + "}"])
def test_a_file_beyond_what_json_readers_take_is_refused(tmp_path: Path, content: str) -> None:
    path = written(tmp_path, content)
    line = refusal(path)
    assert (line.startswith(f"{path}: "), len(line) < 400) == (True, True)


def test_a_missing_file_is_refused_with_its_full_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert refusal(Path("config.json")) == (
        f"{tmp_path / 'config.json'}: no such file; copy config.example.json there, or leave the path out"
    )


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    line = refusal(tmp_path)
    assert line.startswith(f"{tmp_path}: cannot be read (")
    assert line.endswith("); name a readable JSON file")


# Values

CONTROL = "text without control characters (a backslash in JSON is written twice)"
ADDRESS = 'an address with its scheme, such as "http://localhost:11434/v1"'
DATABASE = 'a URL with its scheme, such as "postgresql://db.example/memories"'
SQLITE = '"" or "sqlite:" for SQLite files, whose folder is data_storage_path'
ZONE = 'an IANA time zone such as "Europe/Berlin", or "" for local time'


@pytest.mark.parametrize(
    ("key", "value", "got", "accepted"),
    [
        ("user_id", 7, "7", "text, at most 128 characters"),
        ("user_id", {"a": 1}, "an object", "text, at most 128 characters"),
        ("user_id", "a" * 129, f'"{"a" * 79}... (cut)', "1 to 128 characters"),
        ("user_id", "a\tb", r'"a\tb"', CONTROL),
        ("user_id", "a\x85b", r'"a\u0085b"', CONTROL),
        ("user_id", "a\ud800b", r'"a\ud800b"', CONTROL),
        ("assistant_id", "\x7f", r'"\u007f"', CONTROL),
        ("data_storage_path", "C:\temp", r'"C:\temp"', CONTROL),
        ("short_term_capacity", "10", '"10"', "whole number, 1 to 1000, without quotes"),
        ("short_term_capacity", 10.0, "10.0", "whole number, 1 to 1000"),
        ("short_term_capacity", True, "true", "whole number, 1 to 1000"),
        ("short_term_capacity", 1001, "1001", "whole number, 1 to 1000"),
        ("mid_term_capacity", 0, "0", "whole number, 1 to 1000000000"),
        ("mid_term_capacity", 10**100, "a very large number", "whole number, 1 to 1000000000"),
        ("long_term_knowledge_capacity", -1, "-1", "whole number, 1 to 1000000000"),
        ("retrieval_queue_capacity", 101, "101", "whole number, 1 to 100"),
        ("mid_term_heat_threshold", 0, "0", "number, more than 0"),
        ("mid_term_heat_threshold", "5.0", '"5.0"', "number, more than 0, without quotes"),
        ("mid_term_similarity_threshold", 2.01, "2.01", "number, 0 to 2"),
        ("mid_term_similarity_threshold", -0.01, "-0.01", "number, 0 to 2"),
        ("consolidation_batch", 51, "51", "whole number, 1 to 50"),
        ("consolidation_idle_seconds", -1, "-1", "number, 0 to 2592000"),
        ("heat_recency_seconds", 0, "0", "number, more than 0"),
        ("heat_alpha", -1, "-1", "number, 0 or more"),
        ("heat_beta", 10**400, "a very large number", "number, 0 or more"),
        ("heat_gamma", math.inf, "Infinity", "number, 0 or more"),
        ("count_visits", "true", '"true"', "true or false, without quotes"),
        ("count_visits", 1, "1", "true or false"),
        ("embedding_threads", 65, "65", "whole number, 1 to 64"),
        ("llm_timeout_seconds", 0, "0", "number, more than 0, at most 3600"),
        ("llm_concurrency", 9, "9", "whole number, 1 to 8"),
        ("llm_daily_token_budget", -1, "-1", "whole number, 0 to 1000000000000"),
        ("transport", "http", '"http"', '"stdio", "sse" or "streamable-http"'),
        ("retrieval_mode", "dense", '"dense"', '"hybrid" or "two_stage"'),
        ("log_level", 10, "10", '"DEBUG", "INFO", "WARNING", "ERROR" or "CRITICAL"'),
        ("host", "h" * 257, f'"{"h" * 79}... (cut)', "text, at most 256 characters"),
        ("port", 65_536, "65536", "whole number, 0 to 65535"),
        ("timezone", "Mars/Olympus", '"Mars/Olympus"', ZONE),
        ("timezone", "../etc/passwd", '"../etc/passwd"', ZONE),
        ("timezone", "Europe", '"Europe"', ZONE),
        ("database_url", "memories.db", '"memories.db"', DATABASE),
        ("database_url", "postgresql://db.example/two words", '"postgresql://db.example/two words"', DATABASE),
        ("database_url", "postgresql://tom:hunter2@[db", "a text that is not shown", DATABASE),
        ("database_url", "sqlite:///home", '"sqlite:///home"', SQLITE),
        ("openai_base_url", "api.openai.com/v1", '"api.openai.com/v1"', ADDRESS),
        ("openai_base_url", "ftp://models.example", '"ftp://models.example"', ADDRESS),
        ("openai_base_url", "http://", '"http://"', ADDRESS),
        ("openai_base_url", "http://[::1/v1", '"http://[::1/v1"', ADDRESS),
        ("embedding_base_url", "http://localhost:99999", '"http://localhost:99999"', ADDRESS),
        ("embedding_base_url", "http://local host", '"http://local host"', ADDRESS),
        ("llm_model", "m" * 257, f'"{"m" * 79}... (cut)', "text, at most 256 characters"),
    ],
)
def test_an_unsound_value_is_refused_with_key_value_and_what_is_accepted(
    key: str, value: object, got: str, accepted: str
) -> None:
    assert refusal(None, {}, **{key: value}) == f"arguments: {key}: got {got}; accepted: {accepted}"


def test_a_variable_of_the_wrong_type_is_refused_by_its_own_name() -> None:
    assert refusal(None, {"MEMORYOS_PORT": "eighty"}) == (
        'environment: MEMORYOS_PORT: got "eighty"; accepted: whole number, 0 to 65535'
    )
    assert refusal(None, {"OPENAI_BASE_URL": "localhost"}, llm_model="o") == (
        f'environment: OPENAI_BASE_URL: got "localhost"; accepted: {ADDRESS}'
    )


def test_a_reference_that_no_system_can_hold_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, {"user_id": "${A\ud800}"})
    assert refusal(path, os.environ) == (
        f"{path}: user_id: what stands in ${{...}} is no environment variable; "
        "write the name of one, or the value without ${}"
    )


def test_an_unknown_argument_is_refused() -> None:
    assert refusal(None, user="alex") == 'arguments: unknown key "user"; did you mean "user_id"?'


@no_users_on_windows
def test_a_home_folder_that_is_nobodys_is_refused() -> None:
    assert refusal(None, data_storage_path="~no-such-user-here/data") == (
        'arguments: data_storage_path: got "~no-such-user-here/data"; '
        "accepted: a path whose home folder or working directory exists"
    )


@no_users_on_windows
def test_a_default_that_this_machine_cannot_offer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platformdirs, "user_data_dir", lambda name: f"~no-such-user-here/{name}")
    assert refusal(None) == (
        'default: data_storage_path: got ""; accepted: a path whose home folder or working directory exists'
    )


# Secrets


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"openai_api_key": [KEY]}, "openai_api_key: got a list; accepted: text, at most 2000 characters"),
        (
            {"openai_api_key": 424242},
            "openai_api_key: got a value of type int; accepted: text, at most 2000 characters",
        ),
        (
            {"openai_api_key": KEY + "\n" + KEY},
            "openai_api_key: got a text that is not shown; "
            "accepted: text without control characters (a backslash in JSON is written twice)",
        ),
        (
            {"openai_api_key": f"“{KEY}”"},
            "openai_api_key: got a text that is not shown; accepted: a key of ASCII characters",
        ),
        (
            {"openai_base_url": "alex:4242@models.example"},
            "openai_base_url: got a text that is not shown; "
            'accepted: an address with its scheme, such as "http://localhost:11434/v1"',
        ),
        ({"port": KEY}, "port: got a text that is not shown; accepted: whole number, 0 to 65535, without quotes"),
        (
            {"user_id": f"${{{KEY}}}"},
            "user_id: what stands in ${...} is no environment variable; "
            "write the name of one, or the value without ${}",
        ),
        (
            {KEY: "", "user_id": 7},
            f'unknown key "{KEY[:4]}..." (a name that may be a secret is not shown); '
            "config.example.json holds every setting (1 more problem)",
        ),
        (
            {"AIzaSyA1234567890abcdefghij": ""},
            'unknown key "AIza..." (a name that may be a secret is not shown); config.example.json holds every setting',
        ),
        (
            {"0f8fad5b-d9cb-469f-a165-70867728950e": ""},
            'unknown key "0f8f..." (a name that may be a secret is not shown); config.example.json holds every setting',
        ),
        ({"api_key": KEY}, 'unknown key "api_key"; did you mean "openai_api_key"?'),
    ],
)
def test_no_error_shows_a_secret(tmp_path: Path, content: dict[str, object], message: str) -> None:
    path = written(tmp_path, content)
    assert refusal(path) == f"{path}: {message}"


def test_a_rejected_value_from_a_variable_is_shown_as_it_was_written(tmp_path: Path) -> None:
    path = written(tmp_path, {"port": "${PORT}"})
    assert refusal(path, {"PORT": "secret"}) == (
        f'{path}: port: got "${{PORT}}"; accepted: whole number, 0 to 65535, without quotes'
    )


# Whatever comes

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
some_keys = st.sampled_from(list(Config.model_fields))
seeded = settings(deadline=None, derandomize=True)


def check_config_or_one_line(
    path: Path | None, environ: Mapping[str, str], arguments: Mapping[str, object] | None = None
) -> None:
    try:
        config = load_config(path, environ=environ, arguments=arguments or {})
    except ConfigError as error:
        refused = str(error)
    else:
        refused = ""
        assert Config.model_validate(config.model_dump()) == config
        assert json.loads(json.dumps(config.redacted())) == config.redacted()
    assert refused.isprintable()


@seeded
@given(st.binary())
def test_any_bytes_give_a_config_or_one_line(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    check_config_or_one_line(written(tmp_path_factory.mktemp("any"), content), {})


@seeded
@given(st.dictionaries(some_keys | st.text(), json_values, max_size=4))
def test_any_json_object_gives_a_config_or_one_line(
    tmp_path_factory: pytest.TempPathFactory, content: dict[str, object]
) -> None:
    check_config_or_one_line(written(tmp_path_factory.mktemp("any"), content), {})


@seeded
@given(st.dictionaries(some_keys, texts | json_values, max_size=4))
def test_any_arguments_give_a_config_or_one_line(arguments: dict[str, object]) -> None:
    check_config_or_one_line(None, {}, arguments)


@seeded
@given(st.dictionaries(some_keys.map(lambda key: f"MEMORYOS_{key.upper()}"), texts, max_size=4))
def test_any_environment_gives_a_config_or_one_line(environ: dict[str, str]) -> None:
    check_config_or_one_line(None, environ)
