"""The wire contract: what each tool answers, field by field.

Descriptions are short on purpose: an agent pays for them with every list of tools.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from memoryos.errors import InvalidArgumentError

if TYPE_CHECKING:
    from typing_extensions import Self

    from memoryos.models import Recall


class Wire(BaseModel):
    """What goes over the wire."""

    # Titles would repeat every field's name in the published schemas.
    model_config = ConfigDict(json_schema_extra=lambda schema: _without_titles(schema))


def _without_titles(schema: dict[str, Any]) -> None:
    schema.pop("title", None)
    for field in schema.get("properties", {}).values():
        field.pop("title", None)


def plain_schema(schema: Mapping[str, Any], *, inline: bool = True) -> dict[str, Any]:
    """The schema without what some client stumbles over: choices between types (the first that is not null stands for
    them), free objects, titles, defaults of null and, where it is to be `inline`, references."""
    shared = schema.get("$defs", {})
    if inline or not shared:
        return _plain(schema, shared)
    return {**_plain(schema, {}), "$defs": {name: _plain(part, {}) for name, part in shared.items()}}


def _plain(schema: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "anyOf":
            plain = _plain(next(option for option in value if option.get("type") != "null"), shared) | plain
        elif key == "$ref" and shared:
            referred = _plain(shared[value.removeprefix("#/$defs/")], shared)
            plain = {name: part for name, part in referred.items() if name != "description"} | plain
        elif key == "properties":
            plain[key] = {name: _plain(part, shared) for name, part in value.items()}
        elif key == "items":
            plain[key] = _plain(value, shared)
        elif key not in ("title", "additionalProperties", "$defs") and not (key == "default" and value is None):
            plain[key] = value
    return plain


class RecallFilter(Wire):
    """What retrieve_memory looks through."""

    project: Annotated[str | None, Field(description='"*": all')] = None
    after: str | None = None
    before: str | None = None
    metadata: Annotated[list[str] | None, Field(description="key=value")] = None

    def pairs(self) -> dict[str, str]:
        """The keys and values of `metadata`. Raises `InvalidArgumentError` for what is no such pair."""
        pairs: dict[str, str] = {}
        for each in self.metadata or ():
            key, equals, value = each.partition("=")
            if not equals or not key.strip():
                raise InvalidArgumentError("filter.metadata", repr(each[:40]), 'texts such as "key=value"')
            pairs[key.strip()] = value.strip()
        return pairs


class AddedDetails(Wire):
    id: Annotated[str, Field(description="the page's id")]
    repeated: Annotated[bool, Field(description="true: this page was stored before (a retry), nothing was added")]


class AddMemoryResult(Wire):
    status: Literal["success"] = "success"
    message: str
    timestamp: Annotated[str, Field(description="the page's time")]
    details: AddedDetails


class ShortTermPage(Wire):
    id: str
    timestamp: str
    when: Annotated[str | None, Field(description="how long ago that was")] = None
    user_input: str
    agent_response: str


class RetrievedPage(ShortTermPage):
    meta_info: Annotated[str | None, Field(description="summary of the talk it belongs to, once a talk")] = None
    outdated_by: Annotated[str | None, Field(description="id of a newer page that says otherwise")] = None
    shortened: Annotated[bool | None, Field(description="true: parts left out (…); query its id for all")] = None
    score: Annotated[float | None, Field(description="0-1, with explain")] = None
    why: Annotated[str | None, Field(description="what made the score, with explain")] = None


class KnowledgeItem(Wire):
    id: str
    knowledge: str
    timestamp: str


class RetrievedKnowledge(KnowledgeItem):
    when: Annotated[str | None, Field(description="how long ago that was said")] = None


class RetrieveMemoryResult(Wire):
    status: Literal["success"] = "success"
    query: str
    timestamp: Annotated[str, Field(description="now")]
    message: Annotated[str | None, Field(description="what to know of this reply")] = None
    user_profile: Annotated[str, Field(description="told once a conversation")]
    short_term_memory: Annotated[list[ShortTermPage], Field(description="newest exchanges that you do not have yet")]
    short_term_count: int
    retrieved_pages: Annotated[list[RetrievedPage], Field(description="past exchanges, best first")]
    retrieved_user_knowledge: list[RetrievedKnowledge]
    retrieved_assistant_knowledge: list[RetrievedKnowledge]
    total_pages_found: int
    total_user_knowledge_found: int
    total_assistant_knowledge_found: int
    cut: Annotated[str | None, Field(description="what max_tokens left out")] = None
    cursor: Annotated[str | None, Field(description="more pages bear on it: call again with this")] = None
    _recall: Recall | None = PrivateAttr(default=None)

    @property
    def recall(self) -> Recall | None:
        """What the reply was made of, where somebody is to be shown it; it is not sent."""
        return self._recall

    def made_of(self, recall: Recall) -> Self:
        """This reply, with what it was made of."""
        self._recall = recall
        return self


class UserProfileResult(Wire):
    status: Literal["success"] = "success"
    timestamp: Annotated[str, Field(description="now")]
    user_id: str
    assistant_id: str
    user_profile: str
    user_knowledge: list[KnowledgeItem]
    user_knowledge_count: int
    assistant_knowledge: list[KnowledgeItem] | None = None
    assistant_knowledge_count: int | None = None
    analysis: Literal["model", "extractive"]
    cut: Annotated[str | None, Field(description="what max_tokens left out")] = None


class ForgetMemoryResult(Wire):
    status: Annotated[
        Literal["success", "preview", "refused"], Field(description="preview, refused: nothing was deleted")
    ] = "success"
    message: str
    pages: Annotated[int, Field(description="exchanges deleted, or that would be")]
    facts: Annotated[int, Field(description="facts that stood on them")]
    traits: Annotated[int, Field(description="traits that stood on them")]
    shown: Annotated[list[str] | None, Field(description="the first exchanges that would go")] = None
    overwritten: Annotated[bool, Field(description="false: still in the log of the file, for a minute")] = True


class ListedMemory(Wire):
    id: str | None = None
    text: str
    timestamp: str | None = None
    author: Annotated[str | None, Field(description="rule: as it was said; model, agent; person: the user")] = None
    state: Annotated[str | None, Field(description="where it does not simply hold")] = None
    pinned: bool | None = None
    pages: Annotated[list[str] | None, Field(description="exchanges that it stands on")] = None


class ListMemoriesResult(Wire):
    status: Literal["success"] = "success"
    kind: str
    items: list[ListedMemory]
    cursor: Annotated[str | None, Field(description="to go on with; absent at the end")] = None


class CorrectMemoryResult(Wire):
    status: Literal["success", "refused"] = "success"
    message: str
    fact_id: Annotated[str | None, Field(description="of the fact as it is now")] = None


class TierCounts(Wire):
    pages: int
    short_term: int
    segments: int
    archived_segments: int
    user_knowledge: int
    assistant_knowledge: int
    superseded_knowledge: int
    traits: int


class HeatStatus(Wire):
    hottest: float | None
    threshold: float
    waiting: int


class PendingWork(Wire):
    embed: int
    read: int = 0
    consolidate: int
    analyse: int


class LastError(Wire):
    work: str
    error: str
    at: str
    attempts: int


class ModelStatus(Wire):
    address: str
    name: str
    state: str
    calls_today: int
    tokens_today: int
    daily_token_budget: int


class ParkedPage(Wire):
    work: str
    page: str
    error: str
    at: str


class StatusResult(Wire):
    """The resource `memoryos://status`."""

    version: str
    user_id: str
    assistant_id: str
    data_path: str
    schema_version: int
    counts: TierCounts
    pending: PendingWork
    last_error: LastError | None
    embedder: str
    embedder_state: str
    analyst: str
    dialogue_is_sent_to: str
    model: ModelStatus | None = None
    heat: HeatStatus | None = None
    refused_facts: dict[str, int] = {}
    parked_pages: int = 0
    parked: list[ParkedPage] = []
