//! Stores on file systems that lack something, under names that are hard to write, and with bits that flipped.

use std::fs;

use crate::study_common::{Bench, PROBE};

const STORE: &str = "runs/probe-full.sqlite";

/// A library that stands before the system's own calls, made by the C compiler that building SQLite needs.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn shim(bench: &Bench, code: &str) -> std::path::PathBuf {
    bench.write("shim.c", code);
    let library = bench.path("shim.so");
    let mut compiler = std::process::Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-o"]).arg(&library).arg(bench.path("shim.c")).arg("-ldl");
    assert!(compiler.status().unwrap().success());
    library
}

/// Without hard links a store is made, replaced and kept by another route; without the kernel's careful rename, by a third.
#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn stores_are_made_without_hard_links() {
    const CODE: &str = r#"
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <stdarg.h>
        #include <stdlib.h>
        #include <sys/syscall.h>
        int link(const char *a, const char *b) { errno = atoi(getenv("LINK_ERRNO")); return -1; }
        int linkat(int x, const char *a, int y, const char *b, int f) { return link(a, b); }
        long syscall(long n, ...) {
            va_list list; va_start(list, n);
            long a[6]; for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
            va_end(list);
            if (n == SYS_renameat2 && getenv("NO_RENAMEAT2")) { errno = EINVAL; return -1; }
            long (*real)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
            return real(n, a[0], a[1], a[2], a[3], a[4], a[5]);
        }
    "#;
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml --out whole --quiet");
    let shim = shim(&bench, CODE);
    for (errno, careful_rename) in
        [(libc::EPERM, true), (libc::EOPNOTSUPP, false), (libc::EMLINK, true), (libc::ENOSYS, false)]
    {
        let run = |code: i32, line: &str| {
            let mut command = bench.command(line);
            command.env("LD_PRELOAD", &shim).env("LINK_ERRNO", errno.to_string());
            if !careful_rename {
                command.env("NO_RENAMEAT2", "1");
            }
            let output = command.output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(code), "{line}: {said}");
            said
        };
        fs::remove_dir_all(bench.path("runs")).ok();
        run(0, "run probe.toml --quiet");
        assert_eq!(bench.rows("whole/probe-full.sqlite"), bench.rows(STORE));
        assert!(run(2, "run probe.toml --quiet").contains("exists already"), "an existing store is not replaced");
        assert_eq!(bench.rows("whole/probe-full.sqlite"), bench.rows(STORE));
        run(0, "run probe.toml --quiet --force");
        run(0, &format!("merge {STORE} -o runs/all.sqlite --quiet"));
        assert!(run(2, &format!("merge {STORE} -o runs/all.sqlite")).contains("exists already"));
        bench.write("less.toml", &PROBE.replace("[16, 64]", "[16]"));
        run(0, "run less.toml --quiet --resume");
        let mut left: Vec<String> = fs::read_dir(bench.path("runs"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !name.ends_with(".csv"))
            .collect();
        left.sort();
        assert_eq!(left, ["all.sqlite", "probe-full.sqlite", "probe-full.sqlite.before-1"]);
    }
}

