"""Seconds of a row, by turns of the program and its peers."""

import statistics
import time

import ours

# A way is measured so often, or as often as fits into so many seconds, once at least.
RUNS, PATIENCE = 7, 60.0


def spent(work):
    """Processor seconds."""
    start = time.process_time()
    work()
    return time.process_time() - start


def measured(case, program, folder, rates):
    """A row: medians of processor seconds of one replicate, and all that they are medians of."""
    config = case.config.replace("{folder}", str(folder))
    peers = case.peers()
    took, peaks = {name: [] for name in ("ours", *peers)}, []
    left = dict.fromkeys(took, PATIENCE)
    # By turns, so that a change of the machine meets all ways alike.
    for run in range(RUNS):
        for name in took:
            if run > 0 and left[name] <= 0.0:
                continue
            start = time.monotonic()
            if name == "ours":
                seconds, peak = ours.replicate(program, case, config)
                peaks.append(peak)
            else:
                seconds = spent(peers[name]) / case.share.get(name, 1)
            left[name] -= time.monotonic() - start
            took[name].append(seconds)
    row = {"work": case.work} | {name: statistics.median(runs) for name, runs in took.items()}
    if case.memory:
        row["peak"] = max(peaks)
    return row | {"floor": case.least.seconds(rates), "least": case.least.words, "runs": took}
