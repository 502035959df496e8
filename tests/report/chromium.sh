#!/bin/sh
# Loads a report in headless Chromium: text that can be read, also where the colour functions that came after 2022 are unknown; no
# request, nothing on the console, the profile, contents that stay in view, filters, hover that names its series, arrow keys, zoom, figures
# of some size, stacked panels and no horizontal overflow at 400 px, fewer than 40 printed pages. Without a report it makes one, in a folder without stores, where the command runs the quick
# profile of all experiments first (about a minute).
#
#     tests/report/chromium.sh [path/to/selfreward [REPORT.html [folder for screenshots]]]
#
# Exit codes: 0 passed; 77 Chromium could not be installed (the only reason to skip this check); 1 failed.
set -u

here=$(cd "$(dirname "$0")" && pwd)
selfreward=$(realpath "${1:-$here/../../target/release/selfreward}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

skip() { echo "SKIPPED chromium: $1"; exit 77; }

if ! command -v chromium >/dev/null 2>&1; then
    [ "$(id -u)" = 0 ] || skip "chromium is not installed, and only root can install it"
    command -v apt-get >/dev/null 2>&1 || skip "chromium is not installed, and there is no apt-get"
    apt-get update >/dev/null 2>&1
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium >/dev/null 2>&1
    command -v chromium >/dev/null 2>&1 || skip "chromium cannot be installed"
fi
command -v python3 >/dev/null 2>&1 || skip "there is no python3 to speak with chromium"

report=${2:-}
if [ -z "$report" ]; then
    ln -s "$here/../../data" "$work/data"
    (cd "$work" && "$selfreward" report --quiet) || { echo "FAILED chromium: no report" >&2; exit 1; }
    report=$work/report/report.html
fi
python3 "$here/chromium.py" "$report" "${3:-$work/screenshots}"
