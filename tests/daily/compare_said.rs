//! What `compare` says where too little is known: never that A and B are equal.

use std::fs;

use crate::study_common::Bench;

const GAUSSIAN: &str = "[instance]\nkind = 'gaussian'\nprompts = 12\nresponses = 4\ndim = 6\ntheta_norm = 2.0\n\
    [process]\nbeta = 1.0\nsamples = 6\nrounds = 3\n[run]\nreplicates = 8\n";

/// The line of a quantity in the answer.
fn line<'a>(text: &'a str, quantity: &str) -> &'a str {
    let start = format!("  {quantity}: ");
    text.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_else(|| panic!("{quantity}: {text}"))
}

/// With the base policy as the reference the first round is the same; of κ and the margin, which have no ends, eight replicates tell nothing.
#[test]
fn quantities_without_an_interval_are_unknown_and_not_equal() {
    let bench = Bench::with("c.toml", GAUSSIAN);
    let compare = "compare c.toml --set-b process.reference=\"base\" -q";
    let text = bench.expect(0, &format!("{compare} --y kappa,margin --out o"));
    let headline = "Whether A and B differ is unknown in part: 2 of 6 values are equal; of kappa and margin it is unknown (too few \
                    replicates):";
    assert!(text.contains(headline), "{text}");
    let said = line(&text, "kappa");
    let (start, rest) = said.split_once("; at t = 3 B − A = ").unwrap();
    assert_eq!(start, "unknown at 2 of 3 rounds (too few replicates)");
    assert!(rest.ends_with(" in the mean; equal at t = 1"), "{said}");
    let figure = fs::read_to_string(bench.path("o/compare.svg")).unwrap();
    assert!(figure.contains("no intervals") && !figure.contains("95% intervals"));
    assert!(figure.contains("no interval: too few replicates") && !figure.contains("1.5<"), "{figure}");
    let text = bench.expect(0, &format!("{compare} --y kappa,base_probability --t 2,3"));
    let headline =
        text.lines().find(|line| line.starts_with("No difference") || line.starts_with("A and B differ")).unwrap();
    assert!(headline.ends_with("; of kappa it is unknown (too few replicates):"), "{text}");
}

#[test]
fn a_single_replicate_says_nothing_of_the_expectations() {
    let bench = Bench::with("c.toml", GAUSSIAN);
    let compare = "compare c.toml --replicates 1 -q";
    let text = bench.expect(0, &format!("{compare} --set-b process.beta=3.0 --y kappa,margin"));
    assert!(
        text.contains("Whether A and B differ is unknown: one replicate says nothing of the expectations:"),
        "{text}"
    );
    let said = line(&text, "kappa");
    assert!(
        said.starts_with("unknown (single replicate); at t = 3 B − A = ") && said.ends_with("on the one replicate")
    );
    let text = bench.expect(0, &format!("{compare} --set-b process.reference=\"base\" --y kappa,margin"));
    assert!(text.contains("one replicate says nothing of the expectations (2 of 6 values are equal on it):"), "{text}");
    let text = bench.expect(0, &format!("{compare} --set-b process.rounds=2 --y kappa,drift"));
    assert!(text.contains("A and B are equal in every value on one replicate, which says nothing of the"), "{text}");
    assert_eq!(line(&text, "kappa"), "equal on one replicate, which says nothing of the expectations");
}
