"""The tools: functions over an open memory, what their docstrings say being what an agent reads, and their table."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, get_type_hints

from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import BaseModel, Field

from memoryos import MemoryOSError, arguments, timestamps
from memoryos_mcp.tools import replies
from memoryos_mcp.tools.fitting import as_json
from memoryos_mcp.tools.schemas import AddMemoryResult, ForgetMemoryResult, RetrieveMemoryResult, UserProfileResult

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

    from memoryos import Config, Memoryos
    from memoryos_mcp.session import MemorySession

DEFAULT_MAX_TOKENS: Final = 4_000


def add_memory(
    memory: Memoryos,
    user_input: Annotated[str, Field(description="what the user said, verbatim")],
    agent_response: Annotated[str, Field(description="what you answered, verbatim")],
    timestamp: Annotated[str | None, Field(description='when, "YYYY-MM-DD HH:MM:SS" or ISO 8601; default: now')] = None,
    meta_data: Annotated[dict[str, Any] | None, Field(description="kept with the exchange")] = None,
) -> AddMemoryResult:
    """Remember one exchange for good. Call it after each of your answers; it is safe on disk when this returns."""
    return replies.added(memory.add_memory(user_input, agent_response, timestamp, meta_data))


def retrieve_memory(
    memory: Memoryos,
    query: Annotated[str, Field(description="the user's message, a question in words, or ids of pages")],
    relationship_with_user: Annotated[str, Field(description="your role towards the user")] = "friend",
    style_hint: Annotated[str, Field(description="how you want to answer")] = "",
    max_results: Annotated[
        int | None,
        Field(description="pages at most, 1-100", json_schema_extra={"minimum": 1, "maximum": arguments.MAX_RESULTS}),
    ] = None,
    max_tokens: Annotated[int, Field(description="size of the whole reply, 200-100000")] = DEFAULT_MAX_TOKENS,
    explain: Annotated[bool, Field(description="say of each page what made its score")] = False,
) -> RetrieveMemoryResult:
    """Recall what was said before that bears on a query: past exchanges by relevance with their dates,
    the newest exchanges, facts, and the user's profile. Call it before answering. Ids bring their pages whole."""
    arguments.within("max_tokens", max_tokens, arguments.MIN_TOKENS, arguments.MAX_TOKENS)
    recall = memory.retrieve(query, max_results)
    return replies.recalled(recall, now=now_of(memory), max_tokens=max_tokens, explain=explain)


def get_user_profile(
    memory: Memoryos,
    include_knowledge: Annotated[bool, Field(description="with facts about the user")] = True,
    include_assistant_knowledge: Annotated[bool, Field(description="with facts about you")] = False,
    max_tokens: Annotated[int, Field(description="size of the whole reply, 200-100000")] = DEFAULT_MAX_TOKENS,
) -> UserProfileResult:
    """Who the user is: profile, traits and known facts, newest first. Call it when a conversation starts."""
    arguments.within("max_tokens", max_tokens, arguments.MIN_TOKENS, arguments.MAX_TOKENS)
    return replies.profiled(
        memory.profile(),
        memory.user_knowledge() if include_knowledge else (),
        memory.assistant_knowledge() if include_assistant_knowledge else None,
        user_id=memory.config.user_id,
        assistant_id=memory.config.assistant_id,
        now=now_of(memory),
        max_tokens=max_tokens,
    )


def forget_memory(
    memory: Memoryos,
    page_ids: Annotated[list[str], Field(description="ids of exchanges, as retrieve_memory gives them")],
) -> ForgetMemoryResult:
    """Delete exchanges for good, with what was learnt from them. Only when the user asks for it: say first which
    ones, and wait for a yes."""
    return replies.forgot(memory.forget(page_ids))


@dataclass(frozen=True, slots=True)
class MemoryTool:
    """A tool as it is offered: its function, whose first parameter is the memory, and what a client may assume of it.

    `changes` is whether it writes: such calls of one client are done in the order in which they came. It is offered
    where `offered` says so of the configuration.
    """

    function: Callable[..., BaseModel]
    annotations: ToolAnnotations
    changes: bool = False
    offered: Callable[[Config], bool] = lambda _: True

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
        add_memory, _writing("Remember an exchange", destructive_hint=False, idempotent_hint=True), changes=True
    ),
    MemoryTool(retrieve_memory, _reading("Recall past exchanges")),
    MemoryTool(get_user_profile, _reading("Who the user is")),
    MemoryTool(
        forget_memory,
        _writing("Forget exchanges", destructive_hint=True),
        changes=True,
        offered=lambda config: config.forget_tool,
    ),
)
"""Every tool there is, in the order of the list that clients get: a further one is a function and a line here."""


def add_tools(server: MCPServer[Any], session: MemorySession, tools: Sequence[MemoryTool]) -> None:
    """Offer those of the tools that the session's configuration allows, over its memory."""
    for tool in tools:
        if tool.offered(session.config):
            server.add_tool(
                answering(tool.function, session),
                description=inspect.getdoc(tool.function),
                annotations=tool.annotations,
            )


def answering(tool: Callable[..., BaseModel], session: MemorySession) -> Callable[..., CallToolResult]:
    """The tool over the session's memory, with the signature that a client sees.

    Its reply's text is compact JSON, and named errors reach the model as words.
    """

    @functools.wraps(tool)
    def answer(**given: object) -> CallToolResult:
        try:
            reply = tool(session.memory(), **given)
        except MemoryOSError as error:
            raise ToolError(str(error)) from error
        except MemoryError as error:
            raise ToolError("the server has no memory left for this; raise its limit, or ask for less") from error
        return CallToolResult(
            content=[TextContent(type="text", text=as_json(reply))],
            structured_content=reply.model_dump(mode="json", exclude_none=True),
        )

    # The SDK makes the published schemas of these two: the arguments without the memory, and the reply. The memory's
    # type is not evaluated: it brings numpy and FAISS, which the first answer must not wait for.
    signature = inspect.signature(tool)
    memory, *parameters = signature.parameters.values()
    answer.__annotations__ = {name: type_ for name, type_ in tool.__annotations__.items() if name != memory.name}
    types = get_type_hints(answer, include_extras=True)
    answer.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[parameter.replace(annotation=types[parameter.name]) for parameter in parameters],
        return_annotation=types["return"],
    )
    return answer


def now_of(memory: Memoryos) -> str:
    """The present time, as the memory writes times."""
    zone = timestamps.zone(memory.config.timezone)
    return timestamps.written(datetime.now(tz=zone).astimezone(), zone)
