//! Progress on stderr: a bar with the time left on a terminal, plain lines otherwise.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::say::say;
use crate::simulate::Observer;
use crate::study;
use crate::study::runner::Watcher;

/// How much is said on stderr.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct Verbosity {
    /// Say nothing on stderr but errors
    #[arg(short, long)]
    pub quiet: bool,
    /// Say more on stderr: what was derived from the configuration
    #[arg(short, long, conflicts_with = "quiet")]
    pub verbose: bool,
}

impl Verbosity {
    /// A sentence for people.
    pub fn say(self, text: impl std::fmt::Display) {
        if !self.quiet {
            say(text);
        }
    }

    /// A sentence for people who asked for more.
    pub fn detail(self, text: impl std::fmt::Display) {
        if self.verbose {
            say(text);
        }
    }
}

/// What progress counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    /// Rounds, all alike.
    Rounds,
    /// Microseconds of estimated work.
    Work,
}

/// Watches a run whose size is known.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    /// Lines instead of a bar.
    lines: Option<Lines>,
    stop: Arc<AtomicBool>,
}

/// A line at each quarter.
#[derive(Debug)]
struct Lines {
    unit: Unit,
    total: u64,
    done: AtomicU64,
    started: Instant,
}

impl Progress {
    /// For so many rounds.
    pub fn new(rounds: u64, verbosity: Verbosity, stop: Arc<AtomicBool>) -> Self {
        Self::of(Unit::Rounds, rounds, verbosity, stop)
    }

    /// For work that was estimated at so many seconds; the time left is weighted by these estimates.
    pub fn of_work(seconds: f64, verbosity: Verbosity, stop: Arc<AtomicBool>) -> Self {
        Self::of(Unit::Work, microseconds(seconds), verbosity, stop)
    }

    #[expect(clippy::disallowed_methods, reason = "the clock tells the time left, and nothing else")]
    fn of(unit: Unit, total: u64, verbosity: Verbosity, stop: Arc<AtomicBool>) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = if verbosity.quiet || !terminal {
            ProgressBar::hidden()
        } else {
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template(match unit {
                Unit::Rounds => "{bar:30} {pos}/{len} rounds of all replicates, {eta} left",
                Unit::Work => "{bar:30} {percent}%, {eta} left",
            });
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        };
        let lines = Lines { unit, total, done: AtomicU64::new(0), started: Instant::now() };
        Self { bar, lines: (!verbosity.quiet && !terminal).then_some(lines), stop }
    }

    /// Takes the bar off the screen.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn advance(&self, amount: u64) {
        self.bar.inc(amount);
        if let Some(lines) = &self.lines {
            lines.advance(amount);
        }
    }
}

impl Lines {
    fn advance(&self, amount: u64) {
        let before = self.done.fetch_add(amount, Ordering::Relaxed);
        let done = before + amount;
        let quarter = |count: u64| percent(count, self.total) / 25;
        if quarter(done) == quarter(before) {
            return;
        }
        match self.unit {
            Unit::Rounds => say(format!("{done} of {} rounds of all replicates, round 0 counted", self.total)),
            Unit::Work => {
                let left = self.total.saturating_sub(done) as f64 / done as f64;
                let left = self.started.elapsed().as_secs_f64() * left;
                say(format!("{}%, about {} left", percent(done, self.total), duration(left)));
            }
        }
    }
}

/// The share in whole percent, rounded down, of numbers of any size.
fn percent(count: u64, total: u64) -> u64 {
    (u128::from(count) * 100 / u128::from(total.max(1))) as u64
}

/// At least 1, so that every unit of work counts.
fn microseconds(seconds: f64) -> u64 {
    ((seconds * 1e6) as u64).max(1)
}

/// A time as a person reads it.
pub fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 60.0 => format!("{s:.0} s"),
        s if s < 5400.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3600.0),
    }
}

impl Observer for Progress {
    fn round_done(&self) {
        self.advance(1);
    }

    fn stop(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

impl Watcher for Progress {
    fn unit_done(&self, unit: study::plan::Unit) {
        self.advance(microseconds(unit.seconds));
    }

    fn stop(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
