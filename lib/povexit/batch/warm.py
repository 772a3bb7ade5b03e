"""What the warm process holds before anything is forked from it: imports and fonts.

Only what leaves it with one thread, as no other thread survives a fork: Polars starts one when
it is imported, Arrow some when it reads a file. What needs them has them in the forked
process. Nothing here depends on a month or a
project's folder, so what is forked starts from the same state whatever it will run.
"""

from __future__ import annotations

import builtins
import gc
import importlib
import sys
import warnings
from collections.abc import Mapping

#: Set before the warm process starts, and the same for whatever runs a notebook.
ENVIRONMENT: Mapping[str, str] = {
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "0",
    # else each process compiles the package anew
    "PYTHONDONTWRITEBYTECODE": "",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    # no threads before a fork, and the same last digit whatever the machine has
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    # as many notebooks as cores run at a time: more threads would only wait for one another
    "POLARS_MAX_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
MODULES = (
    "papermill",
    "nbclient",
    "nbconvert.filters.markdown_mistune",
    "fontTools.subset",
    "IPython.core.interactiveshell",
    "IPython.core.magics.execution",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_svg",
    "matplotlib_inline.backend_inline",
    "matplotlib_scalebar.scalebar",
    "narwhals",
    "pandas",
    "geopandas",
    "pyarrow.dataset",
    "pyarrow.parquet",
    "scipy.special",
    "povexit.charts",
    "povexit.decide",
    "povexit.evaluation",
    "povexit.indicators",
    "povexit.maps",
    "povexit.narrative",
    "povexit.poverty",
    "povexit.publish.safe",
    "povexit.quality",
    "povexit.tables",
    "povexit.batch.client",
    "povexit.batch.worker",
)


def prepare() -> None:
    """Import what notebooks need and register the fonts."""
    skip_slow_grammar()
    for name in MODULES:
        importlib.import_module(name)
    import narwhals
    import nbformat
    import pandas

    from povexit import style
    from povexit.batch import kernel
    from povexit.publish import fonts

    style.register_fonts()
    for name in fonts.WEIGHTS.values():
        fonts.glyph_order(name)
    narwhals.from_native(pandas.DataFrame())  # imports what it has for pandas
    nbformat.validate(nbformat.v4.new_notebook())  # compiles the schema of notebooks
    vars(builtins).pop("get_ipython", None)  # see `zygote.SERVE`; from here on it is the shell's
    kernel.shell()
    # what was warned of here must be warned of again in the notebook
    with warnings.catch_warnings():
        pass
    gc.collect()
    gc.freeze()


def skip_slow_grammar() -> None:
    """Keep jsonschema from compiling, for two seconds, a grammar that nobody needs."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
