//! Convex fits: maximum likelihood of a softmax class, logistic regression on differences; with ridge, in a ball.
//!
//! A [`Block`] is a loss on coordinates of its own; a fit is over the concatenation of its blocks' coordinates (one block a prompt for
//! one-hot features, one in all for dense features). The objective is
//!
//! ```text
//! F(θ) = Σ_blocks loss_b(θ_b) + λ‖θ − c_λ‖²        subject to ‖θ − c_B‖ ≤ B
//! ```
//!
//! Where several θ minimise it, the answer is the one nearest to `start`: without ridge and ball, steps stay in the span of the seen
//! differences. Whether a finite optimum exists is decided by a linear programme, or by a graph where features are one-hot
//! (`recession`), never by the size of a gradient (Albert and Anderson, *On the existence of maximum likelihood estimates in logistic
//! regression models*, Biometrika 71, 1984).
//!
//! Nothing here knows of prompts' weights, policies or rounds: arrays go in, arrays come out.

mod basis;
mod block;
// For the tests.
#[doc(hidden)]
pub mod curvature;
mod factor;
// For the tests.
#[doc(hidden)]
pub mod loss;
mod newton;
mod recession;
mod simplex;
mod solve;
mod tabular;

use ndarray::{Array1, ArrayView2};

use self::solve::Solver;
use crate::{Error, Result};

/// Up to so many coordinates of a block its curvature is factorized; beyond them conjugate gradients solve for the Newton step.
const DENSE: usize = 1200;

/// The responses of one prompt, for the likelihood of the class π_θ(y) ∝ exp(o_y + ⟨θ, φ_y⟩).
///
/// ```
/// use ndarray::{Array2, array};
/// use selfreward::convex::{Block, Choices, Fit, Outcome};
///
/// // One-hot features: the maximum likelihood gives each response its share of the counts.
/// let (features, counts) = (Array2::eye(3), [1.0, 2.0, 5.0]);
/// let prompt = Choices { features: features.view(), offset: &[0.0; 3], weights: &counts };
/// let blocks = vec![Block::Softmax(vec![prompt])];
/// let fit = Fit { blocks, start: vec![array![0.0, 0.0, 0.0]], ridge: None, ball: None };
/// let Outcome::Finite(optimum) = fit.solve()? else { panic!("all were seen") };
/// let theta = &optimum.theta[0];
/// assert!((theta[2] - theta[0] - 5f64.ln()).abs() < 1e-12);
/// assert!((theta[1] - theta[0] - 2f64.ln()).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Choices<'a> {
    /// φ_y, K×d.
    pub features: ArrayView2<'a, f64>,
    /// o_y, K finite values.
    pub offset: &'a [f64],
    /// c_y ≥ 0, K values of which at least one is positive; any unit (counts, counts/n, masses).
    pub weights: &'a [f64],
}

/// A loss on coordinates of its own.
///
/// ```
/// use ndarray::array;
/// use selfreward::convex::{Block, Fit, Outcome};
///
/// // Three wins and one loss of one comparison: the log-odds are log 3.
/// let differences = array![[1.0]];
/// let block = Block::Logistic { differences: differences.view(), wins: &[3.0], losses: &[1.0] };
/// let fit = Fit { blocks: vec![block], start: vec![array![0.0]], ridge: None, ball: None };
/// let Outcome::Finite(optimum) = fit.solve()? else { panic!("both sides have won") };
/// assert!((optimum.theta[0][0] - 3f64.ln()).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Debug)]
pub enum Block<'a> {
    /// −Σ_x Σ_y c_xy log π_θ(y|x), over prompts that share θ ∈ R^d.
    Softmax(Vec<Choices<'a>>),
    /// Σ_i a_i softplus(−z_i) + b_i softplus(z_i), z_i = ⟨v, D_i⟩.
    Logistic {
        /// D_i, m×d.
        differences: ArrayView2<'a, f64>,
        /// a_i ≥ 0: weights of wins.
        wins: &'a [f64],
        /// b_i ≥ 0: weights of losses.
        losses: &'a [f64],
    },
}

/// Points and radii are those of the concatenation; a vector for each block.
pub type Concatenation = Vec<Array1<f64>>;

/// λ‖θ − c‖² beside the losses.
///
/// ```
/// use ndarray::array;
/// use selfreward::convex::{Block, Fit, Outcome, Ridge};
///
/// // A ridge makes every optimum finite: 2λθ = σ(−θ) where one win was seen.
/// let differences = array![[1.0]];
/// let block = Block::Logistic { differences: differences.view(), wins: &[1.0], losses: &[0.0] };
/// let ridge = Some(Ridge { strength: 0.1, centre: vec![array![0.0]] });
/// let fit = Fit { blocks: vec![block], start: vec![array![0.0]], ridge, ball: None };
/// let Outcome::Finite(optimum) = fit.solve()? else { panic!("the ridge confines it") };
/// let theta = optimum.theta[0][0];
/// assert!((0.2 * theta - 1.0 / (1.0 + theta.exp())).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Ridge {
    /// λ > 0, in the unit of the weights.
    pub strength: f64,
    /// c.
    pub centre: Concatenation,
}

/// ‖θ − c‖ ≤ B.
#[derive(Clone, Debug)]
pub struct Ball {
    /// c.
    pub centre: Concatenation,
    /// B > 0.
    pub radius: f64,
}

