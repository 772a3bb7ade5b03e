"""A SELECT as a tree: which tables it reads, whether it adds up, over which units.

The tree is DuckDB's own (``json_serialize_sql``); nothing here reads SQL text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from povexit.errors import PrivacyError, QueryError

Node = dict[str, Any]

SELECT, UNION = "SELECT_NODE", "SET_OPERATION_NODE"
#: Functions that give rows without reading anything.
SERIES = ("range", "generate_series", "unnest")
#: Summaries that cannot give away the answer of one person.
SUMMARIES = (
    "count",
    "count_star",
    "count_if",
    "countif",
    "sum",
    "avg",
    "mean",
    "median",
    "quantile",
    "quantile_cont",
    "stddev",
    "stddev_samp",
    "stddev_pop",
    "var_samp",
    "var_pop",
    "variance",
    "corr",
    "approx_count_distinct",
)
#: What a query with no row at the top may look at: conditions are not shown.
_CONDITIONS = ("where_clause", "having", "qualify", "condition")


@dataclass(frozen=True)
class Units:
    """Tables whose rows are units not to be singled out, and the column that names the unit."""

    ids: Mapping[str, str]
    persons: frozenset[str]

    def confidential(self, node: Any) -> bool:
        """Tell whether any such table is read at or below a node."""
        return any(name in self.ids for name in tables(node))


def walk(node: Any, skip: tuple[str, ...] = ()) -> Iterator[Node]:
    """Yield every dict at or below a node, apart from what lies under some keys."""
    if isinstance(node, dict):
        yield node
        for key, value in node.items():
            if key not in skip:
                yield from walk(value, skip)
    elif isinstance(node, list):
        for value in node:
            yield from walk(value, skip)


def tables(node: Any) -> list[str]:
    """Return the names of the tables a query reads, those it defines itself (WITH) apart."""
    defined = {entry["key"].lower() for found in walk(node) for entry in _ctes(found)}
    named = [n["table_name"].lower() for n in walk(node) if n.get("type") == "BASE_TABLE"]
    return [name for name in dict.fromkeys(named) if name not in defined]


def _ctes(node: Node) -> list[Node]:
    cte_map = node.get("cte_map")
    return cte_map["map"] if isinstance(cte_map, dict) else []


def refuse_readers(node: Any) -> None:
    """Refuse functions that read files, and tables of another database.

    Raises
    ------
    QueryError
        If there is one.
    """
    for found in walk(node):
        if found.get("type") == "TABLE_FUNCTION":
            name = found["function"]["function_name"]
            if name not in SERIES:
                raise QueryError(
                    "a question reads the month's tables and the frames given, nothing else",
                    found=f"{name}(...)",
                    hint="load a file with pandas and give the frame: px.sql(..., mine=frame)",
                )
        if found.get("type") == "SHOW_REF":
            raise QueryError(
                "a question is one SELECT",
                found="DESCRIBE, SUMMARIZE or SHOW",
                hint="px.describe(table) says what columns mean, px.catalogue() which tables there are",
            )
        if found.get("type") == "BASE_TABLE" and (found["schema_name"] or found["catalog_name"]):
            raise QueryError(
                "a table is named without database or schema",
                found=".".join(found["qualified_name"]["path"]),
            )


def aggregates(node: Any, known: frozenset[str]) -> list[str]:
    """Return the summaries at a node, those of queries below it apart."""
    parts = [node] if isinstance(node, dict) else list(node)
    below = ("subquery", "cte_map", "node")
    return [
        found["function_name"]
        for part in parts
        for found in walk(part, skip=below)
        if found.get("class") == "FUNCTION" and found["function_name"] in known
    ]


def adds_up(select: Node, known: frozenset[str]) -> bool:
    """Tell whether a SELECT gives summaries rather than rows."""
    grouped = (
        bool(select["group_expressions"]) or select["aggregate_handling"] == "FORCE_AGGREGATES"
    )
    return grouped or bool(aggregates(select["select_list"], known))


def summarised(node: Node, units: Units, known: frozenset[str]) -> bool:
    """Return whether a query shows summaries of units, and must be counted.

    Raises
    ------
    PrivacyError
        If it shows summaries of units whose numbers cannot be seen from outside.
    """
    if not units.confidential(node):
        return False
    if node["type"] == UNION:
        return _summarised_union(node, units, known)
    if node["type"] != SELECT:
        raise _cannot_see(f"a {node['type']}")
    below = [n for n in walk(node, skip=_CONDITIONS) if n is not node and n.get("type") == SELECT]
    if any(adds_up(n, known) and units.confidential(n) for n in below):
        raise _cannot_see("a summary inside another query (subquery or WITH)")
    return adds_up(node, known)


def _summarised_union(node: Node, units: Units, known: frozenset[str]) -> bool:
    parts = [summarised(part, units, known) for part in node["children"]]
    if any(parts) and (node["setop_type"] != "UNION" or not all(parts)):
        raise _cannot_see(f"{node['setop_type']} of summaries and something else")
    return any(parts)


def _cannot_see(what: str) -> PrivacyError:
    return PrivacyError(
        "it cannot be seen how many households each number rests on",
        found=what,
        expected="one SELECT with GROUP BY over the month's tables",
        hint="write it as one, finish in pandas, or ask with mask=False and mask before you show it",
    )


def refuse_persons(node: Node, units: Units, known: frozenset[str]) -> None:
    """Refuse rows of persons, and summaries that give away the answer of one of them.

    Raises
    ------
    PrivacyError
        If a SELECT that reads a table of persons does anything but add them up.
    """
    for one in walk(node, skip=_CONDITIONS):
        if one.get("type") != SELECT:
            continue
        read = units.persons & set(read_directly(one))
        used = set(aggregates(one["select_list"], known))
        if read and (not adds_up(one, known) or used - set(SUMMARIES)):
            raise PrivacyError(
                "no person is shown",
                where=", ".join(sorted(read)),
                expected=f"summaries of persons: {', '.join(SUMMARIES)}",
                found=", ".join(sorted(used - set(SUMMARIES))) or "rows of persons",
                hint="group them: select county, count(*) from cleaned_persons group by county",
            )


def read_directly(select: Node) -> list[str]:
    """Return the tables a SELECT reads itself, those of queries in its FROM apart."""
    found = walk(select["from_table"], skip=("subquery", *_CONDITIONS))
    return [n["table_name"].lower() for n in found if n.get("type") == "BASE_TABLE"]


def counted_by(select: Node, units: Units) -> str:
    """Return the SQL that counts a summary's units: distinct ones, where a table names them."""
    for found in walk(select["from_table"], skip=("subquery",)):
        if found.get("type") == "BASE_TABLE" and found["table_name"].lower() in units.ids:
            alias = found["alias"] or found["table_name"]
            return f'count(DISTINCT "{alias}"."{units.ids[found["table_name"].lower()]}")'
    return "count(*)"
