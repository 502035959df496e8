//! What stands beside the features, response by response or prompt by prompt; what lies beyond a prompt's responses is padding.

use super::archive::Array;
use crate::instance::Correct;
use crate::logits::LogitTable;
use crate::{Error, Result};

/// The rows of an array (M, K), each cut to its prompt's responses.
fn rows<'a, T>(
    array: &'a Option<Array<T>>,
    name: &str,
    responses: &'a [usize],
    most: usize,
) -> Result<Option<impl Iterator<Item = &'a [T]> + use<'a, T>>> {
    let Some(Array { shape, values }) = array else { return Ok(None) };
    if *shape != [responses.len(), most] {
        let expected = format!("({}, {most}), for the shape of phi", responses.len());
        return Err(Error::argument(format!("shape of {name}"), format!("{shape:?}"), expected));
    }
    Ok(Some(values.chunks(most).zip(responses).map(|(row, &count)| &row[..count])))
}

/// A number for each response.
pub(super) fn logits(
    array: &Option<Array<f64>>,
    name: &str,
    responses: &[usize],
    most: usize,
) -> Result<Option<LogitTable>> {
    let Some(rows) = rows(array, name, responses, most)? else { return Ok(None) };
    let mut table = LogitTable::default();
    for (x, row) in rows.enumerate() {
        if let Some(y) = row.iter().position(|value| !value.is_finite()) {
            return Err(Error::argument(format!("{name}[{x}, {y}]"), row[y], "a finite number"));
        }
        table.push_dense(row);
    }
    Ok(Some(table))
}

/// The one correct response of each prompt, `None` where it is not known.
pub(super) fn answers(given: Option<&[i128]>) -> Result<Option<Vec<Option<u32>>>> {
    let answer = |(x, &answer): (usize, &i128)| {
        if answer == -1 {
            return Ok(None);
        }
        let expected = "the index of a response from 0, or -1 where it is not known";
        u32::try_from(answer).map(Some).map_err(|_| Error::argument(format!("answer[{x}]"), answer, expected))
    };
    given.map(|answers| answers.iter().enumerate().map(answer).collect()).transpose()
}

/// The correct responses, by either array or both; `None` where of no prompt anything is known.
pub(super) fn correct(
    array: &Option<Array<i128>>,
    answers: Option<Vec<Option<u32>>>,
    responses: &[usize],
    most: usize,
) -> Result<Option<Correct>> {
    let lists = match (rows(array, "correct", responses, most)?, answers) {
        (None, None) => return Ok(None),
        (None, Some(answers)) => answers.into_iter().map(|answer| answer.map(|one| vec![one])).collect(),
        (Some(rows), answers) => {
            let lists = rows.enumerate().map(|(x, row)| list(x, row)).collect::<Result<Vec<_>>>()?;
            for (x, answer) in answers.into_iter().flatten().enumerate() {
                agree(x, answer, lists[x].as_deref())?;
            }
            lists
        }
    };
    // Nothing known is as good as no array.
    if lists.iter().all(Option::is_none) {
        return Ok(None);
    }
    Correct::new(lists, |x| responses[x]).map(Some)
}

/// The correct responses of one prompt.
fn list(x: usize, row: &[i128]) -> Result<Option<Vec<u32>>> {
    if row.iter().all(|&value| value == -1) {
        return Ok(None);
    }
    match row.iter().position(|value| !(0..=1).contains(value)) {
        Some(y) => {
            let expected = "0 or 1, or -1 for all responses of a prompt where they are not known";
            Err(Error::argument(format!("correct[{x}, {y}]"), row[y], expected))
        }
        None => Ok(Some((0..).zip(row).filter(|(_, value)| **value == 1).map(|(y, _)| y).collect())),
    }
}

/// Refuses an answer that is not the only correct response of its prompt.
fn agree(x: usize, answer: Option<u32>, correct: Option<&[u32]>) -> Result<()> {
    let Some(answer) = answer else { return Ok(()) };
    let expected = match correct {
        Some(&[one]) if one == answer => return Ok(()),
        Some(&[one]) => format!("{one} or -1, as correct[{x}] says"),
        Some([]) => format!("-1, as correct[{x}] has no correct response"),
        Some(several) => format!("-1, as correct[{x}] has {} correct responses", several.len()),
        None => format!("-1, as correct[{x}] says that it is not known"),
    };
    Err(Error::argument(format!("answer[{x}]"), answer, expected))
}

/// The level of each prompt.
pub(super) fn levels(given: &[i128]) -> Result<Vec<i64>> {
    let level = |(x, &level): (usize, &i128)| {
        i64::try_from(level).map_err(|_| Error::argument(format!("level[{x}]"), level, "a whole number below 2^63"))
    };
    given.iter().enumerate().map(level).collect()
}
