"""The tools: functions over an open memory, what their docstrings say being what an agent reads, and their table."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, get_type_hints

from mcp.server.elicitation import AcceptedElicitation, ElicitationResult
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.resolve import Elicit, Resolve
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import BaseModel, Field

from memoryos import MemoryOSError, arguments, timestamps
from memoryos_mcp.tools import replies
from memoryos_mcp.tools.chat import SHOWS_APPS, VIEW
from memoryos_mcp.tools.fitting import as_json
from memoryos_mcp.tools.reflection import commit_reflection, reflect
from memoryos_mcp.tools.schemas import AddMemoryResult, RecallFilter, RetrieveMemoryResult, UserProfileResult
from memoryos_mcp.tools.steering import (
    Agreement,
    Consent,
    asks_to_correct,
    asks_to_forget,
    can_ask,
    correct_memory,
    forget_memory,
    list_memories,
)
from memoryos_mcp.transport.headroom import WORDS

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

    from memoryos import Config, Memoryos
    from memoryos_mcp.session import MemorySession
    from memoryos_mcp.tools.chat import ChatViews

DEFAULT_MAX_TOKENS: Final = 1_500
"""Of `retrieve_memory`: seven exchanges of a talk with their dates, or three as long as an assistant's answers."""

PAGES: Final = 12
"""At most, of which a reply keeps those that come near the best (`replies`)."""

COLLECTED_PAGES: Final = 40
"""As many where a question asks for all that there is of something."""

PROFILE_MAX_TOKENS: Final = 4_000

CLIENT: ContextVar[str | None] = ContextVar("client", default=None)
"""Who calls, by a name that lasts as long as the connection; None where each call stands alone."""


def add_memory(
    memory: Memoryos,
    user_input: Annotated[str, Field(description="what the user said, verbatim")],
    agent_response: Annotated[str, Field(description="what you answered, verbatim; may be empty")],
    timestamp: Annotated[
        str | int | float | None,
        Field(description='when it was said, such as "2026-03-01 09:30:00"; default: now'),
    ] = None,
    meta_data: Annotated[dict[str, Any] | None, Field(description="kept with the exchange")] = None,
    facts: Annotated[
        list[str] | None,
        Field(
            description='what it tells of the user, such as "The user\'s son Leo is 7."; "replaces ID: ..." '
            "corrects a fact"
        ),
    ] = None,
    project: Annotated[str | None, Field(description='"": personal')] = None,
    reader: replies.Reader | None = None,
) -> AddMemoryResult:
    """Remember one exchange for good. Call it once after each of your answers, also short ones. Never add what
    retrieve_memory returned."""
    given = None if timestamp is None or str(timestamp).strip().lower() == "now" else str(timestamp)
    reply = replies.added(memory.add_memory(user_input, agent_response, given, meta_data, facts or (), project=project))
    if reader is not None:
        reader.was_given([reply.details.id])
    return reply


def retrieve_memory(
    memory: Memoryos,
    query: Annotated[str, Field(description="what you want to know, in the user's words")],
    relationship_with_user: Annotated[str, Field(description="unused")] = "friend",
    style_hint: Annotated[str, Field(description="unused")] = "",
    max_results: Annotated[
        int | None,
        Field(
            description="pages at most; given, that many come",
            json_schema_extra={"minimum": 1, "maximum": arguments.MAX_RESULTS},
        ),
    ] = None,
    max_tokens: Annotated[int, Field(description="of the whole reply, 200-100000")] = DEFAULT_MAX_TOKENS,
    now: Annotated[
        str | int | float | None, Field(description='when the question is asked, for "yesterday"; default: now')
    ] = None,
    filter: Annotated[RecallFilter | None, Field(description="which pages")] = None,
    explain: Annotated[bool, Field(description="why each score")] = False,
    cursor: Annotated[str | None, Field(description="of the reply before")] = None,
    reader: replies.Reader | None = None,
) -> RetrieveMemoryResult:
    """Look up what was said before. Call it before you answer whatever may depend on earlier talks: people, plans,
    preferences, work, "as I said". Not for greetings. Read a page's "tomorrow" from its "timestamp"; where two differ,
    believe the newest. Ids as the query bring whole pages."""
    arguments.within("max_tokens", max_tokens, arguments.MIN_TOKENS, arguments.MAX_TOKENS)
    asked_at = None if now is None else str(now)
    wanted = filter or RecallFilter()
    recall = memory.retrieve(
        query,
        _pages(memory.config, query) if max_results is None else max_results,
        now=asked_at,
        project=wanted.project,
        after=wanted.after,
        before=wanted.before,
        meta_data=wanted.pairs(),
        cursor=cursor,
    )
    moment = moment_of(memory, asked_at)
    reader = reader or replies.Stranger(datetime.now(timezone.utc))
    reply = replies.recalled(
        recall,
        moment=moment,
        max_tokens=max_tokens,
        reader=replies.Always(reader) if memory.config.reply_short_term == "always" else reader,
        nearest=max_results is not None,
        summaries=memory.config.model_endpoint is not None,
        explain=explain,
    )
    return reply.made_of(recall) if SHOWS_APPS.get() else reply


