"""Runs the ```python blocks of pages, those of a page in order, in one namespace and a folder.

    python tests/python/blocks.py [PAGE.md…]

Without a page: docs/python.md and both READMEs. Needs the package selfreward, pandas and xarray in
this Python. The folder holds examples/ and data/ of the sources. An error is shown with the page
and its line. Fails where a block fails or warns, and where a page has none.
"""

import os
import re
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("docs/python.md", "python/README.md", "README.md")
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(text):
    """The line of the page where each block begins, and its code."""
    for found in BLOCK.finditer(text):
        yield text.count("\n", 0, found.start(1)), found[1]


def run(page):
    """Runs the blocks of a page; how many there are."""
    text = page.read_text(encoding="utf-8")
    found = list(blocks(text))
    if not found or len(found) != text.count("```python"):
        sys.exit(f"FAILED {page}: {len(found)} blocks of {text.count('```python')} are whole")
    namespace = {"__name__": "__main__"}
    for line, code in found:
        try:
            # Empty lines before the code, so that a traceback has the lines of the page.
            exec(compile("\n" * line + code, str(page), "exec"), namespace)
        except BaseException:
            traceback.print_exc()
            sys.exit(f"FAILED {page}: the block at line {line + 1}")
    return len(found)


def main():
    pages = [Path(page).resolve() for page in sys.argv[1:]] or [ROOT / page for page in PAGES]
    # What a page shows has to run without a warning.
    warnings.simplefilter("error")
    home = Path.cwd()
    for page in pages:
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            for name in ("examples", "data"):
                shutil.copytree(ROOT / name, Path(folder, name))
            os.chdir(folder)
            try:
                count = run(page)
            finally:
                os.chdir(home)
        seconds = time.monotonic() - started
        name = os.path.relpath(page, ROOT)
        print(f"passed {name}: {count} blocks in {seconds:.1f} s", flush=True)


if __name__ == "__main__":
    main()
