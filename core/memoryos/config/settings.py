"""Config: every setting of the product in one frozen value, and where it may come from.

Arguments come first, then `MEMORYOS_<KEY>` variables, the config file, `OPENAI_API_KEY` and `OPENAI_BASE_URL`, and the
default. An empty string, null and a placeholder such as "YOUR_OPENAI_API_KEY" are the same as not set.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    JsonValue,
    SecretStr,
    ValidationError,
    WithJsonSchema,
    field_serializer,
    model_validator,
)

from memoryos.config import checks, sources
from memoryos.config.text import first_of, shown, type_text
from memoryos.errors import ConfigError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["Config", "ModelEndpoint", "ModelProgram", "Setting", "describe", "json_schema", "load_config"]

OPENAI_URL = "https://api.openai.com/v1"

_ENDING = re.compile(r"\.(?:exe|cmd|bat|com)$", re.IGNORECASE)

_log = logging.getLogger(__name__)


def _plain_secret(secret: SecretStr) -> SecretStr:
    return SecretStr(checks.secret_text(secret.get_secret_value()))


_IdSchema = WithJsonSchema({"type": "string", "minLength": 1, "maxLength": checks.MAX_ID_CHARACTERS})
_Id: TypeAlias = Annotated[str, AfterValidator(checks.normal_id), _IdSchema]
_Name: TypeAlias = Annotated[str, AfterValidator(checks.plain_text), Field(max_length=256)]
_Url: TypeAlias = Annotated[str, AfterValidator(checks.web_address), Field(max_length=2_000)]
_Secret: TypeAlias = Annotated[SecretStr, AfterValidator(_plain_secret), Field(max_length=2_000)]
_Factor: TypeAlias = Annotated[float, Field(ge=0)]
_Capacity: TypeAlias = Annotated[int, Field(ge=1, le=1_000_000_000)]


_Words: TypeAlias = Annotated[
    tuple[str, ...],
    BeforeValidator(checks.listed),
    AfterValidator(checks.command_words),
    WithJsonSchema({"type": "array", "items": {"type": "string"}, "maxItems": checks.MAX_COMMAND_WORDS}),
]


_Texts: TypeAlias = Annotated[
    tuple[str, ...],
    BeforeValidator(checks.list_of_texts),
    WithJsonSchema({"type": "array", "items": {"type": "string"}, "maxItems": checks.MAX_TEXTS}),
]


@dataclass(frozen=True, slots=True)
class ModelEndpoint:
    """Where dialogue is sent to be thought about: an OpenAI-compatible chat endpoint; an `api_key` of "" is none."""

    base_url: str = field(repr=False)
    api_key: str = field(repr=False)
    model: str

    @property
    def address(self) -> str:
        """The base URL fit to be shown: without user information and query."""
        return checks.without_secrets(self.base_url)


@dataclass(frozen=True, slots=True)
class ModelProgram:
    """A program to which dialogue is given to be thought about: its words, or the name of one that is known.

    `model` is the name of the model to use, None where that is left to the program.
    """

    words: tuple[str, ...] = field(repr=False)
    model: str | None

    @property
    def name(self) -> str:
        """The program without its folder and the ending of Windows; what its other words hold is shown nowhere."""
        return _ENDING.sub("", PureWindowsPath(self.words[0]).name)

    @property
    def is_preset(self) -> bool:
        """Whether it is one that is known by its name alone."""
        return self.words in {(name,) for name in checks.KNOWN_PROGRAMS}

    @property
    def address(self) -> str:
        """Where dialogue goes, in words."""
        return f"program {self.name}"


class Config(BaseModel, frozen=True, extra="forbid", strict=True, allow_inf_nan=False):
    """The settings of MemoryOS; every key is optional, and an empty string means not set."""

    # Who and where
    user_id: _Id = Field(default="default", description="Whose memory this is.")
    assistant_id: _Id = Field(
        default="default_assistant_profile",
        description="Whose exchanges these are: assistants that share a memory share no knowledge about themselves.",
    )
    data_storage_path: Annotated[str, AfterValidator(checks.data_folder)] = Field(
        default="",
        max_length=4_000,
        validate_default=True,
        description="Folder of all memories; empty: the platform's folder for user data.",
    )
    database_url: Annotated[str, AfterValidator(checks.database_address)] = Field(
        default="",
        max_length=2_000,
        description='Database of all memories, such as "postgresql://host/name"; empty: files in data_storage_path.',
    )
    project: Annotated[str, AfterValidator(checks.project)] = Field(
        default="",
        max_length=256,
        description='Project that pages belong to and are recalled in; empty: personal pages; "*": recall sees all.',
    )
    mask_secrets: bool = Field(
        default=True,
        description="Whether keys, tokens and passwords are masked in what imports and hooks bring.",
    )
    timezone: Annotated[str, AfterValidator(checks.time_zone)] = Field(
        default="", max_length=256, description="IANA zone of timestamps given without one; empty: this machine's zone."
    )

    # The language model that reads pages in the background and answers get_response
    openai_api_key: _Secret = Field(
        default=SecretStr(""),
        description="Key of the model's endpoint; with no openai_base_url either, no model is used.",
    )
    openai_base_url: _Url = Field(
        default="", description="OpenAI-compatible endpoint of the model; empty: OpenAI's own, used only with a key."
    )
    llm_command: _Words = Field(
        default=(),
        repr=False,
        description="Program that is the model instead: claude, codex, gemini, llm or ollama by name, or its words.",
    )
    llm_model: _Name = Field(default="gpt-4o-mini", description="Name of the model at that endpoint, or for a program.")
    llm_timeout_seconds: float = Field(
        default=120.0, gt=0, le=3_600, description="Seconds after which one call to the model is given up."
    )
    llm_concurrency: int = Field(default=1, ge=1, le=8, description="Background calls to the model at the same time.")
    llm_daily_token_budget: int = Field(
        default=0, ge=0, le=1_000_000_000_000, description="Tokens the background work may use a day; 0: no limit."
    )

    agent_analysis: bool = Field(
        default=False,
        description="Whether agents read pages in the place of a model, by the tools reflect and commit_reflection.",
    )

    # Embeddings
    embedding_model_name: Annotated[str, AfterValidator(checks.model_name)] = Field(
        default="all-MiniLM-L6-v2",
        max_length=4_000,
        description="The default model, a Hugging Face name, a path from ./, ../ or ~/, or the endpoint's model.",
    )
    embedding_model_file: Annotated[str, AfterValidator(checks.absolute_path)] = Field(
        default="", max_length=4_000, description="Another copy of the default model's weights (model.onnx)."
    )
    embedding_base_url: _Url = Field(
        default="", description="OpenAI-compatible endpoint that computes embeddings; empty: this machine does."
    )
    embedding_api_key: _Secret = Field(default=SecretStr(""), description="Key of the embedding endpoint.")
    embedding_threads: int = Field(default=2, ge=1, le=64, description="Threads that compute one embedding.")

    # The three tiers
    short_term_capacity: int = Field(
        default=10, ge=1, le=1_000, description="Newest pages that make up short-term memory."
    )
    mid_term_capacity: _Capacity = Field(
        default=2_000, description="Segments in mid-term memory; beyond it the coldest are archived."
    )
    mid_term_similarity_threshold: float = Field(
        default=0.6, ge=0, le=2, description="Score (cosine + keyword overlap) from which a page joins a segment."
    )
    mid_term_heat_threshold: float = Field(default=5.0, gt=0, description="Heat from which a segment is analysed.")
    long_term_knowledge_capacity: _Capacity = Field(
        default=100, description="Facts about the user, and as many about the assistant; older ones are archived."
    )

    # The three terms of heat
    heat_alpha: _Factor = Field(default=1.0, description="Weight of a segment's visits in its heat.")
    heat_beta: _Factor = Field(default=1.0, description="Weight of a segment's pages not yet analysed in its heat.")
    heat_gamma: _Factor = Field(default=1.0, description="Weight of a segment's recency in its heat.")
    heat_recency_seconds: float = Field(
        default=1e7, gt=0, description="Seconds without a visit after which recency has fallen to 1/e."
    )

    # Retrieval
    retrieval_mode: Literal["hybrid", "two_stage"] = Field(
        default="hybrid", description="Meaning and words over all pages, or the paper's segments first, then pages."
    )
    reranker: _Name = Field(
        default="", description="What orders the best pages anew, by name, from a package that brings one; empty: none."
    )
    retrieval_queue_capacity: int = Field(
        default=7,
        ge=1,
        le=100,
        description="Pages a query brings where it does not say; a server for which it is not set brings 12.",
    )
    count_visits: bool = Field(default=True, description="Whether retrieving a page warms its segment.")

    # What hooks of clients bring
    captured_by_hooks: bool = Field(
        default=False,
        description="Whether the client's hooks keep each exchange: the agent is not asked to add it then.",
    )
    hooks_ignore: _Texts = Field(
        default=(), description='Folders of which hooks keep and bring nothing, such as "~/work/secret*".'
    )

    # Background work
    consolidation_batch: int = Field(
        default=10, ge=1, le=50, description="Waiting pages that are grouped and summarised at once."
    )
    consolidation_idle_seconds: float = Field(
        default=60.0,
        ge=0,
        le=2_592_000,
        description="Seconds after which a batch that is not full is taken, by a model 60 times as long after the last "
        "page; 0: at once.",
    )

    # Serving: held here, because one file and one set of variables configure both; checked by memoryos_mcp.settings
    transport: Literal["stdio", "sse", "streamable-http"] = Field(
        default="stdio", description="How clients reach the server; sse is for old clients."
    )
    host: _Name = Field(
        default="127.0.0.1",
        description="Address that sse and streamable-http listen on; one that others reach needs auth.",
    )
    port: int = Field(
        default=8765, ge=0, le=65_535, description="Port that sse and streamable-http listen on; 0: a free one."
    )
    tools: Literal["core", "standard", "all"] = Field(
        default="core",
        description="Tools that agents get: to add, recall, see the profile; also to list, correct, forget; or all.",
    )
    forget_tool: bool = Field(
        default=False, description="Whether agents get forget_memory beside the core tools; standard has it anyway."
    )
    reply_short_term: Literal["missing", "always"] = Field(
        default="missing",
        description="Newest pages in a reply: those that the agent does not have yet, or always all of them.",
    )
    structured_replies: bool = Field(
        default=False,
        description="Whether tools publish the schema of their replies and send them as structured content, too.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = Field(
        default="INFO", description="Least severe messages written to stderr; DEBUG includes dialogue."
    )

    # Many users; checked by memoryos_mcp.settings like the rest of serving
    auth: Literal["none", "tokens", "jwt"] = Field(
        default="none",
        description="How callers over HTTP say who they are: not at all, by a token of `token create`, or by a JWT.",
    )
    inspect: bool = Field(
        default=False,
        description="Whether a server over streamable-http shows people their memory at /inspect, behind its sign-in.",
    )
    multi_user: bool = Field(
        default=False,
        description="Without auth: whether each call names its user, by a further argument user_id of all tools.",
    )
    max_open_memories: int = Field(
        default=200, ge=1, le=100_000, description="Memories of users kept open at a time, the last used ones."
    )
    max_open_bytes: int = Field(
        default=1_000_000_000,
        ge=0,
        le=1_000_000_000_000,
        description="Bytes of RAM from which memories of users are closed, the last used one excepted; 0: no limit.",
    )
    max_pages_per_minute: int = Field(
        default=0, ge=0, le=1_000_000, description="Pages a user may add a minute, in each process; 0: no limit."
    )
    max_stored_bytes: int = Field(
        default=0,
        ge=0,
        le=1_000_000_000_000_000,
        description="Bytes from which a user's file takes no more pages; 0: no limit.",
    )
    jwt_issuer: _Url = Field(default="", description="Who signs in users: the issuer that a JWT must name.")
    jwt_audience: Annotated[str, AfterValidator(checks.plain_text)] = Field(
        default="", max_length=2_000, description="For whom a JWT must be made out; empty: public_url."
    )
    jwt_jwks_url: _Url = Field(default="", description="Where the issuer publishes its keys (https, or loopback).")
    jwt_algorithms: Annotated[_Texts, AfterValidator(checks.each(checks.signature_algorithm))] = Field(
        default=("RS256", "ES256"), description="Signatures that a JWT may have; none with a shared secret."
    )
    jwt_user_claim: _Name = Field(default="sub", description="Claim of a JWT that is the user's id.")
    public_url: _Url = Field(
        default="", description="Address that clients call this server by, its path with it; jwt needs it."
    )
    allowed_hosts: Annotated[_Texts, AfterValidator(checks.each(checks.host_name))] = Field(
        default=(), description="Names that clients call this server by, with or without port."
    )
    allowed_origins: Annotated[_Texts, AfterValidator(checks.each(checks.web_origin))] = Field(
        default=(), description="Origins of web pages that may call this server (CORS); empty: none but its own."
    )
    tls_certificate: Annotated[str, AfterValidator(checks.absolute_path)] = Field(
        default="", max_length=4_000, description="File of the certificate chain (PEM): HTTP is served over TLS then."
    )
    tls_key: Annotated[str, AfterValidator(checks.absolute_path)] = Field(
        default="", max_length=4_000, description="File of the certificate's private key (PEM)."
    )
    trusted_proxies: Annotated[_Texts, AfterValidator(checks.each(checks.network))] = Field(
        default=(), description="Addresses or networks of proxies whose X-Forwarded headers are believed."
    )
    max_request_bytes: int = Field(
        default=4_194_304, ge=1_024, le=1_073_741_824, description="Size of a request over HTTP, at most."
    )
    request_timeout_seconds: float = Field(
        default=30.0, gt=0, le=3_600, description="Seconds in which a request over HTTP has to arrive."
    )
    max_connections: int = Field(
        default=0, ge=0, le=1_000_000, description="Connections over HTTP at a time, answered 503 beyond; 0: no limit."
    )

    # What is told to those who run it
    metrics_readers: Annotated[_Texts, AfterValidator(checks.each(checks.network))] = Field(
        default=(), description="Addresses or networks that may read /metrics over HTTP (Prometheus); empty: nobody."
    )
    traces_url: _Url = Field(
        default="", description="Where a span of each request is sent, by OTLP over HTTP; empty: nowhere."
    )

    @model_validator(mode="before")
    @classmethod
    def _drop_unset(cls, data: object) -> object:
        if not isinstance(data, Mapping):
            return data
        return {key: value for key, value in data.items() if key != sources.SCHEMA_KEY and value not in ("", [])}

    @field_serializer("llm_command", when_used="json")
    def _hide_arguments(self, words: tuple[str, ...]) -> list[str]:
        """The program alone: what follows it may be a key."""
        return [word if at == 0 else "***" for at, word in enumerate(words)]

    @field_serializer("openai_api_key", "embedding_api_key", when_used="json")
    def _hide_key(self, secret: SecretStr) -> str:
        return "set" if secret.get_secret_value() else ""

    @field_serializer(
        "database_url",
        "openai_base_url",
        "embedding_base_url",
        "jwt_issuer",
        "jwt_jwks_url",
        "public_url",
        "traces_url",
        when_used="json",
    )
    def _hide_user_information(self, address: str) -> str:
        return checks.without_secrets(address)

    def __repr_args__(self) -> Iterable[tuple[str | None, object]]:
        """What `repr` and `str` show: nothing secret."""
        return self.redacted().items()

    def redacted(self) -> dict[str, JsonValue]:
        """Every setting as it is in effect, fit to be shown: a key is "set" or "", a URL without its secrets."""
        return self.model_dump(mode="json")

    @property
    def store_scheme(self) -> str:
        """The scheme of `database_url`: "sqlite" where it is empty."""
        return self.database_url.partition(":")[0] or "sqlite"

    @property
    def serves_many(self) -> bool:
        """Whether a server of this configuration has a memory for each user, and none of its own."""
        return self.multi_user or self.auth != "none"

    @property
    def model_endpoint(self) -> ModelEndpoint | ModelProgram | None:
        """The language model to use, None where none is on.

        It is on with a program, with a key, or with an endpoint other than OpenAI's own, which may do without one. A
        program goes before an endpoint: nothing is sent to the latter then.
        """
        if self.llm_command:
            return ModelProgram(self.llm_command, self.llm_model if "llm_model" in self.model_fields_set else None)
        key = self.openai_api_key.get_secret_value()
        host = urlsplit(self.openai_base_url or OPENAI_URL).hostname
        if not key and host == urlsplit(OPENAI_URL).hostname:
            return None
        return ModelEndpoint(self.openai_base_url or OPENAI_URL, key, self.llm_model)

    @property
    def dialogue_goes_to(self) -> tuple[str, ...]:
        """The programs and addresses that get dialogue, without secrets: of the model, and of embeddings."""
        model = self.model_endpoint
        addresses = [] if model is None else [model.address]
        if self.embedding_base_url:
            addresses.append(checks.without_secrets(self.embedding_base_url))
        return tuple(dict.fromkeys(addresses))


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting as documents and messages describe it; `default` is JSON text."""

    key: str
    type: str
    default: str
    description: str


