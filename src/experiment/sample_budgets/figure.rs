//! Least draws, failure against draws, the floor, and the law of resampling, drawn from the table alone.

use super::super::Table;
use super::{EXPERIMENT, LOOPS};
use crate::Result;
use crate::plot::{Axis, Figure, Guide, Legend, Panel, Point, Series, Style};

/// The colour of the floor.
const FLOOR: usize = 6;

/// The colours of two loops in all panels.
const BEST_OF: usize = 0;
const SELF_REWARDING: usize = 2;

/// A colour with another shape of the marks for each place in a panel.
fn shaped(color: usize, place: usize) -> usize {
    const COLORS: usize = 8;
    color + COLORS * place
}

fn points(rows: &Table, what: &str) -> Result<Vec<Point>> {
    rows.filter(&[("what", what)])?.measured("x", "y")
}

pub(super) fn figure(table: &Table) -> Result<Figure> {
    let measured = table.filter(&[("what", "measured")])?;
    let replicates = measured.distinct("replicates")?.join(", ");
    Ok(Figure::new("Responses drawn from the base model against base failure at δ = 1/2")
        .subtitle(format!(
            "Hard instance: M prompts share the mass Δ, a hidden label among K is twice as likely as every other one. Marks: runs, means over {replicates} \
             replicates with 95% intervals; lines: closed forms. Black: the floor of every algorithm with a fixed number \
             N of base responses at each draw of a prompt; it does not bind adaptive stopping"
        ))
        .columns(2)
        .panel(least(&table.filter(&[("panel", "least")])?)?)
        .panel(one(&table.filter(&[("panel", "one")])?)?)
        .panel(floor(&table.filter(&[("panel", "floor")])?)?)
        .panel(law(&table.filter(&[("panel", "law")])?)?)
        .symbol("ε", "failure rate that is allowed")
        .symbol("μ", "adaptive stopping draws until one of k responses has π₀ ≥ μ/k"))
}

fn least(rows: &Table) -> Result<Panel> {
    let [prompts, kappa0] = EXPERIMENT.settings("least-fixed-80", ["instance.prompts", "instance.kappa0"])?;
    let mut panel = Panel::new(
        format!("least draws for failure ε: M = {prompts}, κ₀ = {kappa0}, Δ = 4ε"),
        Axis::log("failure rate ε").range(0.005, 0.25),
        Axis::log("responses drawn").range(300.0, 3e6),
    );
    for (color, (name, label)) in LOOPS.into_iter().enumerate() {
        let of = rows.filter(&[("series", name)])?;
        panel = panel.series(Series::unlabelled(LINES[color], color, points(&of, "law")?)).series(Series::new(
            label,
            Style::Markers,
            color,
            points(&of, "measured")?,
        ));
    }
    let floor = points(&rows.filter(&[("series", "floor")])?, "floor")?;
    let guides = [(-2.0, 6e5, "slope −2"), (-1.0, 5e3, "slope −1")];
    let mut panel = panel.series(Series::new("floor S6, N fixed", Style::Line, FLOOR, floor));
    for (slope, y, label) in guides {
        panel = panel.guide(Guide::slope((0.0125, y), slope, label));
    }
    Ok(panel.legend(Legend::Below))
}

/// Lines of the three loops, which differ in grey.
const LINES: [Style; 3] = [Style::Dashed, Style::DashDotted, Style::Dotted];

fn one(rows: &Table) -> Result<Panel> {
    let keys = ["instance.prompts", "instance.kappa0", "instance.mass"];
    let [prompts, kappa0, mass] = EXPERIMENT.settings("fixed", keys)?;
    let mut panel = Panel::new(
        format!("failure against draws: M = {prompts}, κ₀ = {kappa0}, Δ = {mass}"),
        Axis::log("responses drawn").range(15.0, 4e5),
        Axis::log("base failure").range(1e-3, 1.2),
    );
    let [stop] = EXPERIMENT.settings("adaptive", ["process.adaptive"])?;
    let stop = stop.parse().map_or(stop, |stop: f64| format!("log {:.0}", stop.exp()));
    let adaptive = format!("adaptive, μ = {stop}");
    let most = "20";
    for (name, setting, color) in [("fixed", "5", 4), ("fixed", most, 0), ("adaptive", "", 1)] {
        let label = if name == "fixed" { format!("best of {setting}") } else { adaptive.clone() };
        let mut of = rows.filter(&[("series", name)])?;
        if !setting.is_empty() {
            of = of.filter(&[("setting", setting)])?;
        }
        panel = panel
            .series(Series::unlabelled(LINES[color % 3], color, points(&of, "law")?).plain())
            .series(Series::new(label, Style::Markers, color, points(&of, "measured")?).bars());
    }
    let of = rows.filter(&[("series", "self-rewarding")])?;
    panel = panel
        .series(Series::unlabelled(LINES[2], 2, points(&of, "law")?).plain())
        .series(Series::new("self-rewarding", Style::Markers, 2, points(&of, "measured")?).bars());
    let bounds = [
        ("fixed", format!("bound S4, best of {most}"), Style::Line, 5),
        ("adaptive", format!("bound S5b, μ = {stop}"), Style::DashDotted, 3),
    ];
    for (name, label, style, color) in bounds {
        let bound = points(&rows.filter(&[("series", name)])?, "bound")?.into_iter().filter(|point| point.y <= 1.0);
        panel = panel.series(Series::new(label, style, color, bound).plain());
    }
    let floor = points(&rows.filter(&[("series", "floor")])?, "floor")?;
    Ok(panel.series(Series::new("floor S6, N fixed", Style::Line, FLOOR, floor).plain()).legend(Legend::Below))
}

fn floor(rows: &Table) -> Result<Panel> {
    const STYLES: [Style; 4] = [Style::Line, Style::Dashed, Style::DashDotted, Style::Dotted];
    let [mass] = EXPERIMENT.settings("floor", ["instance.mass"])?;
    let mut panel = Panel::new(
        format!("self-rewarding over the floor S6 at N = 2: Δ = {mass}"),
        Axis::log("pairs n of one round").range(9.0, 8e3),
        Axis::log("base failure / floor").range(0.85, 6.0),
    )
    .guide(Guide::horizontal(1.0, "floor"));
    for (place, setting) in rows.distinct("setting")?.iter().enumerate() {
        let of = rows.filter(&[("setting", setting)])?;
        let color = shaped(SELF_REWARDING, place);
        panel = panel
            .series(Series::unlabelled(STYLES[place % 4], color, points(&of, "law")?))
            .series(Series::new(setting, Style::Markers, color, points(&of, "measured")?).bars());
    }
    Ok(panel.note("lines: law C13 of the loop").legend(Legend::Below))
}

fn law(rows: &Table) -> Result<Panel> {
    let [prompts, responses] = EXPERIMENT.settings("resampling", ["instance.prompts", "instance.responses"])?;
    let mut panel = Panel::new(
        format!("best of N on rare prompts: M = {prompts}, K = {responses}"),
        Axis::log("base failure expected by the law S3").range(0.009, 0.6),
        Axis::log("base failure of runs").range(0.009, 0.6),
    )
    .guide(Guide::slope((0.1, 0.1), 1.0, "equal"));
    for (place, setting) in rows.distinct("setting")?.iter().enumerate() {
        let of = rows.filter(&[("setting", setting)])?;
        panel =
            panel.series(Series::new(setting, Style::Markers, shaped(BEST_OF, place), points(&of, "measured")?).bars());
    }
    Ok(panel.legend(Legend::Below))
}
