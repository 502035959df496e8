//! Claims: evidence in, verdict out.
//!
//! ```text
//! Results ──► Trial / CellRows ──► Evidence ──► weigh(rule, evidence) ──► Weighed ──► Ledger
//!  rows        what was measured    cases, curves,   sees neither the           verdict
//!              + theory's numbers   ratios           name nor what is expected
//! ```
//!
//! A [`Claim`] says where its evidence comes from and which rule weighs it. Collecting is where a measured row meets a bound
//! ([`Case`], [`Curve`], [`Ratio`]); what weighs them ([`mod@weigh`]) knows numbers and a rule alone. A [`Control`] is the same with
//! a false statement, and has to come out violated.
//!
//! Nothing here knows a paper's content: claims, printed statements and bounds are data of [`crate::papers`].

pub mod cases;
mod claim;
mod elsewhere;
mod evidence;
pub mod expectation;
pub mod falsifier;
pub mod gather;
pub mod ledger;
pub mod own;
pub mod premises;
mod trial;
pub mod weigh;
pub mod witness;
pub mod words;

pub use claim::{Claim, Control, Judge, Level, Source, Statement};
pub use evidence::{Axes, Case, Comparison, Curve, CurvePoint, Evidence, Extent, Form, Place, Ratio, Replay};
pub use expectation::Expectation;
pub use ledger::Ledger;
pub use trial::{Trial, Trials};
pub use weigh::{Rule, Unknown, Weighed, weigh};
