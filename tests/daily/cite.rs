//! `cite`: every claim has an origin, and every entry is one that BibTeX reads.

use std::collections::BTreeSet;

use selfreward::papers::reference::{Origin, REFERENCES, Reference, arxiv_numbers, software};
use selfreward::papers::{self, PAPERS};
use selfreward::process::PRESETS;

use crate::study_common::Bench;

/// An entry as BibTeX reads it: its key and fields, read brace by brace.
fn parsed(entry: &str) -> (String, Vec<(String, String)>) {
    let body = entry.strip_prefix("@misc{").and_then(|rest| rest.strip_suffix('}')).expect("one entry");
    let (key, mut rest) = body.split_once(",\n").expect("a key");
    let mut fields = Vec::new();
    while let Some((name, value)) = rest.split_once(" = {") {
        let mut depth = 1;
        let end = value.char_indices().find_map(|(place, sign)| {
            depth += i32::from(sign == '{') - i32::from(sign == '}');
            (depth == 0).then_some(place)
        });
        let end = end.expect("braces are balanced");
        fields.push((name.trim().to_owned(), value[..end].to_owned()));
        rest = value[end + 1..].strip_prefix(',').expect("a comma ends a field");
    }
    assert_eq!(rest.trim(), "");
    (key.to_owned(), fields)
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    &fields.iter().find(|(field, _)| field == name).unwrap_or_else(|| panic!("{name} is missing")).1
}

#[test]
fn every_entry_is_bibtex_with_a_key_of_its_own() {
    let entries: Vec<String> = REFERENCES.iter().map(Reference::bibtex).chain([software()]).collect();
    let keys: BTreeSet<String> = entries.iter().map(|entry| parsed(entry).0).collect();
    assert_eq!(keys.len(), entries.len());
    let numbers: BTreeSet<&str> = REFERENCES.iter().map(|reference| reference.arxiv).collect();
    assert_eq!(numbers.len(), REFERENCES.len());
    for reference in REFERENCES {
        let (key, fields) = parsed(&reference.bibtex());
        let authors: Vec<&str> = field(&fields, "author").split(" and ").collect();
        assert_eq!(authors.len(), reference.authors.len());
        assert!(
            authors.iter().all(|author| author.split_once(", ").is_some_and(|(a, b)| !a.is_empty() && !b.is_empty()))
        );
        let first = reference.authors[0].0.to_lowercase();
        assert_eq!(key, format!("{first}{}", reference.year));
        // A number of arXiv begins with year and month.
        assert_eq!(reference.arxiv[..2].parse::<u16>().unwrap() + 2000, reference.year);
        assert_eq!(field(&fields, "eprint"), reference.arxiv);
        assert!(reference.bibtex().is_ascii(), "classical BibTeX reads ASCII alone");
    }
}

/// Oracle: the numbers of arXiv that stand in the sources of claims, chapters and loops.
#[test]
fn every_claim_chapter_and_loop_has_an_origin() {
    for claim in papers::claims() {
        let origin = Origin::of_claim(&claim);
        assert!(origin.ours || !origin.papers.is_empty(), "{}", claim.id);
        let keys: BTreeSet<&str> = origin.papers.iter().map(|paper| paper.key).collect();
        assert_eq!(keys.len(), origin.papers.len(), "{}", claim.id);
        for number in arxiv_numbers(claim.result) {
            assert!(Reference::of_arxiv(number).is_some(), "{}: {number} is in no entry", claim.id);
        }
    }
    for paper in PAPERS {
        let origin = Origin::of_paper(paper);
        assert!(origin.ours || !origin.papers.is_empty());
        for number in arxiv_numbers(paper.citation).chain(arxiv_numbers(paper.link)) {
            assert!(Reference::of_arxiv(number).is_some(), "{}: {number} is in no entry", paper.key);
        }
    }
    for preset in PRESETS {
        for number in arxiv_numbers(preset.source) {
            assert!(Reference::of_arxiv(number).is_some(), "{}: {number} is in no entry", preset.name);
        }
        assert_eq!(Origin::of_loop(preset).ours, !preset.source.contains("arXiv"), "{}", preset.name);
    }
    let keys = |id: &str| -> Vec<&str> {
        let claims = papers::named(PAPERS, id);
        Origin::of_claim(&claims[0]).papers.iter().map(|paper| paper.key).collect()
    };
    assert_eq!(keys("C1"), ["fu2026"]);
    assert_eq!(keys("C8"), ["huang2024"]);
    assert_eq!(keys("L8"), ["ferbach2024"]);
    assert_eq!(keys("Q4a"), ["mroueh2025"]);
    assert!(keys("M1").is_empty());
    assert_eq!(
        arxiv_numbers("see 2412.01951, 1.0, 12345.678 and 2601.22513.").collect::<Vec<_>>(),
        ["2412.01951", "2601.22513"]
    );
}

/// Oracle: CITATION.cff, which has no DOI either.
#[test]
fn the_programs_entry_and_the_papers_are_those_of_the_citation_file() {
    let file = include_str!("../../CITATION.cff");
    let (key, fields) = parsed(&software());
    assert_eq!(key, "selfreward");
    let title = field(&fields, "title").trim_matches(['{', '}']);
    assert!(file.contains(&format!("title: \"{title}\"")), "{title}");
    let author = field(&fields, "author").trim_matches(['{', '}']);
    assert!(file.contains(&format!("- name: {author}")), "{author}");
    let version = field(&fields, "note").strip_prefix("Version ").unwrap();
    assert!(file.contains(&format!("\nversion: {version}\n")) && version == env!("CARGO_PKG_VERSION"));
    assert!(!file.contains("doi") && !software().contains("doi"));
    for key in ["fu2026", "huang2024"] {
        let paper = REFERENCES.iter().find(|reference| reference.key == key).unwrap();
        assert!(file.contains(&format!("title: \"{}\"", paper.title)));
        assert!(file.contains(&format!("value: \"arXiv:{}\"", paper.arxiv)));
        for (family, given) in paper.authors {
            let indented = |gap: &str| format!("- family-names: {family}\n{gap}given-names: {given}\n");
            assert!(file.contains(&indented("      ")) || file.contains(&indented("        ")), "{family}");
        }
    }
}

#[test]
fn what_is_cited_is_printed_once_and_unknown_names_are_refused() {
    let bench = Bench::with("none.toml", "");
    assert_eq!(bench.expect(0, "cite").trim_end(), software());
    let text = bench.expect(0, "cite C1 L4 spin C2 fu2026 C11");
    for key in ["fu2026", "chen2026", "chen2024", "selfreward"] {
        assert_eq!(text.matches(&format!("@misc{{{key},")).count(), 1, "{key}: {text}");
    }
    assert_eq!(text.matches('@').count(), 4);
    assert!(text.contains("% L4 (loops): arXiv 2602.12180"));
    let message = bench.complaint(2, "cite huang2025");
    assert!(message.contains("huang2025") && message.contains("the nearest is huang2024"), "{message}");
    assert_eq!(message.trim_end().lines().count(), 1);
}