def _check_program(config: Config) -> None:
    if config.llm_command == ("ollama",) and "llm_model" not in config.model_fields_set:
        raise ValueError('["ollama"] together with llm_model, the name of a model that it has')


Check: TypeAlias = Callable[[Config], None]
"""Raises ValueError with what is accepted where a setting's value will not do for the caller's purpose."""


def load_config(
    path: Path | None,
    *,
    environ: Mapping[str, str],
    arguments: Mapping[str, object] = MappingProxyType({}),
    checked: Mapping[str, Check] = MappingProxyType({}),
) -> Config:
    """The settings in effect; `path` is the config file, None for none.

    `${NAME}` in a text is replaced from `environ`; relative paths begin at the config file's folder, those of
    arguments and variables at the working directory. `checked` are further checks of the caller's, by setting. Raises
    `ConfigError` with one line that names place, key, value and what is accepted; keys of endpoints are never shown.
    Placeholders and unknown `MEMORYOS_` variables are logged.
    """
    kinds: dict[str, object] = {key: info.annotation for key, info in Config.model_fields.items()}
    places = [sources.from_arguments(arguments), sources.from_environment(environ, kinds)]
    if path is not None:
        places.append(sources.from_file(path))
    gathered = sources.gather(places, environ, kinds)
    if gathered.values.keys() & {"llm_model", "openai_base_url"}:
        # Only who names a model or an endpoint has agreed that a key lying about in the environment is used.
        gathered = sources.gather([*places, sources.from_openai_environment(environ)], environ, kinds)
    problems = list(gathered.problems)
    try:
        config = Config.model_validate(gathered.values)
    except ValidationError as error:
        problems += _explained(error.errors(include_url=False), gathered)
    else:
        problems += _unfit(config, {"llm_command": _check_program, **checked}, gathered)
    if problems:
        raise ConfigError(first_of(problems))
    if gathered.placeholders:
        _log.warning("placeholders count as not set: %s", ", ".join(gathered.placeholders))
    if unknown := sources.unknown_variables(environ, kinds):
        _log.warning("environment variables without a setting: %s", ", ".join(unknown))
    return config


