//! An update operator of one's own: does an anchor at the base model keep iteration from drifting?
//!
//! After each update, θ_{t+1} is pulled a share α of the way to θ_0. Under the population update the direction of θ never
//! changes (fact F1), and its length follows s_{t+1} = (1 − α)(1 + 1/β)s_t + α exactly; under few samples the anchor holds on to
//! what they did not see, at the price of a policy that is less sure of itself.
//!
//!     cargo run --release --example own_update

use selfreward::instance::gaussian::{BaseParameter, Gaussian};
use selfreward::instance::{Instance, Spectrum};
use selfreward::metrics::measure;
use selfreward::process::update::{Step, Update};
use selfreward::process::{Erm, Population, Sampling, SelfRewarding, UpdateOperator};
use selfreward::seed::Seed;

/// θ_{t+1} = (1 − α)·(what the inner update gives) + α θ_0.
#[derive(Debug)]
struct Anchored<U> {
    inner: U,
    /// α, 0 to 1.
    share: f64,
}

impl<U: UpdateOperator> UpdateOperator for Anchored<U> {
    fn update(&self, step: &Step<'_>) -> selfreward::Result<Update> {
        let Update { theta, sample } = self.inner.update(step)?;
        let anchored = theta.zip_with(step.instance.base(), |new, base| (1.0 - self.share) * new + self.share * base);
        Ok(Update { theta: anchored, sample })
    }

    fn check(&self, process: &SelfRewarding, instance: &Instance) -> selfreward::Result<()> {
        if !(0.0..=1.0).contains(&self.share) {
            return Err(selfreward::Error::argument("share", self.share, "0 to 1"));
        }
        self.inner.check(process, instance)
    }

    // What the inner update costs and draws decides what the process's own check allows.
    fn is_spectral(&self) -> bool {
        self.inner.is_spectral()
    }

    fn walked_steps(&self) -> u64 {
        self.inner.walked_steps()
    }

    fn samples(&self) -> bool {
        self.inner.samples()
    }
}

/// ‖θ_T‖/‖θ_0‖, failure rate at δ = 1/2, drift and base failure after four rounds of 64 triples at β = 1.
fn outcome(instance: &Instance, operator: impl UpdateOperator + 'static) -> selfreward::Result<[f64; 4]> {
    let operator = Box::new(operator);
    let process = SelfRewarding { operator, beta: 1.0, samples: 64, rounds: 4, radius: None, sampling: Sampling::Auto };
    process.check(instance)?;
    let rounds: Vec<_> =
        process.start(instance, instance.base().clone(), Seed::from_number(2)).collect::<selfreward::Result<_>>()?;
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
            ("population", outcome(&instance, Anchored { inner: Population, share })?),
            ("erm", outcome(&instance, Anchored { inner: Erm::default(), share })?),
        ] {
            println!("{share:>6} {name:>11} {growth:>9.4} {failure:>9.4} {drift:>9.4} {base_failure:>13.4}");
        }
    }
    Ok(())
}
