//! Tables given to `plot`: those beside the committed figures, shortened and mutated.

use std::fs;
use std::path::Path;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use selfreward::experiment::{Table, drawing, generic, query};
use selfreward::plot::Figure;

use crate::mutation::{pick, text};
use crate::{Outcome, count, fuzz};

/// A figure's name, and its table's text.
pub type Beside = (String, String);

/// Rows kept of a table: enough for a figure, few enough to try many.
const ROWS: usize = 12;

const GENERIC: &str = "part,cell,process.samples,replicates,t,kappa_minus_one_mean,kappa_minus_one_lo,kappa_minus_one_hi,\
    drift_mean,drift_lo,drift_hi,failure_0.5_mean,failure_0.5_lo,failure_0.5_hi\n\
    a,00,8,3,0,1.5,1.4,1.6,0,0,0,0.5,0.4,0.6\na,00,8,3,1,0.5,0.4,0.6,0.1,0,0.2,0.25,0.1,0.4\n";

const TIDY: &str = "quantity,facet,series,x_key,x,t,replicates,mean,lo,hi,one-step,one-step_vacuous,one-step_flags,part,figure\n\
    failure_0.5,a,s = 1,t,0,0,3,0.5,0.4,0.6,,,,p,\"{\"\"title\"\":\"\"q\"\",\"\"bounds\"\":[\"\"one-step\"\"],\"\"asked\"\":\"\"--x t\"\"}\"\n\
    failure_0.5,a,s = 1,t,1,1,3,0.25,0.1,0.4,1.5,yes,--kappa 2,p,\nkappa,b,s = 2,t,0,0,3,1.5,,,,,,p,\nkappa,b,s = 2,t,1,1,40,1.25,,,1.4,no,,p,\n";

/// All committed tables of figures.
pub fn tables() -> Vec<Beside> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("figures");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let csv = paths.iter().filter(|path| path.extension().is_some_and(|ending| ending == "csv"));
    let name = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
    let mut tables: Vec<Beside> = csv
        .map(|path| (name(path), fs::read_to_string(path).unwrap()))
        .filter(|(name, _)| drawing(name).is_some())
        .collect();
    tables.push(("own".to_owned(), GENERIC.to_owned()));
    tables.push(("tidy".to_owned(), TIDY.to_owned()));
    tables
}

/// A few rows of a table, and what becomes of them.
pub fn made(tables: &[Beside], rng: &mut ChaCha8Rng) -> Beside {
    let (name, whole) = pick(tables, rng);
    let lines: Vec<&str> = whole.lines().collect();
    let rows = rng.random_range(0..=ROWS.min(lines.len() - 1));
    let mut kept = vec![lines[0]];
    kept.extend((0..rows).map(|_| lines[rng.random_range(1..lines.len())]));
    let short = kept.join("\n") + "\n";
    (name.clone(), if rng.random_range(0..8) == 0 { short } else { text(&short, rng) })
}

fn figure((name, csv): &Beside) -> selfreward::Result<Option<Figure>> {
    let table = Table::parse(csv)?;
    match drawing(name) {
        Some(drawing) => (drawing.figure)(&table).map(Some),
        None if query::fits(&table) => query::figure(&table, &query::Style::default()).map(Some),
        None if generic::fits(&table) => generic::figure(name, &table).map(Some),
        None => Ok(None),
    }
}

pub fn attempt(table: &Beside) -> Outcome {
    figure(table).map(drop).map_err(|error| error.to_string())
}

pub fn shown((name, csv): &Beside) -> String {
    format!("{name}.csv\n{csv}")
}

#[test]
fn tables_of_figures() {
    let tables = tables();
    fuzz("table", count(), |rng| made(&tables, rng), attempt, shown);
}

/// Drawing costs more, so fewer are drawn.
#[test]
fn figures_are_drawn() {
    let tables = tables();
    let draw = |table: &Beside| match figure(table) {
        Ok(Some(figure)) => figure.draw().map(drop).map_err(|error| error.to_string()),
        Ok(None) => Ok(()),
        Err(error) => Err(error.to_string()),
    };
    fuzz("drawing", count() / 100, |rng| made(&tables, rng), draw, shown);
}
