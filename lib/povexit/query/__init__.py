"""A month's tables in SQL: the Parquet files through DuckDB, read-only, nothing else within reach.

`sql` takes a SELECT and gives pandas. Columns that point to a person are not there, tables of
persons answer in summaries only, and of summaries of households those that rest on too few
are masked. What is shown and what is not: ``docs/sql.md``.
"""

from povexit.query.ask import sql

__all__ = ["sql"]
