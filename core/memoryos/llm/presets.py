"""How five programs are asked one question by a name alone, with all that makes them agents switched off.

They read what anybody said in a talk. So their tools, their servers, their hooks and their own memory are off by the
switches that their documents name, and what they were told is kept nowhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

SETTINGS: Final = "{settings}"
"""Stands in a command or in its environment for the path of the file that holds a preset's `settings`."""

_SYSTEM_PROMPT: Final = "Do what the message asks, and write nothing but the answer to it."


@dataclass(frozen=True, slots=True)
class Preset:
    """A program's arguments, which begin with what `words` makes of the model's name (None: the program's own choice).

    `settings` is the content of a file beside the working folder, "" for none.
    """

    words: Callable[[str | None], Sequence[str]]
    settings: str = ""
    environment: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def _model(name: str | None) -> list[str]:
    return [] if name is None else ["--model", name]


def _claude(model: str | None) -> list[str]:
    """https://code.claude.com/docs/en/cli-reference: no tools, no servers (none is named), no hooks, no session.

    `--tools=` and not `--tools ""`: an empty argument is lost on its way through a batch file of Windows.
    """
    off = ["--tools=", "--strict-mcp-config", "--disable-slash-commands", "--no-session-persistence"]
    said = ["--system-prompt", _SYSTEM_PROMPT, "--output-format", "text"]
    return ["--print", *off, "--settings", SETTINGS, *said, *_model(model)]


def _codex(model: str | None) -> list[str]:
    """https://developers.openai.com/codex/noninteractive: the user's configuration, with its servers, is not read.

    As overrides and not as `--disable`, which refuses what a version does not know yet or any more.
    """
    off = ("shell_tool", "unified_exec", "hooks", "plugins", "apps", "multi_agent", "memories")
    overrides = [f"features.{feature}=false" for feature in off]
    overrides += ['web_search="disabled"', 'approval_policy="never"', "project_doc_max_bytes=0"]
    isolated = ["--ephemeral", "--ignore-user-config", "--ignore-rules", "--skip-git-repo-check", "--color", "never"]
    settings = [word for override in overrides for word in ("--config", override)]
    return ["exec", *isolated, "--sandbox", "read-only", *settings, *_model(model), "-"]


def _gemini(model: str | None) -> list[str]:
    """https://geminicli.com/docs/reference/configuration: an allow-list of no real server keeps out all of them."""
    return ["--extensions", "none", "--allowed-mcp-server-names", "none", "--output-format", "text", *_model(model)]


def _llm(model: str | None) -> list[str]:
    """https://llm.datasette.io/en/stable/help.html: it has no tools but those that it is told to use."""
    return ["prompt", "--no-stream", "--no-log", *_model(model)]


def _ollama(model: str | None) -> list[str]:
    """https://docs.ollama.com/cli: it has no tools; a line that is broken for a terminal is broken JSON."""
    return ["run", *([] if model is None else [model]), "--hidethinking", "--nowordwrap"]


PRESETS: Final[Mapping[str, Preset]] = MappingProxyType(
    {
        "claude": Preset(
            _claude,
            settings=json.dumps({"disableAllHooks": True}),
            environment=MappingProxyType({"CLAUDE_CODE_DISABLE_CLAUDE_MDS": "1"}),
        ),
        "codex": Preset(_codex),
        "gemini": Preset(
            _gemini,
            # Of the system's settings, which stand above the user's: no core tool, no hook, and no question whether
            # an empty folder is to be trusted.
            settings=json.dumps(
                {
                    "tools": {"core": []},
                    "hooksConfig": {"enabled": False},
                    "security": {"folderTrust": {"enabled": False}},
                }
            ),
            environment=MappingProxyType({"GEMINI_CLI_SYSTEM_SETTINGS_PATH": SETTINGS}),
        ),
        "llm": Preset(_llm),
        "ollama": Preset(_ollama),
    }
)
"""What `llm_command: ["claude"]` stands for; a list of more words is taken as it is."""
