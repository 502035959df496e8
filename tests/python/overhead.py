"""What a run from Python costs beside the command: ten replicates on the features of an encoder.

    tests/python/overhead.py path/to/selfreward

Both run the same configuration in turn, several times. The command's time is that of its process,
which reads the data; Python's is that of `simulate` on arrays in memory, without the import. The
best of each counts, as what else the machine does only adds.

Exit codes: 0 at most 5% more; 1 more.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import time

import selfreward as sr

SETTINGS = {
    "process.samples": 65536,
    "process.rounds": 4,
    "process.beta": 1.0,
    "run.replicates": 10,
}
TIMES = 7
MOST = 1.05


def main():
    """Measures both; the exit code."""
    arrays = sr.data.docqa()
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "config.toml")
        file.write_text("[instance]\nkind = 'npz'\npath = 'data/docqa_minilm.npz'\n")
        laid = [f"--set={key}={value}" for key, value in SETTINGS.items()]
        command = [sys.argv[1], "simulate", "--config", str(file), "--quiet", *laid]
        printed = subprocess.run([*command, "--json"], check=True, capture_output=True, cwd=folder)
        theirs, ours = [], []
        for _ in range(TIMES):
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)
            theirs.append(time.perf_counter() - start)
            start = time.perf_counter()
            run = sr.simulate(arrays, SETTINGS, progress=False)
            ours.append(time.perf_counter() - start)
    rounds = json.loads(printed.stdout)["rounds"]
    assert [t["kappa"]["values"] for t in rounds] == run["kappa"].T.tolist(), "not the same run"
    ratio = min(ours) / min(theirs)
    times = f"Python {min(ours):.3f} s, the command {min(theirs):.3f} s"
    print(f"overhead: {times}, ratio {ratio:.3f} (at most {MOST})")
    return 0 if ratio <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
