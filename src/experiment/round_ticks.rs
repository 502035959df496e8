//! Ticks of an axis of rounds: whole numbers, since nothing lies between two rounds.

/// As many rounds each have a tick.
const MOST: usize = 11;
/// Where there are more, as many steps at most.
const STEPS: usize = 6;

/// Ticks at these rounds, texts as a table has them; at round numbers among them where they are many.
pub(super) fn round_ticks(rounds: &[String]) -> Vec<(f64, String)> {
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

#[cfg(test)]
mod tests {
    use super::round_ticks;

    #[test]
    fn ticks_are_whole_and_few() {
        let of = |rounds: &[usize]| {
            let texts: Vec<String> = rounds.iter().map(usize::to_string).collect();
            round_ticks(&texts).into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(of(&[]), "");
        assert_eq!(of(&[3]), "3");
        assert_eq!(of(&[2, 0, 1, 2]), "0 1 2");
        assert_eq!(of(&(0..=12).collect::<Vec<_>>()), "0 2 4 6 8 10 12");
        assert_eq!(of(&(3..=20).collect::<Vec<_>>()), "5 10 15 20");
        assert_eq!(of(&(0..=500).collect::<Vec<_>>()), "0 100 200 300 400 500");
    }
}
