"""Forgetting what a selection names: what would go, exactly, and the act, which is the same by construction."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from memoryos.errors import InvalidArgumentError
from memoryos.models import ForgetPreview, Forgotten, Scope, Selection
from memoryos.storage.exclusions import Rule
from memoryos.storage.forgetting import fallout
from memoryos.storage.tables import changes, forgetting, pages
from memoryos.storage.tables.connection import Connection
from memoryos.storage.tables.rows import seen, to_micros

_PART: Final = 5_000
"""Pages whose fallout is worked out at once: a statement that lists more of them is too long for SQLite."""

SHOWN: Final = 20
_NEVER: Final = 2**62
_TOKEN_BYTES: Final = 12


@dataclass(frozen=True, slots=True)
class _Falling:
    """All that goes with pages: ids of facts, dimensions of traits, segments, pages to group anew, and echoes."""

    pages: tuple[int, ...]
    facts: frozenset[str]
    traits: frozenset[str]
    segments: frozenset[int]
    regrouped: frozenset[int]
    echoes: tuple[int, ...]

    @property
    def token(self) -> str:
        """Changes with whatever goes."""
        numbers = (self.pages, self.echoes, sorted(self.segments), sorted(self.regrouped))
        parts = (numbers, sorted(self.facts), sorted(self.traits))
        return hashlib.blake2b(repr(parts).encode(), digest_size=_TOKEN_BYTES).hexdigest()


def preview(connection: Connection, selection: Selection, scope: Scope) -> ForgetPreview:
    """What forgetting a selection of what is in a scope would take. Raises `InvalidArgumentError` for an unknown id."""
    what = _falling(connection, selection, scope)
    shown = pages.by_seq(connection, what.pages[:SHOWN])
    return ForgetPreview(
        pages=len(what.pages),
        facts=len(what.facts),
        traits=len(what.traits),
        topics=len(what.segments),
        regrouped=len(what.regrouped),
        echoes=_ids(connection, what.echoes),
        shown=tuple(shown[seq] for seq in sorted(shown)),
        token=what.token,
    )


def forget(connection: Connection, selection: Selection, token: str | None, scope: Scope) -> Forgotten:
    """Delete what a selection names, with all that goes with it.

    Raises `InvalidArgumentError`, with nothing deleted, for an unknown id, and where `token` is given and a preview
    would have another one now.
    """
    what = _falling(connection, selection, scope)
    if token is not None and token != what.token:
        raise InvalidArgumentError(
            "token", "that of an older preview", "one that fits what would go now; nothing was forgotten: look again"
        )
    forgotten = Forgotten(
        pages=len(what.pages),
        facts=len(what.facts),
        traits=len(what.traits),
        regrouped=len(what.regrouped),
        echoes=_ids(connection, what.echoes),
    )
    derived = forgetting.StoredDerived(connection)
    for part in _parts(what.pages):
        forgetting.take_out(connection, fallout(part, derived, with_echoes=False))
    if selection.everything and scope.every:
        _clear(connection)
    if what.pages:
        connection.words.merge(connection)
    return forgotten


def _falling(connection: Connection, selection: Selection, scope: Scope) -> _Falling:
    chosen = _chosen(connection, selection, scope)
    takes_all = selection.everything and scope.every
    derived = forgetting.StoredDerived(connection)
    parts = list(_parts(chosen))
    every = [fallout(part, derived, with_echoes=len(parts) == 1 and not selection.everything) for part in parts]
    everything = _everything(connection) if takes_all else (frozenset(), frozenset(), frozenset())
    facts, traits, segments = everything
    return _Falling(
        pages=tuple(chosen),
        facts=facts.union(*(part.facts for part in every)),
        traits=traits.union(*(part.traits for part in every)),
        segments=segments.union(*(part.segments for part in every)),
        regrouped=frozenset[int]().union(*(part.regrouped for part in every)).difference(chosen),
        echoes=_within(connection, every[0].echoes, scope) if len(every) == 1 else (),
    )


def _everything(connection: Connection) -> tuple[frozenset[str], frozenset[str], frozenset[int]]:
    """All facts, traits and segments, those that stand on no page among them."""
    facts = frozenset(id_ for (id_,) in connection.execute("SELECT id FROM knowledge"))
    traits = frozenset(dimension for (dimension,) in connection.execute("SELECT dimension FROM traits"))
    return facts, traits, frozenset(id_ for (id_,) in connection.execute("SELECT id FROM segments"))


def _clear(connection: Connection) -> None:
    """Delete what stands on no page."""
    facts = connection.execute("SELECT seq FROM knowledge").fetchall()
    connection.execute("UPDATE knowledge SET superseded_by = NULL, doubted_by = NULL")
    connection.execute("DELETE FROM knowledge")
    connection.execute("DELETE FROM traits")
    connection.execute("DELETE FROM refused_facts")
    segments = connection.execute("SELECT id FROM segments").fetchall()
    connection.execute("DELETE FROM segments")
    changes.append(connection, "knowledge", [seq for (seq,) in facts], "delete")
    changes.append(connection, "segment", [id_ for (id_,) in segments], "delete")


def _chosen(connection: Connection, selection: Selection, scope: Scope) -> list[int]:
    """The seqs of the pages in a scope that a selection names."""
    if selection.pages:
        return sorted({page.seq for page in forgetting.named(connection, selection.pages, scope)})
    if selection.segment is not None:
        return _seqs(connection, "segment = ?", (selection.segment,), scope)
    if selection.about is not None:
        return pages_about(connection, selection.about, scope)
    if selection.everything:
        return _seqs(connection, "TRUE", (), scope)
    start = -_NEVER if selection.start is None else to_micros(selection.start)
    end = _NEVER if selection.end is None else to_micros(selection.end)
    return _seqs(connection, "happened_at >= ? AND happened_at < ?", (start, end), scope)


def pages_about(connection: Connection, about: str, scope: Scope) -> list[int]:
    """The pages in a scope with a sentence that holds all words of `about`, or of the project that it names."""
    rule = Rule.of(about)
    if rule.project is not None:
        return _seqs(connection, "project = ?", (rule.project,), scope)
    found = connection.words.match(connection, rule.words, None, together=True)
    return sorted(
        page.seq
        for part in _parts(found)
        for page in pages.by_seq(connection, part).values()
        if scope.sees(page.project) and (rule.covers(page.user_input) or rule.covers(page.agent_response))
    )


def _seqs(connection: Connection, condition: str, values: Sequence[object], scope: Scope) -> list[int]:
    is_seen, of_scope = seen(scope)
    rows = connection.execute(
        f"SELECT seq FROM pages WHERE {condition} AND {is_seen} ORDER BY seq", (*values, *of_scope)
    )
    return [seq for (seq,) in rows]


def _within(connection: Connection, seqs: Sequence[int], scope: Scope) -> tuple[int, ...]:
    return tuple(seq for seq, page in pages.by_seq(connection, seqs).items() if scope.sees(page.project))


def _ids(connection: Connection, seqs: Sequence[int]) -> tuple[str, ...]:
    return tuple(page.id for _, page in sorted(pages.by_seq(connection, seqs).items()))


def _parts(seqs: Sequence[int]) -> Iterator[Sequence[int]]:
    for at in range(0, len(seqs), _PART):
        yield seqs[at : at + _PART]
