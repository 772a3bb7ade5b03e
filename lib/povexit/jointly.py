"""Several counties in one computation, each with its own outcome.

To set up a computation costs the same for two hundred households as for fifty thousand, so
small counties are taken together. What each county is told, and which files it gets, is as if
it had been alone: where the computation fails, each of them is computed by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

from povexit import store
from povexit.errors import PovexitError

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

#: So many bytes of Parquet are read for counties taken together; a larger county is alone.
#: They unpack to some 100 MB of work, no more than a report takes.
MOST_BYTES = 4_000_000


class Part:
    """Counties computed together: their tables in, a partition of each table out for each.

    Attributes
    ----------
    counties
        Their codes.
    facts
        By county, what to keep in its outcome; filled by the caller.
    has_failed
        Whether several could not be computed together: then nothing is said of any.
    """

    def __init__(
        self,
        step: str,
        month: str,
        counties: Sequence[str],
        reads: Sequence[str],
        makes: Sequence[str],
    ) -> None:
        self.step, self.month, self.counties = step, month, tuple(counties)
        self.reads, self.makes = reads, makes
        self.facts: dict[str, dict[str, Any]] = {county: {} for county in counties}
        self.has_failed = False

    def tables(self) -> list[pl.DataFrame]:
        """Return the tables to read, the counties' rows below one another.

        Raises
        ------
        StoreError
            If one was not saved for a county that is alone.
        """
        return [store.scan(name, self.month, self.counties).collect() for name in self.reads]

    def save(self, made: Sequence[pl.DataFrame | pd.DataFrame]) -> None:
        """Write each county's rows of the tables it makes, in their order.

        Raises
        ------
        StoreError
            If one cannot be written.
        """
        import polars as pl

        for name, table in zip(self.makes, made, strict=True):
            whole = table if isinstance(table, pl.DataFrame) else pl.from_pandas(table)
            for county in self.counties:
                own = whole.filter(pl.col("county_code") == county)
                store.save(own, name, self.month, county)

    def __enter__(self) -> Part:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if error is not None and not isinstance(error, PovexitError):
            return False
        if error is not None and len(self.counties) > 1:
            self.has_failed = True
            return True
        for county in self.counties:
            with store.outcome(self.step, self.month, county, self.makes) as record:
                if error is not None:
                    raise error
                record |= self.facts[county]
        return True


def parts(
    step: str, month: str, counties: Sequence[str], reads: Sequence[str], makes: Sequence[str]
) -> Iterator[Part]:
    """Yield the counties in parts that are computed together, for a ``with`` around the work.

    Parameters
    ----------
    step, month, counties
        What runs, for the record of each county.
    reads
        Tables the step reads; a county that lacks one is alone, so that it fails alone.
    makes
        Tables the step writes, removed for a county that fails.

    Yields
    ------
    Part
        Counties in the order given. A part of several that fails is followed by each of
        them alone.
    """
    for group in groups(month, counties, reads):
        part = Part(step, month, group, reads, makes)
        yield part
        if part.has_failed:
            yield from (Part(step, month, [county], reads, makes) for county in group)


def groups(month: str, counties: Sequence[str], reads: Sequence[str]) -> list[list[str]]:
    """Return the counties in groups whose tables are not too large to be read together."""
    found: list[list[str]] = []
    room = 0
    for county in counties:
        files = [store.partition(name, month, county) for name in reads]
        is_whole = all(file.is_file() for file in files)
        size = sum(file.stat().st_size for file in files) if is_whole else MOST_BYTES
        if size > room:
            found.append([])
            room = MOST_BYTES
        found[-1].append(county)
        room -= size
    return found
