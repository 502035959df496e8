#!/usr/bin/env python3
"""Measures the program beside two scripts for the same work, and splices README.md's table of it.

    python3 benches/peer/run.py                   all rows, into docs/peers.json
    python3 benches/peer/run.py dense hard        these rows; what was measured of others stays
    python3 benches/peer/run.py --check           whether scripts and program agree, and no more
    python3 benches/peer/run.py --splice          the table alone, from docs/peers.json
    python3 benches/peer/run.py --program PATH    another binary than target/release/selfreward

All rows take a quarter of an hour on a machine that does nothing else. Needs NumPy, SciPy and
scikit-learn. Program and scripts run on one core, with one thread; a row tells processor seconds of
the rounds of one replicate, without set-up.
"""

import os

# Before NumPy is there.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import argparse
import json
import pathlib
import re
import sys
import tempfile

import numpy
import scipy
import sklearn

import check
import data
import floor
import ours
import table
import timing
from cases import CASES


def machine():
    """The processor's name."""
    found = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return found.group(1) if found else "an unknown processor"


def arguments():
    """What is asked for, checked."""
    keys = [case.key for case in CASES]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(keys))
    parser.add_argument("--check", action="store_true", help="compare answers alone")
    parser.add_argument("--splice", action="store_true", help="write README.md's table alone")
    parser.add_argument("--program", type=pathlib.Path, help="the binary",
                        default=ours.ROOT / "target/release/selfreward")
    parser.add_argument("--out", type=pathlib.Path, metavar="FILE",
                        help="write there in place of docs/peers.json, and leave README.md alone")
    given = parser.parse_args()
    for row in given.rows:
        if row not in keys:
            parser.error(f"ROW = {row}: expected one of {', '.join(keys)}")
    if not given.splice and not given.program.exists():
        parser.error(f"--program = {given.program}: expected a file; `cargo build --release`")
    return given


def told(row):
    """A line for the terminal."""
    peers = [name for name in ("plain", "expert") if name in row]
    ratios = [f"{name} {row[name] / row['ours']:.3g} times" for name in peers]
    return f"{row['work']}: {row['ours']:.4g} s, {', '.join(ratios)}, floor {row['floor']:.3g} s"


def main():
    """Checks, measures, writes."""
    given = arguments()
    if given.splice:
        return table.splice()
    # One core for this process and for the program that it starts.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    program, path = given.program.resolve(), given.out or table.TABLE
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        check.all_agree(program, folder)
        if given.check:
            return None
        for file, instance in {"dense": data.dense, "offset": data.offset}.items():
            data.write(folder / f"{file}.npz", *instance())
        rows = json.loads(path.read_text())["rows"] if given.rows and path.exists() else {}
        rates = floor.rates()
        for case in CASES:
            if not given.rows or case.key in given.rows:
                rows[case.key] = timing.measured(case, program, folder, rates)
                print(told(rows[case.key]), flush=True)
    packages = {"NumPy": numpy, "SciPy": scipy, "scikit-learn": sklearn}
    peers = {
        "machine": machine(),
        "versions": ", ".join(f"{name} {of.__version__}" for name, of in packages.items()),
        "rates": rates,
        "rows": {case.key: rows[case.key] for case in CASES if case.key in rows},
    }
    path.write_text(json.dumps(peers, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if given.out is None:
        table.splice()
    return None


if __name__ == "__main__":
    sys.exit(main())
