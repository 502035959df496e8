//! The numbers that the chapter's bounds ask for, beyond those that another paper declares.

use crate::papers::{Flag, Kind};

/// Every flag, in the order of the help.
pub(super) const FLAGS: &[Flag] = &[
    flag("probabilities", Kind::List, "Probabilities π(y) of all responses to a prompt, at least 0, with the sum 1"),
    flag("best-of", Kind::Whole, "Draws N of which the best is kept, or that are seen at each draw of a prompt"),
    flag("modes", Kind::List, "Base probability π_0(y*|x) of the mode in each group of prompts"),
    flag("weights", Kind::List, "Probability of each group of prompts; their sum is 1"),
    flag("c-conc", Kind::Real, "Largest concentrability C_conc of a member, C_{π/π_0}"),
    flag("c-loss", Kind::Real, "Largest C_loss of a member, E_x E_{π_0}(π_0/π)^β"),
    flag("margin", Kind::Real, "Margin g: max π_0 ≥ (1+g)π_0(y') off the mode"),
];

const fn flag(name: &'static str, kind: Kind, help: &'static str) -> Flag {
    Flag { name, kind, help }
}
