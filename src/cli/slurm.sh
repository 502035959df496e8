#!/bin/sh
# The study ⟨name⟩ (⟨profile⟩) in ⟨shards⟩, as a job array of ⟨array⟩ and the merge that waits for them.
# Submit both, from any folder, with: sh SCRIPT
#SBATCH --job-name=⟨name⟩
#SBATCH --array=1-⟨width⟩
#SBATCH --cpus-per-task=⟨cpus⟩
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:TERM@60
#SBATCH --output=%x-%A_%a.log
⟨directives⟩
selfreward=⟨program⟩
folder=⟨folder⟩
out=⟨out⟩

if [ -z "$SLURM_ARRAY_TASK_ID" ]; then
    set -e
    case $0 in
        /*) script=$0 ;;
        *) script=$PWD/$0 ;;
    esac
    # Jobs start where they are submitted. In the names of logs, Slurm reads each %% as one.
    mkdir -p -- "$out/slurm"
    cd -- "$out/slurm"
    array=$(sbatch --parsable --output=⟨logs⟩/%x-%A_%a.log "$script")
    merge=$(sbatch --parsable --dependency="afterany:${array%%;*}" --job-name=⟨name⟩-merge --open-mode=append \
        --output=⟨logs⟩/%x-%j.log ⟨flags⟩--wrap ⟨merge⟩) || {
        echo "submitted the array ${array%%;*}, but not the merge" >&2
        exit 1
    }
    echo "submitted the array ${array%%;*} and the merge ${merge%%;*}"
    exit 0
fi

# Paths in the definition start where the script was written.
cd -- "$folder" || exit 1

# Whatever an earlier start of this task has finished is kept. SIGTERM (a time limit, a preemption) is passed on.
compute() {
    "$selfreward" run --⟨profile⟩ --seed ⟨seed⟩ --resume --shard "$1/⟨tasks⟩" \
        --jobs "${SLURM_CPUS_PER_TASK:-1}" --out "$out" --quiet ⟨lock⟩-- ⟨definition⟩ &
    worker=$!
    trap 'kill -TERM "$worker"' TERM
    wait "$worker"
    result=$?
    while kill -0 "$worker" 2>/dev/null; do
        wait "$worker"
        result=$?
    done
    return "$result"
}

code=0
shard=$SLURM_ARRAY_TASK_ID
while [ "$shard" -le ⟨tasks⟩ ]; do
    compute "$shard"
    result=$?
    [ "$result" = 0 ] || code=$result
    [ "$result" -le 128 ] || break
    shard=$((shard + ⟨width⟩))
done

# A task that was killed or interrupted (codes above 128) is queued again.
if [ "$code" -gt 128 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt ⟨restarts⟩ ]; then
    echo "ended with code $code; queued again"
    scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
fi
exit "$code"
