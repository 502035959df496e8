//! Logits of every prompt's responses, stored so that responses with the same logit need no storage of their own.
//!
//! A prompt's row holds *atoms*, responses with a logit of their own, and one logit that all other responses (the
//! *rest*) share. A dense instance has an atom for every response. A tabular instance with 10^6 responses a prompt, one
//! of them favoured, has one atom a prompt. Policy, sampling and metrics read rows and need not know which case it is.

use std::ops::Range;

use crate::floats::Norm;
use crate::threads::{blocks, for_each_block};

/// A response with a logit of its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Atom {
    /// The response's index at its prompt, from 0.
    pub response: u32,
    /// Its logit ⟨θ, φ(x,y)⟩, in nats.
    pub logit: f64,
}

/// The logits of one prompt.
///
/// ```
/// use selfreward::logits::{Atom, LogitTable};
///
/// // Of a million responses the seventh has a logit of its own.
/// let mut table = LogitTable::default();
/// table.push([Atom { response: 6, logit: 3.0 }], 0.0, 999_999);
/// let row = table.row(0);
/// assert_eq!((row.responses(), row.logit(6), row.logit(7)), (1_000_000, 3.0, 0.0));
/// assert_eq!(row.levels().collect::<Vec<_>>(), [(3.0, 1.0), (0.0, 999_999.0)]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Responses with a logit of their own, by ascending index.
    pub atoms: &'a [Atom],
    /// The logit of every other response; means nothing if there is none.
    pub rest_logit: f64,
    /// How many other responses there are.
    pub rest: u32,
}

impl Row<'_> {
    /// K(x), the number of responses.
    #[inline]
    pub fn responses(&self) -> usize {
        self.atoms.len() + self.rest as usize
    }

    /// The logit of a response.
    #[inline]
    pub fn logit(&self, response: u32) -> f64 {
        match self.place(response) {
            Some(at) => self.atoms[at].logit,
            None => self.rest_logit,
        }
    }

    /// Where a response stands among the atoms; `None` if it is none.
    #[inline]
    pub(crate) fn place(&self, response: u32) -> Option<usize> {
        // Where all responses are atoms, each stands at its own number.
        let own = response as usize;
        if self.atoms.get(own).is_some_and(|atom| atom.response == response) {
            return Some(own);
        }
        self.atoms.binary_search_by_key(&response, |atom| atom.response).ok()
    }

    /// The `rank`-th response (from 0) of the rest, by ascending index.
    #[inline]
    pub fn rest_response(&self, rank: u32) -> u32 {
        nth_other(rank, self.atoms.len(), |i| self.atoms[i].response)
    }

    /// Distinct logits with their multiplicities: every atom, then the rest.
    #[inline]
    pub fn levels(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let rest = (self.rest > 0).then_some((self.rest_logit, f64::from(self.rest)));
        self.atoms.iter().map(|atom| (atom.logit, 1.0)).chain(rest)
    }

    /// As [`Row::levels`], with nothing between the loop and what it does.
    #[inline]
    pub(crate) fn for_each_level(&self, mut f: impl FnMut(f64, f64)) {
        for atom in self.atoms {
            f(atom.logit, 1.0);
        }
        if self.rest > 0 {
            f(self.rest_logit, f64::from(self.rest));
        }
    }
}

