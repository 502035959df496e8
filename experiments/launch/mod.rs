//! What the binary of an experiment does: it calls the program `selfreward` that lies beside it, which holds all experiments. Each of
//! these binaries is small, and linked at once.

use std::env;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

/// What this binary was built from.
const REVISION: &str = env!("SELFREWARD_REVISION");
const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

/// Carries out the experiment with this name on the process's arguments.
pub fn main(name: &str) -> ExitCode {
    called(name).unwrap_or_else(|reason| {
        eprintln!("error: {reason}");
        ExitCode::from(2)
    })
}

fn called(name: &str) -> Result<ExitCode, String> {
    let own = env::current_exe().map_err(|error| format!("{name}: its own place is not known: {error}"))?;
    let program = own.with_file_name(format!("selfreward{}", env::consts::EXE_SUFFIX));
    if under_cargo() && !fits(&program, name) {
        build(&own)?;
    }
    if !program.is_file() {
        return Err(format!(
            "{} is missing: the experiment {name} is a part of it; build both with `cargo build --release`",
            program.display()
        ));
    }
    let mut command = program_as(&program, name);
    command.args(env::args_os().skip(1));
    carry_out(command).map_err(|error| format!("{} cannot be started: {error}", program.display()))
}

/// The program, told which experiment it is and what its caller was built from.
fn program_as(program: &Path, name: &str) -> Command {
    let mut command = Command::new(program);
    command.arg(format!("--experiment={name}@{REVISION}"));
    command
}

/// Whether the program is there and was built from the same sources.
fn fits(program: &Path, name: &str) -> bool {
    let answer = program_as(program, name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    answer.is_ok_and(|status| status.success())
}

/// Whether cargo has started this binary: `cargo run --bin NAME` builds no other.
fn under_cargo() -> bool {
    env::var_os("CARGO").is_some() && env::var_os("CARGO_MANIFEST_DIR").is_some_and(|folder| folder == FOLDER)
}

/// Builds the program as this binary was built; nothing is done where it is up to date.
fn build(own: &Path) -> Result<(), String> {
    let folder = own.parent();
    let profile = match folder.and_then(Path::file_name).and_then(|profile| profile.to_str()) {
        Some("debug") | None => "dev",
        Some(profile) => profile,
    };
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--bin", "selfreward", "--profile", profile]).current_dir(FOLDER);
    if let Some(target) = folder.and_then(Path::parent) {
        cargo.arg("--target-dir").arg(target);
    }
    if cfg!(feature = "lapack") {
        cargo.args(["--features", "lapack"]);
    }
    let status = cargo.status().map_err(|error| format!("cargo cannot be started: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("the program beside it is not built: {cargo:?} ended with {status}"))
    }
}

/// The program takes this process's place: signals and exit code are its own.
#[cfg(unix)]
fn carry_out(mut command: Command) -> std::io::Result<ExitCode> {
    Err(std::os::unix::process::CommandExt::exec(&mut command))
}

#[cfg(not(unix))]
fn carry_out(mut command: Command) -> std::io::Result<ExitCode> {
    let code = command.status()?.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