/// Without locks, what is missing is said as it is, nothing is left behind, and `--no-lock` goes on.
#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn a_file_system_without_locks_is_told_from_a_store_in_use() {
    const CODE: &str = r#"
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <stdarg.h>
        #include <stdlib.h>
        #include <sys/statvfs.h>
        int statvfs(const char *path, struct statvfs *about) {
            int (*real)(const char *, struct statvfs *) = (int (*)(const char *, struct statvfs *))dlsym(RTLD_NEXT, "statvfs");
            int code = real(path, about);
            if (getenv("READ_ONLY_MEDIA")) about->f_flag |= ST_RDONLY;
            return code;
        }
        static int pass(int fd, int command, void *argument) {
            if (command == F_SETLK || command == F_SETLKW) { errno = atoi(getenv("LOCK_ERRNO")); return -1; }
            int (*real)(int, int, ...) = (int (*)(int, int, ...))dlsym(RTLD_NEXT, "fcntl64");
            return real(fd, command, argument);
        }
        int fcntl(int fd, int command, ...) {
            va_list list; va_start(list, command); void *argument = va_arg(list, void *); va_end(list);
            return pass(fd, command, argument);
        }
        int fcntl64(int fd, int command, ...) {
            va_list list; va_start(list, command); void *argument = va_arg(list, void *); va_end(list);
            return pass(fd, command, argument);
        }
    "#;
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml --out whole --quiet");
    let shim = shim(&bench, CODE);
    for errno in [libc::ENOLCK, libc::ENOSYS, libc::EOPNOTSUPP, libc::EINVAL, libc::EPERM, libc::EACCES] {
        let run = |code: i32, line: &str| {
            let output =
                bench.command(line).env("LD_PRELOAD", &shim).env("LOCK_ERRNO", errno.to_string()).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(code), "{errno} {line}: {said}");
            said
        };
        fs::remove_dir_all(bench.path("runs")).ok();
        for line in [
            "run probe.toml --quiet",
            "show whole/probe-full.sqlite",
            "export whole/probe-full.sqlite --json",
            "plot whole/probe-full.sqlite",
            "merge whole/probe-full.sqlite -o all.sqlite",
            "verify --from whole/probe-full.sqlite",
        ] {
            let said = run(2, line);
            let truly = said.contains("its file system has no locks") && said.contains("--no-lock");
            assert!(truly && said.lines().count() == 1, "{line}: {said}");
        }
        assert!(fs::read_dir(bench.path("runs")).unwrap().next().is_none(), "nothing is left behind");
        run(0, "run probe.toml --quiet --no-lock");
        run(0, "run probe.toml --quiet --no-lock --resume");
        run(0, "run probe.toml --quiet --no-lock --force");
        run(0, &format!("merge {STORE} -o runs/all.sqlite --quiet --no-lock"));
        run(0, "show runs/all.sqlite --no-lock --check");
        run(0, "export runs/all.sqlite --no-lock --csv out --force");
        let rows = fs::read_to_string(bench.path("out/rows.csv")).unwrap();
        assert!(bench.rows("whole/probe-full.sqlite").starts_with(&rows));
        // On media that nobody writes to, nothing need be locked.
        let output = bench
            .command("export whole/probe-full.sqlite --csv out --force")
            .envs([("LD_PRELOAD", shim.as_os_str()), ("LOCK_ERRNO", "37".as_ref()), ("READ_ONLY_MEDIA", "1".as_ref())])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(rows, fs::read_to_string(bench.path("out/rows.csv")).unwrap());
        // What another process holds is still told.
        fs::create_dir(bench.path(&format!("{STORE}.lock"))).unwrap();
        for line in [
            "run probe.toml --quiet --no-lock --resume".to_owned(),
            "run probe.toml --quiet --no-lock --force".to_owned(),
            format!("show {STORE} --no-lock"),
        ] {
            let said = run(2, &line);
            assert!(said.contains("is in use") && said.contains("remove this folder"), "{line}: {said}");
        }
    }
}

