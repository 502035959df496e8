//! A round costs what its pairs cost, whatever n: the processor's time of one thread, for every fit and every way to draw.

use crate::common::*;
use crate::loops_common::*;
use selfreward::instance::Instance;
use selfreward::process::Loop;
use selfreward::seed::Seed;

/// Every pair is seen many times at this n, and counts are drawn.
const MANY: u64 = 10_000_000;

/// Seconds that this thread has computed for; what else the machine does is not in them.
fn thread_seconds() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a local that lives through the call.
    let status = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    assert_eq!(status, 0);
    time.tv_sec as f64 + 1e-9 * time.tv_nsec as f64
}

/// The shortest of five runs.
fn seconds(process: &Loop, instance: &Instance) -> f64 {
    let run = |seed: u64| {
        let start = thread_seconds();
        let last = process.on(instance).unwrap().start(Seed::from_number(seed)).last().unwrap();
        last.unwrap_or_else(|error| panic!("{error}"));
        thread_seconds() - start
    };
    (0..5).map(run).fold(f64::INFINITY, f64::min)
}

/// Ten million times the samples: a loop over triples, or over runs of equal ones, would take hours.
#[test]
fn a_round_is_free_of_n() {
    let instance = || dense_instance(&[6; 40], 5, 1.0, 3);
    let bend: Vec<Vec<f64>> = (0..40).map(|x| (0..6).map(|y| 0.1 * ((3 * x + y * y) as f64).sin()).collect()).collect();
    let marks: Vec<Vec<bool>> = (0..40).map(|x| (0..6).map(|y| y == x % 6).collect()).collect();
    let offset = instance().with_offset(table(&bend)).unwrap().with_correct(correct(&marks)).unwrap();
    let plain = instance();
    for keys in [
        "",
        "ridge = 0.1",
        "judge_noise = 0.5",
        "choice = \"min-norm\"",
        "radius = 30.0",
        "update = \"gradient\"\nsteps = 5",
        "reward = { vote_of = 5 }",
        "best_of = 4",
        "adaptive = 3.0",
        "memory = { replay = 0.2 }",
        "memory = \"all\"",
        "update = \"logistic\"",
        "update = \"win-rate\"",
        "update = \"likelihood\"",
        "update = \"likelihood\"\naccept = { vote_of = 3 }",
        "update = \"likelihood\"\naccept = \"correct\"\nradius = 30.0",
        "update = \"likelihood\"\naccept = { confidence_gate = 0.3, tries = 4 }",
    ] {
        for (name, instance) in [("offset", &offset), ("none", &plain)] {
            if name == "none" && keys.contains("correct") {
                continue;
            }
            let process = |samples: u64| {
                settle(&format!("{keys}\nbeta = 2.0\nrounds = 2\nsamples = {samples}"))
                    .unwrap_or_else(|error| panic!("{keys}: {error}"))
            };
            let (few, many) = (seconds(&process(MANY), instance), seconds(&process(10_000_000 * MANY), instance));
            assert!(many < 4.0 * few + 1e-3, "{keys} (offset: {name}): {few} s at n = 10^7, {many} s at 10^14");
        }
    }
}
