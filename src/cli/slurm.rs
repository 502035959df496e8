//! `selfreward slurm`: writes the script that runs a sweep as a Slurm job array.

use std::path::PathBuf;

use clap::Args;

use super::run::{ProfileArgs, definition};
use super::{Failure, Outputs, Verbosity, print};
use crate::study::store::{file_name, parse_seed};
use crate::study::{Shard, Study};
use crate::{Error, Result};

/// Write an sbatch script: a job array with one shard a task, requeued with --resume, and a merge that waits for it
#[derive(Debug, Args)]
#[command(
    after_help = "Run the script with `sh SCRIPT`: it submits the array and the merge. `sbatch SCRIPT` submits the array alone."
)]
pub struct SlurmArgs {
    /// The definition file (TOML), or an experiment's name
    #[arg(value_name = "FILE.toml")]
    definition: String,
    /// Tasks of the array: shards; no more than there are cells
    #[arg(long, value_name = "N")]
    tasks: usize,
    #[command(flatten)]
    profile: ProfileArgs,
    /// The root seed: a whole number, or 0x and 64 hexadecimal digits
    #[arg(long, value_name = "S", default_value = "1")]
    seed: String,
    /// The folder of the stores and logs, seen by all nodes
    #[arg(long, value_name = "DIR", default_value = "runs")]
    out: PathBuf,
    /// Cores of each task
    #[arg(long, value_name = "N", default_value_t = 1)]
    cpus: usize,
    /// The time limit of each task, as Slurm writes it; a task that reaches it goes on where it was
    #[arg(long, value_name = "T")]
    time: Option<String>,
    /// The partition
    #[arg(long, value_name = "NAME")]
    partition: Option<String>,
    /// Write the script to this file [default: stdout]
    #[arg(short, long = "output", value_name = "SCRIPT")]
    output: Option<PathBuf>,
    /// Overwrite a file that exists
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    verbosity: Verbosity,
}

/// Carries the command out.
pub(super) fn run(args: &SlurmArgs) -> std::result::Result<(), Failure> {
    let study = definition(&args.definition).map_err(Failure::Refused)?;
    let seed = parse_seed(&args.seed).map_err(Failure::refused)?;
    let study = Study::new(study, args.profile.profile(), seed).map_err(Failure::refused)?;
    let text = script(args, &study).map_err(Failure::refused)?;
    match &args.output {
        None => print(text.trim_end()),
        Some(file) => {
            let inputs = study.inputs.iter().cloned().chain([PathBuf::from(&args.definition)]);
            let outputs = Outputs::claim_file("--output", file, args.force).and_then(|outputs| outputs.sparing(inputs));
            let name = file.file_name().unwrap_or_default();
            outputs.map_err(Failure::refused)?.write(name, text).map_err(Failure::failed)?;
            args.verbosity.say(format!("wrote {}", file.display()));
            Ok(())
        }
    }
}

/// How often a task that was killed is queued again.
const MOST_RESTARTS: usize = 10;

fn script(args: &SlurmArgs, study: &Study) -> Result<String> {
    if args.tasks == 0 || args.cpus == 0 {
        return Err(Error::argument("--tasks, --cpus", 0, "at least 1"));
    }
    let tasks = args.tasks.min(study.cells());
    if tasks < args.tasks {
        let text =
            format!("warning: {tasks} tasks, not {}: a task computes at least one of the {tasks} cells", args.tasks);
        args.verbosity.say(text);
    }
    let (name, profile) = (&study.definition.name, study.profile);
    let program = std::env::current_exe().map_err(|error| Error::file("selfreward", error.to_string()))?;
    // Tasks start in the folder in which the script was submitted; paths must not depend on it.
    let absolute = |path: &PathBuf| std::path::absolute(path).map_err(|error| Error::file(path, error.to_string()));
    let out = absolute(&args.out)?;
    let definition = PathBuf::from(&args.definition);
    let definition = if definition.is_file() { absolute(&definition)? } else { definition };
    let store = |shard: Shard| quoted(&out.join(file_name(name, profile, shard)).display().to_string());
    let shards = (1..=tasks).map(|task| format!("{task}/{tasks}").parse().map(store)).collect::<Result<Vec<_>>>()?;
    let logs = out.join("slurm");
    let optional = |option: &str, value: &Option<String>| {
        value.as_ref().map_or_else(String::new, |value| format!("#SBATCH --{option}={value}\n"))
    };
    Ok(format!(
        r#"#!/bin/sh
# The study {name} ({profile}) as a job array of {tasks} shards, and the merge that waits for them.
# Submit both with: sh SCRIPT
#SBATCH --job-name={name}
#SBATCH --array=1-{tasks}
#SBATCH --cpus-per-task={cpus}
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:TERM@60
#SBATCH --output={log}
{time}{partition}
selfreward={program}
out={out}

if [ -z "$SLURM_ARRAY_TASK_ID" ]; then
    set -e
    mkdir -p {logs}
    array=$(sbatch --parsable "$0")
    merge=$(sbatch --parsable --dependency="afterany:${{array%%;*}}" --job-name={name}-merge --open-mode=append \
        --output={merge_log} {partition_flag}--wrap "{merge}")
    echo "submitted the array ${{array%%;*}} and the merge ${{merge%%;*}}"
    exit 0
fi

# Whatever an earlier start of this task has finished is kept. SIGTERM (a time limit, a preemption) is passed on.
"$selfreward" run {definition} --{profile} --seed {seed} --resume --shard "$SLURM_ARRAY_TASK_ID/{tasks}" \
    --jobs "${{SLURM_CPUS_PER_TASK:-1}}" --out "$out" --quiet &
worker=$!
trap 'kill -TERM "$worker"' TERM
wait "$worker"
code=$?
while kill -0 "$worker" 2>/dev/null; do
    wait "$worker"
    code=$?
done

# A task that was killed or interrupted (codes above 128) is queued again.
if [ "$code" -gt 128 ] && [ "${{SLURM_RESTART_COUNT:-0}}" -lt {MOST_RESTARTS} ]; then
    echo "ended with code $code; queued again"
    scontrol requeue "${{SLURM_ARRAY_JOB_ID}}_$SLURM_ARRAY_TASK_ID"
fi
exit "$code"
"#,
        cpus = args.cpus,
        log = logs.join("%x-%A_%a.log").display(),
        time = optional("time", &args.time),
        partition = optional("partition", &args.partition),
        partition_flag =
            args.partition.as_ref().map_or_else(String::new, |name| format!("--partition={} ", quoted(name))),
        program = quoted(&program.display().to_string()),
        out = quoted(&out.display().to_string()),
        logs = quoted(&logs.display().to_string()),
        merge_log = quoted(&logs.join("%x-%j.log").display().to_string()),
        // Within double quotes: the shell that submits expands $selfreward, the one that runs sees the rest as quoted.
        merge = format_args!("'$selfreward' merge --force {} -o {}", shards.join(" "), store(Shard::WHOLE)),
        definition = quoted(&definition.display().to_string()),
        seed = quoted(&args.seed),
    ))
}

/// A word as a shell reads it, in single quotes.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}
