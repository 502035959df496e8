//! What the tests of studies share: small definitions, and the command run in a folder of its own.
#![allow(dead_code, reason = "each test program uses a part of it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};
use std::time::Duration;

use tempfile::TempDir;

/// Two parts, eight cells in the full profile and four in the quick one, a few milliseconds in all.
pub const PROBE: &str = r#"
name = "probe"
claims = {}
analysis = "A probe of the harness."

[[part]]
name = "tabular"
[part.base.instance]
kind = "tabular"
prompts = 20
responses = 5
[part.base.process]
rounds = 3
[part.grid]
"instance.bump" = [0.5, 1.0]
"process.samples" = [8, 32, 128]
[part.full]
replicates = 6
[part.quick]
replicates = 3
"process.samples" = [8]

[[part]]
name = "gaussian"
[part.base.instance]
kind = "gaussian"
prompts = 10
responses = 4
dim = 6
[part.base.process]
rounds = 2
beta = 1.0
[part.base.measure]
delta = [0.25]
[part.grid]
"process.samples" = [16, 64]
[part.full]
replicates = 4
[part.quick]
replicates = 2
"#;

/// Replicates of about a millisecond, so many for each of four cells: `slow.toml` where it is needed.
pub fn slow(replicates: usize) -> String {
    format!(
        r#"
name = "slow"
[[part]]
name = "p"
[part.base.instance]
kind = "gaussian"
prompts = 40
responses = 10
dim = 60
[part.base.process]
beta = 1.0
samples = 800
rounds = 4
[part.grid]
"instance.theta_norm" = [1.0, 2.0, 3.0, 4.0]
[part.full]
replicates = {replicates}
[part.quick]
replicates = 1
"#
    )
}

/// A folder with a definition file, in which the command runs.
pub struct Bench {
    folder: TempDir,
}

/// Has a command start with signals as they are by default, whatever those who started the tests ignore (`nohup`, a job in the
/// background).
fn heeding_signals(command: &mut Command) {
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        // SAFETY: sets dispositions to the system's own, which is safe between fork and exec.
        unsafe {
            command.pre_exec(|| {
                for number in [libc::SIGHUP, libc::SIGINT, libc::SIGTERM] {
                    libc::signal(number, libc::SIG_DFL);
                }
                Ok(())
            });
        }
    }
    #[cfg(not(unix))]
    let _ = command;
}

impl Bench {
    /// With this definition as `FILE`.
    pub fn with(file: &str, definition: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(file), definition).unwrap();
        Self { folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// The command, not yet started.
    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_selfreward"));
        command.args(line.split_whitespace()).current_dir(self.folder.path());
        heeding_signals(&mut command);
        command
    }

    /// Runs the command with the words of a line.
    pub fn run(&self, line: &str) -> Output {
        self.command(line).output().unwrap()
    }

    /// Runs it, expects an exit code, and gives stdout.
    #[track_caller]
    pub fn expect(&self, code: i32, line: &str) -> String {
        let output = self.run(line);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{line}: {stderr}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs it, expects an exit code, and gives stderr.
    #[track_caller]
    pub fn complaint(&self, code: i32, line: &str) -> String {
        let output = self.run(line);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{line}: {stderr}");
        stderr
    }

    /// What a store holds: its rows and failures as they are exported.
    #[track_caller]
    pub fn rows(&self, store: &str) -> String {
        let folder = format!("{store}.csv");
        self.expect(0, &format!("export {store} --csv {folder} --force"));
        let read = |file: &str| fs::read_to_string(self.path(&folder).join(file)).unwrap();
        read("rows.csv") + &read("failures.csv")
    }
}

/// Waits until a run that a child computes has begun so many commits since now; false if it ended before. The last of them may
/// not be finished.
pub fn wait_for_commits(child: &mut Child, store: &Path, commits: usize) -> bool {
    let mut seen = pages(store);
    let mut begun = 0;
    while begun < commits {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        let now = pages(store);
        // A store that appears is none yet.
        begun += usize::from(seen.is_some() && now != seen);
        seen = now;
        std::thread::sleep(Duration::from_millis(1));
    }
    true
}

/// The pages of a database as its head says, which every commit of further rows writes once. SQLite itself would wait for the lock.
fn pages(store: &Path) -> Option<[u8; 4]> {
    use std::io::{Read, Seek, SeekFrom};
    let mut file = fs::File::open(store).ok()?;
    let mut bytes = [0; 4];
    file.seek(SeekFrom::Start(28)).ok()?;
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

/// Sends a signal to a child.
#[cfg(unix)]
pub fn signal(child: &Child, signal: libc::c_int) {
    // SAFETY: the child has not been waited for, so that its number is its own.
    assert_eq!(unsafe { libc::kill(child.id() as libc::pid_t, signal) }, 0);
}

/// Lines of a CSV text by header name: `records(text)[row]["column"]`.
pub fn records(csv: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    reader.deserialize().map(|record| record.unwrap()).collect()
}
