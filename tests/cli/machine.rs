//! What a machine grants: threads and memory.

use std::os::unix::process::CommandExt;
use std::process::Output;

use crate::study_common::{Bench, PROBE};

/// 4000 × 16 features of dimension 64: 131 MB a replicate.
const WIDE: &str = "kind = \"gaussian\"\nprompts = 4000\nresponses = 16\ndim = 64\n";
const PROCESS: &str = "rounds = 1\nbeta = 1.0\nsamples = 64\n";

fn single(instance: &str, replicates: u64) -> String {
    format!("[instance]\n{instance}[process]\n{PROCESS}[run]\nreplicates = {replicates}\n")
}

fn study(instance: &str, grid: &str) -> String {
    format!(
        "name = \"study\"\n[[part]]\nname = \"p\"\n[part.base.instance]\n{instance}[part.base.process]\n{PROCESS}\
         [part.grid]\n{grid}\n[part.full]\nreplicates = 3\n[part.quick]\nreplicates = 1\n"
    )
}

/// Runs a line where a resource of this kind ends at so many bytes.
fn limited(bench: &Bench, resource: libc::__rlimit_resource_t, bytes: u64, line: &str) -> Output {
    // Threads take address space: as many as on two cores.
    let mut command = bench.command(line);
    command.env("RAYON_NUM_THREADS", "2");
    let limit = libc::rlimit { rlim_cur: bytes, rlim_max: bytes };
    // SAFETY: between fork and exec nothing but a system call is made.
    unsafe {
        command.pre_exec(move || match libc::setrlimit(resource, &limit) {
            0 => Ok(()),
            _ => Err(std::io::Error::last_os_error()),
        });
    }
    command.output().unwrap()
}

fn said_by(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn memory_beyond_a_limit_of_the_process_is_refused_with_the_numbers() {
    let large = WIDE.replace("4000", "20000");
    let bench = Bench::with("large.toml", &single(&large, 1));
    bench.write("study.toml", &study(&large, ""));
    for (resource, flag) in [(libc::RLIMIT_AS, "`ulimit -v`"), (libc::RLIMIT_DATA, "`ulimit -d`")] {
        for line in ["simulate --config large.toml -q", "run study.toml -q", "run study.toml --dry-run -q"] {
            let output = limited(&bench, resource, 400_000_000, line);
            let said = said_by(&output);
            assert_eq!(output.status.code(), Some(2), "{line}: {said}");
            assert!(said.contains("needs about") && said.contains(" MB (90% of") && said.contains(flag), "{said}");
            assert!(!bench.path("runs/study-full.sqlite").exists());
        }
    }
}

/// One replicate fits and two do not: they are computed one by one, with the same rows.
#[test]
fn as_many_replicates_run_at_once_as_fit() {
    let bench = Bench::with("wide.toml", &single(WIDE, 2));
    bench.write("study.toml", &study(WIDE, ""));
    let free = bench.expect(0, "simulate --config wide.toml --json -q");
    let output = limited(&bench, libc::RLIMIT_AS, 500_000_000, "simulate --config wide.toml --json --jobs 2");
    assert!(output.status.success() && said_by(&output).contains("1 thread, not 2: "), "{}", said_by(&output));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), free);
    let output = limited(&bench, libc::RLIMIT_AS, 500_000_000, "run study.toml --jobs 2");
    assert!(output.status.success() && said_by(&output).contains("1 thread, not 2: "), "{}", said_by(&output));
}

#[test]
fn what_is_kept_of_all_replicates_counts() {
    let tiny = "kind = \"tabular\"\nprompts = 1\nresponses = 2\n";
    let bench = Bench::with("many.toml", &single(tiny, 1_000_000_000));
    let said = bench.complaint(2, "simulate --config many.toml");
    assert!(said.contains("a run of 1000000000 replicates") && said.contains("needs about"), "{said}");
    // A million rounds of one replicate are a gigabyte.
    bench.write("rounds.toml", &single(tiny, 1).replace("rounds = 1", "rounds = 1000000"));
    let output = limited(&bench, libc::RLIMIT_AS, 600_000_000, "simulate --config rounds.toml");
    assert_eq!(output.status.code(), Some(2), "{}", said_by(&output));
    assert!(said_by(&output).contains("over 1000000 rounds needs about"), "{}", said_by(&output));
    bench.write("study.toml", &study(tiny, "\"process.rounds\" = [1, 1000000]"));
    let output = limited(&bench, libc::RLIMIT_AS, 600_000_000, "run study.toml --dry-run");
    assert_eq!(output.status.code(), Some(2), "{}", said_by(&output));
    assert!(
        said_by(&output).contains("study (6 replicates, the largest one alone) needs about"),
        "{}",
        said_by(&output)
    );
    // Triples that are drawn one by one are held.
    let drawn = single(tiny, 1).replace("samples = 64", "samples = 150000000000\nsampling = \"draws\"");
    bench.write("draws.toml", &drawn);
    assert!(bench.complaint(2, "simulate --config draws.toml").contains("needs about 4.8 TB"));
    // Kept θ counts, too.
    bench.write("theta.toml", &single("kind = \"tabular\"\nprompts = 100000\nresponses = 10\n", 500_000));
    let said = bench.complaint(2, "simulate --config theta.toml --save-theta theta.npz");
    assert!(said.contains("a run of 500000 replicates over 1 round with --save-theta needs about 24.0 TB"), "{said}");
}

#[test]
fn a_grid_beyond_memory_is_refused() {
    let axis = (1..=60_000).map(|value| value.to_string()).collect::<Vec<_>>().join(", ");
    let grid = format!("\"process.samples\" = [{axis}]\n\"instance.prompts\" = [{axis}]");
    let bench = Bench::with("study.toml", &study("kind = \"tabular\"\nresponses = 2\n", &grid));
    let said = bench.complaint(2, "run study.toml --dry-run");
    assert!(said.contains("a grid of 3600000000 cells needs about 460.8 GB"), "{said}");
}

/// No more threads than there is work, and no more than four for each core.
#[test]
fn threads_are_capped() {
    let bench = Bench::with("single.toml", &single("kind = \"tabular\"\nprompts = 3\nresponses = 3\n", 3));
    bench.write("probe.toml", PROBE);
    let one = bench.expect(0, "simulate --config single.toml --jobs 1");
    assert_eq!(bench.expect(0, "simulate --config single.toml --jobs 100000"), one);
    let said = bench.complaint(0, "simulate --config single.toml --jobs 100000 -v");
    assert!(said.contains(": one for each unit of work") || said.contains(": four for each core"), "{said}");
    bench.expect(0, "run probe.toml --jobs 1 --out one -q");
    bench.expect(0, "run probe.toml --jobs 100000 -q");
    assert_eq!(bench.rows("one/probe-full.sqlite"), bench.rows("runs/probe-full.sqlite"));
    let shown = bench.expect(0, "show runs/probe-full.sqlite");
    let threads = shown.split(" threads on").next().unwrap().rsplit(' ').next().unwrap().parse::<usize>().unwrap();
    let cores = std::thread::available_parallelism().unwrap().get();
    assert_eq!(threads, (4 * cores).min(6 * 6 + 2 * 4), "{shown}");
    let mut everywhere = bench.command("list");
    assert!(everywhere.env("RAYON_NUM_THREADS", "100000").output().unwrap().status.success());
}