/// The `rank`-th number (from 0) that is not in a list of so many ascending numbers.
pub(crate) fn nth_other(rank: u32, count: usize, listed: impl Fn(usize) -> u32) -> u32 {
    // It lies behind every listed number that has at most `rank` others before it; the i-th has `listed(i) - i` of them.
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low.midpoint(high);
        if listed(middle) - middle as u32 <= rank {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    rank + low as u32
}

/// Pairs up the logits of two rows over the same responses: (logit in `a`, logit in `b`, multiplicity).
pub fn joint_levels<'a>(a: Row<'a>, b: Row<'a>) -> impl Iterator<Item = (f64, f64, f64)> + 'a {
    let (mut i, mut j, mut rest) = (0, 0, a.responses());
    std::iter::from_fn(move || {
        let Some(response) = least_response(a.atoms.get(i), b.atoms.get(j)) else {
            let last = (rest > 0).then_some((a.rest_logit, b.rest_logit, rest as f64));
            rest = 0;
            return last;
        };
        rest -= 1;
        let (left, next_i) = take(a.atoms, i, response, a.rest_logit);
        let (right, next_j) = take(b.atoms, j, response, b.rest_logit);
        (i, j) = (next_i, next_j);
        Some((left, right, 1.0))
    })
}

/// As [`joint_levels`], with places in place of logits: that of an atom in its row, that of the rest
/// behind the last atom.
pub(crate) fn for_each_joint(a: Row<'_>, b: Row<'_>, mut f: impl FnMut(usize, usize, f64)) {
    let (mut i, mut j, mut rest) = (0, 0, a.responses());
    if a.rest == 0 && b.rest == 0 {
        // Every response is an atom in both.
        return (0..rest).for_each(|y| f(y, y, 1.0));
    }
    while let Some(response) = least_response(a.atoms.get(i), b.atoms.get(j)) {
        rest -= 1;
        let place = |atoms: &[Atom], at: usize| match atoms.get(at) {
            Some(atom) if atom.response == response => (at, at + 1),
            _ => (atoms.len(), at),
        };
        let ((left, next_i), (right, next_j)) = (place(a.atoms, i), place(b.atoms, j));
        (i, j) = (next_i, next_j);
        f(left, right, 1.0);
    }
    if rest > 0 {
        f(a.atoms.len(), b.atoms.len(), rest as f64);
    }
}

/// The smaller response of two atoms that may be absent.
#[inline]
fn least_response(a: Option<&Atom>, b: Option<&Atom>) -> Option<u32> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.response.min(b.response)),
        (one, other) => one.or(other).map(|atom| atom.response),
    }
}

/// The logit of `response`, which is the atom at `at` or belongs to the rest, and where to go on.
#[inline]
fn take(atoms: &[Atom], at: usize, response: u32, rest_logit: f64) -> (f64, usize) {
    match atoms.get(at) {
        Some(atom) if atom.response == response => (atom.logit, at + 1),
        _ => (rest_logit, at),
    }
}

/// The logits of all prompts.
///
/// ```
/// use selfreward::logits::LogitTable;
///
/// let table = LogitTable::dense(&[0, 2, 5], &[1.0, 2.0, 3.0, 4.0, 5.0]);
/// assert_eq!((table.prompts(), table.row(1).logit(2)), (2, 5.0));
/// let sum = table.zip_with(&table.map(|logit| -logit), |a, b| a + b);
/// assert_eq!(sum.norm(), 0.0);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LogitTable {
    starts: Vec<usize>,
    atoms: Vec<Atom>,
    rest_logits: Vec<f64>,
    rests: Vec<u32>,
}

impl Default for LogitTable {
    fn default() -> Self {
        Self { starts: vec![0], atoms: Vec::new(), rest_logits: Vec::new(), rests: Vec::new() }
    }
}

impl LogitTable {
    /// A table in which every response is an atom; `starts[x]..starts[x+1]` are the rows of prompt x.
    pub fn dense(starts: &[usize], logits: &[f64]) -> Self {
        let mut table = Self::default();
        for range in starts.windows(2) {
            table.push_dense(&logits[range[0]..range[1]]);
        }
        table
    }

    /// Appends a prompt whose responses all are atoms.
    pub fn push_dense(&mut self, logits: &[f64]) {
        let atoms = logits.iter().enumerate().map(|(y, &logit)| Atom { response: y as u32, logit });
        self.push(atoms, 0.0, 0);
    }

    /// Appends a prompt; `atoms` come by ascending response, `rest` counts the responses that are none.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use selfreward::logits::{Atom, LogitTable};
    /// use selfreward::policy::Policy;
    ///
    /// // A million responses, one of them with a logit of its own: the table holds one atom.
    /// let mut table = LogitTable::default();
    /// table.push([Atom { response: 7, logit: 10.0 }], 0.0, 999_999);
    /// let policy = Policy::from_logits(Arc::new(table));
    /// let e = 10f64.exp();
    /// assert!((policy.prob(0, 7) - e / (e + 999_999.0)).abs() < 1e-15);
    /// assert_eq!(policy.prob(0, 8), policy.prob(0, 999_998));
    /// ```
    pub fn push(&mut self, atoms: impl IntoIterator<Item = Atom>, rest_logit: f64, rest: u32) {
        self.atoms.extend(atoms);
        self.starts.push(self.atoms.len());
        self.rest_logits.push(rest_logit);
        self.rests.push(rest);
    }

    /// Appends a prompt with so many responses, of which `fill` appends atoms, in any order; the others
    /// have the logit 0.
    pub(crate) fn push_with(&mut self, responses: usize, fill: impl FnOnce(&mut Vec<Atom>)) {
        let before = self.atoms.len();
        fill(&mut self.atoms);
        self.atoms[before..].sort_unstable_by_key(|atom| atom.response);
        let rest = (responses - (self.atoms.len() - before)) as u32;
        self.push([], 0.0, rest);
    }

