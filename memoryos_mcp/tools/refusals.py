"""What a client reads whose call does not fit: one line that names the argument and what is accepted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, CallToolResult, PromptArgument, TextContent
from pydantic import ValidationError

from memoryos.config.checks import MAX_ID_CHARACTERS
from memoryos.config.text import closest, first_of, shown
from memoryos.errors import InvalidArgumentError
from memoryos_mcp.auth.caller import CALLER, USER_ID, exact_user_id, on_behalf_of
from memoryos_mcp.tools.chat import SHOW_TOOL, SHOWS_APPS, URI, meta_of
from memoryos_mcp.tools.schemas import plain_schema
from memoryos_mcp.transport.stdio_messages import Server

if TYPE_CHECKING:
    from mcp.server.mcpserver import Context
    from mcp_types import GetPromptResult, InputRequiredResult, Prompt, Resource, Tool
    from pydantic_core import ErrorDetails

_MISSPELT = 0.8
"""So much a name is like the one that was meant: "metadata", and not "explanation", which some clients send along."""

_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "object": "an object",
    "string": "text",
}


class ExplainingServer(Server):
    """A server that says in one line what is wrong with a call, and repeats no text of it.

    The SDK hands on pydantic's words, which do, and logs a prompt's refusal as a crash. `assumed` are, by tool, values
    of required arguments that a call may leave out.
    """

    assumed: Mapping[str, Mapping[str, object]] = MappingProxyType({})
    refuses_user: bool = False
    """Whether a user's id among the arguments is an error where the caller names no users, and not just unknown."""

    async def list_tools(self) -> list[Tool]:
        """The tools with schemas that every client takes; with a user's id where the caller names users."""
        named, shows = CALLER.get().names_user, SHOWS_APPS.get()
        return [
            tool.model_copy(
                update={
                    "meta": meta_of(tool.name) if shows else None,
                    "input_schema": _with_user(plain_schema(tool.input_schema), named),
                    "output_schema": tool.output_schema and plain_schema(tool.output_schema, inline=False),
                }
            )
            for tool in await super().list_tools()
            if shows or tool.name != SHOW_TOOL
        ]

    async def list_resources(self) -> list[Resource]:
        """The resources; the document of the memory for a host that shows such."""
        return [found for found in await super().list_resources() if SHOWS_APPS.get() or found.uri != URI]

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool; raises `ToolError` where the arguments do not fit.

        A name that looks like that of an argument not given is refused: what it holds would be lost. Others are let
        be, as some clients send along their own, and named in the reply; others again send null for what they do not
        give.
        """
        if name == SHOW_TOOL and not SHOWS_APPS.get():
            raise ToolError(f"Unknown tool: {name}")
        arguments = {argument: value for argument, value in arguments.items() if value is not None}
        with self._named_user(arguments, f"Error executing tool {name}: "):
            return await self._call_known(name, arguments, context)

    async def _call_known(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None
    ) -> CallToolResult | InputRequiredResult:
        known = {tool.name: tool.input_schema["properties"] for tool in await self.list_tools()}.get(name, {})
        arguments = {key: value for key, value in arguments.items() if not _is_no_value(value, known.get(key, {}))}
        if misspelt := _misspelt(arguments, known):
            raise ToolError(f"Error executing tool {name}: {first_of(misspelt)}")
        try:
            result = await super().call_tool(name, {**self.assumed.get(name, {}), **arguments}, context)
            return _naming_ignored(result, [argument for argument in arguments if argument not in known])
        except UnexpectedToolError:
            raise
        except ToolError as error:
            invalid = error.__cause__
            if not isinstance(invalid, ValidationError):
                raise
            problems = [_unfit(problem, known) for problem in invalid.errors(include_url=False)]
            raise ToolError(f"Error executing tool {name}: {first_of(problems)}") from invalid

    @contextmanager
    def _named_user(self, arguments: dict[str, Any], beginning: str) -> Iterator[None]:
        """Within it, the call is about the user that its arguments name, where the caller may name one.

        The name is taken out of them. Raises `ToolError` where there is none, or one too many.
        """
        caller = CALLER.get()
        if not caller.names_user:
            if self.refuses_user and USER_ID in arguments:
                accepted = "no such argument: whoever signs in has one memory"
                raise ToolError(f"{beginning}{USER_ID}: got {_kind(arguments[USER_ID])}; accepted: {accepted}")
            yield
            return
        try:
            user_id = exact_user_id(arguments.pop(USER_ID, None))
        except InvalidArgumentError as error:
            raise ToolError(f"{beginning}{error}") from error
        with on_behalf_of(user_id):
            yield

    async def list_prompts(self) -> list[Prompt]:
        """The prompts; with a user's id where the caller names users."""
        prompts = await super().list_prompts()
        if not CALLER.get().names_user:
            return prompts
        user = PromptArgument(name=USER_ID, description=_WHOSE, required=True)
        return [prompt.model_copy(update={"arguments": [user, *(prompt.arguments or [])]}) for prompt in prompts]

    async def get_prompt(
        self, name: str, arguments: dict[str, Any] | None = None, context: Context[Any, Any] | None = None
    ) -> GetPromptResult | InputRequiredResult:
        """A prompt with its arguments filled in; raises `MCPError` where there is none such, or they do not fit."""
        prompts = {prompt.name: prompt.arguments or () for prompt in await self.list_prompts()}
        if name not in prompts:
            raise MCPError(INVALID_PARAMS, f"unknown prompt {shown(name, False)}; accepted: {', '.join(prompts)}")
        if problems := _unfit_for_prompt(arguments or {}, prompts[name]):
            raise MCPError(INVALID_PARAMS, first_of(problems))
        given = dict(arguments or {})
        try:
            with self._named_user(given, ""):
                return await super().get_prompt(name, given, context)
        except ToolError as error:
            raise MCPError(INVALID_PARAMS, str(error)) from error


