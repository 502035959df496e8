//! The two sides that are run here: named loops, or configurations, with one seed and on the same instances.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::json;
use toml::Table;

use super::{CompareArgs, Prepared};
use crate::cli::{Failure, Jobs, Progress, overlays, stop_flag};
use crate::compare::{Gathered, Origin};
use crate::experiment::CellRows;
use crate::nearest::one_of;
use crate::process::PRESETS;
use crate::simulate::{Config, Simulation, config};
use crate::study::cost;
use crate::words::counted;
use crate::{Error, files};

/// Replicates of loops whose configuration names no number: as many as intervals of all quantities take.
const REPLICATES: usize = 30;

impl CompareArgs {
    /// Named loops, or other settings, of one configuration.
    pub(super) fn loops(&self) -> std::result::Result<Prepared, Failure> {
        let path = self.config.as_ref().expect("asked before");
        let shown = path.display().to_string();
        let names: Vec<&str> = PRESETS.iter().map(|preset| preset.name).collect();
        if let Some(name) = self.sides.iter().find(|name| !names.contains(&name.as_str())) {
            return Err(Failure::refused(Error::argument("LOOP", name, one_of(name, &names))));
        }
        let preset = |name: &String| format!("process.preset=\"{name}\"");
        let (a, b): (Vec<String>, Vec<String>) = match &self.sides[..] {
            [a, b] => (vec![preset(a)], vec![preset(b)]),
            [b] => (Vec::new(), vec![preset(b)]),
            _ => (Vec::new(), Vec::new()),
        };
        let titles = match &self.sides[..] {
            [a, b] => [a.clone(), b.clone()],
            [b] => [shown.clone(), b.clone()],
            _ => [shown.clone(), shown],
        };
        self.computed([path, path], [a, b], titles)
    }

    pub(super) fn of_configs(&self, a: &Path, b: &Path, names: [&String; 2]) -> std::result::Result<Prepared, Failure> {
        self.computed([a, b], [Vec::new(), Vec::new()], names.map(Clone::clone))
    }

    /// Runs two configurations with one seed.
    fn computed(
        &self,
        paths: [&Path; 2],
        of: [Vec<String>; 2],
        mut names: [String; 2],
    ) -> std::result::Result<Prepared, Failure> {
        let [of_a, of_b] = of;
        let laid_a = [&self.settings[..], &of_a].concat();
        let laid_b = [&self.settings[..], &of_b, &self.settings_b].concat();
        if paths[0] == paths[1] && laid_a == laid_b {
            let expected = "two loops, or --set-b KEY=VALUE: A and B are one configuration";
            return Err(Failure::refused(Error::argument("A B", &names[0], expected)));
        }
        if !self.settings_b.is_empty() {
            names[1] = format!("{} with {}", names[1], self.settings_b.join(", "));
        }
        let (simulations, note) = self.prepare(paths, [&laid_a, &laid_b]).map_err(Failure::Refused)?;
        let inputs = simulations.iter().flat_map(|one| one.config.instance.inputs());
        let inputs = inputs.chain(paths.iter().map(|path| path.to_path_buf())).collect();
        let outputs = self.outputs(inputs).map_err(Failure::refused)?;
        // What cannot be answered is refused before the runs.
        let columns =
            simulations.each_ref().map(|one| one.columns().iter().map(|column| column.name()).collect::<Vec<_>>());
        let asked = Gathered::new(names.clone(), [&columns[0], &columns[1]], Vec::new(), self.question());
        asked.map_err(Failure::refused)?;
        let last = simulations[0].process.rounds.min(simulations[1].process.rounds);
        if let Some(&t) = self.rounds.iter().find(|&&t| t > last) {
            let expected = format!("0 to {last}, the last round that A and B have");
            return Err(Failure::refused(Error::argument("--t", t, expected)));
        }
        let [of_a, of_b] = simulations.each_ref().map(|one| Origin::of_config(&one.config));
        let (of_a, of_b) = (of_a.map_err(Failure::refused)?, of_b.map_err(Failure::refused)?);
        let rows = self.rows(&simulations)?;
        let sources = simulations.each_ref().map(|one| json!({ "config": one.config }));
        let mut sides = self.single(names, &rows, sources, [&of_a, &of_b]).map_err(Failure::refused)?;
        sides.gathered.notes.extend(note);
        Ok((outputs, sides))
    }

