"""Runs docs/notebook.ipynb in a fresh kernel, in a folder of its own.

    python tests/python/notebook.py [--show]

Needs the package selfreward, nbclient, nbformat, ipykernel and pandas in this Python. Fails where
a cell fails, where the notebook has not ten code cells, where it was committed with outputs, and
where something is left in the folder. `--show` prints outputs.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

NOTEBOOK = Path(__file__).resolve().parents[2] / "docs" / "notebook.ipynb"
CELLS = 10
TIMEOUT = 300


def text(output):
    """An output as a terminal shows it; of stderr no progress, which rewrites its line."""
    if output.output_type == "stream":
        progress = "policies" if output.name == "stderr" else "\r"
        return "\n".join(l for l in output.text.splitlines() if progress not in l).strip()
    return output.get("data", {}).get("text/plain", "")


def main():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if len(code) != CELLS:
        sys.exit(f"FAILED notebook: {len(code)} code cells; expected {CELLS}")
    kept = [n for n, cell in enumerate(code, 1) if cell.outputs or cell.execution_count is not None]
    if kept:
        sys.exit(f"FAILED notebook: code cells {kept} have outputs or counts; expected none")

    started = []

    def begins(cell, cell_index):
        if cell.cell_type == "code":
            started.append(time.monotonic())

    def ended(cell, cell_index, execute_reply):
        print(f"cell {len(started)}: {time.monotonic() - started[-1]:.1f} s", flush=True)
        if "--show" in sys.argv:
            for output in cell.outputs:
                if shown := text(output):
                    print(shown, flush=True)

    with tempfile.TemporaryDirectory() as folder:
        # No profile of whoever runs this, and no kernel but that of this Python.
        os.environ["IPYTHONDIR"] = str(Path(folder, "ipython"))
        os.environ["JUPYTER_DATA_DIR"] = str(Path(folder, "jupyter"))
        work = Path(folder, "work")
        work.mkdir()
        client = NotebookClient(
            notebook,
            timeout=TIMEOUT,
            kernel_name="python3",
            resources={"metadata": {"path": str(work)}},
            on_cell_execute=begins,
            on_cell_executed=ended,
        )
        begin = time.monotonic()
        try:
            client.execute()
        except CellExecutionError as error:
            sys.exit(f"FAILED notebook, cell {len(started)}:\n{error}")
        left = sorted(file.name for file in work.iterdir())
        if left:
            sys.exit(f"FAILED notebook: it left {', '.join(left)} in its folder")
    if len(started) != CELLS:
        sys.exit(f"FAILED notebook: {len(started)} cells ran; expected {CELLS}")
    print(f"passed notebook: {CELLS} cells in {time.monotonic() - begin:.1f} s")


if __name__ == "__main__":
    main()