_WHOSE: Final = "whose memory it is"


def _with_user(schema: dict[str, Any], named: bool) -> dict[str, Any]:
    """The schema of a tool's arguments, with the required id of a user where one is `named`."""
    if not named:
        return schema
    user = {"type": "string", "description": _WHOSE, "minLength": 1, "maxLength": MAX_ID_CHARACTERS}
    return {
        **schema,
        "properties": {USER_ID: user, **schema["properties"]},
        "required": [USER_ID, *schema.get("required", ())],
    }


def _is_no_value(value: object, schema: Mapping[str, Any]) -> bool:
    """Whether a text without anything in it stands for an object or a list that is not given."""
    return schema.get("type") in ("object", "array") and isinstance(value, str) and not value.strip()


def _kind(value: object) -> str:
    return "a text" if isinstance(value, str) else "a value"


def _naming_ignored(
    result: CallToolResult | InputRequiredResult, ignored: Sequence[str]
) -> CallToolResult | InputRequiredResult:
    """The result with the names of the arguments that no tool knows: what was meant by them was not done."""
    if not ignored or not isinstance(result, CallToolResult) or result.is_error:
        return result
    named = {"ignored_arguments": [shown(name, False).strip('"') for name in ignored]}
    (content,) = result.content
    if not isinstance(content, TextContent):
        return result
    text = json.dumps({**json.loads(content.text), **named}, ensure_ascii=False, separators=(",", ":"))
    structured = result.structured_content
    return result.model_copy(
        update={
            "content": [TextContent(type="text", text=text)],
            "structured_content": structured and {**structured, **named},
        }
    )


def _misspelt(given: Mapping[str, object], known: Mapping[str, object]) -> list[str]:
    missing = known.keys() - given
    near = {name: closest(name, sorted(missing), likeness=_MISSPELT) for name in given if name not in known}
    return [f'{shown(name, False)} is no argument; did you mean "{meant}"?' for name, meant in near.items() if meant]


def _unfit(problem: ErrorDetails, known: Mapping[str, Mapping[str, Any]]) -> str:
    argument, value = str(problem["loc"][0]), problem["input"]
    got = "nothing" if problem["type"] == "missing" else shown(value, secret=isinstance(value, str))
    return f"{argument}: got {got}; accepted: {_accepted(known[argument])}"


def _accepted(schema: Mapping[str, Any]) -> str:
    return f"{_TYPES[schema['type']]} ({schema['description']})"


def _unfit_for_prompt(given: Mapping[str, object], accepted: Sequence[PromptArgument]) -> list[str]:
    names = [argument.name for argument in accepted]
    missing = [argument for argument in accepted if argument.required and argument.name not in given]
    strange = [shown(name, False) for name in given if name not in names]
    return [f"{argument.name}: got nothing; accepted: text ({argument.description})" for argument in missing] + [
        f"{name} is no argument; accepted: {', '.join(names)}" for name in strange
    ]
