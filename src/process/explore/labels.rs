//! Which responses of a lump were found: equally likely as they are, any of them, without replacement.

use rand::{Rng, RngExt};

/// Deals out the numbers below `total` to classes of these sizes, which sum to `total`, each way as likely as any other; ascending within
/// a class. The class `unnamed` gets what is left, and its list stays empty.
pub fn deal(sizes: &[u64], unnamed: usize, total: u32, rng: &mut impl Rng) -> Vec<Vec<u32>> {
    let named = |class: usize| if class == unnamed { 0 } else { sizes[class] as usize };
    let mut dealt = vec![Vec::new(); sizes.len()];
    let count: usize = (0..sizes.len()).map(named).sum();
    if count == 0 {
        return dealt;
    }
    let mut numbers = subset(count, total, rng);
    let several = (0..sizes.len()).filter(|&class| named(class) > 0).count() > 1;
    if several {
        for i in 0..numbers.len() - 1 {
            let j = rng.random_range(i..numbers.len());
            numbers.swap(i, j);
        }
    }
    let mut rest = &numbers[..];
    for (class, list) in dealt.iter_mut().enumerate() {
        let (own, others) = rest.split_at(named(class));
        list.extend_from_slice(own);
        if several {
            list.sort_unstable();
        }
        rest = others;
    }
    dealt
}

/// So many of the numbers below `total`, each set as likely as any other; ascending.
fn subset(count: usize, total: u32, rng: &mut impl Rng) -> Vec<u32> {
    let all = total as usize;
    if count > all / 2 {
        let left_out = subset(all - count, total, rng);
        let mut left_out = left_out.into_iter().peekable();
        return (0..total).filter(|number| left_out.next_if_eq(number).is_none()).collect();
    }
    // How often it is drawn depends on how many are missing, and not on which: so no set is preferred.
    let mut numbers: Vec<u32> = Vec::with_capacity(count);
    while numbers.len() < count {
        let missing = count - numbers.len();
        numbers.extend((0..missing).map(|_| rng.random_range(0..total)));
        numbers.sort_unstable();
        numbers.dedup();
    }
    numbers
}
