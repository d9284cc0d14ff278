"""A cursor that lets no statement pass which does not name the user of each row it is about.

So that the tables can be spread over machines by `user_key`, each statement then going to one of them, and so that
row-level security is a second wall and not the first.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import psycopg
import sqlglot
from sqlglot import exp

USER_KEY = "user_key"
CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SET")


class CheckedCursor(psycopg.Cursor[Any]):
    """psycopg's own, behind the check."""

    def execute(self, query: Any, params: Any = None, **settings: Any) -> Any:
        check(query)
        return super().execute(query, params, **settings)

    def executemany(self, query: Any, params_seq: Any, **settings: Any) -> None:
        check(query)
        super().executemany(query, params_seq, **settings)


@cache
def check(statement: str) -> None:
    """Raise `AssertionError` where a statement does not name the user of one of its tables."""
    if statement.startswith(CONTROL):
        return
    found = problems(sqlglot.parse_one(statement, read="postgres"))
    assert found == [], statement


def problems(tree: exp.Expr) -> list[str]:
    """What a statement lacks, a line for each table."""
    of_statement = {cte.alias for cte in tree.find_all(exp.CTE)}
    found = []
    for table in tree.find_all(exp.Table):
        if table.name in of_statement or not isinstance(table.this, exp.Identifier):  # or a function's rows
            continue
        if not _names_user(table):
            found.append(f"{table.name} without its user")
    for conflict in tree.find_all(exp.OnConflict):
        keys = [key.name for key in conflict.args.get("conflict_keys") or ()]
        if keys and keys[0] != USER_KEY:
            found.append(f"a conflict on {keys} without the user")
    return found


def _names_user(table: exp.Table) -> bool:
    around = table.parent
    if isinstance(around, exp.Schema):  # INSERT INTO table (columns)
        return bool(around.expressions) and around.expressions[0].name == USER_KEY
    conditions: list[exp.Expr | None] = []
    if isinstance(around, exp.Join):
        conditions.append(around.args.get("on"))
        around = around.parent
    elif isinstance(around, exp.From):
        around = around.parent
    if around is not None:
        where = around.args.get("where")
        conditions.append(where.this if where is not None else None)
    return any(_is_bound(condition, table.alias_or_name) for condition in conditions if condition is not None)


def _is_bound(condition: exp.Expr, name: str) -> bool:
    """Whether a condition holds only for rows of the user: one of its parts, all of which must hold, says so."""
    parts = condition.unnest().flatten() if isinstance(condition.unnest(), exp.And) else [condition.unnest()]
    return any(
        isinstance(part.unnest(), exp.EQ)
        and part.unnest().this.sql() == f"{name}.{USER_KEY}"
        and part.unnest().expression.find(exp.Placeholder, exp.Parameter) is not None
        for part in parts
    )
