//! What the cost of a replicate depends on, of its instance; [`crate::study::cost`] makes seconds and bytes of it.

/// The size of an instance, before it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// M.
    pub prompts: f64,
    /// K, the responses of a prompt of which pairs are drawn.
    pub responses: f64,
    /// The logits of a prompt that measuring goes through: fewer than K where responses that share one are held together.
    pub logits: f64,
    /// The share in (0, 1] of the triples that fall on prompts with something to learn.
    pub mass: f64,
    /// What is held of it.
    pub held: Held,
}

/// What is held of an instance.
#[derive(Clone, Debug, PartialEq)]
pub enum Held {
    /// A row of d numbers for each response.
    Dense {
        /// d.
        dim: f64,
        /// Whether there are fixed logits.
        offset: bool,
    },
    /// What a file holds, of which the features' header alone is looked at before it is read.
    File {
        /// d.
        dim: f64,
        /// Bytes of the arrays that are read, as they are stored.
        bytes: f64,
        /// Whether the features are left in their file.
        left: bool,
    },
    /// The logits of one-hot features, equal ones together.
    OneHot {
        /// The responses of a prompt that get a logit of their own, at most.
        own: f64,
    },
    /// The logits of one-hot features, one by one.
    Table,
    /// The logits of sequences, equal ones together; the pairs that are seen are hardly ever the same.
    Sequences {
        /// The sequences of a prompt that have a logit of their own.
        atoms: f64,
    },
}

impl Shape {
    /// M prompts with K dense rows of d numbers each.
    pub fn dense(prompts: f64, responses: f64, dim: f64, offset: bool) -> Self {
        Self { prompts, responses, logits: responses, mass: 1.0, held: Held::Dense { dim, offset } }
    }

    /// M prompts with K one-hot responses each.
    pub fn one_hot(prompts: f64, responses: f64) -> Self {
        Self { prompts, responses, logits: responses, mass: 1.0, held: Held::OneHot { own: responses } }
    }

    /// M prompts with K one-hot responses each, every one with a logit of its own.
    pub fn table(prompts: f64, responses: f64) -> Self {
        Self { held: Held::Table, ..Self::one_hot(prompts, responses) }
    }

    /// Whether there may be fixed logits.
    pub fn may_have_offset(&self) -> bool {
        matches!(self.held, Held::Dense { offset: true, .. } | Held::File { .. })
    }
}
