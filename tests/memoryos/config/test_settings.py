"""Settings: what loads, which source wins, when a model is on, and what is never shown."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import cast

import platformdirs
import pytest
from pydantic import SecretStr, ValidationError

from memoryos.config.settings import Config, ModelEndpoint, ModelProgram, Setting, describe, json_schema, load_config
from memoryos.errors import ConfigError

ROOT = Path(__file__).resolve().parents[3]
KEY = "sk-proj-4242424242"

REFERENCE_CONFIG = {
    "user_id": "test_user_001",
    "openai_api_key": "YOUR_OPENAI_API_KEY",
    "openai_base_url": "https://api.openai.com/v1",
    "data_storage_path": "./memoryos_data",
    "assistant_id": "assistant_001",
    "short_term_capacity": 10,
    "mid_term_capacity": 2000,
    "embedding_model_name": "BAAI/bge-m3",
    "long_term_knowledge_capacity": 100,
    "retrieval_queue_capacity": 7,
    "mid_term_heat_threshold": 7,
    "mid_term_similarity_threshold": 0.6,
    "llm_model": "gpt-4o-mini",
}


def written(folder: Path, content: object) -> Path:
    """A config file with this content: bytes and text as they are, all else as JSON."""
    path = folder / "config.json"
    if not isinstance(content, bytes):
        text = content if isinstance(content, str) else json.dumps(content)
        content = text.encode()
    path.write_bytes(content)
    return path


def loaded(folder: Path, content: object, **environ: str) -> Config:
    return load_config(written(folder, content), environ=environ)


# Defaults and the reference's file


def test_without_any_source_every_setting_has_its_default() -> None:
    assert load_config(None, environ={}).redacted() == {
        "user_id": "default",
        "assistant_id": "default_assistant_profile",
        "data_storage_path": os.path.abspath(platformdirs.user_data_dir("memoryos")),
        "database_url": "",
        "project": "",
        "mask_secrets": True,
        "timezone": "",
        "openai_api_key": "",
        "openai_base_url": "",
        "llm_command": [],
        "llm_model": "gpt-4o-mini",
        "llm_timeout_seconds": 120.0,
        "llm_concurrency": 1,
        "llm_daily_token_budget": 0,
        "agent_analysis": False,
        "embedding_model_name": "all-MiniLM-L6-v2",
        "embedding_model_file": "",
        "embedding_base_url": "",
        "embedding_api_key": "",
        "embedding_threads": 2,
        "short_term_capacity": 10,
        "mid_term_capacity": 2000,
        "mid_term_similarity_threshold": 0.6,
        "mid_term_heat_threshold": 5.0,
        "long_term_knowledge_capacity": 100,
        "heat_alpha": 1.0,
        "heat_beta": 1.0,
        "heat_gamma": 1.0,
        "heat_recency_seconds": 10_000_000.0,
        "retrieval_mode": "hybrid",
        "reranker": "",
        "retrieval_queue_capacity": 7,
        "count_visits": True,
        "captured_by_hooks": False,
        "hooks_ignore": [],
        "consolidation_batch": 10,
        "consolidation_idle_seconds": 60.0,
        "transport": "stdio",
        "host": "127.0.0.1",
        "port": 8765,
        "tools": "core",
        "forget_tool": False,
        "reply_short_term": "missing",
        "structured_replies": False,
        "log_level": "INFO",
        "auth": "none",
        "inspect": False,
        "multi_user": False,
        "max_open_memories": 200,
        "max_open_bytes": 1_000_000_000,
        "max_pages_per_minute": 0,
        "max_stored_bytes": 0,
        "jwt_issuer": "",
        "jwt_audience": "",
        "jwt_jwks_url": "",
        "jwt_algorithms": ["RS256", "ES256"],
        "jwt_user_claim": "sub",
        "public_url": "",
        "allowed_hosts": [],
        "allowed_origins": [],
        "tls_certificate": "",
        "tls_key": "",
        "trusted_proxies": [],
        "max_request_bytes": 4_194_304,
        "request_timeout_seconds": 30.0,
        "max_connections": 0,
        "metrics_readers": [],
        "traces_url": "",
    }


def test_the_references_config_loads_unchanged_and_every_key_takes_effect(tmp_path: Path) -> None:
    config = loaded(tmp_path, REFERENCE_CONFIG)
    effective = config.redacted()
    assert {key: effective[key] for key in REFERENCE_CONFIG} == REFERENCE_CONFIG | {
        "openai_api_key": "",
        "data_storage_path": str(tmp_path / "memoryos_data"),
    }
    assert config.mid_term_heat_threshold == 7.0
    assert isinstance(config.mid_term_heat_threshold, float)
    assert config.model_endpoint is None


def test_a_config_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Config().user_id = "eve"  # type: ignore[misc]


def test_a_schema_reference_and_empty_strings_mean_nothing_in_code_as_in_a_file() -> None:
    assert Config.model_validate({"$schema": "./config.schema.json", "llm_model": "", "transport": ""}) == Config()


def test_a_byte_order_mark_is_tolerated(tmp_path: Path) -> None:
    assert loaded(tmp_path, b'\xef\xbb\xbf{"user_id": "alex"}').user_id == "alex"


@pytest.mark.parametrize("nothing", ["", "  ", None])
def test_an_empty_value_is_not_set_whatever_the_setting(tmp_path: Path, nothing: str | None) -> None:
    assert loaded(tmp_path, dict.fromkeys(Config.model_fields, nothing)) == Config()


# Order of sources


@pytest.mark.parametrize(
    ("in_file", "in_environment", "in_arguments", "winner"),
    [
        ({}, {}, {}, 8765),
        ({"port": 1}, {}, {}, 1),
        ({"port": 1}, {"MEMORYOS_PORT": "2"}, {}, 2),
        ({"port": 1}, {"MEMORYOS_PORT": "2"}, {"port": 3}, 3),
        ({"port": 1}, {"MEMORYOS_PORT": ""}, {"port": None}, 1),
        ({"port": "of no concern"}, {"MEMORYOS_PORT": "2"}, {}, 2),
    ],
)
def test_arguments_win_over_variables_over_the_file_over_defaults(
    tmp_path: Path,
    in_file: dict[str, object],
    in_environment: dict[str, str],
    in_arguments: dict[str, object],
    winner: int,
) -> None:
    assert load_config(written(tmp_path, in_file), environ=in_environment, arguments=in_arguments).port == winner


@pytest.mark.parametrize(
    ("variable", "text", "key", "value"),
    [
        ("MEMORYOS_USER_ID", "007", "user_id", "007"),
        ("MEMORYOS_SHORT_TERM_CAPACITY", "7", "short_term_capacity", 7),
        ("MEMORYOS_MID_TERM_HEAT_THRESHOLD", "4.5", "mid_term_heat_threshold", 4.5),
        ("MEMORYOS_HEAT_RECENCY_SECONDS", "1e6", "heat_recency_seconds", 1_000_000.0),
        ("MEMORYOS_COUNT_VISITS", "false", "count_visits", False),
        ("MEMORYOS_COUNT_VISITS", "1", "count_visits", True),
        ("MEMORYOS_TRANSPORT", "sse", "transport", "sse"),
        ("MEMORYOS_OPENAI_API_KEY", KEY, "openai_api_key", SecretStr(KEY)),
    ],
)
def test_a_variables_text_becomes_the_type_of_its_setting(variable: str, text: str, key: str, value: object) -> None:
    assert load_config(None, environ={variable: text}) == Config.model_validate({key: value})


def test_unknown_variables_are_warned_about_once_and_change_nothing(caplog: pytest.LogCaptureFixture) -> None:
    environ = {
        "MEMORYOS_USR_ID": "alex",
        "MEMORYOS_QQ": "1",
        "MEMORYOS_CONFIG": "c",
        "MEMORYOS_EVAL": "1",
        "MEMORYOS_PORT": "1",
    }
    with caplog.at_level(logging.WARNING):
        assert load_config(None, environ=environ) == Config(port=1)
    assert caplog.messages == [
        "environment variables without a setting: MEMORYOS_QQ, MEMORYOS_USR_ID (did you mean MEMORYOS_USER_ID?)"
    ]


# Variables inside values


def test_a_named_variable_is_replaced_wherever_it_stands(tmp_path: Path) -> None:
    content = {"user_id": "${WHO}@${WHERE}", "openai_api_key": "${KEY}", "port": "${PORT}", "llm_model": "$5 {x}"}
    config = loaded(tmp_path, content, WHO="alex", WHERE="home", KEY=KEY, PORT="9000")
    assert config == Config(user_id="alex@home", openai_api_key=SecretStr(KEY), port=9000, llm_model="$5 {x}")


def test_a_replaced_value_is_not_replaced_again(tmp_path: Path) -> None:
    assert loaded(tmp_path, {"user_id": "${A}"}, A="${B}").user_id == "${B}"


def test_a_variable_that_is_empty_leaves_the_setting_unset(tmp_path: Path) -> None:
    assert loaded(tmp_path, {"openai_api_key": "${KEY}"}, KEY="") == Config()


# Placeholders


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("openai_api_key", "YOUR_OPENAI_API_KEY"),
        ("openai_api_key", "YOUR-API-KEY"),
        ("openai_api_key", "your_api_key_here"),
        ("openai_api_key", "OpenAI API key"),
        ("openai_api_key", "<your key>"),
        ("openai_api_key", "sk-..."),
        ("embedding_api_key", "sk-proj-..."),
        ("openai_base_url", "<base url>"),
        ("openai_base_url", "YOUR_BASE_URL"),
        ("llm_model", "YOUR_MODEL"),
        ("user_id", "YOUR_USER_ID"),
    ],
)
def test_a_placeholder_is_not_set_and_warned_about_by_key_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, key: str, value: str
) -> None:
    with caplog.at_level(logging.WARNING):
        assert loaded(tmp_path, {key: value}) == Config()
    assert caplog.messages == [f"placeholders count as not set: {key} ({tmp_path / 'config.json'})"]


def test_several_placeholders_make_one_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = written(tmp_path, {"openai_api_key": "YOUR_KEY"})
    with caplog.at_level(logging.WARNING):
        load_config(path, environ={"MEMORYOS_EMBEDDING_API_KEY": "sk-..."})
    assert caplog.messages == [
        f"placeholders count as not set: openai_api_key ({path}), MEMORYOS_EMBEDDING_API_KEY (environment)"
    ]


def test_a_placeholder_that_another_source_fills_is_no_cause_for_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        config = loaded(tmp_path, {"openai_api_key": "YOUR_KEY"}, MEMORYOS_OPENAI_API_KEY=KEY)
    assert (config.openai_api_key.get_secret_value(), caplog.messages) == (KEY, [])


@pytest.mark.parametrize("user_id", ["your_user_id", "Your friend", "a < b > c"])
def test_a_user_id_that_only_resembles_a_placeholder_stays(tmp_path: Path, user_id: str) -> None:
    assert loaded(tmp_path, {"user_id": user_id}).user_id == user_id


# Paths


def test_paths_of_a_file_begin_at_its_folder(tmp_path: Path) -> None:
    content = {
        "data_storage_path": "data",
        "embedding_model_file": "../model.onnx",
        "embedding_model_name": "./models/bge",
    }
    assert loaded(tmp_path, content) == Config(
        data_storage_path=str(tmp_path / "data"),
        embedding_model_file=str(tmp_path.parent / "model.onnx"),
        embedding_model_name=str(tmp_path / "models" / "bge"),
    )


def test_paths_of_arguments_and_variables_begin_at_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config = load_config(
        None, environ={"MEMORYOS_EMBEDDING_MODEL_NAME": "../bge"}, arguments={"data_storage_path": Path("data")}
    )
    assert config == Config(data_storage_path=str(tmp_path / "data"), embedding_model_name=str(tmp_path.parent / "bge"))


def test_a_tilde_is_the_home_folder_in_every_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    path = written(tmp_path, {"data_storage_path": "~/data", "embedding_model_name": "~/bge"})
    config = load_config(Path("~/config.json"), environ={"MEMORYOS_EMBEDDING_MODEL_FILE": "~/model.onnx"})
    assert path.exists()
    assert config == Config(
        data_storage_path=str(tmp_path / "data"),
        embedding_model_name=str(tmp_path / "bge"),
        embedding_model_file=str(tmp_path / "model.onnx"),
    )


@pytest.mark.parametrize("name", ["BAAI/bge-m3", "Qwen/Qwen3-Embedding-0.6B", ".hidden", "all-MiniLM-L6-v2"])
def test_a_models_name_is_not_taken_for_a_path(tmp_path: Path, name: str) -> None:
    assert loaded(tmp_path, {"embedding_model_name": name}).embedding_model_name == name


# When a model is on

OLLAMA = "http://localhost:11434/v1"
OPENAI = "https://api.openai.com/v1"


@pytest.mark.parametrize(
    ("content", "environ", "endpoint"),
    [
        ({}, {}, None),
        ({"openai_base_url": OPENAI}, {}, None),
        ({"openai_base_url": "https://API.openai.com"}, {}, None),
        ({"openai_api_key": "YOUR_OPENAI_API_KEY", "openai_base_url": OPENAI}, {}, None),
        ({"openai_api_key": KEY}, {}, ModelEndpoint(OPENAI, KEY, "gpt-4o-mini")),
        ({"openai_api_key": f" {KEY} "}, {}, ModelEndpoint(OPENAI, KEY, "gpt-4o-mini")),
        ({"openai_api_key": "${K}", "llm_model": "o"}, {"K": KEY}, ModelEndpoint(OPENAI, KEY, "o")),
        ({"openai_base_url": OLLAMA, "llm_model": "qwen3"}, {}, ModelEndpoint(OLLAMA, "", "qwen3")),
        ({"openai_base_url": OLLAMA}, {"OPENAI_API_KEY": KEY}, ModelEndpoint(OLLAMA, KEY, "gpt-4o-mini")),
        ({}, {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": OLLAMA}, None),
        ({"user_id": "alex"}, {"OPENAI_API_KEY": KEY}, None),
        ({"llm_model": ""}, {"OPENAI_API_KEY": KEY}, None),
        ({"llm_model": "YOUR_MODEL"}, {"OPENAI_API_KEY": KEY}, None),
        ({"llm_model": "o"}, {"OPENAI_API_KEY": KEY}, ModelEndpoint(OPENAI, KEY, "o")),
        ({"llm_model": "o"}, {"OPENAI_BASE_URL": OLLAMA}, ModelEndpoint(OLLAMA, "", "o")),
        ({"llm_model": "o"}, {"OPENAI_API_KEY": "YOUR_KEY"}, None),
        ({}, {"MEMORYOS_LLM_MODEL": "o", "OPENAI_API_KEY": KEY}, ModelEndpoint(OPENAI, KEY, "o")),
        ({"llm_model": "o", "openai_api_key": KEY}, {"OPENAI_API_KEY": "sk-2"}, ModelEndpoint(OPENAI, KEY, "o")),
        (REFERENCE_CONFIG, {"OPENAI_API_KEY": KEY}, ModelEndpoint(OPENAI, KEY, "gpt-4o-mini")),
    ],
)
def test_a_model_is_on_only_where_the_config_names_one(
    tmp_path: Path, content: dict[str, object], environ: dict[str, str], endpoint: ModelEndpoint | None
) -> None:
    assert load_config(written(tmp_path, content), environ=environ).model_endpoint == endpoint


def test_arguments_alone_can_name_a_model_that_the_environment_has_a_key_for() -> None:
    config = load_config(None, environ={"OPENAI_API_KEY": KEY}, arguments={"openai_base_url": OPENAI})
    assert config.model_endpoint == ModelEndpoint(OPENAI, KEY, "gpt-4o-mini")


# Secrets

SECRET_CONFIG = Config(
    openai_api_key=SecretStr(KEY),
    openai_base_url="https://alex:hunter2@models.example:8443/v1?token=hunter3#hunter4",
    embedding_api_key=SecretStr("emb-4242"),
    embedding_base_url="http://hunter5@localhost/v1",
    database_url="POSTGRESQL://tom:hunter6@db.example,db2.example:5432/memories?password=hunter7",
)


def test_the_redacted_config_shows_which_keys_are_set_and_no_secret() -> None:
    assert SECRET_CONFIG.redacted() == Config().redacted() | {
        "openai_api_key": "set",
        "openai_base_url": "https://***@models.example:8443/v1?***",
        "embedding_api_key": "set",
        "embedding_base_url": "http://***@localhost/v1",
        "database_url": "postgresql://***@db.example,db2.example:5432/memories?***",
    }


def test_no_way_of_writing_a_config_shows_a_secret() -> None:
    endpoint = SECRET_CONFIG.model_endpoint
    assert isinstance(endpoint, ModelEndpoint)
    assert (endpoint.api_key, endpoint.address) == (KEY, "https://***@models.example:8443/v1?***")
    texts = (
        repr(SECRET_CONFIG),
        str(SECRET_CONFIG),
        SECRET_CONFIG.model_dump_json(),
        str(SECRET_CONFIG.model_dump()["openai_api_key"]),
        str(SECRET_CONFIG.model_dump()["embedding_api_key"]),
        repr(endpoint),
        str(endpoint),
    )
    assert [text for text in texts if "42" in text or "hunter" in text] == []


# Checks of a caller's own


def no_tom(config: Config) -> None:
    if config.user_id == "tom":
        raise ValueError("anybody but tom")


@pytest.mark.parametrize(
    ("in_file", "in_environment", "place"),
    [
        ({"user_id": "tom"}, {}, "{path}: user_id"),
        ({"user_id": "alex"}, {"MEMORYOS_USER_ID": "tom"}, "environment: MEMORYOS_USER_ID"),
    ],
)
def test_a_further_check_refuses_in_the_same_words_with_the_place(
    tmp_path: Path, in_file: dict[str, object], in_environment: dict[str, str], place: str
) -> None:
    path = written(tmp_path, in_file)

    assert load_config(path, environ=in_environment).user_id == "tom"
    with pytest.raises(ConfigError) as raised:
        load_config(path, environ=in_environment, checked={"user_id": no_tom})
    assert str(raised.value) == f'{place.format(path=path)}: got "tom"; accepted: anybody but tom'


# What is accepted at the edges


@pytest.mark.parametrize(
    ("given_id", "kept"),
    [
        ("e\u0301lodie", "\xe9lodie"),
        ("e\u0301" * 128, "\xe9" * 128),
        ("李雷 and 韩梅梅", "李雷 and 韩梅梅"),
        ("alex@example.com", "alex@example.com"),
        ("👩\u200d🚀", "👩\u200d🚀"),
    ],
)
def test_ids_are_kept_in_nfc(given_id: str, kept: str) -> None:
    config = Config(user_id=given_id, assistant_id=given_id)
    assert (config.user_id, config.assistant_id) == (kept, kept)


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "Asia/Shanghai"])
def test_iana_zones_are_accepted(name: str) -> None:
    assert Config(timezone=name).timezone == name


# A program as the model


@pytest.mark.parametrize(
    ("content", "program", "address"),
    [
        ({"llm_command": ["claude"]}, ModelProgram(("claude",), None), "program claude"),
        ({"llm_command": ["codex"], "llm_model": "mini"}, ModelProgram(("codex",), "mini"), "program codex"),
        (
            {"llm_command": ["/opt/bin/ask.exe", "--key", ""]},
            ModelProgram(("/opt/bin/ask.exe", "--key", ""), None),
            "program ask",
        ),
        # A program goes before an endpoint, wherever that is named.
        (
            {"llm_command": ["llm"], "openai_api_key": KEY, "openai_base_url": OLLAMA},
            ModelProgram(("llm",), None),
            "program llm",
        ),
    ],
)
def test_a_program_is_the_model_whatever_endpoint_there_is(
    tmp_path: Path, content: dict[str, object], program: ModelProgram, address: str
) -> None:
    environ = {"MEMORYOS_OPENAI_BASE_URL": OLLAMA, "OPENAI_API_KEY": KEY}
    endpoint = load_config(written(tmp_path, content), environ=environ).model_endpoint
    assert endpoint == program
    assert endpoint.address == address


def test_an_endpoint_for_embeddings_alone_gets_dialogue_too(tmp_path: Path) -> None:
    content = {"embedding_base_url": "https://me:hunter2@embed.example/v1"}
    assert load_config(written(tmp_path, {}), environ={}).dialogue_goes_to == ()
    assert load_config(written(tmp_path, content), environ={}).dialogue_goes_to == ("https://***@embed.example/v1",)


def test_no_program_leaves_the_endpoint_in_use(tmp_path: Path) -> None:
    content = {"llm_command": [], "openai_base_url": OLLAMA}
    assert load_config(written(tmp_path, content), environ={}).model_endpoint == ModelEndpoint(
        OLLAMA, "", "gpt-4o-mini"
    )


def test_the_arguments_of_a_program_are_shown_nowhere() -> None:
    config = Config.model_validate({"llm_command": ["ask", "--key", "hunter2"]})
    assert config.redacted()["llm_command"] == ["ask", "***", "***"]
    assert "hunter2" not in f"{config!r}{config.model_endpoint!r}"


COMMAND = (
    'a list of texts, such as ["claude"] or ["/opt/bin/ask", "--json"], the first a program\'s name or whole path; no '
    "shell reads it, and no variable sets it"
)


@pytest.mark.parametrize(
    ("words", "got", "accepted"),
    [
        ("claude -p", '"claude -p"', COMMAND),
        (["./ask"], "a list", COMMAND),
        (["bin\\ask"], "a list", COMMAND),
        ([""], "a list", COMMAND),
        (["ask", "a\0b"], "a list", COMMAND),
        (["ask"] * 101, "a list", COMMAND),
        (["ask", 1], "a list", "list of at most 100 texts"),
        (["ollama"], "a list", '["ollama"] together with llm_model, the name of a model that it has'),
    ],
)
def test_what_is_no_program_is_refused_by_name(tmp_path: Path, words: object, got: str, accepted: str) -> None:
    path = written(tmp_path, {"llm_command": words})
    with pytest.raises(ConfigError) as caught:
        load_config(path, environ={})
    assert str(caught.value) == f"{path}: llm_command: got {got}; accepted: {accepted}"


def test_a_variable_names_no_program() -> None:
    with pytest.raises(ConfigError, match=r"environment: MEMORYOS_LLM_COMMAND: got .* no variable sets it"):
        load_config(None, environ={"MEMORYOS_LLM_COMMAND": '["claude"]'})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("allowed_hosts", ["memory.example/mcp"]),
        ("allowed_hosts", ["*"]),
        ("allowed_origins", ["*"]),
        ("allowed_origins", ["app.example"]),
        ("allowed_origins", ["https://app.example/"]),
        ("trusted_proxies", ["*"]),
        ("trusted_proxies", ["0.0.0.0/0"]),
        ("trusted_proxies", ["::/0"]),
        ("trusted_proxies", ["proxy"]),
        ("jwt_algorithms", ["none"]),
        ("jwt_algorithms", ["RS256", "HS256"]),
        ("jwt_algorithms", {"RS256": True}),
        ("allowed_hosts", ["a"] * 101),
    ],
)
def test_a_list_that_would_let_everybody_in_is_refused(tmp_path: Path, key: str, value: object) -> None:
    with pytest.raises(ConfigError, match=rf"config\.json: {key}: got (a list|an object); accepted: "):
        loaded(tmp_path, {key: value})


def test_a_list_of_texts_may_come_from_a_variable_with_commas_and_gets_its_normal_form(tmp_path: Path) -> None:
    config = loaded(
        tmp_path,
        {"allowed_origins": ["https://App.Example:8443"], "trusted_proxies": ["10.0.0.5", "10.0.0.0/8", "fd00::/8"]},
        MEMORYOS_ALLOWED_HOSTS="Memory.Example, [::1]:8765",
    )
    assert config.allowed_hosts == ("memory.example", "[::1]:8765")
    assert config.allowed_origins == ("https://app.example:8443",)
    assert config.trusted_proxies == ("10.0.0.5", "10.0.0.0/8", "fd00::/8")


# Documents


def test_the_example_holds_every_setting_once_in_order_and_loads_with_no_model_and_no_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = ROOT / "config.example.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    assert list(content) == ["$schema", *Config.model_fields]
    with caplog.at_level(logging.WARNING):
        config = load_config(path, environ={"OPENAI_API_KEY": KEY})
    assert config == Config(user_id="alex", data_storage_path=str(ROOT / "memoryos_data"), short_term_capacity=7)
    assert (config.model_endpoint, caplog.messages) == (None, [])


def test_the_schema_file_is_the_one_generated() -> None:
    command = (
        'python -c "import json, pathlib; from memoryos.config.settings import json_schema; '
        "pathlib.Path('config.schema.json').write_text(json.dumps(json_schema(), indent=2) + chr(10))\""
    )
    in_file = json.loads((ROOT / "config.schema.json").read_text(encoding="utf-8"))
    assert in_file == json_schema(), f"write the file anew from the checkout's root: {command}"


def test_the_schema_forbids_what_the_model_forbids() -> None:
    schema = json_schema()
    properties = cast("dict[str, object]", schema["properties"])
    assert (schema["additionalProperties"], list(properties)) == (False, ["$schema", *Config.model_fields])
    assert properties["short_term_capacity"] == {
        "default": 10,
        "description": "Newest pages that make up short-term memory.",
        "maximum": 1000,
        "minimum": 1,
        "type": "integer",
    }


def test_each_setting_is_described_in_one_sentence() -> None:
    settings = describe()
    assert [setting.key for setting in settings] == list(Config.model_fields)
    assert [s.key for s in settings if not s.description.endswith(".") or ". " in s.description] == []
    by_key = {setting.key: setting for setting in settings}
    assert by_key["port"] == Setting(
        "port", "whole number, 0 to 65535", "8765", "Port that sse and streamable-http listen on; 0: a free one."
    )
    assert replace(by_key["transport"], description="") == Setting(
        "transport", '"stdio", "sse" or "streamable-http"', '"stdio"', ""
    )


def test_reading_settings_loads_nothing_heavy() -> None:
    heavy = "{'numpy', 'faiss', 'onnxruntime', 'tokenizers', 'openai', 'mcp', 'torch'}"
    code = f"import sys, memoryos.config.settings; print(sorted({heavy} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert (result.stdout, result.stderr) == ("[]\n", "")
