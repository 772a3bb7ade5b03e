"""What can go wrong, told the same way everywhere.

An error names *where* it happened (file, sheet, row, column), what was
*expected*, what was *found* and a *hint*: the next thing to do, in words of
someone who knows counties and workbooks, not Python.
"""

from __future__ import annotations


class PovexitError(Exception):
    """Base of every error this package raises on purpose.

    Parameters
    ----------
    problem
        One sentence: what is wrong.
    where
        File, sheet, row or column concerned.
    expected, found
        What should have stood there and what does.
    hint
        What the reader can do about it.

    Examples
    --------
    >>> print(DeliveryError("sheet missing", where="右江区.xlsx", expected="户表", hint="ask again"))
    sheet missing
      where:    右江区.xlsx
      expected: 户表
      to do:    ask again
    """

    def __init__(
        self,
        problem: str,
        *,
        where: object = None,
        expected: object = None,
        found: object = None,
        hint: str | None = None,
    ) -> None:
        self.problem = problem
        self.where = where
        self.expected = expected
        self.found = found
        self.hint = hint
        super().__init__(problem)

    def __str__(self) -> str:
        parts = (
            ("where:   ", self.where),
            ("expected:", self.expected),
            ("found:   ", self.found),
            ("to do:   ", self.hint),
        )
        lines = [f"  {label} {value}" for label, value in parts if value is not None]
        return "\n".join([self.problem, *lines])

    def __reduce__(self) -> tuple[object, ...]:
        # errors cross process boundaries in the batch; keyword arguments must survive pickling
        return (_rebuild, (type(self), self.problem, self.__dict__.copy()))


def _rebuild(kind: type[PovexitError], problem: str, state: dict[str, object]) -> PovexitError:
    error = kind(problem)
    error.__dict__.update(state)
    return error


class DeliveryError(PovexitError):
    """A file a county sent cannot be read as what it should be."""


class SchemaError(PovexitError):
    """A table does not have the columns, types, ranges or keys it should have."""


class StandardError(PovexitError):
    """A standard's file is wrong, or no edition answers the question asked."""


class UnknownNameError(PovexitError):
    """A county, table, column or edition that is not known."""


class StoreError(PovexitError):
    """A table is not where it should be, or could not be written whole."""


class DesignError(PovexitError):
    """A survey design does not support the estimate asked of it."""


class SurveyError(PovexitError):
    """A survey's file, or the mapping of its columns, cannot be used as it stands."""


class QueryError(PovexitError):
    """A question in SQL that cannot be answered as it stands."""


class PrivacyError(PovexitError):
    """A key is missing or an output would show a person."""
