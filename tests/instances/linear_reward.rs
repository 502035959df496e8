//! A linear reward from outside on Gaussian features.

use ndarray::{Array1, Array2};
use selfreward::instance::{FeatureMap, Instance};
use selfreward::simulate::{Config, Simulation};

fn drawn(norm: f64, replicate: usize) -> std::sync::Arc<Instance> {
    let text = format!(
        "[instance]\nkind = 'gaussian'\nprompts = 8\nresponses = 4\ndim = 3\ntheta_norm = 1.0\nreward_norm = {norm:?}\n\
         [process]\nreward = 'external'\npopulation = true\nrounds = 1\nbeta = 0.5"
    );
    Simulation::new(text.parse::<Config>().unwrap()).unwrap().instance(replicate).unwrap()
}

/// Oracle: the normal equations of the reward on the features, by Cramer's rule in three dimensions.
#[test]
fn the_reward_is_linear_in_the_features_with_the_norm_that_is_asked_for() {
    for replicate in 0..3 {
        let instance = drawn(2.5, replicate);
        let FeatureMap::Dense(features) = instance.features() else { panic!("dense") };
        let reward = instance.reward().unwrap();
        let values: Array1<f64> =
            (0..8).flat_map(|x| (0..4).map(move |y| (x, y))).map(|(x, y)| reward.row(x).logit(y)).collect();
        let matrix = features.to_matrix();
        let (gram, right) = (matrix.t().dot(&matrix), matrix.t().dot(&values));
        let determinant = |m: &Array2<f64>| {
            m[(0, 0)] * (m[(1, 1)] * m[(2, 2)] - m[(1, 2)] * m[(2, 1)])
                - m[(0, 1)] * (m[(1, 0)] * m[(2, 2)] - m[(1, 2)] * m[(2, 0)])
                + m[(0, 2)] * (m[(1, 0)] * m[(2, 1)] - m[(1, 1)] * m[(2, 0)])
        };
        let theta: Array1<f64> = (0..3)
            .map(|j| {
                let mut replaced = gram.clone();
                replaced.column_mut(j).assign(&right);
                determinant(&replaced) / determinant(&gram)
            })
            .collect();
        assert!((theta.dot(&theta).sqrt() - 2.5).abs() < 1e-10);
        let left = matrix.dot(&theta) - &values;
        assert!(left.iter().all(|residual| residual.abs() < 1e-10));
        // It is drawn apart from θ_0 and from the features: another norm changes neither, and scales it.
        let other = drawn(5.0, replicate);
        assert_eq!(other.base(), instance.base());
        let twice = other.reward().unwrap();
        assert!((0..8).all(|x| (twice.row(x).logit(1) - 2.0 * reward.row(x).logit(1)).abs() < 1e-12));
    }
    let [one, other] = [0, 1].map(|replicate| drawn(1.0, replicate).reward().unwrap().row(0).logit(0));
    assert!((one - other).abs() > 1e-6);
}

#[test]
fn a_norm_out_of_range_is_refused() {
    let text = "[instance]\nkind = 'gaussian'\nprompts = 2\nresponses = 2\ndim = 1\nreward_norm = -1.0";
    let simulation = Simulation::new(text.parse::<Config>().unwrap());
    let error = simulation.and_then(|simulation| simulation.instance(0)).unwrap_err().to_string();
    assert!(error.contains("instance.reward_norm = -1"), "{error}");
}
