//! What stands beside the policy, response by response or prompt by prompt; what lies beyond a prompt's responses is padding.

use super::arrays::Array;
use crate::instance::Correct;
use crate::logits::LogitTable;
use crate::{Error, Result};

/// What an array (M, K) beside the policy has to look like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape<'a> {
    /// K(x).
    pub responses: &'a [usize],
    /// K, the most responses of a prompt.
    pub most: usize,
    /// The array that says so.
    pub of: &'a str,
}

impl<'a> Shape<'a> {
    /// The rows of an array (M, K), each cut to its prompt's responses.
    fn rows<T>(
        self,
        array: &'a Option<Array<T>>,
        name: &str,
    ) -> Result<Option<impl Iterator<Item = &'a [T]> + use<'a, T>>> {
        let Some(Array { shape, values }) = array else { return Ok(None) };
        if *shape != [self.responses.len(), self.most] {
            let expected = format!("({}, {}), for the shape of {}", self.responses.len(), self.most, self.of);
            return Err(Error::argument(format!("shape of {name}"), format!("{shape:?}"), expected));
        }
        Ok(Some(values.chunks(self.most).zip(self.responses).map(|(row, &count)| &row[..count])))
    }

    /// A number for each response.
    pub fn logits(self, array: &'a Option<Array<f64>>, name: &str) -> Result<Option<LogitTable>> {
        let Some(rows) = self.rows(array, name)? else { return Ok(None) };
        let mut table = LogitTable::default();
        for (x, row) in rows.enumerate() {
            if let Some(y) = row.iter().position(|value| !value.is_finite()) {
                return Err(Error::argument(format!("{name}[{x}, {y}]"), row[y], "a finite number"));
            }
            table.push_dense(row);
        }
        Ok(Some(table))
    }

    /// The correct responses, by either array or both; `None` where of no prompt anything is known.
    pub fn correct(self, array: &'a Option<Array<i128>>, answers: Option<Vec<Option<u32>>>) -> Result<Option<Correct>> {
        let lists = match (self.rows(array, "correct")?, answers) {
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
        Correct::new(lists, |x| self.responses[x]).map(Some)
    }
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
