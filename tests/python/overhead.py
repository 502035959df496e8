"""What a run from Python costs beside the command: ten replicates on the features of a real encoder.

    tests/python/overhead.py path/to/selfreward

Both run the same configuration, one after the other, several times. The command's time is that of its process, and Python's that of
`simulate` on arrays in memory; the best of each counts, as what else the machine does only adds. Exit codes: 0 at most 5% more; 1 more.
"""

import pathlib
import subprocess
import sys
import tempfile
import time

import selfreward as sr

SETTINGS = {"samples": 65536, "rounds": 4, "beta": 1.0, "replicates": 10}
TIMES = 7
MOST = 1.05


def main():
    arrays = sr.data.docqa()
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "config.toml")
        file.write_text(
            "[instance]\nkind = 'npz'\npath = 'data/docqa_minilm.npz'\n[process]\nsamples = 65536\nrounds = 4\nbeta = 1.0\n"
            "[run]\nreplicates = 10\n"
        )
        command = [sys.argv[1], "simulate", "--config", str(file), "--quiet"]
        theirs, ours = [], []
        for _ in range(TIMES):
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)
            theirs.append(time.perf_counter() - start)
            start = time.perf_counter()
            sr.simulate(**arrays, **SETTINGS, progress=False)
            ours.append(time.perf_counter() - start)
    ratio = min(ours) / min(theirs)
    print(f"overhead: Python {min(ours):.3f} s, the command {min(theirs):.3f} s, ratio {ratio:.3f} (at most {MOST})")
    return 0 if ratio <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
