#!/bin/sh
# The Python package: one wheel, installed where nothing else is, its tests there, its documents, its types, and what it costs beside the
# command.
#
#     tests/python/run.sh path/to/selfreward
#
# The command is one of these sources: numbers and time are compared with it. Needs Python 3.10 or later and pip's index; builds with the Rust
# toolchain that is in use here.
set -u
[ -x "${1:-}" ] || { echo "FAILED python: expected the command, path/to/selfreward" >&2; exit 1; }
command=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "$0")/../.." || exit 1
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED python: $1" >&2; exit 1; }
new_venv() {
    python3 -m venv "$1" || { apt-get update -qq && apt-get install -y -qq python3-venv && python3 -m venv "$1"; } || fail "python3 -m venv"
}

# --- One wheel, for every Python from 3.10 on.
new_venv "$work/build"
"$work/build/bin/pip" install --quiet --disable-pip-version-check 'maturin>=1.9,<2' || fail "pip install maturin"
"$work/build/bin/maturin" build --release --locked --quiet --manifest-path python/Cargo.toml --out "$work/dist" || fail "maturin build"
wheel=$(echo "$work"/dist/*)
case $wheel in
*-cp310-abi3-*.whl) ;;
*) fail "expected one wheel for abi3 from Python 3.10 on, not $wheel" ;;
esac
"$work/build/bin/python" -m zipfile -l "$wheel" >"$work/list" || fail "the wheel cannot be read"
grep -q 'selfreward/py.typed' "$work/list" && grep -q 'selfreward/_core.pyi' "$work/list" || fail "the wheel lacks its types"
! grep -q 'tests/' "$work/list" || fail "the wheel holds tests"

# --- Installed alone: NumPy comes along, nothing else is needed.
new_venv "$work/alone"
"$work/alone/bin/pip" install --quiet --disable-pip-version-check "$wheel" || fail "pip install of the wheel"
mkdir "$work/folder" && cd "$work/folder" || exit 1
"$work/alone/bin/python" -W error -c "import selfreward as sr; print(sr.simulate(kind='gaussian', prompts=9, responses=3, dim=4, rounds=1))" ||
    fail "the wheel alone"
"$work/alone/bin/selfreward" --version || fail "the command of the wheel"

# --- Its tests, with all that is optional.
new_venv "$work/all"
"$work/all/bin/pip" install --quiet --disable-pip-version-check "$wheel[all]" pytest mypy pandas-stubs tomli nbclient nbformat ipykernel ||
    fail "pip install of the tests' packages"
export SELFREWARD_COMMAND="$command"
settings=$root/python/pyproject.toml
package=$("$work/all/bin/python" -c 'import selfreward; print(selfreward.__path__[0])') || exit 1
"$work/all/bin/python" -m pytest -q -p no:cacheprovider -c "$settings" --rootdir "$root/python" "$root/python/tests" || fail "pytest"
"$work/all/bin/python" -m pytest -q -p no:cacheprovider --doctest-modules "$package" || fail "doctests"
"$work/all/bin/python" -m mypy --config-file "$settings" --strict -p selfreward || fail "mypy"
(cd "$root/python/tests" && "$work/all/bin/python" -m mypy --config-file "$settings" --cache-dir "$work/mypy" --strict .) || fail "mypy on tests"
"$work/all/bin/python" -m mypy.stubtest selfreward._core || fail "stubtest"

# --- Its documents.
"$work/all/bin/python" "$root/tests/python/notebook.py" || fail "docs/notebook.ipynb"
"$work/all/bin/python" "$root/tests/python/blocks.py" || fail "docs/python.md"

# --- What it costs beside the command.
"$work/all/bin/python" "$root/tests/python/overhead.py" "$command" || fail "overhead"

# --- As the README says it.
new_venv "$work/readme"
"$work/readme/bin/pip" install --quiet --disable-pip-version-check "$root/python" || fail "pip install ./python"
"$work/readme/bin/python" -c 'import selfreward' || fail "what pip built"
echo "passed python: $(basename "$wheel"), $(wc -c <"$wheel") bytes"
