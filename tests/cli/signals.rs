//! Signals: they end a process soon, whatever it is doing; those that were ignored when it started stay ignored.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::study_common::{Bench, signal, slow, wait_for_commits};

const SIGNALS: [libc::c_int; 3] = [libc::SIGHUP, libc::SIGINT, libc::SIGTERM];

/// One round of it takes a minute and more.
const ROUND: &str = "kind = \"gaussian\"\nprompts = 2\nresponses = 3\ndim = 3\ntheta_norm = 4.0\n";
const LONG: &str = "rounds = 1\nbeta = 1.0\nsamples = 100\nupdate = \"gradient\"\nsteps = 30000000000\nstep_size = 1e-9\n\
    radius = 4.0\n";

/// Ends with exit code 130, and long before what it was doing does.
#[expect(clippy::disallowed_methods, reason = "the test must end, whether or not the process does")]
fn ends(child: &mut Child, line: &str) {
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if started.elapsed() > Duration::from_secs(20) {
            child.kill().unwrap();
            panic!("{line} goes on");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    assert_eq!(status.code(), Some(130), "{line}");
}

/// Starts a command and waits for the first line that it says.
fn started(bench: &Bench, line: &str) -> Child {
    let mut child = bench.command(line).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut said).unwrap();
    child
}

#[test]
fn a_signal_ends_a_process_in_the_midst_of_a_round() {
    let bench = Bench::with("long.toml", &format!("[instance]\n{ROUND}[process]\n{LONG}[run]\nreplicates = 2\n"));
    bench.write(
        "study.toml",
        &format!(
            "name = \"study\"\n[[part]]\nname = \"p\"\n[part.base.instance]\n{ROUND}[part.base.process]\n{LONG}\
             [part.full]\nreplicates = 4\n[part.quick]\nreplicates = 1\n"
        ),
    );
    for number in SIGNALS {
        // It has said what was derived, and begins with the round.
        let mut child = started(&bench, "simulate --config long.toml --verbose --jobs 2");
        signal(&child, number);
        ends(&mut child, "simulate");
        let mut child = bench.command("run study.toml --force --jobs 2 --quiet").spawn().unwrap();
        while !bench.path("runs/study-full.sqlite").exists() {
            assert!(child.try_wait().unwrap().is_none());
            std::thread::sleep(Duration::from_millis(1));
        }
        signal(&child, number);
        ends(&mut child, "run");
        assert!(bench.expect(0, "show runs/study-full.sqlite").contains("0 of 4 done, 0 failed"));
        let left = std::fs::read_dir(bench.path("runs")).unwrap().map(|entry| entry.unwrap().file_name());
        assert!(left.into_iter().all(|name| !name.to_string_lossy().ends_with(".part")));
        std::fs::remove_dir_all(bench.path("runs")).unwrap();
    }
    let mut child = bench.command("falsify C7 --budget 1e6 --quiet").stdout(Stdio::null()).spawn().unwrap();
    while !bench.path("violations").exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
    signal(&child, libc::SIGTERM);
    // It looks at the flag after each evaluation, and shows what was found; or it is cut off.
    let code = child.wait().unwrap().code();
    assert!(matches!(code, Some(0 | 4 | 130)), "{code:?}");
}

#[test]
fn signals_that_were_ignored_stay_ignored() {
    for number in SIGNALS {
        let hit = [200, 2000, 20_000].into_iter().any(|replicates| {
            let bench = Bench::with("slow.toml", &slow(replicates));
            let mut command = bench.command("run slow.toml --jobs 2 --quiet");
            // SAFETY: between fork and exec nothing but a system call is made.
            unsafe {
                command.pre_exec(move || {
                    libc::signal(number, libc::SIG_IGN);
                    Ok(())
                });
            }
            let mut child = command.spawn().unwrap();
            let running = wait_for_commits(&mut child, &bench.path("runs/slow-full.sqlite"), 1);
            if running {
                signal(&child, number);
            }
            assert_eq!(child.wait().unwrap().code(), Some(0), "signal {number}");
            assert!(bench.expect(0, "show runs/slow-full.sqlite").contains(", done;"));
            running
        });
        assert!(hit, "some run was under way");
    }
}
