//! The law of the tabular bump.

use selfreward::theory::single_step::{Bump, HardInstance};

/// Oracle: the hard instance, which it is where the bump is log 2, with its mass taken out of the pairs.
#[test]
fn with_a_bump_of_log_2_it_is_the_informative_part_of_the_hard_instance() {
    let (prompts, responses, mass) = (50.0, 9u64, 0.5);
    let bump = Bump::new(prompts, responses as f64, 2f64.ln()).unwrap();
    let hard = HardInstance::new(prompts, mass, responses).unwrap();
    assert!((1.0 / bump.kappa0() - hard.hidden_probability()).abs() < 1e-15);
    assert!((bump.resolving_probability() - hard.resolving_probability()).abs() < 1e-15);
    for beta in [0.02, 0.1, 0.3, 1.0] {
        for delta in [0.5, 0.1] {
            assert_eq!(bump.one_pair_resolves(beta, delta).unwrap(), hard.one_pair_resolves(beta, delta).unwrap());
        }
        let backs = (bump.turn_backs(1000.0, 3, beta).unwrap(), hard.turn_backs(1000.0, 3, beta).unwrap() / mass);
        assert!((backs.0 / backs.1 - 1.0).abs() < 1e-12, "{backs:?}");
    }
}

/// Oracle: all K² pairs of the softmax itself, the share of pairs unresolved raised to the power by repeated products.
#[test]
fn the_law_counts_the_pairs_that_hold_the_favoured_label() {
    let (prompts, responses, logit, n, rounds) = (7.0, 5usize, 1.3f64, 40, 3u32);
    let total = logit.exp() + (responses - 1) as f64;
    let prob = |y: usize| if y == 0 { logit.exp() / total } else { 1.0 / total };
    let pairs = (0..responses).flat_map(|y| (0..responses).map(move |z| (y, z)));
    let resolving: f64 = pairs.filter(|&(y, z)| (y == 0) != (z == 0)).map(|(y, z)| prob(y) * prob(z)).sum();
    let expected = (0..n * rounds).fold(1.0, |share, _| share * (1.0 - resolving / prompts));
    let bump = Bump::new(prompts, responses as f64, logit).unwrap();
    assert!((bump.expected_failure(f64::from(n), rounds).unwrap() / expected - 1.0).abs() < 1e-12);
    assert!((bump.kappa0() - 1.0 / prob(0)).abs() < 1e-13);
    // At its half-life the law is 1/2.
    let half = bump.half_life(rounds).unwrap();
    let (below, above) = (half.floor(), half.ceil());
    assert!(bump.expected_failure(below, rounds).unwrap() >= 0.5);
    assert!(bump.expected_failure(above, rounds).unwrap() <= 0.5);
}

/// Oracle: the softmax after the update that F5 gives for the one pair, favoured + b/(2β), other − b/(2β).
#[test]
fn one_pair_resolves_where_the_updated_softmax_says_so() {
    for responses in [3, 10, 1000] {
        for (logit, beta, delta) in
            [(0.5, 0.1, 0.5), (0.5, 0.04, 0.1), (2.0, 1.0, 0.5), (2.0, 0.3, 0.5), (4.0, 0.5, 0.9)]
        {
            let step: f64 = logit / (2.0 * beta);
            let favoured = (logit + step).exp();
            let prob = favoured / (favoured + (-step).exp() + f64::from(responses - 2));
            let bump = Bump::new(4.0, f64::from(responses), logit).unwrap();
            assert_eq!(bump.one_pair_resolves(beta, delta).unwrap(), prob > 1.0 - delta);
        }
    }
}

#[test]
fn arguments_out_of_range_are_refused() {
    assert!(Bump::new(0.0, 4.0, 1.0).is_err());
    assert!(Bump::new(4.0, 1.0, 1.0).is_err());
    assert!(Bump::new(4.0, 4.0, 0.0).is_err());
}
