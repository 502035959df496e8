"""Reads a run store of selfreward, and its export, with pandas and polars.

    selfreward run hard_instance --quick --out runs
    selfreward export runs/hard_instance-quick.sqlite --csv runs/csv --force
    selfreward export runs/hard_instance-quick.sqlite --npz runs/rows.npz --force
    python docs/reading_results.py runs/hard_instance-quick.sqlite runs/csv runs/rows.npz

Needs numpy, pandas and polars.
"""

import json
import pathlib
import sqlite3
import sys

import numpy as np
import pandas as pd
import polars as pl

store, folder, archive = sys.argv[1:4]
folder = pathlib.Path(folder)

# The store, by its view `tidy`: one row for each cell, replicate and round.
with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as connection:
    by_sqlite = pd.read_sql("SELECT * FROM tidy", connection)
    in_polars = pl.read_database("SELECT * FROM tidy", connection, infer_schema_length=None)

# The export; ids are words even where they look like numbers.
by_pandas = pd.read_csv(folder / "rows.csv", dtype={"cell": str})
by_polars = pl.read_csv(folder / "rows.csv", schema_overrides={"cell": pl.String}, infer_schema_length=None)
provenance = json.loads((folder / "provenance.json").read_text())

# The NumPy archive: doubles by column name, words as JSON.
arrays = np.load(archive)
cells = json.loads(arrays["cell.json"].tobytes())

# All are the same rows, to the last bit.
rows = len(by_sqlite)
assert rows == len(in_polars) == len(by_pandas) == len(by_polars) == provenance["counts"]["rows"] > 0
assert list(by_sqlite["cell"]) == list(in_polars["cell"]) == list(by_pandas["cell"]) == list(by_polars["cell"]) == cells
for name in by_sqlite.columns:
    exported = next(column for column in by_pandas.columns if column.split(" [")[0] == name)
    if name in ("part", "cell"):
        continue
    expected = by_sqlite[name].to_numpy(dtype=float)
    for values in (
        in_polars[name].cast(pl.Float64).to_numpy(),
        by_pandas[exported].to_numpy(dtype=float),
        by_polars[exported].cast(pl.Float64).to_numpy(),
        arrays[exported],
    ):
        np.testing.assert_array_equal(expected, values, err_msg=name)

# What one would go on with: means over replicates.
failure = next(name for name in by_sqlite.columns if name.startswith("failure_"))
print(f"{rows} rows of {provenance['identity']['experiment']}, seed {provenance['identity']['seed']}")
print(by_pandas.groupby(["cell", "round"])[failure].mean().unstack())
