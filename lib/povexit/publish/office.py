"""Who publishes: the name on covers, a setting of the project."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from povexit import store
from povexit.errors import StoreError


def office(lang: str) -> str:
    """Return the office's name: from ``office.toml`` in the project's folder, or the package's.

    Raises
    ------
    StoreError
        If the project's file cannot be read, or has no name in the language.
    """
    own = store.root() / "office.toml"
    source = own if own.is_file() else files("povexit") / "templates" / "office.toml"
    try:
        return str(tomllib.loads(source.read_text(encoding="utf-8"))[lang])
    except (OSError, ValueError, KeyError) as error:
        raise StoreError(
            "the office's name cannot be read",
            where=own,
            expected='lines such as zh = "百色市扶贫开发办公室"',
            found=error,
            hint="mend the file, or remove it to use the name that povexit has",
        ) from error
