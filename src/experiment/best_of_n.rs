//! The likeliest of N draws (S1, S2, S12): its law, rounds of it, and what a linear class makes of it.

mod figures;
mod findings;

use super::{Columns, Drawing, Experiment, Named, Results, Table};
use crate::Result;
use crate::papers::huang2024::theory::best_of_n::{best_of_law, most_concentrability, most_divergence};
use crate::process::Selection;
use crate::simulate::Simulation;

/// Tables, on which the law is closed; then a linear class from few directions to all of them.
pub const EXPERIMENT: Experiment = Experiment {
    name: "best_of_n",
    about: "Training on the likeliest of N draws: its law, rounds of it, and the fit of a linear class with the modes that it moves",
    definition: include_str!("../../experiments/definitions/best_of_n.toml"),
    findings: findings::findings,
    drawings: &[
        Drawing { name: "best_of_n", table: law, figure: figures::law },
        Drawing { name: "best_of_n_linear", table: linear, figure: figures::linear },
    ],
};

/// One row for each cell and t of the tables.
fn law(results: &Results) -> Result<Table> {
    let of_part = |part: &str| {
        results.table(&Columns {
            part,
            labels: &[
                ("part", "part"),
                ("theta0", "instance.theta0"),
                ("best_of", "process.best_of"),
                ("ranked_by", "process.ranked_by"),
            ],
            measured: &["base_probability", "chain_concentrability", "kl_policy"],
            theory: Some(stated),
        })
    };
    of_part("law")?.followed_by(of_part("rounds")?)
}

/// What S1 and S2 say of a prompt after t rounds.
fn stated(simulation: &Simulation, t: usize) -> Result<Named> {
    let instance = simulation.instance(0)?;
    let policy = instance.policy(instance.base());
    let law: Vec<f64> = (0..policy.row(0).responses() as u32).map(|y| policy.prob(0, y)).collect();
    let n = draws(simulation);
    let in_one = n.powi(t as i32);
    let mode = policy.head(0).modal as usize;
    Ok(vec![
        ("draws_in_one", in_one),
        ("base_probability_law", best_of_law(&law, &law, in_one)?[mode]),
        ("concentrability_bound", most_concentrability(n)?),
        ("kl_bound", most_divergence(n)?),
    ])
}

/// N.
fn draws(simulation: &Simulation) -> f64 {
    match simulation.process.candidates.selection {
        Selection::BestOf(n) => n as f64,
        _ => 1.0,
    }
}

/// One row for each cell and t of the linear classes.
fn linear(results: &Results) -> Result<Table> {
    let of_part = |part: &str, measured: &[&str]| {
        let labels =
            &[("part", "part"), ("dim", "instance.dim"), ("best_of", "process.best_of"), ("beta", "process.beta")];
        results.table(&Columns { part, labels, measured, theory: None })
    };
    let measured = ["drift", "base_probability", "fit_divergence"];
    let parts = ["linear", "linear-large", "drift", "drift-rounds", "drift-rlhf"];
    let mut tables = parts.into_iter().map(|part| of_part(part, &measured));
    let first = tables.next().expect("five parts")?;
    tables.try_fold(first, |table, next| table.followed_by(next?))
}
