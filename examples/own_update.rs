//! A fit of one's own: does an anchor at the base model keep iteration from drifting?
//!
//! After each update, θ_{t+1} is pulled a share α of the way to θ_0. Under the population update the direction of θ never
//! changes (fact F1), and its length follows s_{t+1} = (1 − α)(1 + 1/β)s_t + α exactly; under few samples the anchor holds on to
//! what they did not see, at the price of a policy that is less sure of itself.
//!
//!     cargo run --release --example own_update

use selfreward::instance::gaussian::{BaseParameter, Gaussian};
use selfreward::instance::{Instance, Spectrum};
use selfreward::metrics::measure;
use selfreward::process::fit::{Cost, Shape};
use selfreward::process::{Data, Fit, Fitted, Loop, Minimum, Square, Step};
use selfreward::seed::Seed;

/// θ_{t+1} = (1 − α)·(what the inner update gives) + α θ_0.
#[derive(Debug)]
struct Anchored<U> {
    inner: U,
    /// α, 0 to 1.
    share: f64,
}

impl<U: Fit> Fit for Anchored<U> {
    fn fit(&self, step: &Step<'_>) -> selfreward::Result<Fitted> {
        let Fitted::Minimum(minimum) = self.inner.fit(step)? else {
            return Err(selfreward::Error::argument("inner", "a fit at infinity", "a fit that has a minimiser"));
        };
        let pull = |new: f64, base: f64| (1.0 - self.share) * new + self.share * base;
        let theta = minimum.theta.zip_with(&step.base.theta, pull);
        Ok(Minimum { theta, ..minimum }.into())
    }

    fn check(&self, process: &Loop, instance: &Instance) -> selfreward::Result<()> {
        if !(0.0..=1.0).contains(&self.share) {
            return Err(selfreward::Error::argument("share", self.share, "0 to 1"));
        }
        self.inner.check(process, instance)
    }

    // What the inner fit costs, looks at and draws decides what the loop's own check allows.
    fn cost(&self, shape: &Shape<'_>) -> Vec<Cost> {
        self.inner.cost(shape)
    }

    fn data(&self) -> Data {
        self.inner.data()
    }

    fn is_population(&self) -> bool {
        self.inner.is_population()
    }
}

/// ‖θ_T‖/‖θ_0‖, failure rate at δ = 1/2, drift and base failure after four rounds of 64 triples at β = 1.
fn outcome(instance: &Instance, fit: impl Fit + 'static) -> selfreward::Result<[f64; 4]> {
    let process = Loop { fit: Box::new(fit), beta: 1.0, samples: 64, rounds: 4, ..Loop::default() };
    let rounds: Vec<_> = process.on(instance)?.start(Seed::from_number(2)).collect::<selfreward::Result<_>>()?;
    let base = instance.policy(instance.base());
    let last = measure(instance, &base, &rounds[process.rounds], process.beta, &[0.5]).policy;
    Ok([last.theta_norm / instance.base().norm(), last.failure[0], last.drift, last.base_failure[0]])
}

fn main() -> selfreward::Result<()> {
    let (spectrum, base) = (Spectrum::Isotropic {}, BaseParameter::Norm(4.0));
    let gaussian = Gaussian { prompts: 200, responses: 8, dim: 64, spectrum, base, margin: None, max_tries: 0 };
    let instance = gaussian.draw(&Seed::from_number(1))?;
    println!("{:>6} {:>11} {:>9} {:>9} {:>9} {:>13}", "alpha", "update", "growth", "failure", "drift", "base failure");
    for share in [0.0, 0.1, 0.2, 0.4] {
        for (name, [growth, failure, drift, base_failure]) in [
            ("population", outcome(&instance, Anchored { inner: Square::population(), share })?),
            ("erm", outcome(&instance, Anchored { inner: Square::default(), share })?),
        ] {
            println!("{share:>6} {name:>11} {growth:>9.4} {failure:>9.4} {drift:>9.4} {base_failure:>13.4}");
        }
    }
    Ok(())
}
