//! Bounds of loops that excite themselves, are standardised, or replay: values by hand.

use assert_cmd::Command;
use serde_json::Value;

fn json(call: &str) -> Value {
    let mut command = Command::cargo_bin("selfreward").unwrap();
    let output =
        command.arg("bound").args(call.split_whitespace()).arg("--json").assert().code(0).get_output().stdout.clone();
    serde_json::from_slice(&output).unwrap()
}

fn refused(call: &str, said: &str) {
    let mut command = Command::cargo_bin("selfreward").unwrap();
    let output = command.arg("bound").args(call.split_whitespace()).assert().code(2).get_output().stderr.clone();
    let text = String::from_utf8(output).unwrap();
    assert!(text.contains(said) && text.trim_end().lines().count() == 1, "{call}: {text}");
}

#[test]
fn multipliers_by_hand() {
    // m = α + ηβg/(β²g + λ): .3 − .05/(.025 + .01) = −1.1286, and .3 − .1/(.05 + .01) = −1.3667.
    let bound = json("excitation --eigenvalues 0.1,0.2 --beta 0.5 --alpha 0.3 --eta -1 --lambda 0.01");
    let expected = [0.3 - 0.05 / 0.035, 0.3 - 0.1 / 0.06];
    for (j, m) in expected.iter().enumerate() {
        assert!((bound["intermediates"]["multipliers"][j].as_f64().unwrap() - m).abs() < 1e-12);
    }
    assert!((bound["value"].as_f64().unwrap() + expected[1]).abs() < 1e-12);
    // 2 → 2m + .7·2 round by round: −1.33, 3.22, −3.00, 5.50, …
    let crash = "excitation --eigenvalues 0.2 --beta 0.5 --alpha 0.3 --eta -1 --lambda 0.01 --components 2 --radius 5";
    let (mut c, mut t) = (2.0f64, 0);
    while c.abs() <= 5.0 {
        (c, t) = (expected[1] * c + 1.4, t + 1);
    }
    assert_eq!(json(crash)["intermediates"]["crash_time"].as_f64().unwrap(), f64::from(t));
    refused("excitation --eigenvalues 0.2 --beta 0.5 --radius 5", "--components");
    refused("excitation --eigenvalues 0.2 --beta 0.5 --components 1", "--radius");
    refused("excitation --eigenvalues 0.2 --beta 0 ", "--beta = 0: expected a finite number above 0");
    refused("excitation --eigenvalues 0.2,-1 --beta 1", "--eigenvalues = -1: expected");
    refused("excitation --eigenvalues 0.2 --beta 1 --components 1,2 --radius 3", "--components = 2: expected 1 number");
    refused("excitation --beta 1", "--eigenvalues");
    refused("excitation --eigenvalues 0.2 --beta 1 --components 1,2", "--components = 2: expected 1 number");

    // m = 1 with α = 0: c_t = 1 + t, above 100 from t = 100 on. At β = 2, m = ½: c_t stays below 2.
    let linear = json("excitation --alpha 0 --eigenvalues 1 --beta 1 --components 1 --radius 100");
    assert_eq!(linear["intermediates"]["grows"].as_f64(), Some(1.0));
    assert_eq!(linear["intermediates"]["crash_time"].as_f64(), Some(100.0));
    let held = json("excitation --alpha 0 --eigenvalues 1 --beta 2 --components 1 --radius 100");
    assert_eq!(held["intermediates"]["grows"].as_f64(), Some(0.0));
    assert!(held["intermediates"].get("crash_time").is_none(), "{held}");
    // 10²⁰⁰·10²⁰⁰ is above 10³⁰⁰, 10²⁰⁰ is not.
    let huge = json("excitation --eigenvalues 1,1 --components 1e200,1 --radius 1e300 --beta 1e-200");
    assert_eq!(huge["intermediates"]["crash_time"].as_f64(), Some(1.0));
}

#[test]
fn times_and_thresholds_by_hand() {
    let bound = json("grpo-time --start 0.5 --beta 10");
    assert!((bound["value"].as_f64().unwrap() - 5.0 * std::f64::consts::PI).abs() < 1e-12);
    assert!((bound["intermediates"]["frozen_critical_beta"].as_f64().unwrap() - 1.509).abs() < 5e-4);
    assert_eq!(bound["intermediates"]["frozen_bounded"].as_f64(), Some(1.0));
    // ℓ = (2/10)cosh(ℓ/2) from ℓ = 0: near .2·(1 + .005).
    let lower = bound["intermediates"]["frozen_lower_fixed_point"].as_f64().unwrap();
    assert!((lower - 0.2 * (0.5 * lower).cosh()).abs() < 1e-12 && (lower - 0.201).abs() < 1e-4);
    let crash = json("grpo-time --start 0.5 --beta 1");
    assert_eq!(crash["intermediates"]["frozen_bounded"].as_f64(), Some(0.0));
    assert_eq!(crash["intermediates"]["frozen_lower_fixed_point"], Value::Null);
    refused("grpo-time --start 1 --beta 3", "--start = 1: expected");
    refused("grpo-time --start 0.2", "--beta");

    // At β = 1 and λ = 0 the map is σ(2ℓ), with the attractors 0 and 1; λ_c = ½.
    let replay = json("replay-threshold --beta 1 --lambda 0.2");
    assert_eq!(replay["value"].as_f64(), Some(0.5));
    assert!((replay["intermediates"]["slope"].as_f64().unwrap() - 1.6).abs() < 1e-12);
    // p = .8p²/(p² + q²) + .1 off ½: 2p³ − 2p² + p = .8p² + .2p² − .2p + .1, so (2p − 1)(p² − p + .1) = 0.
    let upper = 0.5 + 0.15f64.sqrt();
    assert!((replay["intermediates"]["attractors"][1].as_f64().unwrap() - upper).abs() < 1e-12);
    assert_eq!(json("replay-threshold --beta 1 --lambda 0.6")["intermediates"]["attractors"], serde_json::json!([0.5]));
    refused("replay-threshold --beta 1 --lambda 1.2", "--lambda = 1.2: expected a number from 0 to 1");
}
