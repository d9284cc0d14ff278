"""Talks, and the names that their speakers call each other."""

from __future__ import annotations

from collections.abc import Mapping

from memoryos.language.sessions import Calls, PageBefore
from memoryos.storage.adding import NamesCalled, PageToAdd, page_greets, page_names
from memoryos.storage.tables.connection import Connection
from memoryos.storage.tables.rows import from_micros


def talk_of(connection: Connection, new: PageToAdd) -> int:
    """The talk that a page about to be added belongs to, made if the page begins one; each is of one project."""
    project = new.page.project
    last = connection.execute(
        "SELECT t.id, t.pages, p.happened_at, p.user_input, p.agent_response"
        " FROM pages p JOIN talks t ON t.id = p.talk WHERE p.project IS ? ORDER BY p.seq DESC LIMIT 1",
        (project,),
    ).fetchone()
    talk, before = 0, None
    if last is not None:
        talk, pages, happened_at, user_input, agent_response = last
        before = PageBefore(from_micros(happened_at), page_greets(user_input, agent_response), pages)
    if not new.begins_talk(before):
        connection.execute("UPDATE talks SET pages = pages + 1 WHERE id = ?", (talk,))
        return int(talk)
    inserted = connection.execute(
        "INSERT INTO talks (first_page, pages, project) SELECT coalesce(max(seq), 0) + 1, 1, ? FROM pages RETURNING id",
        (project,),
    )
    return int(inserted.fetchone()[0])


def note_names(connection: Connection, names: NamesCalled) -> None:
    """Count the names called in a page."""
    connection.executemany(
        "INSERT INTO names (name, by_user, by_agent) VALUES (?, ?, ?) ON CONFLICT (name)"
        " DO UPDATE SET by_user = names.by_user + excluded.by_user, by_agent = names.by_agent + excluded.by_agent",
        _counts(names),
    )


def take_back(connection: Connection, seq: int) -> None:
    """Take a page that is about to be deleted out of its talk, and the names called in it out of their counts."""
    talk, *texts = connection.execute(
        "SELECT talk, user_input, agent_response FROM pages WHERE seq = ?", (seq,)
    ).fetchone()
    connection.execute("UPDATE talks SET pages = pages - 1 WHERE id = ?", (talk,))
    connection.executemany(
        "UPDATE names SET by_user = by_user - ?2, by_agent = by_agent - ?3 WHERE name = ?1",
        _counts(page_names(*texts)),
    )
    connection.execute("DELETE FROM names WHERE by_user <= 0 AND by_agent <= 0")


def _counts(names: NamesCalled) -> list[tuple[str, int, int]]:
    """(name, 1 if the user calls it, 1 if the agent does)."""
    return [(name, int(name in names.by_user), int(name in names.by_agent)) for name in names.by_user | names.by_agent]


def names_called(connection: Connection, at_least: int) -> Mapping[str, Calls]:
    """The names that at least one side calls in so many pages."""
    rows = connection.execute(
        "SELECT name, by_user, by_agent FROM names WHERE by_user >= ?1 OR by_agent >= ?1", (at_least,)
    )
    return {name: Calls(by_user, by_agent) for name, by_user, by_agent in rows}
