//! Ticks of an axis of rounds: whole numbers, since nothing lies between two rounds.

/// As many rounds each have a tick.
const MOST: usize = 11;
/// Where there are more, as many steps at most.
const STEPS: usize = 6;

/// Ticks at these rounds, texts as a table has them; at round numbers among them where they are many.
pub fn round_ticks(rounds: &[String]) -> Vec<(f64, String)> {
    let mut rounds: Vec<usize> = rounds.iter().filter_map(|text| text.parse().ok()).collect();
    rounds.sort_unstable();
    rounds.dedup();
    let [first, .., last] = rounds[..] else { return rounds.into_iter().map(tick).collect() };
    if rounds.len() <= MOST {
        return rounds.into_iter().map(tick).collect();
    }
    let steps =
        (0..).flat_map(|power| [1, 2, 5].map(|digit: usize| digit.saturating_mul(10usize.saturating_pow(power))));
    let step = steps.into_iter().find(|step| (last - first) / step <= STEPS).unwrap_or(1);
    (first.div_ceil(step)..=last / step).map(|multiple| tick(multiple * step)).collect()
}

fn tick(round: usize) -> (f64, String) {
    (round as f64, round.to_string())
}
