//! Masses of cells that are taken away one by one, in any order.

use super::Chance;

/// A tree of sums over the masses that are left: what remains is always a sum over what remains, never one minus what is gone.
#[derive(Clone, Debug, Default)]
pub struct Masses {
    /// The root is 1, the children of i are 2i and 2i + 1, the leaves begin at the middle.
    tree: Vec<f64>,
}

impl Masses {
    /// Replaces the masses, all ≥ 0.
    pub fn assign(&mut self, masses: impl ExactSizeIterator<Item = f64>) {
        let leaves = masses.len().next_power_of_two();
        self.tree.clear();
        self.tree.resize(2 * leaves, 0.0);
        masses.enumerate().for_each(|(cell, mass)| self.tree[leaves + cell] = mass);
        (1..leaves).rev().for_each(|node| self.add_up(node));
    }

    fn add_up(&mut self, node: usize) {
        self.tree[node] = self.tree[2 * node] + self.tree[2 * node + 1];
    }

    /// The mass that is left.
    pub fn left(&self) -> f64 {
        self.tree[1]
    }

    /// Takes a cell away, and says what its mass was.
    pub fn take(&mut self, cell: usize) -> f64 {
        let mut node = self.tree.len() / 2 + cell;
        let mass = std::mem::take(&mut self.tree[node]);
        while node > 1 {
            node /= 2;
            self.add_up(node);
        }
        mass
    }

    /// Throws so many times at the cells that are left, and names each that is hit, once.
    pub fn hit(&self, throws: u64, chance: &mut impl Chance, hit: &mut impl FnMut(usize)) {
        self.hit_below(1, throws, chance, hit);
    }

    fn hit_below(&self, node: usize, throws: u64, chance: &mut impl Chance, hit: &mut impl FnMut(usize)) {
        let leaves = self.tree.len() / 2;
        if throws == 0 {
            return;
        }
        if node >= leaves {
            return hit(node - leaves);
        }
        let (left, right) = (2 * node, 2 * node + 1);
        let to_left = chance.binomial(throws, self.tree[left], self.tree[right]);
        self.hit_below(left, to_left, chance, hit);
        self.hit_below(right, throws - to_left, chance, hit);
    }
}
