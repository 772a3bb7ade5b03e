"""How a slide shows itself in JupyterLab and on a page, and how it is put into words."""

from __future__ import annotations

import html as escaping

from povexit.slides.model import Body, Chart, Grid, Lines, Picture, Series, Slide
from povexit.style import STATUS, UNKNOWN, fmt_int, fmt_share, language, pick

_BOX = "max-width:56em;border:1px solid #8A8A8A;padding:1em 1.5em;margin:.5em 0"
_BAR = "display:inline-block;height:.8em;background:{color};width:{width:.1f}em"
#: Rows of a table that are put into words; beyond them the table's own cells are read.
_ROWS = 13
#: The longest bar of a preview, in sizes of text.
_LONGEST = 12.0


def number(value: float | None, unit: str) -> str:
    """Print a value as its chart would: a share as a percentage, else a whole number.

    Examples
    --------
    >>> number(0.4089, "%"), number(2127, "")
    ('40.9%', '2,127')
    """
    return fmt_share(value) if unit == "%" else fmt_int(value)


def described(body: Body) -> str:
    """Return what a chart or table shows, number by number, for those who cannot see it."""
    if isinstance(body, Chart):
        end = f"（{body.unit}）" if body.unit not in ("", "%") and language() == "zh" else ""
        end = f" ({body.unit})" if body.unit not in ("", "%") and not end else end
        return "; ".join(f"{s.name}{end}: {_row(body, s)}" for s in body.series)
    if isinstance(body, Grid):
        rows = "; ".join(" ".join(row) for row in body.rows[:_ROWS])
        more = "; …" if len(body.rows) > _ROWS else ""
        return f"{' | '.join(body.headers)}: {rows}{more}"
    return " ".join(body.items) if isinstance(body, Lines) else ""


def _row(chart: Chart, series: Series) -> str:
    pairs = zip(chart.categories, series.values, strict=True)
    if chart.kind == "paths":
        pairs = ((c, v) for c, v in pairs if v is not None)  # type: ignore[assignment]
    return ", ".join(f"{name} {number(value, chart.unit)}" for name, value in pairs)


def html(slide: Slide) -> str:
    """Return a slide as HTML: its message, its numbers, and what to say."""
    notes = "".join(f"<li>{_safe(note)}</li>" for note in slide.notes)
    said = f"<p>{pick(None, '备注', 'Notes')}</p><ul>{notes}</ul>" if notes else ""
    remark = f"<p><small>{_safe(slide.remark)}</small></p>" if slide.remark else ""
    level = "h1" if slide.is_cover else "h2"
    return (
        f'<section class="px-slide" style="{_BOX}"><{level}>{_safe(slide.title)}</{level}>'
        f"{_body(slide)}{remark}{said}</section>"
    )


def _body(slide: Slide) -> str:
    body = slide.body
    if isinstance(body, Picture):
        alt = escaping.escape(slide.alt, quote=True)
        source = f"data:image/png;base64,{body.png}"
        return f'<img src="{source}" alt="{alt}" style="width:100%">'
    if isinstance(body, Lines):
        return "".join(f"<p>{_safe(item)}</p>" for item in body.items)
    return _rows(body) if isinstance(body, Grid) else _drawn(body)


def _rows(grid: Grid) -> str:
    kinds = ["px-num" if is_number else "px-text" for is_number in grid.numeric]
    head = "".join(
        f'<th scope="col" class="{kind}">{_safe(name)}</th>'
        for name, kind in zip(grid.headers, kinds, strict=True)
    )
    lines = "".join(_line(row, kinds) for row in grid.rows)
    return f'<table class="px-table"><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>'


def _line(row: tuple[str, ...], kinds: list[str]) -> str:
    cells = "".join(
        f'<td class="{kind}">{_safe(cell)}</td>'
        for cell, kind in zip(row[1:], kinds[1:], strict=True)
    )
    return f'<tr><th scope="row" class="{kinds[0]}">{_safe(row[0])}</th>{cells}</tr>'


def _drawn(chart: Chart) -> str:
    """Return a chart as the table of its numbers, each with its bar."""
    head = "".join(f'<th scope="col">{_safe(s.name)}</th>' for s in chart.series)
    longest = max(abs(v) for s in chart.series for v in s.values if v is not None) or 1.0
    lines = "".join(
        f'<tr><th scope="row">{_safe(name)}</th>{"".join(_cell(chart, s, i, longest) for s in chart.series)}</tr>'
        for i, name in enumerate(chart.categories)
    )
    unit = _safe(chart.unit)
    return (
        f'<table class="px-table"><thead><tr><th scope="col">{unit}</th>{head}</tr></thead>'
        f"<tbody>{lines}</tbody></table>"
    )


def _cell(chart: Chart, series: Series, i: int, longest: float) -> str:
    value = series.values[i]
    if value is None:
        return f"<td>{'' if chart.kind == 'paths' else UNKNOWN[language()]}</td>"
    look = series.looks[i if len(series.looks) > 1 else 0]
    color = STATUS[look if look in STATUS else "pass"].color
    bar = _BAR.format(color=color, width=_LONGEST * abs(value) / longest)
    return f'<td class="px-num"><span style="{bar}"></span> {number(value, chart.unit)}</td>'


def _safe(text: str) -> str:
    return escaping.escape(text, quote=False)
