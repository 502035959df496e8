//! `selfreward slurm`: writes the script that runs a sweep as a Slurm job array.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::counts::whole;
use super::locks::Locks;
use super::outputs::refuse_home;
use super::run::{ProfileArgs, definition};
use super::{Failure, Outputs, Verbosity, printed};
use crate::study::store::{file_name, parse_seed};
use crate::study::{Shard, Study};
use crate::words::counted;
use crate::{Error, Result};

/// Write an sbatch script: a job array with one shard a task, requeued with --resume, and a merge that waits for it
#[derive(Debug, Args)]
#[command(
    after_help = "Run the script with `sh SCRIPT`, from any folder: it submits the array and the merge, and prints their job ids; \
        logs go to the folder slurm of --out. `sbatch SCRIPT` submits the array alone, which then logs into the current \
        folder. The program, the definition and the input files must stay where they are. Slurm takes arrays of up to 1000 \
        tasks unless it is told otherwise: of more shards, each task computes several, one after the other."
)]
pub struct SlurmArgs {
    /// The definition file (TOML), or an experiment's name
    #[arg(value_name = "FILE.toml")]
    definition: PathBuf,
    /// Shards, one for each task of the array (more than 1000: several for each); where cells are fewer, as many as there are
    #[arg(long, value_name = "N", value_parser = whole::<1, 1_000_000, usize>)]
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
    #[arg(long, value_name = "N", value_parser = whole::<1, 65_536, usize>, default_value = "1")]
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
    #[command(flatten)]
    locks: Locks,
}

/// Carries the command out.
pub(super) fn run(args: &SlurmArgs) -> std::result::Result<(), Failure> {
    let study = definition(&args.definition).map_err(Failure::Refused)?;
    let seed = parse_seed(&args.seed).map_err(Failure::refused)?;
    let study = Study::new(study, args.profile.profile(), seed).map_err(Failure::refused)?;
    study.check().map_err(Failure::refused)?;
    refuse_home(&args.out).map_err(Failure::refused)?;
    let script = script(args, &study).map_err(Failure::refused)?;
    let Some(file) = &args.output else {
        let mut stdout = std::io::stdout();
        return printed(stdout.write_all(&script).and_then(|()| stdout.flush()));
    };
    let inputs = study.inputs.iter().cloned().chain([args.definition.clone()]);
    let outputs = Outputs::claim_file("--output", file, args.force).and_then(|outputs| outputs.sparing(inputs));
    let name = file.file_name().unwrap_or_default();
    outputs.map_err(Failure::refused)?.write(name, script).map_err(Failure::failed)?;
    args.verbosity.say(format!("wrote {}", file.display()));
    Ok(())
}

/// How often a task that was killed is queued again.
const MOST_RESTARTS: usize = 10;
/// The largest array that every Slurm takes (its `MaxArraySize` is 1001 unless it was changed).
const WIDEST: usize = 1000;
/// The script, with ⟨names⟩ where values go.
const TEMPLATE: &str = include_str!("slurm.sh");

