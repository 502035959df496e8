#!/bin/sh
# Exports made-up arrays with examples/export_features.py and a made-up language model with examples/export_language_model.py, simulates
# from what they wrote, and compares with NumPy's sums and with finite differences.
#
#     tests/export/run.sh [path/to/selfreward]        PYTHON names a Python that has NumPy
#
# Exit codes: 0 passed; 77 NumPy could not be installed (the only reason to skip this check); 1 failed.
set -u

here=$(cd "$(dirname "$0")" && pwd)
selfreward=$(realpath "${1:-$here/../../target/release/selfreward}")
[ -x "$selfreward" ] || { echo "FAILED export: $selfreward is no program; build it with cargo build --release" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python=${PYTHON:-python3}
if ! "$python" -c "import numpy" 2>/dev/null; then
    { python3 -m venv "$work/venv" && "$work/venv/bin/pip" install --quiet --disable-pip-version-check numpy; } >"$work/log" 2>&1 || {
        tail -n 3 "$work/log"
        echo "SKIPPED export: NumPy could not be installed"
        exit 77
    }
    python="$work/venv/bin/python"
fi

"$python" "$here/../../examples/export_features.py" --help >"$work/help" && grep -q "num_responses" "$work/help" || {
    echo "FAILED export: --help" >&2
    exit 1
}
"$python" "$here/check.py" "$here/../../examples/export_features.py" "$selfreward" "$work" || { echo "FAILED export" >&2; exit 1; }
"$python" "$here/../../examples/export_language_model.py" --help >"$work/help" && grep -q "num_responses" "$work/help" || {
    echo "FAILED export: --help of the language model's" >&2
    exit 1
}
"$python" "$here/check_language_model.py" "$here/../../examples/export_language_model.py" "$selfreward" "$work" || {
    echo "FAILED export of a language model" >&2
    exit 1
}
