#!/bin/sh
# Licences and bans of the dependencies (deny.toml), with cargo-deny, which is built if it is not there.
#
#     tests/package/deny.sh
#
# Exit codes: 0 passed; 77 cargo-deny could not be installed (the only reason to skip this check); else failed.
set -u
cd "$(dirname "$0")/../.." || exit 1

# In debug mode: it is built twice as fast, and checks a few hundred crates in a second or two all the same.
if ! cargo deny --version >/dev/null 2>&1; then
    cargo install cargo-deny --locked --debug --quiet --version '^0.20' --root "${TMPDIR:-/tmp}/selfreward-cargo-deny" \
        || { echo "SKIPPED deny: cargo install cargo-deny failed with code $?"; exit 77; }
    PATH="${TMPDIR:-/tmp}/selfreward-cargo-deny/bin:$PATH"
fi

cargo deny check bans && cargo deny --all-features check licenses
