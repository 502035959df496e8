//! How the components of the marked responses grow, in numbers: which marked responses come together, and with how many others.
//!
//! Let R be the responses that were not looked at yet, and m the number of triples with both ends in R. Given what was seen so far, these
//! are m independent draws from ν_R × ν_R, ν_R the law restricted to R. Look at a set Q ⊂ R that the past chose. With a = ν_R(Q) and
//! b = 1 − a:
//!
//! ```text
//! triples that touch Q                 Bin(m, a(a + 2b)); the others are draws from ν_{R∖Q} × ν_{R∖Q}
//! of these, both ends in Q             Bin(·, a/(a + 2b)), each a pair of draws from ν_Q
//! the others                           one end in Q, the other from ν_{R∖Q}
//! ```
//!
//! Q is one marked response, or all responses of the lump that were found and not looked at: they belong to one component, so which of
//! them a pair touches does not matter, and they are looked at together. A component then costs a few numbers for each generation, not
//! for each pair, and one that was not touched costs one.

use super::Chance;
use super::masses::Masses;

/// A component that holds a marked response.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Component {
    /// Its marked responses, as places in the order that was given.
    pub marked: Vec<usize>,
    /// How many responses of the lump it holds.
    pub lumped: u64,
}

/// What a prompt's triples come to.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grown {
    /// The components that hold a marked response.
    pub components: Vec<Component>,
    /// How many responses of the lump are in none of them.
    pub apart: u64,
    /// Triples with y ≠ y'.
    pub diverse: u64,
    /// Whether all responses are in one component.
    pub whole: bool,
}

/// What is left to look at.
struct Growth<'c, C> {
    chance: &'c mut C,
    /// Of the marked responses that were not looked at.
    masses: &'c mut Masses,
    /// Mass of a response of the lump.
    each: f64,
    /// Triples with both ends among what was not looked at.
    left: u64,
    /// Responses of the lump that were not found.
    unfound: u64,
    found: Vec<bool>,
    diverse: u64,
}

/// Lets the components of the marked responses grow: of `triples` draws (y, y') over marked responses with these masses and `lump`
/// responses of mass `each`.
pub fn grow(
    marked: impl ExactSizeIterator<Item = f64>,
    (each, lump): (f64, u64),
    triples: u64,
    masses: &mut Masses,
    chance: &mut impl Chance,
) -> Grown {
    let count = marked.len();
    masses.assign(marked);
    let found = vec![false; count];
    let mut growth = Growth { chance, masses, each, left: triples, unfound: lump, found, diverse: 0 };
    let mut components = Vec::new();
    for start in 0..count {
        if !growth.found[start] {
            growth.found[start] = true;
            components.push(growth.component(vec![start], 0));
        }
    }
    let (whole, apart) = if count == 0 && lump > 0 {
        // Nothing will move. Whether all is one component is known from any response of the lump.
        growth.unfound -= 1;
        (growth.component(Vec::new(), 1).lumped == lump, lump)
    } else {
        (components.len() == 1 && growth.unfound == 0, growth.unfound)
    };
    // What is left are pairs of responses that were not found, each as likely as any other.
    let others = growth.unfound.saturating_sub(1) as f64;
    let diverse = growth.diverse + growth.chance.binomial(growth.left, others, 1.0);
    Grown { components, apart, diverse, whole }
}

impl<C: Chance> Growth<'_, C> {
    /// The component of a marked response that was found, or of a response of the lump.
    fn component(&mut self, mut marked: Vec<usize>, mut frontier: u64) -> Component {
        let mut component = Component::default();
        loop {
            let (mass, members) = if let Some(place) = marked.pop() {
                component.marked.push(place);
                (self.masses.take(place), 1)
            } else if frontier > 0 {
                let members = std::mem::take(&mut frontier);
                component.lumped += members;
                (members as f64 * self.each, members)
            } else {
                return component;
            };
            let lumped = (frontier + self.unfound) as f64 * self.each;
            let behind = self.masses.left() + lumped;
            let outer = self.touch((mass, members), behind);
            let to_lump = self.chance.binomial(outer, lumped, self.masses.left());
            let to_unfound = self.chance.binomial(to_lump, self.unfound as f64, frontier as f64);
            let new = self.chance.occupied(to_unfound, self.unfound);
            self.unfound -= new;
            frontier += new;
            let found = &mut self.found;
            self.masses.hit(outer - to_lump, self.chance, &mut |place| {
                if !std::mem::replace(&mut found[place], true) {
                    marked.push(place);
                }
            });
        }
    }

    /// Draws the triples that touch equally likely `members` of this mass, and says how many of them have one end among what is `behind`.
    fn touch(&mut self, (mass, members): (f64, u64), behind: f64) -> u64 {
        if self.left == 0 || mass <= 0.0 {
            return 0;
        }
        let (a, b) = (mass / (mass + behind), behind / (mass + behind));
        let hits = self.chance.binomial(self.left, a * (a + 2.0 * b), b * b);
        self.left -= hits;
        let inner = self.chance.binomial(hits, a, 2.0 * b);
        let equal = self.chance.binomial(inner, 1.0, (members - 1) as f64);
        self.diverse += hits - equal;
        hits - inner
    }
}
