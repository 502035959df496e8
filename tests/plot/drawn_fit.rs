//! Laws fitted to what a figure draws.

use selfreward::experiment::Table;
use selfreward::experiment::drawn_fit::{Abscissa, DrawnFit};

/// x, mean, replicates, law.
fn table(rows: &[(f64, f64, u32, f64)]) -> Table {
    let lines = rows.iter().map(|(x, mean, replicates, law)| format!("{x},{mean},{replicates},{law}\n"));
    Table::parse(&format!("n,f_mean,replicates,law\n{}", lines.collect::<String>())).unwrap()
}

fn fit(rows: &[(f64, f64, u32, f64)]) -> Option<DrawnFit> {
    DrawnFit::of(&table(rows), ("n", Abscissa::Logarithm), ("f", 0.0), ("law", &|law| law)).unwrap()
}

/// Oracle: by hand. With log₂ n = 0, 1, 2 and log₂ f = 0, −1, −3 the slope is −3/2 for equal weights, with residuals −1/6, 1/3,
/// −1/6 and so an error of √(1/6/2) = 0.289; the last point three times makes it −25/16.
#[test]
fn every_drawn_point_counts_by_its_replicates() {
    let rows = |last| [(1.0, 1.0, 1, 8.0), (2.0, 0.5, 1, 4.0), (4.0, 0.125, last, 2.0), (8.0, 0.0, 1, 1.0)];
    let equal = fit(&rows(1)).unwrap();
    assert!((equal.slope + 1.5).abs() < 1e-12 && equal.points == 3, "{equal:?}");
    assert!((equal.law + 1.0).abs() < 1e-12, "{equal:?}");
    // Student's law with one degree of freedom has its 97.5% quantile at 12.706.
    assert!((equal.half.unwrap() - 12.7062 * (1.0f64 / 12.0).sqrt()).abs() < 1e-3, "{equal:?}");
    let uneven = fit(&rows(3)).unwrap();
    assert!((uneven.slope + 25.0 / 16.0).abs() < 1e-12, "{uneven:?}");
    assert_eq!(equal.text(1), "−1.5 [−5.2, 2.2], 3 points; law −1.0");
    assert!(fit(&rows(1)[..1]).is_none());
}
