//! What two configurations have in common, and in what they differ.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::simulate::Config;

/// What is written of a key that a configuration does not have.
const ABSENT: &str = "absent";

/// Keys with their values in A and in B where these differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes(pub BTreeMap<String, [String; 2]>);

/// In what two configurations differ, the seed and the numbers of replicates left out: whether replicates pair up says more of these.
pub fn changes(a: &Config, b: &Config) -> Changes {
    let [a, b] = [a, b].map(leaves);
    let keys = a.keys().chain(b.keys());
    let value = |of: &BTreeMap<String, String>, key: &String| of.get(key).cloned().unwrap_or_else(|| ABSENT.to_owned());
    let changed = keys.filter(|key| a.get(*key) != b.get(*key));
    Changes(changed.map(|key| (key.clone(), [value(&a, key), value(&b, key)])).collect())
}

impl Changes {
    /// Takes in those of another pair; where values differ from pair to pair, this is said in their place.
    pub fn add(&mut self, other: &Self) {
        for (key, values) in &other.0 {
            let here = self.0.entry(key.clone()).or_insert_with(|| values.clone());
            if here != values {
                *here = ["various".to_owned(), "various".to_owned()];
            }
        }
    }

    /// In words: `process.preset (A: "spin", B: "replay")`.
    pub fn text(&self) -> String {
        let one = |(key, [a, b]): (&String, &[String; 2])| format!("{key} (A: {a}, B: {b})");
        self.0.iter().map(one).collect::<Vec<_>>().join(", ")
    }
}

fn leaves(config: &Config) -> BTreeMap<String, String> {
    let mut leaves = BTreeMap::new();
    let value = serde_json::to_value(config).expect("a configuration is a table of plain values");
    collect("", &value, &mut leaves);
    ["run.seed", "run.replicates", "run.first_replicate"].iter().for_each(|key| drop(leaves.remove(*key)));
    leaves
}

fn collect(key: &str, value: &Value, leaves: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(entries) => entries.iter().for_each(|(name, value)| {
            let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
            collect(&key, value, leaves);
        }),
        Value::Number(number) => {
            // 3 and 3.0 are one number.
            let text = number.as_f64().filter(|real| real.fract() == 0.0 && real.abs() < 1e15);
            leaves.insert(key.to_owned(), text.map_or_else(|| number.to_string(), |real| real.to_string()));
        }
        value => drop(leaves.insert(key.to_owned(), value.to_string())),
    }
}
