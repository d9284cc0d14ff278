"""What each form does: one act on the memory, and where to go afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote

from memoryos.models import OF_PROJECT
from memoryos_mcp.inspector.views import House, NotThere, Request, selection_of

NOTES: Final[Mapping[str, str]] = {
    "corrected": "Kept as your own word. It stands above what any model says.",
    "retired": "Taken back. It is not learned again from where it was said.",
    "pinned": "Pinned: always in the profile.",
    "unpinned": "No longer pinned.",
    "undone": "Undone: what it took the place of holds again.",
    "forgotten": "Forgotten, with everything that stood on it.",
    "excluded": "From now on nothing about it is remembered.",
    "allowed": "The rule is lifted.",
}
"""By the word in the address that a form leads to: nothing that was said is repeated there."""


def correct(house: House, request: Request) -> str:
    """Keep the person's word; to the fact as it is now."""
    new = house.memory.correct_fact(request.parts["fact"], request.form.get("text", ""))
    return f"/fact/{new.id}?done=corrected"


def retire(house: House, request: Request) -> str:
    """Take a fact back."""
    house.memory.retire_fact(request.parts["fact"])
    return "/knows?done=retired"


def pin(house: House, request: Request) -> str:
    """Pin a fact, or not any more."""
    pinned = request.form.get("pinned") == "yes"
    house.memory.pin_fact(request.parts["fact"], pinned=pinned)
    return f"/fact/{quote(request.parts['fact'])}?done={'pinned' if pinned else 'unpinned'}"


def undo(house: House, request: Request) -> str:
    """Undo a correction."""
    house.memory.undo_correction(request.parts["fact"])
    return "/knows?done=undone"


def forget(house: House, request: Request) -> str:
    """Forget what a preview showed, and nothing else."""
    selection, _ = selection_of(house, request.form)
    token = request.form.get("token", "")
    if selection is None or not token:
        raise NotThere
    house.memory.forget_selected(selection, token=token)
    return "/forget?done=forgotten"


def exclude(house: House, request: Request) -> str:
    """Never remember anything about some words, or of a project."""
    project = request.form.get("project", "").strip()
    house.memory.exclude(f"{OF_PROJECT}{project}" if project else request.form.get("about", ""))
    return "/rules?done=excluded"


def allow(house: House, request: Request) -> str:
    """Lift such a rule."""
    house.memory.allow(request.form.get("about", ""))
    return "/rules?done=allowed"


Act = Callable[[House, Request], str]
