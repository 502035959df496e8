"""The program: what `selfreward simulate` makes of a configuration, and what it takes, in processor
seconds less those of the same run of no rounds."""

import contextlib
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def command(program, config, rounds, replicates):
    """Its words, with one thread."""
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write(f"{config}\nrun = {{ replicates = {replicates} }}\n")
        file.flush()
        settings = ["--set", f"process.rounds={rounds}", "--jobs", "1", "-q"]
        yield [str(program), "simulate", "--config", file.name, *settings]


def spent(program, config, rounds, replicates):
    """Processor seconds and peak resident bytes of a run."""
    peak = 0
    with command(program, config, rounds, replicates) as words:
        child = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL)
        while True:
            # The resources of a child that has ended count what this process held when it started.
            peak = max(peak, resident_peak(child.pid))
            ended, status, used = os.wait4(child.pid, os.WNOHANG)
            if ended:
                break
            time.sleep(0.01)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"error: {' '.join(words)} ended with {child.returncode}")
    return used.ru_utime + used.ru_stime, peak


def resident_peak(pid):
    """Peak resident bytes so far of a process, 0 where it has none any more."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s*(\d+) kB", status)
    return 1024 * int(found.group(1)) if found else 0


def replicate(program, case, config):
    """Processor seconds of the rounds of one replicate, and peak bytes of the run."""
    seconds, peak = spent(program, config, case.rounds, case.replicates)
    return (seconds - spent(program, config, 0, case.replicates)[0]) / case.replicates, peak


def theta(program, config):
    """Theta after one round."""
    with tempfile.TemporaryDirectory() as folder, command(program, config, 1, 1) as words:
        path = pathlib.Path(folder) / "theta.npz"
        words += ["--save-theta", path]
        subprocess.run(words, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        with np.load(path) as archive:
            return archive["theta"][0, -1]


def failures(program, config, rounds, replicates):
    """Failure rates at delta = 1/2, (replicates, T + 1)."""
    with command(program, config, rounds, replicates) as words:
        told = subprocess.run([*words, "--json"], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    rates = [row["failure"]["0.5"]["values"] for row in json.loads(told.stdout)["rounds"]]
    return np.array(rates).T
