"""Statements written for SQLite as PostgreSQL has them, on the rows of one user.

No statement has to remember whose rows it is about: the user's key is added here, to each table that one names and to
each row that one inserts. So are the numbers that SQLite gives to new rows by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import sqlglot
from sqlglot import exp

# Not by their names: that loads them at the first use, and a thread that comes meanwhile gets one half made, whose
# statements are wrong and kept.
from sqlglot.dialects.postgres import Postgres
from sqlglot.dialects.sqlite import SQLite

from memoryos.storage.tables.connection import NUMBERED

USER_KEY: Final = "user_key"

_USER: Final = "user"
_NUMBER: Final = "number"
_KEPT: Final = 1_000
"""Statements in other words than those before are as many as the engine has, times which of their values are absent."""

_PART: Final = re.compile(
    r"'(?:[^']|'')*'"
    r"|(?P<not_in>\bNOT )?\bIN \((?P<numbers>-?\d[\d,-]*|)(?P<marks>\?(?:, \?)*|)\)"
    r"|\bIS (?P<is_not>NOT )?\?(?P<is>\d*)"
    r"|\?(?P<value>\d*)"
)
"""What stands for values in a statement: lists, comparisons with what may be absent, and any other value."""

_INDEX: Final = re.compile(r" INDEXED BY \w+")
"""The index that SQLite is to use: PostgreSQL finds its own."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement for PostgreSQL, with values named %(p1)s, %(user)s and so on.

    `numbered` is the table that a row is inserted into which has the number %(number)s.
    """

    text: str
    numbered: str | None


@dataclass(frozen=True, slots=True)
class Call:
    """A statement with its values."""

    statement: Statement
    values: dict[str, Any]

    def on(self, user_key: int, number: int | None) -> dict[str, Any]:
        """The values, for a user and a new row's number."""
        return {**self.values, _USER: user_key, _NUMBER: number}


def translated(statement: str, values: Sequence[Any]) -> Call:
    """A statement of the engine's with its values, for PostgreSQL."""
    names: dict[str, Any] = {}
    return Call(_statement(_with_names(statement, values, names)), names)


def _with_names(statement: str, values: Sequence[Any], names: dict[str, Any]) -> str:
    """The statement with a name for each value and each list, which are put into `names`."""
    place = 0

    def named(part: re.Match[str]) -> str:
        nonlocal place
        if part[0].startswith("'"):
            return part[0]
        if part["numbers"] is not None:
            name = f"l{len(names)}"
            if part["marks"]:
                count = part["marks"].count("?")
                names[name] = list(values[place : place + count])
                place += count
            else:
                names[name] = [int(number) for number in part["numbers"].split(",") if number]
            return f"<> ALL(:{name})" if part["not_in"] else f"= ANY(:{name})"
        number = part["is"] or part["value"]
        place = int(number) if number else place + 1
        names[f"p{place}"] = value = values[place - 1]
        if part["is"] is None:
            return f":p{place}"
        # PostgreSQL finds nothing by an index for IS NOT DISTINCT FROM.
        if value is None:
            return "IS NOT NULL" if part["is_not"] else "IS NULL"
        return f"IS DISTINCT FROM :p{place}" if part["is_not"] else f"= :p{place}"

    return _PART.sub(named, statement)


@lru_cache(_KEPT)
def _statement(named: str) -> Statement:
    tree = sqlglot.parse_one(_INDEX.sub("", named), read=SQLite)
    _say_it_as_postgresql(tree)
    numbered = _number(tree)
    _name_the_user(tree)
    return Statement(tree.sql(Postgres, comments=False), numbered)


def _say_it_as_postgresql(tree: exp.Expr) -> None:
    for ordered in tree.find_all(exp.Ordered):  # no column by which rows are ordered may be empty
        ordered.set("nulls_first", bool(ordered.args.get("desc")))
    for cast in list(tree.find_all(exp.Cast)):
        if cast.is_type(exp.DataType.Type.INT):
            cast.set("to", exp.DataType.build("bigint"))
    for length in list(tree.find_all(exp.Length)):
        if isinstance(length.this, exp.Cast):  # of a text as bytes
            length.replace(exp.func("octet_length", length.this.this))
    for join in tree.find_all(exp.Join):
        if join.kind == "CROSS" and join.args.get("on") is not None:
            join.set("kind", None)
    for literal in tree.find_all(exp.Literal):
        if literal.is_string:
            literal.set("this", literal.this.replace("%", "%%"))


def _number(tree: exp.Expr) -> str | None:
    """Give the row that is inserted a number, if its table has such; the table's name then."""
    if not isinstance(tree, exp.Insert):
        return None
    table = tree.this.this.name
    if table not in NUMBERED or NUMBERED[table] in (column.name for column in tree.this.expressions):
        return None  # or it brings its number
    _insert(tree, NUMBERED[table], _NUMBER)
    return str(table)


def _name_the_user(tree: exp.Expr) -> None:
    of_statement = {cte.alias for cte in tree.find_all(exp.CTE)}
    for select in list(tree.find_all(exp.Select)):
        source = select.args.get("from_")
        if source is not None and _is_stored(source.this, of_statement):
            select.where(_is_the_users(source.this), copy=False)
        for join in select.args.get("joins") or ():
            if not _is_stored(join.this, of_statement):
                continue
            if join.args.get("on") is None:
                select.where(_is_the_users(join.this), copy=False)
            else:
                join.on(_is_the_users(join.this), copy=False)
    if isinstance(tree, (exp.Update, exp.Delete)):
        tree.where(_is_the_users(tree.this), copy=False)
    if isinstance(tree, exp.Insert):
        _insert(tree, USER_KEY, _USER)
        conflict = tree.args.get("conflict")
        keys = conflict.args.get("conflict_keys") if conflict is not None else None
        if conflict is not None and keys:
            conflict.set("conflict_keys", [exp.column(USER_KEY), *(key.this for key in keys)])


def _is_stored(source: exp.Expr, of_statement: set[str]) -> bool:
    return isinstance(source, exp.Table) and source.name not in of_statement


def _is_the_users(table: exp.Expr) -> exp.Expr:
    return exp.EQ(this=exp.column(USER_KEY, table=table.alias_or_name), expression=_bigint(_USER))


def _insert(tree: exp.Insert, column: str, name: str) -> None:
    tree.this.expressions.insert(0, exp.to_identifier(column))
    tree.this.set("expressions", tree.this.expressions)
    for row in _rows(tree.expression):
        row.set("expressions", [_bigint(name), *row.expressions])


def _rows(source: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(source, exp.Values):
        yield from source.expressions
    else:
        yield source


def _bigint(name: str) -> exp.Expr:
    return exp.Cast(this=exp.Placeholder(this=name), to=exp.DataType.build("bigint"))
