#!/bin/sh
# Runs a sweep on a real single-node Slurm on loopback: submits the script of `selfreward slurm`, kills one task with SIGKILL,
# has Slurm requeue another while it runs, waits for the merge, and compares the rows with those of a local run.
#
#     tests/slurm/run.sh [path/to/selfreward]
#
# Exit codes: 0 passed; 77 Slurm could not be installed (the only reason to skip this check); 1 failed.
# Every daemon is started here with files of its own in a temporary folder, and stopped at the end.
set -u

here=$(cd "$(dirname "$0")" && pwd)
selfreward=$(realpath "${1:-$here/../../target/release/selfreward}")
tasks=3
patience=240 # seconds

skip() { echo "SKIPPED slurm: $1"; exit 77; }
fail() {
    echo "FAILED slurm: $1" >&2
    for log in "$work"/*.log "$work"/runs/slurm/*.log; do
        [ -s "$log" ] && { echo "--- $log" >&2; tail -n 20 "$log" >&2; }
    done
    exit 1
}

# --- Installation: the one thing that may be missing.
if ! command -v slurmctld slurmd munged sbatch >/dev/null 2>&1; then
    [ "$(id -u)" = 0 ] || skip "slurm-wlm and munge are not installed, and only root can install them"
    command -v apt-get >/dev/null 2>&1 || skip "slurm-wlm and munge are not installed, and there is no apt-get"
    # The packages would start daemons of their own.
    policy=/usr/sbin/policy-rc.d
    [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && made_policy=1; }
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends slurm-wlm munge; } >/dev/null 2>&1
    installed=$?
    [ -n "${made_policy:-}" ] && rm -f "$policy"
    [ "$installed" = 0 ] || skip "apt-get install slurm-wlm munge failed with code $installed"
fi

work=$(mktemp -d /tmp/selfreward-slurm.XXXXXX)
chmod 755 "$work"
pids=""
clean() {
    # Jobs first, daemons after, the last to start first.
    [ -n "${array:-}" ] && scancel "$array" "${merge:-$array}" >/dev/null 2>&1
    for pid in $pids; do kill "$pid" 2>/dev/null; done
    for pid in $pids; do
        for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
        kill -KILL "$pid" 2>/dev/null
    done
    rm -rf "$work"
}
trap clean EXIT
trap 'exit 1' INT TERM

[ "$(id -u)" = 0 ] || fail "the daemons of Slurm must be started by root"
[ -x "$selfreward" ] || fail "$selfreward is no program; build it with cargo build --release"

# --- Munge, with a key of its own.
mkdir "$work/munge"
dd if=/dev/urandom of="$work/munge/key" bs=1024 count=1 2>/dev/null
chmod 600 "$work/munge/key"
chown -R munge: "$work/munge"
setpriv --reuid=munge --regid=munge --clear-groups munged --foreground --force --socket="$work/munge/socket" --key-file="$work/munge/key" \
    --log-file="$work/munge/munged.log" --pid-file="$work/munge/pid" --seed-file="$work/munge/seed" >"$work/munged.log" 2>&1 &
pids="$!"

# --- Slurm, on loopback, on ports of its own.
node=$(hostname -s)
port=$((20000 + $$ % 20000))
mkdir "$work/state" "$work/spool"
cat >"$work/slurm.conf" <<CONF
ClusterName=selfreward
SlurmctldHost=$node(127.0.0.1)
SlurmUser=root
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket
CryptoType=crypto/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=batch_sched_delay=0,sched_interval=1
ReturnToService=2
KillWait=2
MpiDefault=none
NodeName=$node NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=test Nodes=$node Default=YES MaxTime=INFINITE State=UP
CONF
printf 'CgroupPlugin=cgroup/v1\n' >"$work/cgroup.conf"
export SLURM_CONF="$work/slurm.conf"

await() { # what, command…
    what=$1
    shift
    for _ in $(seq $((patience * 5))); do "$@" >/dev/null 2>&1 && return; sleep 0.2; done
    fail "$what took more than $patience s"
}

await "munged" test -S "$work/munge/socket"
slurmctld -D -f "$SLURM_CONF" >"$work/slurmctld.log" 2>&1 &
pids="$! $pids"
await "slurmctld" scontrol ping
slurmd -D -f "$SLURM_CONF" -N "$node" >"$work/slurmd.log" 2>&1 &
pids="$! $pids"
idle() { sinfo --noheader --format=%t | grep -qx idle; }
await "the node" idle

# --- The sweep: locally, and as a job array.
cd "$work" || exit 1
cp "$here/sweep.toml" .
"$selfreward" run sweep.toml --out local --quiet || fail "the local run"
"$selfreward" slurm sweep.toml --tasks $tasks --out runs -o sweep.sh || fail "selfreward slurm"
said=$(sh sweep.sh) || fail "submission"
echo "$said"
array=$(echo "$said" | sed 's/.*array \([0-9]*\).*/\1/')
merge=$(echo "$said" | sed 's/.*merge \([0-9]*\).*/\1/')

worker() { pgrep -f "^$selfreward run .*--shard $1/$tasks .*--out $work/runs"; }
store() { echo "$work/runs/sweep-full-shard-$1-of-$tasks.sqlite"; }
await "the start of tasks 1 and 2" test -f "$(store 1)" -a -f "$(store 2)"
sleep 0.7 # some rows are committed five times a second
killed=$(worker 1) && kill -KILL "$killed" || fail "task 1 ended before it could be killed"
worker 2 >/dev/null && scontrol requeue "${array}_2" || fail "task 2 ended before it could be requeued"
echo "killed process $killed of task 1 and had task 2 requeued"

restarts() { scontrol show job "${array}_$1" | sed -n 's/.*Restarts=\([0-9]*\).*/\1/p'; }
# Slurm lets a requeued job wait for two minutes, so that the node forgets that it killed it; some seconds are enough.
pending() { scontrol show job "${array}_$1" | grep -q "JobState=PENDING" && [ "$(restarts "$1")" = 1 ]; }
for task in 1 2; do
    await "the requeue of task $task" pending $task
done
sleep 5
for task in 1 2; do
    scontrol update JobId="${array}_$task" StartTime=now || fail "task $task could not be hurried"
done
merged() { scontrol show job "$merge" | grep -q "JobState=COMPLETED"; }
await "the merge" merged
for task in 1 2; do
    [ "$(restarts $task)" = 1 ] || fail "task $task was restarted $(restarts $task) times, not once"
done

# --- The same rows.
"$selfreward" export local/sweep-full.sqlite --csv local-rows || fail "export of the local run"
"$selfreward" export runs/sweep-full.sqlite --csv array-rows || fail "export of the merged store"
cmp local-rows/rows.csv array-rows/rows.csv || fail "the rows differ"
cmp local-rows/failures.csv array-rows/failures.csv || fail "the failures differ"
resumed=$("$selfreward" show runs/sweep-full.sqlite | grep -c ', resumed$')
[ "$resumed" = 2 ] || fail "$resumed sessions were resumed, not 2"

# --- Any path, from any folder: signs that Slurm, its patterns, or a shell would take for something else.
odd="100%x %% \$HOME \"a\" it's é"
mkdir "$odd" && cp sweep.toml "$odd" || fail "the odd folder"
(cd "$odd" && "$selfreward" slurm sweep.toml --quick --tasks 2 --out "$odd" -o sweep.sh) || fail "selfreward slurm in an odd folder"
said=$(cd / && sh "$work/$odd/sweep.sh") || fail "submission from another folder"
echo "$said"
array=$(echo "$said" | sed 's/.*array \([0-9]*\).*/\1/')
merge=$(echo "$said" | sed 's/.*merge \([0-9]*\).*/\1/')
await "the second merge" merged
logs=$(ls "$odd/$odd/slurm" | grep -c '\.log$')
[ "$logs" = 3 ] || fail "$logs logs in the odd folder, not those of two tasks and the merge"
"$selfreward" run sweep.toml --quick --out local --quiet || fail "the local quick run"
"$selfreward" export local/sweep-quick.sqlite --csv local-quick || fail "export of the local quick run"
"$selfreward" export "$odd/$odd/sweep-quick.sqlite" --csv array-quick || fail "export of the second merge"
cmp local-quick/rows.csv array-quick/rows.csv || fail "the rows of the odd folder differ"
echo "passed slurm: $(($(wc -l <local-rows/rows.csv) - 1)) rows equal, two tasks resumed"
