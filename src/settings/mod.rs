//! Settings as a person writes them: what a key holds, and where it is declared.
//!
//! Each choice (a slot of a loop, a fit) declares its keys beside what they mean to it; lists of these declarations are what refuses
//! unknown keys, checks values, and writes the help.

mod form;
mod key;
mod section;
mod written;

pub(crate) use form::known;
pub use form::{Field, Form, Inner};
pub use key::Key;
pub use section::Section;
pub(crate) use section::number;
pub(crate) use written::Written;