/// A convex fit.
#[derive(Clone, Debug)]
pub struct Fit<'a> {
    /// The losses.
    pub blocks: Vec<Block<'a>>,
    /// Where the search starts. What the losses do not determine stays as it is here, as far as ridge and ball allow.
    pub start: Concatenation,
    /// The ridge, if any.
    pub ridge: Option<Ridge>,
    /// The ball, if any.
    pub ball: Option<Ball>,
}

/// A minimiser.
#[derive(Clone, Debug)]
pub struct Optimum {
    /// θ.
    pub theta: Concatenation,
    /// The largest, over blocks, of the Euclidean norms of the block's gradient (with ridge and the ball's multiplier, in the span of
    /// the seen differences), divided by the block's weight plus 2(λ + m): a length of features.
    pub gradient_norm: f64,
    /// Newton steps: the most that a block took, all trials of the ball's multiplier together.
    pub steps: usize,
    /// The ball's multiplier m ≥ 0, in the unit of the weights: θ minimises F + m‖θ − c_B‖². Zero where the ball does not bind.
    pub multiplier: f64,
    /// The largest, over blocks, of the condition numbers of the rows √weight·Δφ at θ, as the factor's diagonal shows it (a lower
    /// bound). Above 1e7 directions of little weight have lost digits.
    pub condition: f64,
}

/// What a fit comes to.
///
/// ```
/// use ndarray::array;
/// use selfreward::convex::{Ball, Block, Fit, Outcome};
///
/// // Nothing but wins: the loss falls for ever, and in a ball it is least at the edge.
/// let differences = array![[0.5]];
/// let block = Block::Logistic { differences: differences.view(), wins: &[1.0], losses: &[0.0] };
/// let mut fit = Fit { blocks: vec![block], start: vec![array![0.0]], ridge: None, ball: None };
/// let Outcome::AtInfinity { direction } = fit.solve()? else { panic!("no loss was seen") };
/// assert!((direction[0][0] - 1.0).abs() < 1e-12);
/// fit.ball = Some(Ball { centre: vec![array![0.0]], radius: 2.0 });
/// let Outcome::InBallAtInfinity(edge) = fit.solve()? else { panic!("the ball ends it") };
/// assert!((edge.theta[0][0] - 2.0).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Debug)]
pub enum Outcome {
    /// A finite optimum exists; with a ball it is the one in the ball.
    Finite(Optimum),
    /// Without the ball there would be none; this is the one in the ball.
    InBallAtInfinity(Optimum),
    /// No finite optimum: the loss falls for ever along this direction of unit norm.
    AtInfinity {
        /// The direction.
        direction: Concatenation,
    },
}

impl Fit<'_> {
    /// The minimiser of the objective.
    ///
    /// # Errors
    /// [`crate::Error::Argument`] on shapes that do not fit, weights that are negative or not finite, no positive weight in a block or a
    /// prompt, and for a ball so large that the tail of a loss without optimum underflows in it (log-odds of about 650);
    /// [`crate::Error::NotFound`] where the iteration ends without an optimum as exact as doubles allow.
    pub fn solve(&self) -> Result<Outcome> {
        self.solve_with(DENSE)
    }

    /// The same, with the curvature factorized up to `dense` coordinates of a block and conjugate gradients beyond.
    ///
    /// # Errors
    /// As [`Self::solve`].
    pub fn solve_with(&self, dense: usize) -> Result<Outcome> {
        self.check()?;
        let at_infinity = if self.ridge.is_some() { None } else { self.recession()? };
        match (at_infinity, &self.ball) {
            (None, _) => Ok(Outcome::Finite(Solver::new(self, dense).optimum(true)?)),
            (Some(_), Some(_)) => Ok(Outcome::InBallAtInfinity(Solver::new(self, dense).optimum(false)?)),
            (Some(direction), None) => Ok(Outcome::AtInfinity { direction }),
        }
    }

    /// A direction of unit norm along which the losses (without the ridge) fall for ever, or `None` if they have a finite minimiser.
    ///
    /// # Errors
    /// As [`Block::recession`].
    pub fn recession(&self) -> Result<Option<Concatenation>> {
        for (b, block) in self.blocks.iter().enumerate() {
            if let Some(direction) = block.recession()? {
                let mut all: Concatenation = self.start.iter().map(|start| Array1::zeros(start.len())).collect();
                all[b] = direction;
                return Ok(Some(all));
            }
        }
        Ok(None)
    }

    fn check(&self) -> Result<()> {
        self.blocks.iter().try_for_each(Block::check)?;
        let shaped = |name: &str, point: &Concatenation| {
            let expected: Vec<usize> = self.blocks.iter().map(Block::dim).collect();
            let lengths: Vec<usize> = point.iter().map(Array1::len).collect();
            if lengths != expected {
                return Err(Error::argument(
                    format!("lengths of {name}"),
                    format!("{lengths:?}"),
                    format!("{expected:?}"),
                ));
            }
            let infinite = point.iter().flatten().find(|x| !x.is_finite());
            infinite.map_or(Ok(()), |x| Err(Error::argument(name, x, "finite numbers")))
        };
        let positive = |name: &str, value: f64| {
            let holds = value > 0.0 && value.is_finite();
            if holds { Ok(()) } else { Err(Error::argument(name, value, "positive and finite")) }
        };
        shaped("start", &self.start)?;
        if let Some(ridge) = &self.ridge {
            shaped("ridge centre", &ridge.centre)?;
            positive("ridge strength", ridge.strength)?;
        }
        if let Some(ball) = &self.ball {
            shaped("ball centre", &ball.centre)?;
            positive("ball radius", ball.radius)?;
        }
        Ok(())
    }
}
