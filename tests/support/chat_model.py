"""A chat model at a scripted server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from memoryos.config.settings import ModelEndpoint
from memoryos.llm.model import ChatModel
from memoryos.storage.sqlite.usage import UsageStore

if TYPE_CHECKING:
    from scripted_llm import ScriptedLLM

KEY: Final = "sk-very-secret"


def open_chat_model(
    server: ScriptedLLM,
    folder: Path,
    clock: Callable[[], datetime],
    *,
    timeout_seconds: float = 5.0,
    concurrency: int = 1,
    daily_token_budget: int = 0,
) -> ChatModel:
    """The model "tiny" at the server, counting in `folder`; the caller closes it."""
    return ChatModel(
        ModelEndpoint(server.base_url, KEY, "tiny"),
        timeout_seconds=timeout_seconds,
        concurrency=concurrency,
        daily_token_budget=daily_token_budget,
        usage=UsageStore(folder / "server.db", clock),
        clock=clock,
    )
