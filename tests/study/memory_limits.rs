//! How much memory the machine grants, and how much work fits into it.

use std::fs;

use selfreward::memory::{DEFAULT_BYTES, Limit, fit_into, limits};

/// A file system of these files, with what `limits` finds there.
fn found(files: &[(&str, &str)]) -> Vec<(u64, &'static str)> {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    limits(root.path()).into_iter().map(|limit| (limit.bytes, limit.source)).collect()
}

#[test]
fn every_limit_is_read() {
    let memory = ("proc/meminfo", "MemTotal: 100 kB\nMemAvailable:   2000 kB\n");
    let available = (2_048_000, "the memory available");
    assert_eq!(found(&[]), [(DEFAULT_BYTES, "the memory available")]);
    assert_eq!(found(&[memory]), [available]);
    // Version 2: the group above is tighter than the one that the process is in; its file cache can be given back.
    let second = [
        memory,
        ("proc/self/cgroup", "0::/a/b\n"),
        ("sys/fs/cgroup/a/b/memory.max", "max\n"),
        ("sys/fs/cgroup/a/memory.max", "1000\n"),
        ("sys/fs/cgroup/a/memory.current", "700\n"),
        ("sys/fs/cgroup/a/memory.stat", "anon 1\ninactive_file 100\nactive_file 50\n"),
        ("sys/fs/cgroup/memory.max", "5000\n"),
    ];
    let group = "what the control group leaves";
    assert_eq!(found(&second), [available, (450, group)]);
    let first = [
        memory,
        ("proc/self/cgroup", "3:cpu:/x\n2:memory,hugetlb:/x\n"),
        ("sys/fs/cgroup/memory/x/memory.limit_in_bytes", "900\n"),
        ("sys/fs/cgroup/memory/x/memory.usage_in_bytes", "100\n"),
        ("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"),
    ];
    assert_eq!(found(&first), [available, (800, group)]);
    // A path that leads out of what is mounted: the mount counts.
    let outside = [memory, ("proc/self/cgroup", "0::/../../x\n"), ("sys/fs/cgroup/memory.max", "77\n")];
    assert_eq!(found(&outside), [available, (77, group)]);
    let process = [
        memory,
        (
            "proc/self/limits",
            "Limit  Soft Limit  Hard Limit  Units\nMax data size   5000000  unlimited  bytes\n\
             Max address space         700000         unlimited            bytes\n",
        ),
        ("proc/self/status", "Name:\tx\nVmSize:\t  100 kB\nVmData:\t 10 kB\n"),
    ];
    let limits = [(597_600, "what `ulimit -v` leaves"), (4_989_760, "what `ulimit -d` leaves")];
    assert_eq!(found(&process), [available, limits[0], limits[1]]);
    let unlimited = [memory, ("proc/self/limits", "Max address space   unlimited  unlimited  bytes\n")];
    assert_eq!(found(&unlimited), [available]);
}

#[test]
fn as_many_fit_as_the_tightest_limit_lets_in() {
    let limits = |bytes| [Limit { bytes, source: "a", thread: 10 }, Limit { bytes: 10_000, source: "b", thread: 0 }];
    let each = [300, 200, 100];
    let jobs = |bytes, kept, jobs| fit_into(&limits(bytes), "work", kept, &each, jobs).map(|fit| fit.jobs).ok();
    // 90% of 1000 is 900: 300 + 200 + 100 and three threads of 10, and 270 that are kept.
    assert_eq!((jobs(1000, 0, 3), jobs(1000, 270, 3), jobs(1000, 271, 3)), (Some(3), Some(3), Some(2)));
    assert_eq!((jobs(1000, 590, 8), jobs(1000, 591, 8)), (Some(1), None));
    assert_eq!(jobs(1000, 0, 8), Some(8));
    let refused = fit_into(&limits(100), "work", 0, &each, 2).unwrap_err().to_string();
    assert_eq!(refused, "work needs about 300 bytes, the limit is 90 bytes (90% of a)");
    let reason = fit_into(&limits(500), "work", 0, &each, 2).unwrap().reason.unwrap();
    assert_eq!(reason, "work with 2 needs about 500 bytes, the limit is 450 bytes (90% of a)");
    assert!(fit_into(&limits(1000), "work", u64::MAX, &each, 2).is_err());
}
