//! Where the instances of a configuration come from.

use std::fmt::Debug;
use std::sync::Arc;

use rand::RngExt;

use crate::Result;
use crate::instance::gaussian::Offset;
use crate::instance::{Correct, FeatureMap, Instance};
use crate::process::FiniteClass;
use crate::process::fit::finite_class;
use crate::seed::{Purpose, Seed};
use crate::settings::Section;

/// Where instances come from.
pub trait Source: Debug + Send + Sync {
    /// The instance of a replicate's seed.
    ///
    /// # Errors
    /// As its generator says.
    fn draw(&self, seed: &Seed) -> Result<Arc<Instance>>;

    /// The instance where it is the same for every replicate and at hand.
    fn fixed(&self) -> Option<&Instance> {
        None
    }

    /// Whether what is not at hand has fixed logits of which the configuration says nothing: those of a file.
    fn has_unsaid_offset(&self) -> bool {
        false
    }

    /// log #Π (`log_class`), and R (`class_range`) where it does not depend on what is drawn; none where a finite class is refused.
    fn class_numbers(&self, class: &FiniteClass, _beta: f64) -> Vec<(&'static str, f64)> {
        vec![("log_class", class.log_size_of_rays(class.levels))]
    }
}

/// What a kind makes of `[instance]`.
#[derive(Debug)]
pub struct Made {
    /// Where the instances come from.
    pub source: Box<dyn Source>,
    /// Numbers that follow, by their names.
    pub derived: Vec<(&'static str, f64)>,
    /// What a person should know, one sentence each.
    pub remarks: Vec<String>,
}

impl Made {
    /// A source of which nothing more is to be said.
    pub fn of(source: impl Source + 'static) -> Self {
        Self { source: Box::new(source), derived: Vec::new(), remarks: Vec::new() }
    }
}

/// The same instance for every replicate.
impl Source for Arc<Instance> {
    fn draw(&self, _seed: &Seed) -> Result<Arc<Instance>> {
        Ok(Self::clone(self))
    }

    fn fixed(&self) -> Option<&Instance> {
        Some(self)
    }

    fn class_numbers(&self, class: &FiniteClass, beta: f64) -> Vec<(&'static str, f64)> {
        let top = class.levels;
        match self.features() {
            // One-hot features that are described in full: its class is a product, and the check refuses unlike groups.
            FeatureMap::OneHot(_) => {
                vec![("log_class", class.log_size(self, top)), ("class_range", class.range(self, beta, top))]
            }
            FeatureMap::Dense(_) => vec![("log_class", class.log_size_of_rays(top))],
        }
    }
}

/// What a source draws, with fixed logits where there are any.
#[derive(Debug)]
pub(super) struct WithOffset<S> {
    /// Draws the instance without them.
    pub shape: S,
    /// The fixed logits.
    pub offset: Option<Offset>,
}

impl<S: Source> Source for WithOffset<S> {
    fn draw(&self, seed: &Seed) -> Result<Arc<Instance>> {
        let instance = self.shape.draw(seed)?;
        match &self.offset {
            Some(offset) => offset.add_to(Arc::unwrap_or_clone(instance), seed).map(Arc::new),
            None => Ok(instance),
        }
    }
}

/// What a source draws, with one correct response for each prompt, drawn uniformly.
#[derive(Debug)]
struct WithAnswer<S>(S);

impl<S: Source> Source for WithAnswer<S> {
    fn draw(&self, seed: &Seed) -> Result<Arc<Instance>> {
        let instance = Arc::unwrap_or_clone(self.0.draw(seed)?);
        let mut rng = seed.named("instance", "answer").rng(Purpose::Labels, 0, 0);
        let responses = |x: usize| instance.features().responses(x);
        let one = |x: usize| Some(vec![rng.random_range(0..responses(x)) as u32]);
        let correct = Correct::new((0..instance.prompts()).map(one).collect(), responses)?;
        instance.with_correct(correct).map(Arc::new)
    }

    fn class_numbers(&self, class: &FiniteClass, beta: f64) -> Vec<(&'static str, f64)> {
        self.0.class_numbers(class, beta)
    }
}

impl Made {
    /// A source whose instances have the correct responses that `answer` asks for.
    pub(super) fn answered(source: impl Source + 'static, instance: &Section<'_>) -> Self {
        if instance.value("answer").is_some() { Self::of(WithAnswer(source)) } else { Self::of(source) }
    }
}

/// The numbers of a class that is a product over M prompts with K responses, whose favoured logits are `bump` above or below.
pub(super) fn of_product(
    (prompts, responses, bump): (usize, u32, f64),
    class: &FiniteClass,
    beta: f64,
) -> Vec<(&'static str, f64)> {
    let log_class = FiniteClass::log_size_of_product(prompts, responses, class.levels);
    let largest = if responses > 1 { bump } else { 0.0 };
    vec![("log_class", log_class), ("class_range", finite_class::range(largest, beta, class.levels))]
}
