//! Where everything on the page comes from: stores, builds, seeds, machines, times, commands.

use super::spaced;
use crate::report::markup::Markup;
use crate::report::{Chapter, Report, commands};
use crate::words::counted;

/// Appends the section.
pub fn section(main: &mut Markup, report: &Report) {
    main.within("section", &[("id", "provenance")], |section| {
        section.element("h2", &[], "Provenance");
        let (ledger, profile) = (&report.ledger, report.ledger.profile);
        let about = format!("selfreward {}, ledger of the {profile} profile, root seed ", ledger.version);
        section.element("p", &[], &format!("{about}{}. All of it again, and the verdicts:", ledger.seed_text()));
        section.within("p", &[("class", "commands")], |p| {
            // `verify` takes stores of one profile and seed alone.
            let commands = commands::all(&report.chapters, report.remarks.is_empty());
            commands.iter().for_each(|command| p.element("code", &[], command));
        });
        section.within("div", &[("class", "stores")], |stores| {
            report.chapters.iter().for_each(|chapter| store(stores, chapter));
        });
    });
}

fn store(section: &mut Markup, chapter: &Chapter) {
    section.element("h3", &[], &spaced(&chapter.name));
    let counts = chapter.counts;
    section.within("table", &[("class", "facts")], |table| {
        let mut fact = |name: &str, value: &str| {
            // On paper stands what differs from store to store; digests and machines stand in the stores.
            let class = if ["store", "rows", "time taken"].contains(&name) { "short" } else { "long" };
            table.within("tr", &[("class", class)], |tr| {
                tr.element("th", &[("scope", "row")], name);
                tr.element("td", &[], value);
            });
        };
        fact("store", &chapter.store);
        chapter.identity.iter().filter(|(name, _)| name != "experiment").for_each(|(name, value)| fact(name, value));
        fact(
            "rows",
            &format!(
                "{} in {}; {} of {} done, {} failed",
                counts.rows,
                counted(counts.cells, "cell"),
                counts.done,
                counted(counts.asked, "replicate"),
                counts.failed
            ),
        );
        fact("time taken", &chapter.time_taken().unwrap_or_else(|| "not known: a session was killed".to_owned()));
        for session in &chapter.sessions {
            fact("session", &Chapter::session_text(session));
        }
    });
}