/// A folder, or a name, that SQLite would take for something else, or that is no text.
#[test]
#[cfg(unix)]
fn stores_have_any_name() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml --quick --out whole --quiet");
    let expected = bench.rows("whole/probe-quick.sqlite");
    let names: [&[u8]; 9] = [
        b"file:x",
        b":memory:",
        b"a?mode=memory",
        b"a#b",
        b"100%25",
        b"with space",
        b"r\xe9sultats",
        "été".as_bytes(),
        b"a'b\"c",
    ];
    for name in names {
        let folder = OsStr::from_bytes(name);
        let run = |words: &[&OsStr]| {
            let output = bench.command("").args(words).output().unwrap();
            assert!(output.status.success(), "{folder:?} {words:?}: {}", String::from_utf8_lossy(&output.stderr));
        };
        let word = OsStr::new;
        for shard in ["1/2", "2/2"] {
            run(&[
                word("run"),
                word("probe.toml"),
                word("--quick"),
                word("-q"),
                word("--shard"),
                word(shard),
                word("--out"),
                folder,
            ]);
        }
        let mut file = folder.to_owned();
        file.push(".sqlite");
        for out in [file.as_os_str(), folder] {
            // Into a file of that name, and into a file in a folder of that name.
            let out = if out == folder { bench.path("").join(folder).join("all") } else { out.into() };
            run(&[word("merge"), folder, word("-q"), word("-o"), out.as_os_str()]);
            run(&[word("export"), out.as_os_str(), word("--csv"), word("csv"), word("--force")]);
            let read = |file: &str| fs::read_to_string(bench.path("csv").join(file)).unwrap();
            assert_eq!(expected, read("rows.csv") + &read("failures.csv"), "{folder:?}");
            assert!(bench.path("").join(&out).is_file(), "{folder:?} is a file");
        }
        run(&[
            word("run"),
            word("probe.toml"),
            word("--quick"),
            word("-q"),
            word("--resume"),
            word("--shard"),
            word("1/2"),
            word("--out"),
            folder,
        ]);
    }
}

/// A store in a folder that nobody may write to is read.
#[test]
#[cfg(unix)]
fn a_folder_that_cannot_be_written_is_read() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml --quiet");
    let rows = bench.rows(STORE);
    let mode = |path: &str, mode: u32| fs::set_permissions(bench.path(path), fs::Permissions::from_mode(mode)).unwrap();
    mode(STORE, 0o444);
    mode("runs", 0o555);
    for line in [
        "show STORE --check",
        "export STORE --csv out --force",
        "plot STORE --out out",
        "merge STORE -o all.sqlite --force",
    ] {
        bench.expect(0, &line.replace("STORE", STORE));
    }
    mode("runs", 0o755);
    assert_eq!(rows, bench.rows("all.sqlite"));
}

/// Finds the 8 bytes of a stored double, flips one of their bits, and gives cell and replicate.
fn flip(bench: &Bench, store: &str, bit: usize) -> (String, i64) {
    let mut bytes = fs::read(bench.path(store)).unwrap();
    let database = rusqlite::Connection::open(bench.path(store)).unwrap();
    let sql = "SELECT id, replicate, kappa FROM rows JOIN cells USING (cell) WHERE round = 2";
    let mut select = database.prepare(sql).unwrap();
    let record = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get::<_, f64>(2)?));
    let numbers: Vec<(String, i64, f64)> = select.query_map([], record).unwrap().map(Result::unwrap).collect();
    for (cell, replicate, value) in numbers {
        let places: Vec<usize> = (0..bytes.len() - 8).filter(|&i| bytes[i..i + 8] == value.to_be_bytes()).collect();
        // One that stands in the file once; pages that are no longer used may hold others.
        if let [place] = places[..] {
            bytes[place + 7 - bit / 8] ^= 1 << (bit % 8);
            fs::write(bench.path(store), bytes).unwrap();
            return (cell, replicate);
        }
    }
    panic!("no number stands in the file once");
}

/// A flipped bit in a number, which SQLite cannot see, is found by every command that weighs, joins, draws or checks.
#[test]
fn a_flipped_bit_is_found() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml --quiet");
    assert!(bench.expect(0, &format!("show {STORE} --check")).contains("sound: 44 replicates of 8 cells"));
    let sound = fs::read(bench.path(STORE)).unwrap();
    for bit in [0, 31, 52] {
        fs::write(bench.path(STORE), &sound).unwrap();
        let (cell, replicate) = flip(&bench, STORE, bit);
        let named = format!("replicate {replicate} of cell {cell}");
        for line in ["merge STORE -o all.sqlite", "verify --from STORE", "plot STORE", "report STORE"] {
            let said = bench.complaint(2, &line.replace("STORE", STORE));
            assert!(said.contains(&named) && said.contains("damaged") && said.lines().count() == 1, "{line}: {said}");
        }
        assert!(!bench.path("all.sqlite").exists());
        assert!(bench.expect(1, &format!("show {STORE} --check")).contains(&format!("damaged: {named}")));
    }
    // A shard among others is named.
    fs::write(bench.path(STORE), &sound).unwrap();
    for index in 1..=2 {
        bench.expect(0, &format!("run probe.toml --quiet --shard {index}/2"));
    }
    flip(&bench, "runs/probe-full-shard-2-of-2.sqlite", 3);
    assert!(bench.complaint(2, "merge runs -o all.sqlite").contains("shard-2-of-2.sqlite: is damaged"));
}

