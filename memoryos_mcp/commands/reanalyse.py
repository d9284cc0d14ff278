"""The command `reanalyse`: what was read without a model is read again with the one that is configured now."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from memoryos import ConfigError, ModelUnavailableError
from memoryos.assembly import open_reanalysis
from memoryos_mcp.wording import agreed, counted

if TYPE_CHECKING:
    from memoryos import Config
    from memoryos.updating.reanalysis import Outlook, Reanalysis

EXIT_INTERRUPTED = 130
EXIT_UNFINISHED = 1

_GO_ON = "What was read is kept; run this command again, or a server, to go on."


def reanalyse(config: Config, *, yes: bool) -> int:
    """Say what is to do and, once that is agreed to, do it; the exit code.

    Without `yes` a person at a terminal is asked, anybody else told how to agree. Raises `ConfigError` where no model
    is configured and `MemoryOSError` where the work cannot go on; what was done until then is kept.
    """
    if config.model_endpoint is None:
        raise ConfigError(
            "reanalyse needs a language model: set openai_base_url (and openai_api_key where it wants one) "
            "and llm_model, or llm_command, in the configuration"
        )
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    with open_reanalysis(config) as work:
        outlook = work.outlook()
        sys.stdout.write(_estimate(config, outlook))
        sys.stdout.flush()
        if not outlook.pages or not (yes or agreed("Begin?", console)):
            return 0
        try:
            _run(work, console)
        except KeyboardInterrupt:
            console.print(f"Interrupted. {_GO_ON}")
            return EXIT_INTERRUPTED
        except ModelUnavailableError as error:
            console.print(f"memoryos: {error}", markup=False)
            console.print(_GO_ON)
            return EXIT_UNFINISHED
        return _concluded(work.outlook(), console)


def _estimate(config: Config, outlook: Outlook) -> str:
    if not outlook.pages:
        return "Nothing is to do: no page was read without a model.\n"
    model = config.model_endpoint
    reader = "the model" if model is None else model.model or model.address
    return (
        f"{counted(outlook.pages, 'page')} to read again with {reader}: about {outlook.calls:,} calls and "
        f"{outlook.tokens:,} tokens.\n"
        "The pages stay searchable; topics found without a model are archived when it begins, facts stay.\n"
    )


def _run(work: Reanalysis, console: Console) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        grouping, analysing = bars.add_task("Grouping", total=None), bars.add_task("Analysing", total=None)
        for progress in work.run():
            retrying = f" (again after {progress.problem})" if progress.problem else ""
            bars.update(
                grouping, total=progress.pages, completed=progress.consolidated, description=f"Grouping{retrying}"
            )
            bars.update(analysing, total=progress.pages, completed=progress.analysed)


def _concluded(left: Outlook, console: Console) -> int:
    if left.pages:
        console.print(
            f"{counted(left.pages, 'page')} were read meanwhile by a server that has no model: "
            "stop it, and run this command again."
        )
        return EXIT_UNFINISHED
    sys.stdout.write("Done: the model has read all pages it was to read.\n")
    return 0
