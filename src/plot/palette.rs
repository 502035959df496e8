//! Colours and marks: Okabe–Ito for series (told apart under every common form of colour blindness), viridis for heat
//! maps, and eight shapes of marks, so that series also differ in grey.

use super::clip::Pt;

/// Red, green, blue.
pub(super) type Rgb = (u8, u8, u8);

pub(super) const WHITE: Rgb = (255, 255, 255);
pub(super) const INK: Rgb = (0x22, 0x22, 0x22);
pub(super) const GREY: Rgb = (0x66, 0x66, 0x66);
pub(super) const GRID: Rgb = (0xE4, 0xE4, 0xE4);
/// The ground of the gutters, and of the cells of a heat map that are exactly zero.
pub(super) const GROUND: Rgb = (0xEF, 0xEF, 0xEF);

/// Okabe and Ito's palette, the colours strongest on white first.
const OKABE_ITO: [Rgb; 8] = [
    (0x00, 0x72, 0xB2),
    (0xD5, 0x5E, 0x00),
    (0x00, 0x9E, 0x73),
    (0xCC, 0x79, 0xA7),
    (0xE6, 0x9F, 0x00),
    (0x56, 0xB4, 0xE9),
    (0x00, 0x00, 0x00),
    (0xF0, 0xE4, 0x42),
];

/// The colour of a series.
pub(super) fn color(index: usize) -> Rgb {
    OKABE_ITO[index % OKABE_ITO.len()]
}

/// Ten equally spaced colours of viridis (S. van der Walt and N. Smith).
const VIRIDIS: [Rgb; 10] = [
    (0x44, 0x01, 0x54),
    (0x48, 0x28, 0x78),
    (0x3E, 0x4A, 0x89),
    (0x31, 0x68, 0x8E),
    (0x26, 0x82, 0x8E),
    (0x1F, 0x9E, 0x89),
    (0x35, 0xB7, 0x79),
    (0x6D, 0xCD, 0x59),
    (0xB4, 0xDE, 0x2C),
    (0xFD, 0xE7, 0x25),
];

/// Viridis at `t` in [0, 1]; beyond, the colour of the nearer end.
pub(super) fn viridis(t: f64) -> Rgb {
    let t = t.clamp(0.0, 1.0) * (VIRIDIS.len() - 1) as f64;
    let i = (t as usize).min(VIRIDIS.len() - 2);
    let mix = |a: u8, b: u8| (f64::from(a) + (t - i as f64) * (f64::from(b) - f64::from(a))).round() as u8;
    let (a, b) = (VIRIDIS[i], VIRIDIS[i + 1]);
    (mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
}

/// The outline of a series' mark, as a polygon about the origin. All shapes cover about the same area. The shape turns
/// on by one more each time the colours start again, so that the first 64 series all differ.
pub(super) fn mark(index: usize, size: f64) -> Vec<Pt> {
    let outline = match (index + index / OKABE_ITO.len()) % 8 {
        0 => ring(24, 0.0, 1.0),
        1 => ring(4, 0.5, 1.25),
        2 => ring(3, 0.0, 1.45),
        3 => ring(4, 0.0, 1.3),
        4 => ring(3, 0.5, 1.45),
        5 => cross(0.0),
        6 => cross(0.125),
        _ => star(),
    };
    outline.into_iter().map(|(x, y)| (x * size, y * size)).collect()
}

/// A regular polygon with its first corner at the top, turned by `turn` of the angle between two corners.
fn ring(corners: usize, turn: f64, radius: f64) -> Vec<Pt> {
    (0..corners).map(|k| polar((k as f64 + turn) / corners as f64, radius)).collect()
}

/// A five-pointed star.
fn star() -> Vec<Pt> {
    (0..10).map(|k| polar(k as f64 / 10.0, if k % 2 == 0 { 1.6 } else { 0.7 })).collect()
}

/// A plus sign, turned by a fraction of a full turn.
fn cross(turn: f64) -> Vec<Pt> {
    // The corners of an arm's end lie off its axis by atan(0.36/1.3); the inner corners on the diagonals.
    let (off, far, near) = ((0.36_f64 / 1.3).atan() / std::f64::consts::TAU, 0.36_f64.hypot(1.3), 0.36 * 2f64.sqrt());
    (0..4)
        .flat_map(|arm| {
            let axis = turn + f64::from(arm) / 4.0;
            [polar(axis - off, far), polar(axis + off, far), polar(axis + 0.125, near)]
        })
        .collect()
}

/// The point at a fraction of a full turn, clockwise from the top.
fn polar(turn: f64, radius: f64) -> Pt {
    let angle = std::f64::consts::TAU * turn;
    (radius * angle.sin(), -radius * angle.cos())
}
