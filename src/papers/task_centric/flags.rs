//! The numbers that the chapter's bounds ask for, beyond those that another paper declares.

use crate::papers::{Flag, Kind};

/// Every flag, in the order of the help.
pub(super) const FLAGS: &[Flag] = &[
    flag("acceptance", Kind::Real, "Acceptance term a = log(#Π T/ρ)/n of each of T rounds"),
    flag("start", Kind::Real, "Probability J₀ of a correct answer before the first round"),
    flag("difficulties", Kind::List, "Difficulties h₁,…,h_L of the levels, nats: log-odds −h of an acceptance"),
    flag("transfer", Kind::Real, "Transfer ν, nats: what a solved level adds to the log-odds of the next"),
];

const fn flag(name: &'static str, kind: Kind, help: &'static str) -> Flag {
    Flag { name, kind, help }
}