    /// Appends the prompts of another table.
    pub(crate) fn append(&mut self, other: &Self) {
        let before = self.atoms.len();
        self.atoms.extend_from_slice(&other.atoms);
        self.starts.extend(other.starts[1..].iter().map(|end| before + end));
        self.rest_logits.extend_from_slice(&other.rest_logits);
        self.rests.extend_from_slice(&other.rests);
    }

    /// M, the number of prompts.
    pub fn prompts(&self) -> usize {
        self.rests.len()
    }

    #[inline]
    fn range(&self, prompt: usize) -> Range<usize> {
        self.starts[prompt]..self.starts[prompt + 1]
    }

    /// The logits of one prompt.
    #[inline]
    pub fn row(&self, prompt: usize) -> Row<'_> {
        Row { atoms: &self.atoms[self.range(prompt)], rest_logit: self.rest_logits[prompt], rest: self.rests[prompt] }
    }

    /// The rows of all prompts, in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        (0..self.prompts()).map(|x| self.row(x))
    }

    /// Every logit mapped by `f`; responses that shared a logit go on sharing one.
    pub fn map(&self, f: impl Fn(f64) -> f64) -> Self {
        let mut table = self.clone();
        table.atoms.iter_mut().for_each(|atom| atom.logit = f(atom.logit));
        table.rest_logits.iter_mut().for_each(|logit| *logit = f(*logit));
        table
    }

    /// Response by response, f(logit here, logit there); responses that share a logit in both go on sharing one.
    pub fn zip_with(&self, other: &Self, f: impl Fn(f64, f64) -> f64 + Sync) -> Self {
        let prompts = self.prompts().min(other.prompts());
        let block = |range: Range<usize>| self.zip_block(other, range, &f);
        if blocks(prompts) <= 1 {
            return block(0..prompts);
        }
        let mut table = Self::with_room(prompts, 0);
        for_each_block(prompts, block, |block| table.append(&block));
        table
    }

    fn zip_block(&self, other: &Self, prompts: Range<usize>, f: &impl Fn(f64, f64) -> f64) -> Self {
        let atoms = |table: &Self| table.starts[prompts.end] - table.starts[prompts.start];
        let mut table = Self::with_room(prompts.len(), atoms(self).max(atoms(other)));
        for x in prompts {
            table.push_joint(self.row(x), other.row(x), f);
        }
        table
    }

    /// Without prompts, with room for so many and their atoms.
    fn with_room(prompts: usize, atoms: usize) -> Self {
        let mut starts = Vec::with_capacity(prompts + 1);
        starts.push(0);
        Self {
            starts,
            atoms: Vec::with_capacity(atoms),
            rest_logits: Vec::with_capacity(prompts),
            rests: Vec::with_capacity(prompts),
        }
    }

    /// Appends a prompt with f(logit in a, logit in b) for each response of two rows.
    pub(crate) fn push_joint(&mut self, a: Row<'_>, b: Row<'_>, f: impl Fn(f64, f64) -> f64) {
        let before = self.atoms.len();
        let (mut i, mut j) = (0, 0);
        while let Some(response) = least_response(a.atoms.get(i), b.atoms.get(j)) {
            let (left, next_i) = take(a.atoms, i, response, a.rest_logit);
            let (right, next_j) = take(b.atoms, j, response, b.rest_logit);
            (i, j) = (next_i, next_j);
            self.atoms.push(Atom { response, logit: f(left, right) });
        }
        let rest = (a.responses() - (self.atoms.len() - before)) as u32;
        let rest_logit = if rest > 0 { f(a.rest_logit, b.rest_logit) } else { 0.0 };
        self.push([], rest_logit, rest);
    }

    /// Atoms and the logit of the rest of the one prompt of a table.
    pub(crate) fn into_only_row(self) -> (Vec<Atom>, f64) {
        debug_assert_eq!(self.prompts(), 1);
        (self.atoms, self.rest_logits[0])
    }

    /// Whether every logit is finite.
    pub fn is_finite(&self) -> bool {
        (0..self.prompts()).all(|x| {
            let mut finite = true;
            self.row(x).for_each_level(|logit, _| finite &= logit.is_finite());
            finite
        })
    }

    /// The Euclidean norm of the logits as one vector with a coordinate for every response.
    pub fn norm(&self) -> f64 {
        let mut norm = Norm::default();
        for x in 0..self.prompts() {
            self.row(x).for_each_level(|logit, count| norm.add(logit, count));
        }
        norm.value()
    }
}
