//! The page of loops: its tables are what the command makes, its commands run, and nothing that it points to is missing.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use selfreward::papers;
use selfreward::process::PRESETS;
use selfreward::report::systems::SYSTEMS;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page() -> String {
    fs::read_to_string(root().join("docs/loops.md")).unwrap()
}

/// A run in the project's own folder, which it only reads.
fn selfreward(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_selfreward"));
    command.current_dir(root()).args(arguments).timeout(std::time::Duration::from_secs(120));
    command
}

#[test]
fn its_tables_are_made_by_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("loops.md");
    // Whatever stood between the marks is made anew.
    let emptied: String =
        page().lines().filter(|line| !line.starts_with('|')).map(|line| format!("{line}\n")).collect();
    fs::write(&copy, &emptied).unwrap();
    selfreward(&["loops", "--splice", copy.to_str().unwrap()]).assert().success();
    assert!(
        fs::read_to_string(&copy).unwrap() == page(),
        "docs/loops.md is not what `selfreward loops --splice` makes"
    );
    // A loop without its place on the page, and a folder without the tables.
    fs::write(&copy, emptied.replace("<!-- loop spin -->\n", "")).unwrap();
    let refused =
        selfreward(&["loops", "--splice", copy.to_str().unwrap()]).assert().code(2).get_output().stderr.clone();
    let refused = String::from_utf8(refused).unwrap();
    assert!(refused.contains("<!-- loop spin -->") && refused.contains("0 and 1"), "{refused}");
    let elsewhere = folder.path().to_str().unwrap();
    let missing = selfreward(&["loops", "--splice", copy.to_str().unwrap(), "--figures", elsewhere]).assert().code(2);
    let missing = String::from_utf8(missing.get_output().stderr.clone()).unwrap();
    assert!(missing.contains("league.csv"), "{missing}");
}

#[test]
fn every_loop_has_a_section_with_a_figure_and_a_command_that_runs() {
    let page = page();
    for preset in PRESETS {
        let (_, section) = page.split_once(&format!("\n### {}\n", preset.name)).expect(preset.name);
        let section = section.split("\n##").next().unwrap();
        for part in ["**Confidence**", "**Drift**", "**Accuracy**", "Figure: [", "```sh"] {
            let found = section.to_lowercase().contains(&part.to_lowercase());
            // One sentence may say the last two together.
            assert!(found || part == "**Accuracy**" && section.contains("**accuracy**"), "{}: {part}", preset.name);
        }
        let line = section.lines().find(|line| line.starts_with("selfreward simulate")).expect(preset.name);
        assert!(line.contains(&format!("'process.preset=\"{}\"'", preset.name)), "{line}");
    }
}

#[test]
fn every_command_on_it_runs() {
    let page = page();
    let mut run = 0;
    for block in page.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next()) {
        for line in block.lines() {
            let line = line.replace('\'', "");
            let words: Vec<&str> = line.split_whitespace().collect();
            assert_eq!(words[0], "selfreward", "{line}");
            selfreward(&words[1..]).assert().success();
            run += 1;
        }
    }
    assert!(run > PRESETS.len(), "{run}");
}

/// Sampled runs of the page's instance, as the file itself advises.
#[test]
fn its_instance_runs_with_samples_as_the_file_says() {
    let sampled = ["simulate", "--config", "examples/loops.toml", "--set", "process.population=false"];
    for preset in PRESETS {
        let name = format!("process.preset=\"{}\"", preset.name);
        let mut words = [&sampled[..], &["--set", "process.samples=1000", "--set", &name]].concat();
        if preset.name == "preference-dpo" {
            words.extend(["--set", "process.radius=50"]);
        }
        selfreward(&words).assert().success();
    }
}

/// Links to files of this project, from its folder docs, and to places in the ledger and on the page.
#[test]
fn whatever_it_points_to_is_there() {
    let page = page();
    let ledger = fs::read_to_string(root().join("docs/ledger.md")).unwrap();
    let heading = |line: &str| line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
    let headings: Vec<String> = page.lines().filter(|line| line.starts_with('#')).map(heading).collect();
    let links = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let (mut files, mut places) = (0, 0);
    for link in links.filter(|link| !link.contains("://")) {
        let (file, place) = link.split_once('#').unwrap_or((link, ""));
        assert!(root().join("docs").join(file).exists(), "{link}");
        match (file, place) {
            (_, "") => {}
            ("", place) => assert!(headings.iter().any(|heading| heading == place), "{link}"),
            (file, place) => {
                assert!(file == "ledger.md" && ledger.contains(&format!("<a id=\"{place}\"></a>")), "{link}");
            }
        }
        files += usize::from(!file.is_empty());
        places += usize::from(!place.is_empty());
    }
    assert!(files > PRESETS.len() && places > 2 * PRESETS.len(), "{files} {places}");
}

/// What the literature names, each in the table of systems with what stands for it and where it comes from.
#[test]
fn named_systems_are_tied_to_loops_or_statements() {
    let page = page();
    let (_, table) = page.split_once("<!-- systems -->").unwrap();
    let table = table.split("<!-- /systems -->").next().unwrap();
    for (system, loop_or_statement) in [
        ("DPO", "[preference-dpo](#preference-dpo)"),
        ("IPO", "[win-rate-ipo](#win-rate-ipo)"),
        ("CREAM", "[L1.hard](ledger.md#L1.hard)"),
        ("SPIN", "[spin](#spin)"),
        ("majority voting", "[majority-sft](#majority-sft)"),
        ("curation", "[curation](#curation)"),
        ("verifier filters", "[verifier-filter](#verifier-filter)"),
        ("selective rewriting", "[selective-rewriting](#selective-rewriting)"),
        ("recursive think–answer", "[confidence-gate](#confidence-gate)"),
        ("latent principles by EM", "[T4](ledger.md#T4)"),
        ("replay against forgetting", "[replay](#replay)"),
        ("accumulation", "[accumulate](#accumulate)"),
        ("GRPO", "[grpo-mirror](#grpo-mirror)"),
        ("SEEM", "[Q1](ledger.md#Q1)"),
    ] {
        let row = table
            .lines()
            .find(|line| line.starts_with("| ") && line.split(" | ").next().is_some_and(|name| name.contains(system)));
        let row = row.unwrap_or_else(|| panic!("no row of {system}"));
        assert!(row.contains(loop_or_statement), "{system}: {row}");
        let source = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        let told = ["arXiv", "general knowledge", "derived here"].iter().any(|word| source.contains(word));
        assert!(told, "{system}: {source}");
    }
}

/// Each row names loops and statements that are there, and every named loop stands for something.
#[test]
fn systems_are_tied_to_loops_and_statements_that_are_there() {
    for system in SYSTEMS {
        for name in system.loops {
            assert!(PRESETS.iter().any(|preset| preset.name == *name), "{}: {name}", system.name);
        }
        for id in system.claims {
            assert!(papers::claims().any(|claim| claim.id == *id), "{}: {id}", system.name);
        }
        assert!(!system.loops.is_empty() || !system.claims.is_empty(), "{}", system.name);
    }
    for preset in PRESETS {
        assert!(SYSTEMS.iter().any(|system| system.loops.contains(&preset.name)), "{}", preset.name);
    }
}
