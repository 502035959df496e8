#!/bin/bash
# The README's two commands on a machine that has Rust, a C compiler, and nothing else.
#
#     tests/package/minimal.sh COMMAND...
#
# Runs each COMMAND in this folder inside a minimal Debian (debootstrap's minbase with gcc and libc6-dev: no git, no Python, no
# /bin/kill), with the Rust toolchain that is in use here and the crates that it has fetched. Where such a root cannot be made (not
# root, no Debian, no mounts), the commands see a PATH of cargo's and the C compiler's programs alone instead. It says which.
set -u
cd "$(dirname "$0")/../.." || exit 1
root=$PWD
fail() { echo "FAILED minimal: $1" >&2; exit 1; }

toolchain=$(rustc --print sysroot) || fail "rustc"
cargo_home=${CARGO_HOME:-$HOME/.cargo}
# The crates are fetched before, since the minimal root has no certificates.
cargo fetch --locked --quiet || fail "cargo fetch"
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT

# --- A minimal Debian.
debian() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    command -v debootstrap >/dev/null || { apt-get update -qq && apt-get install -y -qq debootstrap >/dev/null; } || return 1
    local suite mirror
    suite=$(. /etc/os-release && echo "$VERSION_CODENAME") || return 1
    mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE)' "Created-By: Packages" |
        awk -v suite="$suite" '$2 == suite { print $1; exit }')
    debootstrap --variant=minbase --include=gcc,libc6-dev "$suite" "$work/root" "$mirror" >"$work/log" 2>&1 || return 1
    mkdir -p "$work/root$root" "$work/root$toolchain" "$work/root$cargo_home/registry" || return 1
    unshare --mount true
}

# The mounts are in a namespace of their own and end with it.
in_debian() {
    unshare --mount bash -c '
        root=$1 folder=$2 toolchain=$3 cargo_home=$4 command=$5
        mount --bind "$folder" "$root$folder" && mount --bind "$toolchain" "$root$toolchain" &&
            mount --bind "$cargo_home/registry" "$root$cargo_home/registry" &&
            mount --rbind /proc "$root/proc" && mount --rbind /dev "$root/dev" || exit 1
        exec chroot "$root" /usr/bin/env -i HOME=/root PATH="$toolchain/bin:/usr/bin:/bin" CARGO_HOME="$cargo_home" \
            CARGO_NET_OFFLINE=true CARGO_TERM_COLOR=never /bin/sh -c "cd \"\$1\" && eval \"\$2\"" sh "$folder" "$command"
    ' bash "$work/root" "$root" "$toolchain" "$cargo_home" "$1"
}

# --- A PATH of few programs.
few_programs() {
    mkdir "$work/bin" || fail "mkdir"
    local name
    for name in cc gcc ld as ar sh env; do
        ln -s "$(command -v "$name")" "$work/bin/$name" || fail "$name is not there"
    done
}

in_few_programs() {
    env -i HOME="$work" PATH="$toolchain/bin:$work/bin" CARGO_HOME="$cargo_home" CARGO_NET_OFFLINE=true CARGO_TERM_COLOR=never \
        sh -c "$1"
}

if debian; then
    echo "in a minimal Debian root"
    run=in_debian
else
    echo "no Debian root can be made here: with a PATH of few programs"
    few_programs
    run=in_few_programs
fi
for command in "$@"; do
    echo "-- $command"
    $run "$command" || fail "$command"
done
