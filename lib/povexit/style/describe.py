"""What a figure shows: for those who cannot see it, and for those who draw it again.

A notebook's figure is a drawing; what it says cannot be read off it. So every chart and map
is `described`: it leaves with its figure a stable name, a sentence with its numbers, the data
behind it, already masked, and the arguments it was drawn with. In a notebook this travels
beside the drawing as JSON (`FIGURE_MIME`) and serves alternative texts, downloads, files for
a meeting, and drawing the same figure anew for a wall (`arguments`).
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from povexit.style.look import language
from povexit.style.text import figure_of

FIGURE_MIME = "application/vnd.povexit.figure+json"
#: The column that tells apart the maps of one figure.
PANEL = "panel"
#: Arguments that are no data: the words and the place of a drawing.
_FRAME = ("lang", "title", "ax")

Drawn = TypeVar("Drawn", bound="Axes | Figure")
P = ParamSpec("P")
#: From the masked table, the other arguments and the language, what the figure shows.
Alt = Callable[[pd.DataFrame, Mapping[str, Any], str], str]

_told: WeakKeyDictionary[Figure, list[dict[str, Any]]] = WeakKeyDictionary()


def described(
    alt: Alt,
    columns: Sequence[str] | Callable[[Mapping[str, Any]], Sequence[str]],
    *,
    values: Sequence[str] = (),
    source: Mapping[str, str] | None = None,
) -> Callable[[Callable[P, Drawn]], Callable[P, Drawn]]:
    """Make a chart or map leave with its figure what it shows.

    Parameters
    ----------
    alt
        Says in a sentence, with numbers, what the figure shows.
    columns
        The columns of its table that are drawn, as far as there are such; or a function of
        the arguments that names them. No other column leaves with the figure.
    values
        Those of them that are blank in a row whose ``status`` is not ``shown``.
    source
        Where something drawn is from, by language, such as a map's boundaries.
    """

    def wrap(draw: Callable[P, Drawn]) -> Callable[P, Drawn]:
        signature = inspect.signature(draw)

        @wraps(draw)
        def drawn(*args: P.args, **kwargs: P.kwargs) -> Drawn:
            found = draw(*args, **kwargs)
            given = signature.bind(*args, **kwargs)
            given.apply_defaults()
            arguments = dict(given.arguments)
            lang = language(arguments.get("lang"))
            key, table = _table(arguments)
            names = columns(arguments) if callable(columns) else columns
            shown = masked(table, names, values)
            others = {k: v for k, v in arguments.items() if k not in (key, *_FRAME)}
            told = {
                "name": draw.__name__,
                "title": str(arguments.get("title") or ""),
                "alt": alt(shown, others, lang),
                "lang": lang,
                "source": (source or {}).get(lang, ""),
                "data": plain(shown),
                "drawn": {
                    "by": f"{draw.__module__.split('.')[1]}.{draw.__name__}",
                    "table": key,
                    "arguments": {k: plain(v) for k, v in others.items() if v is not None},
                },
            }
            _told.setdefault(_figure(found), []).append(told)
            return found

        return drawn

    return wrap


def _figure(drawn: Axes | Figure) -> Figure:
    return drawn if isinstance(drawn, Figure) else figure_of(drawn)


def _table(arguments: Mapping[str, Any]) -> tuple[str, pd.DataFrame]:
    """Return the first table given, by its name; several maps of one figure as one table."""
    for name, value in arguments.items():
        if isinstance(value, pd.DataFrame):
            return name, value
        if isinstance(value, list | tuple) and value and isinstance(value[0], tuple):
            parts = [table.assign(**{PANEL: panel}) for panel, table in value]
            return name, pd.concat(parts, ignore_index=True)
    return "", pd.DataFrame()


def masked(table: pd.DataFrame, columns: Sequence[str], values: Sequence[str]) -> pd.DataFrame:
    """Return the columns there are, the values blank wherever the status is not shown.

    Examples
    --------
    >>> table = pd.DataFrame({"value": [1.0, 9.0], "n": [50, 3], "status": ["shown", "suppressed"]})
    >>> masked(table, ["value", "status"], ["value"]).values.tolist()
    [[1.0, 'shown'], [nan, 'suppressed']]
    """
    kept = table[[name for name in columns if name in table]].reset_index(drop=True)
    if "status" in kept:
        shown = (kept["status"].astype("string") == "shown").fillna(False).astype(bool)
        for name in (name for name in values if name in kept):
            kept[name] = kept[name].where(shown)
    return kept


def plain(value: Any) -> Any:
    """Return a value as JSON has it: tables as columns and rows, what is missing as null."""
    if isinstance(value, pd.DataFrame):
        rows = value.astype(object).to_numpy().tolist()
        return {"columns": [str(c) for c in value], "rows": [[plain(x) for x in r] for r in rows]}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain(dataclasses.asdict(value))
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if pd.isna(value):
        return None
    if isinstance(value, date):
        return value.isoformat()
    return value.item() if isinstance(value, np.generic) else value


def named(drawn: Drawn, name: str) -> Drawn:
    """Give a figure a name of its own, where a notebook draws the same chart more than once.

    Parameters
    ----------
    drawn
        What a chart or map returned.
    name
        ASCII letters, digits and ``_``; files for a meeting carry it.
    """
    for told in _told.get(_figure(drawn), []):
        told["name"] = name
    return drawn


def description(fig: Figure) -> dict[str, Any] | None:
    """Return what a figure shows, or None if nothing of it was drawn by a chart or map.

    Returns
    -------
    dict
        ``name``, ``title``, ``alt``, ``lang``, ``source``, ``data`` (columns and rows) and, if
        the figure is one chart, ``drawn``: by what, with which arguments. Several charts on
        one figure have their sentences joined, and in their data a column of their titles.
    """
    told = _told.get(fig, [])
    if len(told) > 1:
        return _together(told, fig)
    return {**told[0], "title": told[0]["title"] or _title(fig)} if told else None


def _title(fig: Figure) -> str:
    titles = [fig.get_suptitle(), *(ax.get_title(loc="left") for ax in fig.axes)]
    return next((" ".join(title.split("\n")) for title in titles if title), "")


def _together(told: Sequence[Mapping[str, Any]], fig: Figure) -> dict[str, Any]:
    tables = [(part["title"], part["data"]) for part in told]
    frames = [
        pd.DataFrame(data["rows"], columns=data["columns"], dtype=object).assign(**{PANEL: title})
        for title, data in tables
    ]
    alt = " ".join(f"{part['title']}: {part['alt']}" for part in told)
    first = {key: told[0][key] for key in ("name", "lang", "source")}
    data = plain(pd.concat(frames, ignore_index=True))
    return {**first, "title": _title(fig), "alt": alt, "data": data}


def arguments(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a described figure was drawn with, for the function named in ``drawn``.

    Parameters
    ----------
    told
        From `description`, or as it stands in a notebook.

    Returns
    -------
    dict
        Arguments with tables as frames; without ``lang``, ``title`` and ``ax``.
    """
    drawn = told["drawn"]
    table = _frame(told["data"])
    first: Any = table
    if PANEL in table:
        parts = table.groupby(PANEL, sort=False)
        first = [(str(panel), part.drop(columns=PANEL)) for panel, part in parts]
    given = {k: _frame(v) if _is_table(v) else v for k, v in drawn["arguments"].items()}
    return {drawn["table"]: first, **given}


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping) and set(value) == {"columns", "rows"}


def _frame(data: Mapping[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame(data["rows"], columns=data["columns"], dtype=object)
    return frame.convert_dtypes()


def show_in(shell: Any) -> None:
    """Make a notebook's kernel send with every figure what it shows."""
    from IPython.core.formatters import JSONFormatter
    from traitlets import ObjectName, Unicode

    class Told(JSONFormatter):  # type: ignore[misc]
        format_type = Unicode(FIGURE_MIME)
        print_method = ObjectName("_repr_povexit_figure_")

    formatter = Told(parent=shell.display_formatter)
    formatter.for_type(Figure, description)
    shell.display_formatter.formatters[FIGURE_MIME] = formatter