def _pages(config: Config, query: str) -> int | None:
    """How many pages at most where a call does not say: what the configuration names, else what the query needs."""
    if "retrieval_queue_capacity" in config.model_fields_set:
        return None
    from memoryos.language.asking import collects  # tables of all languages, which the first answer must not wait for

    return COLLECTED_PAGES if collects(query) else PAGES


def get_user_profile(
    memory: Memoryos,
    include_knowledge: Annotated[bool, Field(description="with facts about the user")] = True,
    include_assistant_knowledge: Annotated[bool, Field(description="with facts about you")] = False,
    max_tokens: Annotated[int, Field(description="of the whole reply, 200-100000")] = PROFILE_MAX_TOKENS,
    project: Annotated[str | None, Field(description='"*": all')] = None,
) -> UserProfileResult:
    """Who the user is: profile, traits and known facts, newest first. Call it once, when a conversation starts."""
    arguments.within("max_tokens", max_tokens, arguments.MIN_TOKENS, arguments.MAX_TOKENS)
    return replies.profiled(
        memory.profile(project=project),
        memory.user_knowledge(project=project) if include_knowledge else (),
        memory.assistant_knowledge(project=project) if include_assistant_knowledge else None,
        user_id=memory.config.user_id,
        assistant_id=memory.config.assistant_id,
        now=moment_of(memory).text,
        max_tokens=max_tokens,
    )


Level = Literal["core", "standard", "all"]
"""The sets of tools, each within the next."""

_LEVELS: Final[tuple[Level, ...]] = ("core", "standard", "all")


@dataclass(frozen=True, slots=True)
class MemoryTool:
    """A tool as it is offered: its function, whose first parameter is the memory, and what a client may assume of it.

    A parameter `reader` of the function is who calls, and none of the published ones. `changes` is whether it writes:
    such calls of one client are done in the order in which they came. It is offered from the set `level` on, or where
    `offered` says so of the configuration. `assumed` are values of required arguments that a call may leave out.

    `question` is what to ask the person before the call, by its arguments, or None; a client that can put it to them
    does, and the function gets the answer as its parameter `consent`.
    """

    function: Callable[..., BaseModel]
    annotations: ToolAnnotations
    changes: bool = False
    level: Level = "core"
    offered: Callable[[Config], bool] = lambda _: False
    assumed: Mapping[str, object] = field(default_factory=dict)
    question: Callable[[Memoryos, Mapping[str, object]], str | None] | None = None

    def is_offered(self, config: Config) -> bool:
        """Whether a configuration's agents get it."""
        return _LEVELS.index(self.level) <= _LEVELS.index(config.tools) or self.offered(config)

    @property
    def name(self) -> str:
        """What clients call it by."""
        return self.function.__name__


def _reading(title: str) -> ToolAnnotations:
    return ToolAnnotations(title=title, read_only_hint=True, open_world_hint=False)


def _writing(title: str, **hints: bool) -> ToolAnnotations:
    return ToolAnnotations(title=title, read_only_hint=False, open_world_hint=False, **hints)


TOOLS: Final = (
    MemoryTool(
        add_memory,
        _writing("Remember an exchange", destructive_hint=False, idempotent_hint=True),
        changes=True,
        assumed={"agent_response": ""},
    ),
    MemoryTool(retrieve_memory, _reading("Recall past exchanges")),
    MemoryTool(get_user_profile, _reading("Who the user is")),
    MemoryTool(
        forget_memory,
        _writing("Forget exchanges", destructive_hint=True),
        changes=True,
        level="standard",
        offered=lambda config: config.forget_tool,
        question=asks_to_forget,
    ),
    MemoryTool(list_memories, _reading("Show what is remembered"), level="standard"),
    MemoryTool(
        correct_memory,
        _writing("Correct a fact", destructive_hint=False),
        changes=True,
        level="standard",
        question=asks_to_correct,
    ),
    MemoryTool(
        reflect,
        _writing("Read past exchanges for the memory", destructive_hint=False),
        changes=True,
        level="all",
        offered=lambda config: config.agent_analysis,
    ),
    MemoryTool(
        commit_reflection,
        _writing("Give back what was read", destructive_hint=False),
        changes=True,
        level="all",
        offered=lambda config: config.agent_analysis,
    ),
)
"""Every tool there is, in the order of the list that clients get: a further one is a function and a line here."""


