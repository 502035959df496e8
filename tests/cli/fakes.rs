//! A machine that fails for a while: what it fails is no row, and is computed when it works again.

use std::path::PathBuf;
use std::process::{Command, Output};

use crate::study_common::Bench;

/// A library to be loaded before libc. Of the files whose name ends with `FAKE_FILE`, so many as `FAKE_AFTER` says are opened as
/// they are, and all others are `FAKE_INSTEAD`, or cannot be opened; `FAKE_THREADS` refuses threads from that number on, and
/// `FAKE_MEMORY` blocks of so many bytes.
const FAKE: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static int opened, started;

static const char *faked(const char *path, int *refused) {
    const char *name = getenv("FAKE_FILE");
    if (!name || !path || strlen(path) < strlen(name) || strcmp(path + strlen(path) - strlen(name), name)) return path;
    if (++opened <= atoi(getenv("FAKE_AFTER"))) return path;
    const char *instead = getenv("FAKE_INSTEAD");
    *refused = !instead;
    return instead;
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        va_list list; va_start(list, flags); int mode = va_arg(list, int); va_end(list); \
        int refused = 0; \
        path = faked(path, &refused); \
        if (refused) { errno = EMFILE; return -1; } \
        int (*original)(const char *, int, ...) = dlsym(RTLD_NEXT, #name); \
        return original(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

int pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *), void *argument) {
    const char *most = getenv("FAKE_THREADS");
    if (most && __sync_fetch_and_add(&started, 1) >= atoi(most)) return EAGAIN;
    int (*original)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) = dlsym(RTLD_NEXT, "pthread_create");
    return original(thread, attr, start, argument);
}

extern void *__libc_malloc(size_t);
void *malloc(size_t bytes) {
    const char *most = getenv("FAKE_MEMORY");
    return most && bytes >= strtoul(most, 0, 10) ? 0 : __libc_malloc(bytes);
}

extern void *__libc_calloc(size_t, size_t);
void *calloc(size_t count, size_t bytes) {
    const char *most = getenv("FAKE_MEMORY");
    return most && count * bytes >= strtoul(most, 0, 10) ? 0 : __libc_calloc(count, bytes);
}
"#;

/// 4000 × 16 features of dimension 64: more than is granted unasked.
const WIDE: &str = "name = \"wide\"\n[[part]]\nname = \"p\"\n[part.base.instance]\nkind = \"gaussian\"\nprompts = 4000\n\
    responses = 16\ndim = 64\n[part.base.process]\nrounds = 1\nbeta = 1.0\nsamples = 64\n[part.full]\nreplicates = 3\n\
    [part.quick]\nreplicates = 1\n";

/// Features from a file that is read anew for each replicate, as θ_0 is drawn.
const FILE: &str = "name = \"wide\"\n[[part]]\nname = \"p\"\n[part.base.instance]\nkind = \"npz\"\npath = \"features.npz\"\n\
    theta_norm = 2.0\n[part.base.process]\nrounds = 1\nbeta = 1.0\nsamples = 64\n[part.full]\nreplicates = 3\n\
    [part.quick]\nreplicates = 1\n";

struct Faked {
    bench: Bench,
    library: PathBuf,
}

impl Faked {
    fn new(definition: &str) -> Self {
        let bench = Bench::with("wide.toml", definition);
        bench.write("fake.c", FAKE);
        bench.write("meminfo", "MemTotal: 100000 kB\nMemAvailable: 20000 kB\n");
        let library = bench.path("fake.so");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-w", "-o"]).arg(&library).arg(bench.path("fake.c")).arg("-ldl");
        assert!(compiler.status().unwrap().success());
        let mut npz =
            selfreward::instance::npz::NpzWriter::new(std::fs::File::create(bench.path("features.npz")).unwrap());
        npz.add_array(
            "phi",
            &ndarray::Array3::from_shape_fn((3, 4, 5), |(x, y, j)| ((x + 2 * y * j) % 7) as f64 / 20.0),
        )
        .unwrap();
        npz.finish().unwrap();
        bench.expect(0, "run wide.toml --out whole --jobs 1 -q");
        Self { bench, library }
    }

