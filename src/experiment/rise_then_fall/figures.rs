//! Both figures, drawn from their tables alone.

use crate::Result;
use crate::experiment::Table;
use crate::plot::{Axis, Figure, Guide, Legend, Panel, Series, Style};

pub(super) fn mixtures(table: &Table) -> Result<Figure> {
    let mut figure = Figure::new("Right answers by round: prompts with right and with wrong favourites")
        .subtitle(
            "Two responses; a share w of the prompts has a right favourite with gap a, the others a wrong one with gap b; β = 1, expectation over all \
             samples. Marks: loops; lines: wσ(sa) + (1−w)σ(−sb), s = 2ᵗ, and wσ(a+t) + (1−w)σ(−b−t)",
        )
        .columns(3)
        .shared_legend();
    for right in table.distinct("right")? {
        let of_right = table.filter(&[("right", &right), ("beta", "1")])?;
        for (gap, wrong) in gaps(&of_right)? {
            let rows = of_right.filter(&[("right_gap", &gap), ("wrong_gap", &wrong)])?;
            let limit = right.parse::<f64>().unwrap_or(f64::NAN);
            let mut panel = Panel::new(
                format!("w = {right}, a = {gap}, b = {wrong}"),
                Axis::linear("round t"),
                Axis::linear("J = P[right answer]"),
            )
            .guide(Guide::horizontal(limit, "w"));
            for (color, (name, voters, label)) in [
                ("self-rewarding", "", "self-rewarding"),
                ("many-voters", "", "vote, infinitely many"),
                ("votes", "101", "vote of 101"),
                ("votes", "5", "vote of 5"),
            ]
            .into_iter()
            .enumerate()
            {
                let rows = rows.filter(&[("loop", name), ("voters", voters)])?;
                let measured = rows.points("t", "correct_probability")?;
                let style = if name == "votes" { Style::Dotted } else { Style::Markers };
                panel = panel.series(Series::new(label, style, color, measured));
                if name != "votes" {
                    panel = panel.series(Series::unlabelled(Style::Line, color, rows.points("t", "stated")?).plain());
                }
            }
            figure = figure.panel(panel);
        }
    }
    let figure = figure.symbol("σ", "logistic function, σ(x) = 1/(1 + e^(−x))");
    Ok(figure)
}

/// Every pair of gaps of right and wrong favourites that rows have.
fn gaps(table: &Table) -> Result<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    for right in table.distinct("right_gap")? {
        for wrong in table.filter(&[("right_gap", &right)])?.distinct("wrong_gap")? {
            pairs.push((right.clone(), wrong));
        }
    }
    Ok(pairs)
}

pub(super) fn model(table: &Table) -> Result<Figure> {
    let rounds = table.filter(&[("kind", "rounds")])?;
    let mut gaps = Panel::new(
        "gaps of the model's favourites",
        Axis::log("gap to the best answer of the other kind (nats)"),
        Axis::linear("share of prompts with at most this gap").range(0.0, 0.6),
    )
    .legend(Legend::TopLeft);
    // Colours of their own: those of the rounds are the classes'.
    for (kind, label, style, color) in
        [("right", "right favourites", Style::Line, 4), ("wrong", "wrong favourites", Style::Dashed, 5)]
    {
        let points = table.filter(&[("kind", kind)])?.points("x", "value")?;
        gaps = gaps.series(Series::new(label, style, color, points));
    }
    let scale = Panel::new(
        "J with all log-odds of the model multiplied by s",
        Axis::log("scale s of log-odds"),
        Axis::linear("J = P[right answer]"),
    )
    .series(Series::unlabelled(Style::Line, 2, table.filter(&[("kind", "scale")])?.points("x", "value")?));
    let mut by_round =
        Panel::new("J by round", Axis::linear("round t"), Axis::linear("J = P[right answer]").range(0.1, 0.6))
            .legend(Legend::Below);
    let mut favourites = Panel::new(
        "right favourites by round",
        Axis::linear("round t"),
        Axis::linear("P[y*ₜ is right]").range(0.1, 0.6),
    )
    .legend(Legend::Below);
    for (color, class) in ["realizable", "linearised"].into_iter().enumerate() {
        for (beta, style) in rounds.distinct("beta")?.iter().zip([Style::LineMarkers, Style::DashedMarkers]) {
            let rows = rounds.filter(&[("class", class), ("beta", beta)])?;
            let name = format!("{class}, β = {beta}");
            by_round = by_round.series(Series::new(name.clone(), style, color, rows.points("x", "value")?));
            favourites = favourites.series(Series::new(name, style, color, rows.points("x", "favourites")?));
            if class == "realizable" {
                let told = Series::unlabelled(Style::Dotted, 3, rows.points("x", "foretold")?);
                by_round = by_round.series(told);
            }
        }
    }
    Ok(Figure::new("A language model's answers: gaps of right and wrong favourites, and J by round")
        .subtitle(
            "SmolLM2-135M's answers, expectation over all samples. Realizable: no logit fixed, J as gaps foretell it (dotted); linearised: one linear map \
             trained, the model's own logits fixed",
        )
        .columns(2)
        .panel(gaps)
        .panel(scale)
        .panel(by_round)
        .panel(favourites))
}
