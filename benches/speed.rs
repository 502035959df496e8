//! Speed and memory at the sizes that the README states, with ratios to a NumPy script measured in the same run.
//!
//! `cargo bench --bench speed`; the NumPy rows need a Python with NumPy, named by the variable `PYTHON` (default `python3`).
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use selfreward::instance::gaussian::{BaseParameter, Gaussian};
use selfreward::instance::{Instance, Spectrum};
use selfreward::process::Loop;
use selfreward::seed::Seed;
use selfreward::simulate::{Config, Simulation, run};

/// The median of some runs, in seconds.
fn median(runs: usize, mut work: impl FnMut(usize) -> f64) -> f64 {
    let mut seconds: Vec<f64> = (0..runs).map(&mut work).collect();
    seconds.sort_by(f64::total_cmp);
    seconds[runs / 2]
}

fn timed<T>(work: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    std::hint::black_box(work());
    start.elapsed().as_secs_f64()
}

fn dense_instance(seed: u64) -> Instance {
    let base = BaseParameter::Norm(4.0);
    let shape = Gaussian {
        prompts: 1000,
        responses: 32,
        dim: 256,
        spectrum: Spectrum::Isotropic {},
        base,
        margin: None,
        max_tries: 1,
    };
    shape.draw(&Seed::from_number(seed)).expect("a sound description")
}

/// Sampling, update and the new policy; the span of all differences, which an instance computes once, included.
fn dense_round(samples: u64) -> f64 {
    median(5, |index| {
        let instance = dense_instance(index as u64);
        let process = Loop { beta: 1e-3, samples, rounds: 1, ..Loop::default() };
        let mut rounds = process.on(&instance).unwrap().start(Seed::from_number(9));
        rounds.next();
        timed(|| rounds.next())
    })
}

fn simulation(text: &str) -> Simulation {
    let table = text.parse().expect("a sound configuration");
    Simulation::new(Config::from_table(&table).expect("a sound configuration")).expect("a sound configuration")
}

fn simulated(text: &str) -> f64 {
    median(5, |_| timed(|| run(&simulation(text), false, &AtomicBool::new(false)).expect("nothing fails")))
}

const HARD: &str = "instance = { kind = 'hard', prompts = 64, kappa0 = 16.0 }
process = { samples = 67108864, rounds = 4 }
run = { replicates = 40 }";
const REAL: &str = "instance = { kind = 'npz', path = 'data/docqa_minilm.npz' }
process = { samples = 2048, rounds = 8, beta = 1.0 }
run = { replicates = 10 }";
const TABULAR: &str = "instance = { kind = 'tabular', prompts = 1000000, responses = 10 }
process = { samples = 10000000, rounds = 4 }
run = { replicates = 1 }";

/// Seconds and peak resident bytes of `selfreward simulate` on d = 10^7.
fn tabular() -> std::io::Result<(f64, f64)> {
    let folder = std::env::temp_dir().join(format!("selfreward-speed-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let config = folder.join("tabular.toml");
    std::fs::write(&config, TABULAR)?;
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_selfreward"))
        .args(["simulate", "-q", "--config"])
        .arg(&config)
        .stdout(Stdio::null())
        .spawn()?;
    let mut peak = 0.0f64;
    while child.try_wait()?.is_none() {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line =
            status.lines().find_map(|line| line.strip_prefix("VmHWM:")).and_then(|rest| rest.split_whitespace().next());
        peak = peak.max(line.and_then(|kilobytes| kilobytes.parse().ok()).unwrap_or(0.0) * 1024.0);
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let seconds = start.elapsed().as_secs_f64();
    std::fs::remove_dir_all(folder)?;
    Ok((seconds, peak))
}

/// Seconds that the NumPy script takes, or why it did not run.
fn numpy(case: &str) -> Result<f64, String> {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let output = Command::new(&python)
        .args(["benches/peer/numpy_round.py", case])
        .output()
        .map_err(|error| format!("{python}: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    text.parse().map_err(|_| {
        format!("{python}: {}", String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or("no output"))
    })
}

fn against(case: &str, ours: f64, label: &str) {
    match numpy(case) {
        Ok(theirs) => println!("  NumPy, {label:<52} {theirs:>9.3} s   {:.0} times ours", theirs / ours),
        Err(why) => println!("  NumPy, {label:<52} not measured ({why})"),
    }
}

fn main() {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("medians of 5 runs, {cores} cores, linear algebra: {}", selfreward::linalg::BACKEND);
    let (few, many) = (dense_round(1_000_000), dense_round(1_000_000_000_000));
    println!("one dense ERM round, 1000 × 32 responses, d = 256 (one core)");
    println!("  n = 10^6 {:>60.3} s", few);
    println!("  n = 10^12 {:>59.3} s   {:.2} times n = 10^6", many, many / few);
    against("dense", few, "n = 10^6");
    let real = simulated(REAL);
    println!("real features, n = 2048, T = 8, 10 replicates {real:>25.3} s");
    against("real", real / 10.0, "one replicate (ours: a tenth of the above)");
    println!("hard instance, M = 64, n = 2^26, κ_0 = 16, T = 4, 40 replicates {:>7.3} s", simulated(HARD));
    match tabular() {
        Ok((seconds, peak)) => {
            println!("tabular, d = 10^7, n = 10^7, T = 4 {seconds:>36.3} s   peak {:.2} GB", peak / 1e9)
        }
        Err(error) => println!("tabular, d = 10^7: not measured ({error})"),
    }
}
