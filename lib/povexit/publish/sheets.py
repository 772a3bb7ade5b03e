"""How the workbook of a month looks: fonts, rules, widths, frozen heads, print set-up."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from povexit.publish.page import Page, words
from povexit.style import ABSENT, STATUS, SUPPRESSED, UNKNOWN, gap, text_width

FONT = "Microsoft YaHei"
INK, SOFT, WARN, WARN_PAPER = "#1C1C1E", "#5B5F66", "#8A1C1C", "#FDF1D6"
NARROWEST, SHORT_HEAD, WIDEST = 8, 14, 42
A4 = 9
#: Points of a line of text; characters that a sheet held upright has room for.
LINE, UPRIGHT = 15, 100
#: One cell: its text, the number under it, and the format that prints it; text without it.
Cell = tuple[str, float | None, str | None]


class Paper:
    """A workbook being written, and the looks its sheets share."""

    def __init__(self, book: Any, page: Page, office: str) -> None:
        self.book, self.page, self.office = book, page, office
        self.lang, self.word = page.lang, words(page.lang)
        self.look = cache(self._look)

    def _look(self, **own: Any) -> Any:
        base = {"font_name": FONT, "font_size": 10, "font_color": INK, "valign": "vcenter"}
        return self.book.add_format(base | own)

    def sheet(self, name: str) -> Any:
        """Add a sheet set up to print: A4, one page wide, banner above, office and page below."""
        sheet = self.book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_paper(A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
        said = f"&C&K{WARN[1:]}{self.word['simulated']}" if self.page.simulated else ""
        sheet.set_header(said)
        sheet.set_footer("&L" + self.office.replace("&", "&&") + "&R&P / &N")
        return sheet

    def banner(self, sheet: Any, row: int, *, whole: bool = False) -> None:
        """Say in a cell of its own that the numbers are simulated, if they are."""
        if self.page.simulated:
            warned = self.look(bold=True, font_color=WARN, bg_color=WARN_PAPER)
            more = f"  {self.word['simulated_note']}" if whole else ""
            sheet.write_string(row, 0, self.word["simulated"] + more, warned)

    def contents(self, listed: Sequence[tuple[str, str, int, int]]) -> None:
        """Write the first sheet: the office, the month, and a link to every table."""
        sheet = self.sheet(self.word["contents"])
        sheet.set_portrait()
        sheet.write_string(0, 0, self.office, self.look(font_color=SOFT))
        sheet.write_string(1, 0, self.page.title, self.look(bold=True, font_size=16))
        self.banner(sheet, 2, whole=True)
        head = self.look(bold=True, top=2, bottom=1)
        for column, key in enumerate(("table", "rows", "places")):
            sheet.write_string(4, column, self.word[key], head)
        for row, (name, caption, n_rows, n_places) in enumerate(listed, 5):
            link = "internal:'" + name.replace("'", "''") + "'!A1"
            shown = f"{name.split(' ')[0]} {caption}"[:255]
            sheet.write_url(row, 0, link, self.look(font_color="#0B4F8A", underline=1), shown)
            sheet.write_number(row, 1, n_rows, self.look(num_format="#,##0"))
            sheet.write_number(row, 2, n_places, self.look(num_format="#,##0"))
        sheet.set_column(0, 0, 64)
        sheet.set_column(1, 2, 10)

    def table(
        self, name: str, about: Mapping[str, Any], columns: Sequence[Mapping[str, Any]]
    ) -> Sheet:
        """Begin the sheet of one kind of table."""
        return Sheet(self, self.sheet(name), about, columns)

    def notes(self) -> None:
        """Write the last sheet: what the marks mean, and where the numbers come from."""
        sheet = self.sheet(self.word["notes"])
        sheet.set_portrait()
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, 1, 80)
        self.banner(sheet, 0, whole=True)
        marks = [
            (UNKNOWN[self.lang], self.word["mark_unknown"]),
            (SUPPRESSED, STATUS["suppressed"].label(self.lang)),
            (ABSENT, self.word["mark_absent"]),
        ]
        told = [(self.word[key], said) for key, said in self.page.provenance.items()]
        wrapped, bold = self.look(text_wrap=True, valign="top"), self.look(bold=True, valign="top")
        lines = [(self.word["marks"], ""), *marks, ("", ""), (self.word["provenance"], ""), *told]
        for row, (key, said) in enumerate(lines, 2):
            sheet.write_string(row, 0, key, bold)
            sheet.write_string(row, 1, said, wrapped)


class Sheet:
    """One table's sheet, filled row by row from its head down."""

    HEAD = 3

    def __init__(
        self,
        paper: Paper,
        sheet: Any,
        about: Mapping[str, Any],
        columns: Sequence[Mapping[str, Any]],
    ) -> None:
        self.paper, self.sheet, self.about, self.columns = paper, sheet, about, columns
        self.next = self.HEAD + 1
        # a long head breaks into lines, as what stands below it does not
        heads = (_width(column["name"]) for column in columns)
        self.widths = [max(head / 2, min(head, SHORT_HEAD)) for head in heads]
        sheet.write_string(0, 0, about["caption"], paper.look(bold=True, font_size=13))
        paper.banner(sheet, 1)
        for i, column in enumerate(columns):
            side = (
                {"align": "right"} if column["numeric"] else {"align": "left", "indent": int(i > 0)}
            )
            head = paper.look(bold=True, top=2, bottom=1, text_wrap=True, **side)
            sheet.write_string(self.HEAD, i, column["name"], head)
        sheet.freeze_panes(self.HEAD + 1, 1)
        sheet.repeat_rows(self.HEAD)

    def row(self, cells: Sequence[Cell], total: bool) -> None:
        """Write one row; a number without a format is text, and text is never a formula."""
        own: dict[str, Any] = {"bold": True, "top": 1} if total else {}
        for i, (text, value, form) in enumerate(cells):
            self.widths[i] = max(self.widths[i], _width(text))
            if value is not None and form is not None:
                look = self.paper.look(num_format=form, align="right", **own)
                self.sheet.write_number(self.next, i, value, look)
            else:
                self.sheet.write_string(self.next, i, text, self._text(i, text, own))
        lines = max(math.ceil(_width(text) / (WIDEST - 2)) for text, _, _ in cells)
        if lines > 1:
            self.sheet.set_row(self.next, LINE * lines)
        self.next += 1

    def _text(self, i: int, text: str, own: Mapping[str, Any]) -> Any:
        numeric = self.columns[i]["numeric"]
        # a number and the word beside it stay apart
        place = {"align": "right"} if numeric else {"align": "left", "indent": int(i > 0)}
        missing = gap(text)
        color = {"font_color": SOFT, "italic": missing == "unknown"} if missing else {}
        return self.paper.look(text_wrap=_width(text) > WIDEST - 2, **place, **own, **color)

    def close(self) -> None:
        """Write what stands below the rows; set widths, filter and the area to print."""
        last = len(self.columns) - 1
        below = self.next
        rule = self.paper.look(top=2)
        for i in range(last + 1):
            self.sheet.write_blank(below, i, None, rule)
        soft = self.paper.look(font_color=SOFT, font_size=9)
        for told in filter(None, (self.about["note"], self.about["source"])):
            below += 1
            self.sheet.write_string(below, 0, told, soft)
        if self.next > self.HEAD + 1:
            self.sheet.autofilter(self.HEAD, 0, self.next - 1, last)
        widths = [min(max(width + 2, NARROWEST), WIDEST) for width in self.widths]
        for i, width in enumerate(widths):
            self.sheet.set_column(i, i, width)
        heads = (_width(column["name"]) + 1 for column in self.columns)
        lines = max(math.ceil(head / width) for head, width in zip(heads, widths, strict=True))
        self.sheet.set_row(self.HEAD, LINE * lines + 4)
        if sum(widths) < UPRIGHT:
            self.sheet.set_portrait()
        self.sheet.print_area(0, 0, below, last)


def _width(text: str) -> float:
    """Return how wide a text is in the characters a spreadsheet measures by: Han two."""
    return text_width(text, 2.0)
