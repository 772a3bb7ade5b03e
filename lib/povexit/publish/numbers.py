"""From a printed number to the number format of a spreadsheet that prints it the same."""

from __future__ import annotations

import re

# sign or bound, minus, whole part, decimals, percent sign, and a unit without digits
_PRINTED = re.compile(r"([<>+]?)((?:[≤≥]\s?)?)[−-]?(\d[\d,]*)(\.\d+)?(%?)([^\d]*)")


def number_format(text: str) -> str | None:
    """Return the format under which a spreadsheet prints a number as ``text``, or None.

    There is none if the text is not one number: an interval, a date, a count with its
    denominator. A share too small to print keeps its sign ("<0.1%") below that bound.

    Examples
    --------
    >>> number_format("5,322"), number_format("58.3%"), number_format("+12")
    ('#,##0', '0.0%', '+#,##0;-#,##0;0')
    >>> number_format("<0.1%"), number_format("12 个村"), number_format("0.4%–3.1%")
    ('[=0]0.0%;[<0.001]"<0.1%";0.0%', '#,##0" 个村"', None)
    """
    found = _PRINTED.fullmatch(text)
    if found is None or "–" in found[6]:
        return None
    sign, bound, whole, decimals, percent, unit = found.groups()
    form = "0" if percent or (len(whole) > 3 and "," not in whole) else "#,##0"
    form += ("." + "0" * (len(decimals) - 1) if decimals else "") + percent
    if sign in ("<", ">"):
        return _beyond(text, sign, form)
    form = _quoted(bound) + form + _quoted(unit)
    return f"+{form};-{form};{form}".removesuffix(f";{form}") + ";0" if sign else form


def _beyond(text: str, sign: str, form: str) -> str:
    """Return the format of a share printed as a bound; all or none of it prints as it is."""
    limit = round(float(text.strip("<>%")) / 100, 6)
    end = "[=0]" if sign == "<" else "[>=1]"
    return f"{end}{form};[{sign}{limit}]{_quoted(text)};{form}"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "") + '"' if text else ""
