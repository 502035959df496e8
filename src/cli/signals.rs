//! Signals: the first one asks to stop, and the process ends soon whatever it is doing; what was ignored stays ignored.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::say::say;
use crate::draft;

/// Raised by the first signal.
static STOP: OnceLock<Arc<AtomicBool>> = OnceLock::new();
/// Whether anyone looks at the flag, and is worth waiting for.
static ATTENDED: AtomicBool = AtomicBool::new(false);
/// How long those who look at the flag may take to end in order: rows are committed at most 0.2 s after they are done.
const GRACE: Duration = Duration::from_millis(500);
/// The exit code of what a signal ended.
pub const INTERRUPTED: u8 = 130;

/// A flag that SIGINT, SIGTERM or SIGHUP raises. Who takes it looks at it now and then; half a second after it was raised, or
/// with a second signal, the process ends (exit code 130) whether or not anyone did.
pub fn stop_flag() -> Arc<AtomicBool> {
    ATTENDED.store(true, Ordering::Relaxed);
    Arc::clone(install())
}

/// Takes charge of the signals that end a process, but of those that whoever started this one had it ignore (`nohup`).
pub fn install() -> &'static Arc<AtomicBool> {
    STOP.get_or_init(|| {
        let flag = Arc::new(AtomicBool::new(false));
        let raised = Arc::clone(&flag);
        system::install(move || on_signal(&raised));
        flag
    })
}

fn on_signal(raised: &AtomicBool) {
    let again = raised.swap(true, Ordering::Relaxed);
    if again || !ATTENDED.load(Ordering::Relaxed) {
        end();
    }
    // In a thread of its own, so that a second signal is heard meanwhile.
    let watchdog = std::thread::Builder::new().spawn(|| {
        std::thread::sleep(GRACE);
        end();
    });
    if watchdog.is_err() {
        end();
    }
}

/// Ends the process, whatever its other threads do: stores are whole at every moment, and drafts are removed.
fn end() -> ! {
    let _drafts = draft::discard_all();
    say("interrupted");
    system::exit(INTERRUPTED)
}

#[cfg(unix)]
mod system {
    use libc::{SIG_BLOCK, SIG_DFL, SIG_IGN, SIG_UNBLOCK, SIGABRT, SIGHUP, SIGINT, SIGTERM, SIGXFSZ, c_int, sigset_t};

    const ENDING: [c_int; 3] = [SIGINT, SIGTERM, SIGHUP];

    pub fn install(handler: impl FnMut() + Send + 'static) {
        let (ignored, heard): (Vec<c_int>, Vec<c_int>) = ENDING.into_iter().partition(|&signal| is_ignored(signal));
        // Blocked while their disposition is another one; what arrives then is forgotten when they are ignored again.
        mask(SIG_BLOCK, &ignored);
        if ctrlc::set_handler(handler).is_err() {
            // No thread for the handler: signals end the process as they do by default.
            heard.iter().for_each(|&signal| set(signal, SIG_DFL));
        }
        ignored.iter().for_each(|&signal| set(signal, SIG_IGN));
        mask(SIG_UNBLOCK, &ignored);
        // A file that would grow beyond its limit is an error like any other.
        set(SIGXFSZ, SIG_IGN);
        // Memory that is refused is said by the standard library, which then aborts: a failure of the run, exit code 1.
        set(SIGABRT, aborted as *const () as libc::sighandler_t);
    }

    extern "C" fn aborted(_: c_int) {
        exit(1)
    }

    pub fn exit(code: u8) -> ! {
        // SAFETY: ends the process, with no other code of it run; other threads may be anywhere.
        unsafe { libc::_exit(c_int::from(code)) }
    }

    fn is_ignored(signal: c_int) -> bool {
        // SAFETY: asks for the disposition and sets none; a zeroed `sigaction` is a valid one to fill.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            libc::sigaction(signal, std::ptr::null(), &mut action) == 0 && action.sa_sigaction == SIG_IGN
        }
    }

    fn set(signal: c_int, disposition: libc::sighandler_t) {
        // SAFETY: the dispositions are the system's own two and `aborted`, which calls nothing but `_exit`.
        unsafe {
            libc::signal(signal, disposition);
        }
    }

    fn mask(how: c_int, signals: &[c_int]) {
        // SAFETY: the set is made by `sigemptyset` before it is read.
        unsafe {
            let mut set: sigset_t = std::mem::zeroed();
            libc::sigemptyset(&mut set);
            for &signal in signals {
                libc::sigaddset(&mut set, signal);
            }
            libc::pthread_sigmask(how, &set, std::ptr::null_mut());
        }
    }
}

#[cfg(not(unix))]
mod system {
    pub fn install(handler: impl FnMut() + Send + 'static) {
        drop(ctrlc::set_handler(handler));
    }

    pub fn exit(code: u8) -> ! {
        std::process::exit(i32::from(code))
    }
}
