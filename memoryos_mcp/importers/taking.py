"""What is taken of the pages that an importer reads: since when, into which project, and without secrets.

An import brings what nobody chose to remember: what is marked as private is left out, as is what this product recalled
for a prompt, and secrets are masked. What this product exported is taken as it was: its pages were added on purpose, or
masked then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from memoryos.models import IncomingPage
from memoryos_mcp.hooks.fence import unfenced
from memoryos_mcp.privacy import masked, without_private


@dataclass(frozen=True, slots=True)
class Choice:
    """Pages from `since` on (None: all), into `project` (None: where the importer puts them); whether to mask."""

    since: datetime | None = None
    project: str | None = None
    mask_secrets: bool = True


@dataclass(slots=True)
class Tally:
    """What became of the pages that were passed through `taken`."""

    earlier: int = 0
    """Pages from before the time that was chosen."""
    private: int = 0
    """Pages that had nothing but what is marked as private."""
    secrets: int = 0
    """Secrets that were masked."""


def taken(pages: Iterable[IncomingPage], choice: Choice, tally: Tally, *, own: bool = False) -> Iterator[IncomingPage]:
    """The pages that are chosen, as they are to be stored; with `own`, those that have an id are of our own export."""
    for incoming in pages:
        if choice.since is not None and incoming.page.happened_at < choice.since:
            tally.earlier += 1
            continue
        kept = incoming if own and incoming.id is not None else _cleared(incoming, choice, tally)
        if kept is None:
            tally.private += 1
        elif choice.project is not None:
            yield replace(kept, page=replace(kept.page, project=choice.project))
        else:
            yield kept


def _cleared(incoming: IncomingPage, choice: Choice, tally: Tally) -> IncomingPage | None:
    """A page without what is private and with its secrets masked; None where nothing is left of it."""
    page = incoming.page
    said = _text(page.user_input, choice, tally)
    answered = _text(page.agent_response, choice, tally)
    meta_data = page.meta_data and _values(page.meta_data, choice, tally)
    if said is page.user_input and answered is page.agent_response and meta_data == page.meta_data:
        return incoming
    if not said.strip() and not answered.strip():
        return None
    return replace(incoming, page=replace(page, user_input=said, agent_response=answered, meta_data=meta_data))


def _text(text: str, choice: Choice, tally: Tally) -> str:
    """The very text where there is nothing to leave out."""
    kept, secrets = _fit(text, choice.mask_secrets)
    tally.secrets += secrets
    return text if kept == text else kept


def _fit(text: str, masks: bool) -> tuple[str, int]:
    """A text as it may be stored, and how many secrets were masked in it."""
    kept = without_private(unfenced(text))
    return masked(kept) if masks else (kept, 0)


_fit_title = lru_cache(maxsize=256)(_fit)
"""All pages of a talk have its title."""


def _values(meta_data: Mapping[str, object], choice: Choice, tally: Tally) -> dict[str, object]:
    """Titles are text of the talk, too."""
    kept = dict(meta_data)
    for name, value in meta_data.items():
        if isinstance(value, str) and " " in value:
            kept[name], secrets = _fit_title(value, choice.mask_secrets)
            tally.secrets += secrets
    return kept
