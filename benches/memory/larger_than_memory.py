"""Runs `selfreward simulate` on features that are larger than the memory it may take.

    python3 benches/memory/larger_than_memory.py [--gigabytes 6] [--limit 1000] [--folder DIR] [--program PATH]

Makes float32 features of 1024 dimensions in a folder that is deleted afterwards, and says how the memory was limited: by a control
group, which also counts the cached pages of the file, where one can be made; else by RLIMIT_DATA, which counts what the process
writes to. Times are from a file that is in no cache. The floor is the time in which the file is read once.
"""

import argparse
import array
import os
import random
import resource
import struct
import subprocess
import sys
import tempfile
import time
import zipfile

DIM, RESPONSES = 1024, 4
ROW = 4 * DIM
BLOCK = 2048 * ROW


def header(descr, shape):
    text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}"
    text += " " * (-(len(text) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode()


def write_features(path, prompts):
    """Numbers within 0.03, so that no norm exceeds 1; each block is the first one turned by another number of floats."""
    rng = random.Random(1)
    block = array.array("f", (rng.uniform(-0.03, 0.03) for _ in range(BLOCK // 4)))
    if sys.byteorder == "big":
        block.byteswap()
    block = block.tobytes()
    left, turn = prompts * RESPONSES * ROW, 0
    with open(path, "wb") as file:
        file.write(header("<f4", (prompts, RESPONSES, DIM)))
        while left > 0:
            cut = 4 * (turn * 7919 % (BLOCK // 4))
            piece = (block[cut:] + block[:cut])[:left]
            file.write(piece)
            left, turn = left - len(piece), turn + 1
        file.flush()
        os.fsync(file.fileno())


def theta():
    rng = random.Random(2)
    numbers = struct.pack(f"<{DIM}d", *(rng.gauss(0.0, 1.0) for _ in range(DIM)))
    return header("<f8", (DIM,)) + numbers


def write_archive(path, features=None):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
        file.writestr("theta0.npy", theta())
        if features:
            file.write(features, "phi.npy")


def drop(path):
    """Takes a file's pages out of the cache."""
    with open(path, "rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def floor(path):
    drop(path)
    room = bytearray(1 << 23)
    start = time.monotonic()
    with open(path, "rb", buffering=0) as file:
        while file.readinto(room):
            pass
    return time.monotonic() - start


def control_group(limit):
    """The folder of a control group below our own with this limit, and the file that takes processes in; None if there is none."""
    for line in open("/proc/self/cgroup"):
        _, controllers, group = line.strip().split(":", 2)
        if "memory" in controllers.split(","):
            mount, name = "/sys/fs/cgroup/memory", "memory.limit_in_bytes"
        elif not controllers and os.path.exists("/sys/fs/cgroup/cgroup.controllers"):
            mount, name = "/sys/fs/cgroup", "memory.max"
        else:
            continue
        folder = os.path.join(mount + group, f"selfreward-{os.getpid()}")
        try:
            os.mkdir(folder)
            with open(os.path.join(folder, name), "w") as file:
                file.write(str(limit))
            return folder
        except OSError:
            if os.path.isdir(folder):
                os.rmdir(folder)
    return None


def run(program, folder, config, out, limit=None, group=None):
    """The run's seconds, those of the processor, and the most that it had of memory it wrote to and of the file's pages, in MB."""
    path = os.path.join(folder, out + ".toml")
    with open(path, "w") as file:
        file.write(config)

    def limited():
        if group:
            with open(os.path.join(group, "cgroup.procs"), "w") as file:
                file.write(str(os.getpid()))
        elif limit:
            resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))

    arguments = [program, "simulate", "--config", path, "--out", os.path.join(folder, out), "--quiet", "--jobs", "1"]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    child = subprocess.Popen(arguments, preexec_fn=limited, stdout=subprocess.DEVNULL, cwd=folder)
    most = {"RssAnon": 0, "RssFile": 0}
    while child.poll() is None:
        try:
            for line in open(f"/proc/{child.pid}/status"):
                name, _, rest = line.partition(":")
                if name in most:
                    most[name] = max(most[name], int(rest.split()[0]) / 1000)
        except OSError:
            pass
        time.sleep(0.02)
    seconds = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if child.returncode:
        sys.exit(f"exit code {child.returncode}: {' '.join(arguments)}")
    return seconds, processor, most


def config(path, features, rounds):
    beside = f"features = '{features}'\n" if features else ""
    process = f"beta = 4.0\nsamples = 1024\nrounds = {rounds}"
    return f"[instance]\nkind = 'npz'\npath = '{path}'\n{beside}[process]\n{process}\n[run]\nreplicates = 1\nseed = 1\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gigabytes", type=float, default=6.0)
    parser.add_argument("--limit", type=int, default=1000, help="MB")
    parser.add_argument("--folder", help="where the files are made")
    parser.add_argument("--program", default="target/release/selfreward")
    given = parser.parse_args()
    program, limit = os.path.abspath(given.program), given.limit * 1_000_000
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        place = lambda name: os.path.join(folder, name)
        write_archive(place("others.npz"))

        # Small enough to be read into memory where it is in the archive.
        write_features(place("small.npy"), 3000)
        write_archive(place("small.npz"), place("small.npy"))
        run(program, folder, config("small.npz", None, 4), "read")
        run(program, folder, config("others.npz", "small.npy", 4), "left")
        tables = [open(place(f"{out}/trajectory.csv"), "rb").read() for out in ("read", "left")]
        if tables[0] != tables[1]:
            sys.exit("features that are left on disk gave another trajectory.csv than those that are read")
        size = os.path.getsize(place("small.npy"))
        print(f"{size / 1e6:.0f} MB read or left on disk: the same trajectory.csv, byte for byte")

        prompts = int(given.gigabytes * 1e9 / ROW / RESPONSES)
        write_features(place("phi.npy"), prompts)
        size = os.path.getsize(place("phi.npy"))
        once = floor(place("phi.npy"))
        rows, speed = prompts * RESPONSES, size / 1e6 / once
        print(f"{size / 1e9:.2f} GB of features, {rows} rows; read once in {once:.1f} s ({speed:.0f} MB/s)")
        group = control_group(limit)
        print(f"limit of {given.limit} MB by {'a control group' if group else 'RLIMIT_DATA'}")
        times = {}
        try:
            for rounds in (2, 4):
                drop(place("phi.npy"))
                loop = config("others.npz", "phi.npy", rounds)
                seconds, processor, most = run(program, folder, loop, f"t{rounds}", limit, group)
                times[rounds] = seconds, processor
                said = f"{seconds:.1f} s, {processor:.1f} s of a processor"
                own, mapped = most["RssAnon"], most["RssFile"]
                print(f"T = {rounds}: {said}, at most {own:.0f} MB of its own, {mapped:.0f} MB of files mapped")
            each, processor = ((four - two) / 2 for two, four in zip(times[2], times[4]))
            said = f"{each:.1f} s, {processor:.1f} s of a processor"
            print(f"a round: {said}; {each / once:.2f} of the floor ({size / 1e6 / each:.0f} MB/s)")
            if group:
                for name in ("memory.max_usage_in_bytes", "memory.peak"):
                    if os.path.exists(os.path.join(group, name)):
                        peak = int(open(os.path.join(group, name)).read())
                        print(f"the group's peak, with cached pages: {peak / 1e6:.0f} MB")
        finally:
            if group:
                os.rmdir(group)


if __name__ == "__main__":
    main()