def json_schema() -> dict[str, JsonValue]:
    """The JSON schema of a config file, for editors; config.schema.json holds it."""
    schema = Config.model_json_schema()
    properties = {sources.SCHEMA_KEY: {"type": "string", "description": "This schema, for editors; ignored."}}
    for key, parts in schema["properties"].items():
        properties[key] = {name: part for name, part in parts.items() if name != "title"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "MemoryOS configuration",
        "description": schema["description"],
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def describe() -> tuple[Setting, ...]:
    """Every setting in the order of the model."""
    return tuple(
        Setting(key, type_text(parts), json.dumps(parts["default"]), parts["description"])
        for key, parts in Config.model_json_schema()["properties"].items()
    )


def _explained(errors: Iterable[ErrorDetails], gathered: sources.Gathered) -> list[str]:
    """One line for each value the model rejects: place, key, value and what is accepted."""
    types = {setting.key: setting.type for setting in describe()}
    lines = []
    for error in errors:
        key = str(error["loc"][0])
        source = _source(key, gathered)
        written = source.values.get(key, "")
        accepted = str(error["ctx"]["error"]) if error["type"] == "value_error" else types[key]
        if isinstance(written, str) and not source.prefix and error["type"] in ("int_type", "float_type", "bool_type"):
            accepted += ", without quotes"
        lines.append(_refusal(key, source, accepted))
    return lines


def _unfit(config: Config, checked: Mapping[str, Check], gathered: sources.Gathered) -> list[str]:
    """The same for each value that a check of the caller's rejects."""
    lines = []
    for key, check in checked.items():
        try:
            check(config)
        except ValueError as error:
            lines.append(_refusal(key, _source(key, gathered), str(error)))
    return lines


def _source(key: str, gathered: sources.Gathered) -> sources.Source:
    return gathered.sources.get(key, sources.Source("default", {}))


def _refusal(key: str, source: sources.Source, accepted: str) -> str:
    written = source.values.get(key, "")
    secret = key.endswith("_api_key") or (key.endswith("_url") and not {"@", "?"}.isdisjoint(str(written)))
    return f"{source.place}: {source.name(key)}: got {shown(written, secret)}; accepted: {accepted}"
