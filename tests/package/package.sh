#!/bin/sh
# The package: what it holds and how large it is, that the program builds from it, and what it says where the data is missing.
#
#     tests/package/package.sh
#
# `cargo package` would build the program once more, with all its dependencies and without optimisation; here it is built from the
# unpacked package with the dependencies that are compiled already (cargo 1.91 or later).
set -u
cd "$(dirname "$0")/../.." || exit 1
root=$PWD
work=$(mktemp -d)
# What is built here knows no data, and stands in the folder of builds that the sources use, too: these are built anew afterwards.
trap 'rm -rf "$work"; touch "$root/build.rs"' EXIT
fail() { echo "FAILED package: $1" >&2; exit 1; }

# --- What it holds.
most_file=1000000  # bytes; the font has 760 kB
most_crate=1800000 # bytes, compressed: the sources are half of it, the font a quarter; the smallest file of data would add 1.6 MB
cargo package --quiet --no-verify --allow-dirty -p selfreward-kernels -p selfreward --target-dir "$work" || fail "cargo package"
crate=$(echo "$work"/package/selfreward-[0-9]*.crate)
kernels=$(echo "$work"/package/selfreward-kernels-*.crate)
[ "$(wc -c <"$crate")" -le $most_crate ] || fail "$crate has $(wc -c <"$crate") bytes, more than $most_crate"
tar -xzf "$crate" -C "$work" && tar -xzf "$kernels" -C "$work" || fail "tar"
package=$(echo "$work"/selfreward-[0-9]*)
kernels=$(echo "$work"/selfreward-kernels-*)
cd "$package" || exit 1
large=$(find . -type f -size +${most_file}c)
[ -z "$large" ] || fail "more than $most_file bytes: $large"
foreign=$(find . -name '*.npz' -not -path './examples/*' -o -path './figures/*' -o -path './tests/*' -o -path './runs/*')
[ -z "$foreign" ] || fail "does not belong into the package: $foreign"
for name in Cargo.lock README.md CITATION.cff LICENSE-MIT LICENSE-APACHE data/README.md docs/theory.md; do
    [ -s "$name" ] || fail "$name is missing from the package"
done

for name in LICENSE-MIT LICENSE-APACHE src/lib.rs; do
    [ -s "$kernels/$name" ] || fail "$name is missing from the kernels' package"
done

# --- It builds, from the two packages: until they are published, the kernels stand in no registry.
CARGO_BUILD_BUILD_DIR="$root/target" cargo build --release --offline --quiet --bins --target-dir "$work/built" \
    --config "patch.crates-io.selfreward-kernels.path='$kernels'" || fail "the build"

# --- The program without data: what needs none runs, what needs some says where it belongs, and runs when it is there.
selfreward=$work/built/release/selfreward
mkdir "$work/folder" && cd "$work/folder" || exit 1
"$selfreward" run single_step --quick --dry-run >/dev/null || fail "an experiment that needs no data"
for experiment in real_features:docqa_minilm language_model:smollm_answers; do
    name=${experiment%:*} file=data/${experiment#*:}.npz
    said=$("$selfreward" run "$name" --quick --dry-run 2>&1)
    code=$?
    [ $code = 2 ] || fail "$name without data: exit code $code, not 2: $said"
    case $said in
    *"$file"*data/README.md*) ;;
    *) fail "does not say where the data belongs: $said" ;;
    esac
    mkdir -p data && cp "$root/$file" data/ || fail "cp"
    "$selfreward" run "$name" --quick --dry-run >/dev/null || fail "$name with the data in its folder"
done

# --- The revision of its rows is that of the sources.
if head=$(git -C "$root" rev-parse HEAD 2>/dev/null); then
    grep -q "$head" "$package/.cargo_vcs_info.json" || fail "the package does not note the revision $head"
    grep -qa "$head" "$selfreward" || fail "the program does not know its revision $head"
fi
echo "passed package: $(find "$package" -type f | wc -l) files, $(wc -c <"$crate") bytes compressed"