/// Every column of every table that is checked: numbers that became others or nothing, values of cells, failures.
#[test]
fn every_stored_value_is_checked() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml --quiet");
    let sound = fs::read(bench.path(STORE)).unwrap();
    let columns: Vec<String> = {
        let database = rusqlite::Connection::open(bench.path(STORE)).unwrap();
        let select = database.prepare("SELECT * FROM rows").unwrap();
        select.column_names().skip(3).map(str::to_owned).collect()
    };
    assert!(columns.len() > 20);
    let mut changes: Vec<String> = Vec::new();
    for column in &columns {
        let place = format!(
            "WHERE (cell, replicate, round) IN (SELECT cell, replicate, round FROM rows WHERE \"{column}\" IS NOT NULL LIMIT 1)"
        );
        changes.push(format!("UPDATE rows SET \"{column}\" = \"{column}\" + 1e-9 + abs(\"{column}\") * 1e-9 {place}"));
        changes.push(format!("UPDATE rows SET \"{column}\" = NULL {place}"));
    }
    changes.push("UPDATE rows SET kappa = 'words' WHERE cell = 1 AND replicate = 2 AND round = 1".to_owned());
    changes.push("UPDATE cells SET replicates = replicates - 1 WHERE cell = 1".to_owned());
    changes.push("UPDATE cells SET \"process.samples\" = \"process.samples\" + 1 WHERE cell = 1".to_owned());
    changes.push("UPDATE cells SET seed = replace(seed, 'a', 'b') WHERE cell = 1".to_owned());
    changes.push("DELETE FROM rows WHERE cell = 1 AND replicate = 1 AND round = 0".to_owned());
    changes.push("DELETE FROM digests WHERE cell = 1 AND replicate = 1".to_owned());
    changes.push("INSERT INTO failures VALUES (1, 1, 'made up')".to_owned());
    for change in changes {
        fs::write(bench.path(STORE), &sound).unwrap();
        let database = rusqlite::Connection::open(bench.path(STORE)).unwrap();
        let changed = database.execute(&change, []).unwrap();
        drop(database);
        // A column that is NULL in every cell of the probe has nothing to change.
        if changed > 0 {
            let said = bench.expect(1, &format!("show {STORE} --check"));
            assert!(said.contains("damaged: "), "{change}: {said}");
            bench.complaint(2, &format!("plot {STORE}"));
        }
    }
}

/// A store of an earlier version has no digests: it is read, joined and gone on with, and the check says that there is nothing to
/// check against.
#[test]
fn a_store_without_digests_is_read() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml --quiet");
    let rows = bench.rows(STORE);
    let database = rusqlite::Connection::open(bench.path(STORE)).unwrap();
    database.execute_batch("DROP TABLE digests; DELETE FROM rows WHERE cell = 2").unwrap();
    drop(database);
    assert!(bench.expect(0, &format!("show {STORE} --check")).contains("nothing to check against"));
    bench.expect(0, &format!("plot {STORE} --out figures"));
    bench.expect(1, &format!("merge {STORE} -o all.sqlite"));
    assert!(bench.expect(0, "show all.sqlite --check").starts_with("sound: 38 replicates"));
    bench.expect(0, "run probe.toml --resume --quiet");
    assert_eq!(rows, bench.rows(STORE));
    assert!(bench.expect(0, &format!("show {STORE} --check")).starts_with("sound: 44 replicates"));
}
