"""Progress bars while the demo runs."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from rich.console import Console
    from typing_extensions import Self

    from memoryos_mcp.tools.schemas import PendingWork


class ProgressBars:
    """Three bars on a console, gone when the demo is through; only a line where the console is not a terminal."""

    def __init__(self, console: Console, exchanges: int, questions: int) -> None:
        self._progress = Progress(
            TextColumn("{task.description:<9}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
        self._steps = 2 * exchanges  # every page is embedded, then grouped
        self._adding = self._progress.add_task("Adding", total=exchanges)
        self._thinking = self._progress.add_task("Thinking", total=self._steps, start=False)
        self._asking = self._progress.add_task("Asking", total=questions, start=False)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._progress.stop()

    def answered(self, seconds: float) -> None:
        """The server gave its first answer, so long after its start."""
        self._progress.console.print(f"The server answered after {seconds:.2f} s.", highlight=False)

    def added(self, count: int) -> None:
        """So many exchanges are in memory."""
        self._progress.update(self._adding, completed=count)

    def thinking(self, pending: PendingWork) -> None:
        """So much is left to think about."""
        self._progress.start_task(self._thinking)
        self._progress.update(self._thinking, completed=self._steps - pending.embed - pending.consolidate)

    def asked(self, count: int) -> None:
        """So many questions are answered."""
        self._progress.start_task(self._asking)
        self._progress.update(self._asking, completed=count)
