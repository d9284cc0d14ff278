"""What an importer reads, in the form in which tests compare it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timezone
from pathlib import Path

from memoryos_mcp.importers import import_pages


@dataclass(frozen=True, slots=True)
class Imported:
    """What is compared of a page; its time is in UTC."""

    said: str
    answered: str
    at: str
    about: dict[str, object]
    project: str | None = None


def imported(path: Path, broken: list[str] | None = None) -> list[Imported]:
    """The pages of a file or folder, whose format is found by its content."""
    found = []
    for incoming in import_pages(path, timezone.utc, "mine", broken=broken):
        page = incoming.page
        assert page.assistant_id == "mine"
        at = page.happened_at.astimezone(timezone.utc).isoformat(timespec="seconds").removesuffix("+00:00")
        found.append(Imported(page.user_input, page.agent_response, at, dict(page.meta_data or {}), page.project))
    return found


def ids(path: Path) -> list[str | None]:
    """The ids of the pages: the same at each import."""
    return [incoming.id for incoming in import_pages(path, timezone.utc, "mine")]