    fn run(&self, line: &str, fakes: &[(&str, &str)]) -> Output {
        let mut command = self.bench.command(line);
        command.env("LD_PRELOAD", &self.library).envs(fakes.iter().copied());
        command.output().unwrap()
    }

    /// A run that the machine fails, in one of the ways: with an exit code and a reason, without a row of it. The next run computes
    /// what is missing. Gives the exit code.
    fn failed_and_resumed(&self, fakes: &[(&str, &str)]) -> i32 {
        let output = self.run("run wide.toml --force --jobs 1 -q", fakes);
        let (code, said) = (output.status.code(), String::from_utf8(output.stderr).unwrap());
        assert!(matches!(code, Some(0..=2)), "{fakes:?}: {code:?} {said}");
        assert_eq!(code == Some(0), said.is_empty(), "{fakes:?}: {said}");
        // Memory that is refused outright is said by the standard library.
        let form = ["error: ", "memory allocation of "].iter().any(|start| said.trim_start().starts_with(start));
        assert!(said.is_empty() || form, "{said}");
        if self.bench.path("runs/wide-full.sqlite").exists() {
            let shown = self.bench.expect(0, "show runs/wide-full.sqlite");
            assert!(shown.contains(", 0 failed"), "{fakes:?}: {shown}");
            assert_eq!(shown.contains("3 of 3 done"), code == Some(0), "{fakes:?}: {shown}");
        }
        self.bench.expect(0, "run wide.toml --resume --jobs 1 -q");
        assert_eq!(self.bench.rows("runs/wide-full.sqlite"), self.bench.rows("whole/wide-full.sqlite"), "{fakes:?}");
        std::fs::remove_dir_all(self.bench.path("runs")).unwrap();
        code.unwrap()
    }

    /// The exit codes for a failure after so many openings of a file.
    fn after_openings(&self, most: usize, fakes: &[(&str, &str)]) -> Vec<i32> {
        let after = |number: usize| {
            let number = number.to_string();
            self.failed_and_resumed(&[fakes, &[("FAKE_AFTER", number.as_str())]].concat())
        };
        (0..most).map(after).collect()
    }
}

#[test]
fn memory_that_is_short_for_a_while_is_no_row() {
    let faked = Faked::new(WIDE);
    let meminfo = faked.bench.path("meminfo");
    let fakes = [("FAKE_FILE", "/proc/meminfo"), ("FAKE_INSTEAD", meminfo.to_str().unwrap())];
    let codes = faked.after_openings(8, &fakes);
    assert!(codes.starts_with(&[2]) && codes.contains(&1), "refused before work, or failed at it: {codes:?}");
}

#[test]
fn a_file_that_cannot_be_opened_for_a_while_is_no_row() {
    let faked = Faked::new(FILE);
    let codes = faked.after_openings(12, &[("FAKE_FILE", "features.npz")]);
    assert!(codes.starts_with(&[2]) && codes.contains(&1), "refused before work, or failed at it: {codes:?}");
}

#[test]
fn threads_that_cannot_be_started_for_a_while_are_no_rows() {
    let faked = Faked::new(WIDE);
    let codes: Vec<i32> = (0..8).map(|most| faked.failed_and_resumed(&[("FAKE_THREADS", &most.to_string())])).collect();
    assert!(codes.contains(&1) && codes.contains(&0), "{codes:?}");
    // A single run needs none.
    faked.bench.write("single.toml", "[instance]\nkind = \"tabular\"\nprompts = 3\nresponses = 3\n");
    let free = faked.bench.expect(0, "simulate --config single.toml --json -q");
    let output = faked.run("simulate --config single.toml --json -q --jobs 2", &[("FAKE_THREADS", "0")]);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), free, "{}", String::from_utf8_lossy(&output.stderr));
}

/// The features are 32 MB: what no estimate foresaw is a failure as well, not an abort.
#[test]
#[cfg(target_env = "gnu")]
fn memory_that_is_refused_is_no_row() {
    let faked = Faked::new(WIDE);
    assert_eq!(faked.failed_and_resumed(&[("FAKE_MEMORY", "20000000")]), 1);
}
