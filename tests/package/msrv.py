"""No dependency asks for a newer compiler than Cargo.toml does, on any platform and with any feature.

    tests/package/msrv.py

That the project's own code needs none is the matter of clippy::incompatible_msrv. Needs cargo, and the registry or its cache.
Exit codes: 0 passed; 1 failed.
"""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def version(text):
    """1.89 as (1, 89, 0)."""
    numbers = [int(number) for number in text.split(".")]
    return tuple(numbers + [0] * (3 - len(numbers)))


def main():
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--all-features"]
    metadata = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    members = metadata["workspace_members"]
    own = min((package for package in metadata["packages"] if package["id"] in members), key=lambda p: version(p["rust_version"]))
    others = [package for package in metadata["packages"] if package["id"] not in members]
    stated = [package for package in others if package["rust_version"]]
    newer = [package for package in stated if version(package["rust_version"]) > version(own["rust_version"])]
    for package in newer:
        print(f"{package['name']} {package['version']} needs Rust {package['rust_version']}", file=sys.stderr)
    if newer:
        print(f"FAILED msrv: Cargo.toml states Rust {own['rust_version']}", file=sys.stderr)
        return 1
    most = max(stated, key=lambda package: version(package["rust_version"]))
    print(f"passed msrv: Rust {own['rust_version']}; of {len(others)} dependencies {len(stated)} state theirs, at most "
          f"{most['rust_version']} ({most['name']})")
    return 0


sys.exit(main())
