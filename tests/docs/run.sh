#!/bin/sh
# Runs the ```sh blocks of docs/tutorial.md, in their order, as one script in a folder of its own, and looks for every line of
# the ```text blocks in what they print (lines of "…" stand for what was left out). All of it has to take a minute at most.
#
#     tests/docs/run.sh [path/to/target/release]      with the program and the examples built there
#
# Exit codes: 0 passed; 1 failed. Sampled counts are the same on one type of machine; on another, a digit may differ.
set -u

root=$(cd "$(dirname "$0")/../.." && pwd)
programs=$(realpath "${1:-$root/target/release}")
for program in selfreward examples/own_claim; do
    [ -x "$programs/$program" ] || {
        echo "FAILED tutorial: $programs/$program is missing; cargo build --release --bins --examples" >&2
        exit 1
    }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/target"
ln -s "$programs" "$work/target/release"
cp -r "$root/examples" "$root/data" "$work"

blocks() { awk -v open="\`\`\`$1" '$0 == "```" { inside = 0 } inside { print } $0 == open { inside = 1 }' "$root/docs/tutorial.md"; }
blocks sh >"$work/script.sh"
blocks text | grep -v '^…$' | sed 's/ *$//' >"$work/expected"
[ -s "$work/script.sh" ] && [ -s "$work/expected" ] || { echo "FAILED tutorial: no blocks" >&2; exit 1; }

started=$(date +%s)
(cd "$work" && sh -eu script.sh) >"$work/printed" 2>&1 || {
    tail -n 20 "$work/printed" >&2
    echo "FAILED tutorial: a command failed" >&2
    exit 1
}
seconds=$(($(date +%s) - started))
[ "$seconds" -le 60 ] || { echo "FAILED tutorial: it took $seconds s; a minute is promised" >&2; exit 1; }
sed -i 's/ *$//' "$work/printed"
missing=0
while IFS= read -r line; do
    grep -qFx -e "$line" "$work/printed" || { echo "not printed: $line" >&2; missing=1; }
done <"$work/expected"
[ "$missing" = 0 ] || { echo "FAILED tutorial: its output is not what the commands print" >&2; exit 1; }
echo "passed tutorial: $(wc -l <"$work/expected") lines shown are lines printed, in $seconds s"
