//! How many threads work is given.

use selfreward::threads::capped;

#[test]
fn threads_are_capped_at_the_work_and_at_four_for_each_core() {
    for (asked, units, cores, jobs) in
        [(100_000, 3, 2, 3), (100_000, 1000, 2, 8), (2, 1000, 2, 2), (5, 0, 2, 1), (7, 1000, 1, 4)]
    {
        assert_eq!(capped(asked, units, cores), jobs, "{asked} {units} {cores}");
    }
}