def add_tools(
    server: MCPServer[Any], session: MemorySession, tools: Sequence[MemoryTool], views: ChatViews | None = None
) -> None:
    """Offer those of the tools that the session's configuration allows, over its memory; `views` show their replies."""
    for tool in tools:
        if tool.is_offered(session.config):
            server.add_tool(
                answering(tool.function, session, tool.question, views),
                description=" ".join((inspect.getdoc(tool.function) or "").split()),
                annotations=tool.annotations,
                structured_output=session.config.structured_replies or False,
            )


def answering(
    tool: Callable[..., BaseModel],
    session: MemorySession,
    question: Callable[[Memoryos, Mapping[str, object]], str | None] | None = None,
    views: ChatViews | None = None,
) -> Callable[..., CallToolResult]:
    """The tool over the session's memory, with the signature that a client sees.

    Its reply is one text of compact JSON, and only where a schema of replies is published also structured content,
    which such a schema demands: clients hand the model one of the two, and a few both. Where a host shows documents,
    what `views` make of the reply comes with it, for nobody but the person. Named errors reach the model as words.
    """
    signature = inspect.signature(tool)
    wants_reader = "reader" in signature.parameters

    @functools.wraps(tool)
    def answer(**given: object) -> CallToolResult:
        client = CLIENT.get()
        if wants_reader and client is not None:
            given["reader"] = session.conversation(client)
        if "consent" in given:
            given["consent"] = _consent(given["consent"])
        try:
            with session.using() as memory:
                if tool is add_memory:
                    session.limits.admit_page(memory.config.user_id)
                reply = tool(memory, **given)
                seen = views and SHOWS_APPS.get() and views.of_reply(memory, tool.__name__, given, reply)
        except MemoryOSError as error:
            raise ToolError(str(error)) from error
        except MemoryError as error:
            raise ToolError(WORDS) from error
        return CallToolResult(
            content=[TextContent(type="text", text=as_json(reply))],
            structured_content=reply.model_dump(mode="json", exclude_none=True)
            if session.config.structured_replies
            else None,
            _meta={VIEW: seen} if seen else None,
        )

    # The SDK makes the published schemas of these two: the arguments without the memory, and the reply. The memory's
    # type is not evaluated: it brings numpy and FAISS, which the first answer must not wait for.
    first, *parameters = signature.parameters.values()
    hidden = {first.name, "reader", "consent"}
    answer.__annotations__ = {name: type_ for name, type_ in tool.__annotations__.items() if name not in hidden}
    types = get_type_hints(answer, include_extras=True)
    if question is not None:
        hidden.remove("consent")
        types["consent"] = Annotated[ElicitationResult[Agreement], Resolve(_asking(session, question, signature))]
        answer.__annotations__ = types
    answer.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[
            parameter.replace(annotation=types[parameter.name])
            for parameter in parameters
            if parameter.name not in hidden
        ],
        return_annotation=types["return"],
    )
    return answer


def _asking(
    session: MemorySession,
    question: Callable[[Memoryos, Mapping[str, object]], str | None],
    signature: inspect.Signature,
) -> Callable[..., object]:
    """What puts a question to the person before a tool is called, where its client can do that.

    The SDK fills it with the arguments of the call by their names.
    """
    names = [name for name in signature.parameters if name not in ("memory", "consent")]

    def asks(context: Context[Any, Any], **given: object) -> object:
        if not can_ask(context.session, context.protocol_version):
            return None
        try:
            with session.using() as memory:
                text = question(memory, given)
        except MemoryOSError as error:
            raise ToolError(str(error)) from error
        return None if text is None else Elicit(text, Agreement)

    asks.__annotations__ = {"context": Context[Any, Any], "return": Elicit[Agreement] | None} | dict.fromkeys(
        names, object
    )
    asks.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Context[Any, Any]),
            *(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=object) for name in names),
        ]
    )
    return asks


def _consent(outcome: object) -> Consent:
    if not isinstance(outcome, AcceptedElicitation):
        return "refused"
    if outcome.data is None:
        return "unasked"
    return "given" if outcome.data.agreed else "refused"


def moment_of(memory: Memoryos, now: str | None = None) -> replies.Moment:
    """The present, or the time that a caller names as it, in the memory's zone."""
    zone = timestamps.zone(memory.config.timezone)
    moment = timestamps.parse(now, zone, argument="now") if now else datetime.now(timezone.utc)
    return replies.Moment(moment, zone)
