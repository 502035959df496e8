//! On which rows the floor S6 is weighed.

use selfreward::claims::Source;
use selfreward::experiment;
use selfreward::papers;
use selfreward::study::definition::Part;

/// Whether some cell of a part is of the hard instance.
fn is_hard(part: &Part) -> bool {
    let kind = part.base["instance"].get("kind").and_then(toml::Value::as_str);
    kind == Some("hard")
}

/// Every part on the hard instance is a source of S6: whoever adds one adds a line to the claim's list.
#[test]
fn no_part_on_the_hard_instance_is_left_out() {
    let sources = papers::claims().find(|claim| claim.id == "S6").unwrap().sources;
    let mut found = 0;
    for experiment in experiment::ALL {
        for part in experiment.definition().unwrap().parts.iter().filter(|part| is_hard(part)) {
            found += 1;
            let covers =
                |source: &Source| source.experiment == experiment.name && ["", &part.name].contains(&source.part);
            assert!(
                sources.iter().any(covers),
                "{}, part {}: add it to HARD in src/papers/huang2024/claims/floor.rs",
                experiment.name,
                part.name
            );
        }
    }
    assert!(found >= sources.len(), "{found}");
}