    /// Both, ready to start, with A's seed and replicates.
    fn prepare(&self, paths: [&Path; 2], laid: [&[String]; 2]) -> anyhow::Result<([Simulation; 2], Option<String>)> {
        let [(mut a, _), (mut b, says)] = [self.read(paths[0], laid[0])?, self.read(paths[1], laid[1])?];
        for config in [&mut a, &mut b] {
            if let Some(seed) = &self.seed {
                let number = seed.parse().map(config::SeedConfig::Number);
                config.run.seed = number.unwrap_or_else(|_| config::SeedConfig::Text(seed.clone()));
                config.run.seed.resolve().context("--seed")?;
            }
            if let Some(replicates) = self.replicates {
                config.run.replicates = replicates;
            }
        }
        let note = (says && a.run != b.run)
            .then(|| "B runs with the seed, the replicates and all else of A's [run].".to_owned());
        b.run = a.run.clone();
        let located = |path: &Path| path.display().to_string();
        let one = Simulation::new(a).with_context(|| located(paths[0]))?;
        let other = match one.fixed() {
            // One file is read once.
            Some(instance) if one.config.instance == b.instance && b.instance.get::<PathBuf>("path").is_some() => {
                let other = Simulation::given(b, instance.clone()).with_context(|| located(paths[1]))?;
                other.check(instance).with_context(|| located(paths[1]))?;
                other
            }
            _ => Simulation::new(b).with_context(|| located(paths[1]))?,
        };
        for (side, simulation) in ["A", "B"].into_iter().zip([&one, &other]) {
            simulation.remarks.iter().for_each(|remark| self.verbosity.say(format!("{side}: {remark}")));
        }
        Ok(([one, other], note))
    }

    /// A configuration with settings laid over it, and whether it says something of its `[run]`.
    fn read(&self, path: &Path, settings: &[String]) -> anyhow::Result<(Config, bool)> {
        let text = files::text(path, "a configuration (TOML)")?;
        let mut table: Table = config::parse_toml(&text).with_context(|| path.display().to_string())?;
        let laid = overlays::read(settings, None)?;
        overlays::refuse_lists(&laid)?;
        overlays::lay(&mut table, &laid)?;
        let replicates = table.get("run").is_some_and(|run| run.get("replicates").is_some());
        let mut config = Config::from_table(&table).map_err(|error| overlays::located(error, path, &laid))?;
        if !replicates {
            config.run.replicates = REPLICATES;
        }
        Ok((config, table.contains_key("run")))
    }

    /// Runs both, one after the other.
    fn rows(&self, simulations: &[Simulation; 2]) -> std::result::Result<[CellRows; 2], Failure> {
        let total = |one: &Simulation| (one.config.run.replicates as u64).saturating_mul(one.process.rounds as u64 + 1);
        let total = total(&simulations[0]).saturating_add(total(&simulations[1]));
        let replicates = simulations[0].config.run.replicates;
        let (mut kept, mut each) = (0u64, 0);
        for one in simulations {
            kept = kept.saturating_add(cost::kept(&one.config, true));
            let bytes =
                one.fixed().map_or_else(|| cost::bytes(&one.config), |fixed| cost::bytes_on(&one.config, fixed));
            each = bytes.max(each);
        }
        let jobs = Jobs::new(self.jobs, replicates, self.verbosity);
        let what = format!("two runs of {}", counted(replicates, "replicate"));
        let jobs = jobs.fit(&what, kept, vec![each; jobs.get()], self.verbosity).map_err(Failure::refused)?;
        let progress = Progress::new(total, self.verbosity, stop_flag());
        let run = |one: &Simulation, side: &str| -> std::result::Result<CellRows, Failure> {
            let done = jobs.run(|| crate::simulate::run(one, false, &progress))?;
            let done = done.map_err(|error| Failure::failed(error.at(side)))?;
            Ok(CellRows::of_run(one, &done))
        };
        let rows = [run(&simulations[0], "A")?, run(&simulations[1], "B")?];
        progress.finish();
        Ok(rows)
    }
}
