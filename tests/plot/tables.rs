//! Figures drawn again from tables that someone has edited: a figure or an error, never a panic; and no title that says what the rows
//! need not say.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;
use selfreward::experiment::{ALL, Drawing, Table, generic};
use selfreward::plot::Panel;

type Rows = Vec<Vec<String>>;

fn drawings() -> impl Iterator<Item = &'static Drawing> {
    ALL.iter().flat_map(|experiment| experiment.drawings)
}

/// The committed table of a drawing: its header first.
fn committed(drawing: &Drawing) -> Rows {
    let path = format!("{}/figures/{}.csv", env!("CARGO_MANIFEST_DIR"), drawing.name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let table = Table::parse(&text).unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let rows: Rows = reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
    assert_eq!(rows[0], table.header());
    rows
}

fn table(rows: &Rows) -> Table {
    Table::new(rows[0].clone(), rows[1..].to_vec())
}

/// Draws; an error must be one line.
fn survives(drawing: &Drawing, rows: &Rows, what: &str) {
    let table = table(rows);
    let drawn = catch_unwind(AssertUnwindSafe(|| (drawing.figure)(&table).and_then(|figure| figure.to_svg())));
    let outcome = drawn.unwrap_or_else(|_| panic!("{} panics: {what}", drawing.name));
    if let Err(error) = outcome {
        assert!(!error.to_string().trim_end().contains('\n'), "{}: {what}: {error}", drawing.name);
    }
}

/// Edits, each of which leaves a table: fewer rows, fewer columns, other values.
fn edits(rows: &Rows) -> Vec<(String, Rows)> {
    let header = &rows[0];
    let kept = |keep: &dyn Fn(usize) -> bool| -> Rows {
        rows.iter().enumerate().filter(|(index, _)| *index == 0 || keep(*index)).map(|(_, row)| row.clone()).collect()
    };
    let with = |column: usize, value: &str| -> Rows {
        let replaced = |row: &Vec<String>| {
            let mut row = row.clone();
            row[column] = value.to_owned();
            row
        };
        std::iter::once(header.clone()).chain(rows[1..].iter().map(replaced)).collect()
    };
    let mut edits = vec![
        ("no row".to_owned(), kept(&|_| false)),
        ("the first row".to_owned(), kept(&|index| index == 1)),
        ("the last row".to_owned(), kept(&|index| index + 1 == rows.len())),
        ("every third row".to_owned(), kept(&|index| index % 3 == 0)),
        ("the first half".to_owned(), kept(&|index| index < rows.len() / 2)),
        ("the second half".to_owned(), kept(&|index| index >= rows.len() / 2)),
        ("rows twice".to_owned(), rows.iter().chain(&rows[1..]).cloned().collect()),
    ];
    for (column, name) in header.iter().enumerate() {
        let without = |row: &Vec<String>| {
            let mut row = row.clone();
            row.remove(column);
            row
        };
        edits.push((format!("no column {name}"), rows.iter().map(without).collect()));
        for value in ["", "NaN", "inf", "0", "-1", "1e308", "<&数>"] {
            edits.push((format!("{name} = {value:?}"), with(column, value)));
        }
        let first = rows.get(1).map_or("", |row| &row[column]).to_owned();
        edits.push((format!("{name} alike"), with(column, &first)));
        let of_first: Rows = rows
            .iter()
            .enumerate()
            .filter(|(i, row)| *i == 0 || row[column] == first)
            .map(|(_, r)| r.clone())
            .collect();
        edits.push((format!("{name} of the first row only"), of_first));
        let others: Rows = rows
            .iter()
            .enumerate()
            .filter(|(i, row)| *i == 0 || row[column] != first)
            .map(|(_, r)| r.clone())
            .collect();
        edits.push((format!("{name} without that of the first row"), others));
        if let Some(short) = others_shortened(rows, column) {
            edits.push((format!("{name} numbered"), short));
        }
    }
    edits
}

/// More distinct values than any figure has colours, marks or line styles for.
fn others_shortened(rows: &Rows, column: usize) -> Option<Rows> {
    let mut numbered = rows.iter().take(60).cloned().collect::<Rows>();
    numbered.iter_mut().skip(1).enumerate().for_each(|(index, row)| row[column] = (index + 1).to_string());
    (numbered.len() > 12).then_some(numbered)
}

/// A large table is thinned first, so that every edit is drawn in a short time.
fn thinned(rows: Rows) -> Rows {
    let step = (rows.len() / 60).max(1);
    rows.into_iter().enumerate().filter(|(index, _)| *index == 0 || index % step == 0).map(|(_, row)| row).collect()
}

#[test]
fn an_edited_table_is_drawn_or_refused() {
    let edited = |drawing: &Drawing| {
        let rows = committed(drawing);
        survives(drawing, &rows, "as it is");
        let edits = edits(&thinned(rows));
        edits.iter().for_each(|(what, rows)| survives(drawing, rows, what));
        edits.len()
    };
    let tried: usize = drawings().par_bridge().map(edited).sum();
    assert!(tried > 3000, "{tried}");
}

/// Titles with a verb that define what is drawn and say nothing of how it came out.
const NAMES: [&str; 4] = [
    "how loose C10 is (M = 256)",
    "Rounds until the initial model is forgotten, against κ₀ and n",
    "How far apart the two sides of each inequality of the proof are",
    "largest c for which the bound holds",
];

/// A title names what is drawn, so it is the same for any rows; and it is no sentence.
#[test]
fn a_title_does_not_depend_on_the_rows() {
    for drawing in drawings() {
        let rows = committed(drawing);
        let titles = |rows: &Rows| {
            let figure = (drawing.figure)(&table(rows)).unwrap();
            let panels: Vec<String> = figure.panels.iter().map(|panel| panel.title.clone()).collect();
            (figure.title, panels)
        };
        let (title, panels) = titles(&rows);
        let halved: Rows =
            rows.iter().enumerate().filter(|(index, _)| index % 2 == 0).map(|(_, row)| row.clone()).collect();
        if let Ok(figure) = (drawing.figure)(&table(&halved)) {
            assert_eq!(figure.title, title);
        }
        let verbs = [
            " falls",
            " fall ",
            " grows",
            " makes",
            " make ",
            " never ",
            " no wiser",
            " holds",
            " breaks",
            " is ",
            " are ",
            " does ",
            " do ",
            " leaves",
            " leave ",
            " pass ",
            " follows",
            " ends ",
            " lies ",
            " keeps",
            " collapse",
            " stall",
            " shifts",
            " faster",
            " steeper",
            " straight",
            " fewer ",
            " loose:",
            " forgotten,",
        ];
        for text in std::iter::once(&title).chain(&panels) {
            let stated = verbs.iter().find(|verb| format!(" {text} ").contains(**verb));
            let said = NAMES.contains(&text.as_str());
            assert!(stated.is_none() || said, "{}: {text:?} says {stated:?}", drawing.name);
        }
    }
}

/// Oracle: the number of cells, and the names of keys.
#[test]
fn a_grid_that_no_figure_tells_apart_is_refused_with_the_flags_that_choose() {
    let header = "part,cell,instance.a,instance.b,instance.c,replicates,t,kappa_minus_one_mean,kappa_minus_one_lo,\
                  kappa_minus_one_hi,drift_mean,drift_lo,drift_hi\n";
    let table = |values: &[usize; 3]| {
        let mut csv = header.to_owned();
        for (cell, (a, b, c)) in (0..values[0])
            .flat_map(|a| (0..values[1]).map(move |b| (a, b)))
            .flat_map(|(a, b)| (0..values[2]).map(move |c| (a, b, c)))
            .enumerate()
        {
            for t in 0..2 {
                csv.push_str(&format!("p,{cell},w{a},w{b},w{c},3,{t},0.5,0.4,0.6,0.1,0,0.2\n"));
            }
        }
        Table::parse(&csv).unwrap()
    };
    let error = generic::figure("g", &table(&[9, 9, 2])).unwrap_err().to_string();
    let words = ["162 cells", "--x", "--by", "--facet", "--where", "instance.a, instance.b, instance.c"];
    assert!(words.iter().all(|word| error.contains(word)) && generic::is_too_large(&error), "{error}");
    // As many curves as cells, each in one panel of each quantity.
    for values in [[2, 2, 2], [3, 3, 1], [8, 4, 2], [1, 8, 8], [1, 1, 1]] {
        let figure = generic::figure("g", &table(&values)).unwrap();
        let curves: usize = figure.panels.iter().map(|panel| panel.series.len()).sum();
        assert_eq!(curves, 2 * values.iter().product::<usize>(), "{values:?}");
        let told = |panel: &Panel| {
            let colors: std::collections::BTreeSet<usize> = panel.series.iter().map(|series| series.color).collect();
            colors.len() == panel.series.len() && panel.series.iter().all(|series| series.points.len() == 2)
        };
        assert!(figure.panels.iter().all(told), "{values:?}");
    }
}
