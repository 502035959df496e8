//! Ticks of an axis of rounds.

use selfreward::experiment::round_ticks;

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
