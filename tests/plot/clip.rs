//! Clipping against brute force: points sampled along segments and over areas, each tested on its own.

use proptest::prelude::*;
use selfreward::plot::clip::{Pt, Rect, polygon, segment};

const STEPS: usize = 4000;

fn along(a: Pt, b: Pt, t: f64) -> Pt {
    (a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1))
}

fn distance(a: Pt, b: Pt) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

/// Even–odd rule by counting crossings of a ray to the right, straight from its definition.
fn covers(corners: &[Pt], p: Pt) -> bool {
    let crossings = (0..corners.len()).filter(|&i| {
        let (a, b) = (corners[i], corners[(i + 1) % corners.len()]);
        let spans = (a.1 <= p.1) != (b.1 <= p.1);
        spans && along(a, b, (p.1 - a.1) / (b.1 - a.1)).0 > p.0
    });
    crossings.count() % 2 == 1
}

/// Distance of a point from the nearest edge of a polygon.
fn edge_distance(corners: &[Pt], p: Pt) -> f64 {
    let to_edge = |i: usize| {
        let (a, b) = (corners[i], corners[(i + 1) % corners.len()]);
        let length = distance(a, b);
        let t = ((p.0 - a.0) * (b.0 - a.0) + (p.1 - a.1) * (b.1 - a.1)) / (length * length).max(1e-30);
        distance(p, along(a, b, t.clamp(0.0, 1.0)))
    };
    (0..corners.len()).map(to_edge).fold(f64::INFINITY, f64::min)
}

fn point() -> impl Strategy<Value = Pt> {
    (-300.0..400.0, -300.0..400.0)
}

fn rect() -> impl Strategy<Value = Rect> {
    (-50.0..50.0, -50.0..50.0, 20.0..150.0, 20.0..150.0).prop_map(|(x0, y0, w, h): (f64, f64, f64, f64)| Rect {
        x0,
        y0,
        x1: x0 + w,
        y1: y0 + h,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: prop::test_runner::RngSeed::Fixed(1), failure_persistence: None, ..Default::default() })]

    /// The kept part begins and ends within one sampling step of the first and last sample inside.
    #[test]
    fn a_segment_keeps_exactly_its_points_inside(a in point(), b in point(), rect in rect()) {
        let samples = (0..=STEPS).map(|k| along(a, b, k as f64 / STEPS as f64));
        let inside: Vec<Pt> = samples.filter(|&p| rect.contains(p)).collect();
        let step = distance(a, b) / STEPS as f64;
        match segment(a, b, &rect) {
            // A corner may be cut between two samples, but then over less than a step.
            None => prop_assert!(inside.is_empty()),
            Some((start, end)) => {
                prop_assert!(rect.grown(1e-9).contains(start) && rect.grown(1e-9).contains(end));
                match (inside.first(), inside.last()) {
                    (Some(&first), Some(&last)) => {
                        prop_assert!(distance(start, first) <= step + 1e-9, "{start:?} {first:?}");
                        prop_assert!(distance(end, last) <= step + 1e-9, "{end:?} {last:?}");
                    }
                    _ => prop_assert!(distance(start, end) <= step + 1e-9),
                }
            }
        }
    }

    /// A clipped polygon covers those points of the rectangle that the polygon covers, and no others. Points nearer
    /// to an edge than 1e-6 are left out: there rounding may decide either way.
    #[test]
    fn a_polygon_keeps_exactly_its_points_inside(corners in prop::collection::vec(point(), 3..9), rect in rect()) {
        let clipped = polygon(&corners, &rect);
        prop_assert!(clipped.iter().all(|&p| rect.grown(1e-9).contains(p)));
        for i in 0..60 {
            for j in 0..60 {
                let (s, t) = (f64::from(i) / 59.0 * 1.2 - 0.1, f64::from(j) / 59.0 * 1.2 - 0.1);
                let p = (rect.x0 + s * (rect.x1 - rect.x0), rect.y0 + t * (rect.y1 - rect.y0));
                if edge_distance(&corners, p).min(edge_distance(&rect.corners(), p)) > 1e-6 {
                    prop_assert_eq!(covers(&clipped, p), covers(&corners, p) && rect.contains(p), "{:?}", p);
                }
            }
        }
    }
}

/// The line y = x + 40 enters at x = 0 at the height 40, however far away its other end is.
#[test]
fn far_ends_cost_no_digits() {
    let rect = Rect { x0: 0.0, y0: 0.0, x1: 100.0, y1: 100.0 };
    for far in [1e3, 1e9, 1e20, 1e200] {
        let (start, end) = segment((-far, 40.0 - far), (10.0, 50.0), &rect).expect("it ends inside");
        assert_eq!(start.0, 0.0);
        assert!((start.1 - 40.0).abs() < 1e-9, "{far:e}: {start:?}");
        assert_eq!(end, (10.0, 50.0));
    }
}

/// A vertical line between two ends so far apart that their difference is near the largest double.
#[test]
fn both_ends_may_be_far() {
    let rect = Rect { x0: 0.0, y0: 0.0, x1: 100.0, y1: 100.0 };
    assert_eq!(segment((7.0, -8e307), (7.0, 8e307), &rect), Some(((7.0, 0.0), (7.0, 100.0))));
}
