"""The command: ``python -m selfreward``, or ``selfreward``."""

import sys

from ._core import command


def main() -> int:
    """Runs the command on the process's arguments; its exit code."""
    return command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