fn script(args: &SlurmArgs, study: &Study) -> Result<Vec<u8>> {
    let tasks = args.tasks.min(study.cells());
    if tasks < args.tasks {
        args.verbosity.say(format!(
            "warning: {}, not {}: a task computes at least one cell, and there are no more",
            counted(tasks, "task"),
            args.tasks
        ));
    }
    let width = tasks.min(WIDEST);
    if width < tasks {
        args.verbosity.say(format!(
            "warning: an array of {width} tasks, since Slurm takes no more by default; each computes several shards"
        ));
    }
    let (name, profile) = (&study.definition.name, study.profile);
    let time = args.time.as_deref().map(|time| option("time", time)).transpose()?;
    let partition = args.partition.as_deref().map(|partition| option("partition", partition)).transpose()?;
    let lock = if args.locks.no_lock { "--no-lock " } else { "" };
    let program = std::env::current_exe().map_err(|error| Error::file("selfreward", error.to_string()))?;
    let folder = std::env::current_dir().map_err(|error| Error::file(".", error.to_string()))?;
    let out = std::path::absolute(&args.out).map_err(|error| Error::file(&args.out, error.to_string()))?;
    let whole = out.join(file_name(name, profile, Shard::WHOLE));
    let (run, whole) = (quoted("the program", &program)?, quoted("--out", &whole)?);
    let merge = match tasks {
        // The only shard is the whole; its log then tells how far it is.
        1 => [run.as_slice(), format!(" show {lock}-- ").as_bytes(), &whole].concat(),
        _ => {
            let flags = format!(" merge --force {lock}--study {name}-{profile} --shards {tasks} -o ");
            [run.as_slice(), flags.as_bytes(), &whole, b" -- ", &quoted("--out", &out)?].concat()
        }
    };
    let directives: String = time.iter().chain(&partition).map(|option| format!("#SBATCH {option}\n")).collect();
    let flags: String = partition.iter().map(|option| format!("{option} ")).collect();
    let values: [(&str, Vec<u8>); 18] = [
        ("name", name.clone().into()),
        ("profile", profile.name().into()),
        ("tasks", tasks.to_string().into()),
        ("shards", counted(tasks, "shard").into()),
        ("array", counted(width, "task").into()),
        ("width", width.to_string().into()),
        ("cpus", args.cpus.to_string().into()),
        ("directives", directives.into()),
        ("program", quoted("the program", &program)?),
        ("folder", quoted("the current folder", &folder)?),
        ("out", quoted("--out", &out)?),
        ("logs", log_folder(&out)?),
        ("flags", flags.into()),
        // Read by two shells: the one that submits, and the one that runs the job.
        ("merge", in_quotes(&merge)),
        ("seed", in_quotes(args.seed.as_bytes())),
        ("lock", lock.into()),
        ("definition", quoted("FILE.toml", &args.definition)?),
        ("restarts", MOST_RESTARTS.to_string().into()),
    ];
    Ok(filled(TEMPLATE, &values))
}

/// The template with the values of its names; values are bytes, and are not looked at again.
fn filled(template: &str, values: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut text = Vec::new();
    for (place, piece) in template.split(['⟨', '⟩']).enumerate() {
        let value = values.iter().find(|(name, _)| *name == piece).map(|(_, value)| value.as_slice());
        let value = if place % 2 == 0 { piece.as_bytes() } else { value.expect("a name of the template has a value") };
        text.extend_from_slice(value);
    }
    text
}

/// An option as it stands in a directive, which Slurm splits in its own way: words alone, so that nothing need be quoted.
fn option(name: &str, value: &str) -> Result<String> {
    let good = |c: char| c.is_ascii_alphanumeric() || "_-.,:+".contains(c);
    if value.is_empty() || !value.chars().all(good) {
        let expected = "letters, digits and any of _-.,:+, as Slurm writes it";
        return Err(Error::argument(format!("--{name}"), format!("{value:?}"), expected));
    }
    Ok(format!("--{name}={value}"))
}

/// The folder of the logs, as it begins a pattern of their names: Slurm reads `%%` as `%`, and reads no pattern at all where there
/// is a backslash.
fn log_folder(out: &Path) -> Result<Vec<u8>> {
    let folder = out.join("slurm");
    let bytes = folder.as_os_str().as_encoded_bytes();
    if bytes.contains(&b'\\') {
        let expected = "a path without backslashes, since Slurm cannot name logs below one";
        return Err(Error::argument("--out", out.display(), expected));
    }
    let pattern = bytes.iter().flat_map(|&byte| std::iter::repeat_n(byte, if byte == b'%' { 2 } else { 1 }));
    Ok(in_quotes(&pattern.collect::<Vec<u8>>()))
}

/// A path as a shell reads it.
fn quoted(what: &str, path: &Path) -> Result<Vec<u8>> {
    let bytes = path.as_os_str().as_encoded_bytes();
    if bytes.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
        return Err(Error::argument(what, format!("{path:?}"), "a path without line ends, for a script of a job"));
    }
    Ok(in_quotes(bytes))
}

/// Bytes as a shell reads them in single quotes, whatever they are: between these, a quote alone means something.
fn in_quotes(bytes: &[u8]) -> Vec<u8> {
    let mut word = vec![b'\''];
    for &byte in bytes {
        if byte == b'\'' {
            word.extend_from_slice(br"'\''");
        } else {
            word.push(byte);
        }
    }
    word.push(b'\'');
    word
}
