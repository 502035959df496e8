//! What is wrong with a command line, in one line: the argument, its value, and what was expected.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// The message; `None` for what is no refusal (help, version) or is best answered by the help.
pub fn refusal(error: &clap::Error) -> Option<String> {
    let words = |kind| match error.get(kind)? {
        ContextValue::Strings(words) => Some(words.join(", ")),
        ContextValue::StyledStrs(words) => Some(words.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
        ContextValue::None => None,
        other => Some(other.to_string()),
    };
    let argument = words(ContextKind::InvalidArg).unwrap_or_default();
    // `--jobs <N>` is the flag with the name of its value.
    let flag = argument.split(' ').next().unwrap_or_default();
    let value = words(ContextKind::InvalidValue).unwrap_or_default();
    let near = |kind| words(kind).map_or_else(String::new, |near| format!("; the nearest is {near}"));
    let message = match error.kind() {
        ErrorKind::ValueValidation => {
            let expected = error.source().map_or_else(|| "another value".to_owned(), ToString::to_string);
            format!("{flag} = {value}: expected {expected}")
        }
        ErrorKind::InvalidValue if value.is_empty() => format!("{flag} has no value: expected {argument}"),
        ErrorKind::InvalidValue => {
            let valid = words(ContextKind::ValidValue).unwrap_or_default();
            format!("{flag} = {value}: expected one of {valid}{}", near(ContextKind::SuggestedValue))
        }
        ErrorKind::UnknownArgument => {
            let hint = match &argument {
                text if text.ends_with(".toml") => "; a configuration follows --config",
                text if text.ends_with(']') || text.ends_with('}') => {
                    "; a value with spaces stands in quotes: --set 'KEY=[1, 2]'"
                }
                _ => "",
            };
            format!("{argument}: expected an argument that --help names{}{hint}", near(ContextKind::SuggestedArg))
        }
        ErrorKind::InvalidSubcommand => {
            let name = words(ContextKind::InvalidSubcommand).unwrap_or_default();
            format!("{name}: expected a command that --help names{}", near(ContextKind::SuggestedSubcommand))
        }
        ErrorKind::MissingRequiredArgument => format!("{argument} is missing: expected as --help says"),
        ErrorKind::ArgumentConflict => {
            let other = words(ContextKind::PriorArg).unwrap_or_default();
            match other == argument {
                true => format!("{argument} is there twice: expected once"),
                false => format!("{argument} beside {other}: expected one of them alone"),
            }
        }
        ErrorKind::WrongNumberOfValues | ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::NoEquals => {
            format!("{argument}: expected as many values as --help says")
        }
        ErrorKind::InvalidUtf8 => "an argument is no UTF-8: expected text".to_owned(),
        _ => return None,
    };
    Some(message)
}
