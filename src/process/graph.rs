//! The graph of seen pairs at one prompt: its connected components and a spanning forest.

/// Connected components of the responses that a prompt's seen pairs touch. Buffers are kept from prompt to prompt, and
/// clearing costs nothing, so that a prompt costs what it drew and not its number of responses.
///
/// ```
/// use selfreward::process::graph::SeenGraph;
///
/// let mut graph = SeenGraph::default();
/// graph.build(6, [(0, 1), (1, 2), (2, 0), (4, 5)]);
/// // The third pair closes a circle, and adds no direction.
/// assert_eq!(graph.forest(), [(0, 1), (1, 2), (4, 5)]);
/// assert_eq!(graph.components(|response| response == 2), [vec![0, 1, 2]]);
/// ```
#[derive(Debug, Default)]
pub struct SeenGraph {
    /// `stamp[y]` is the number of the last prompt that touched y.
    stamp: Vec<u32>,
    /// Where y stands in `vertices`, if the stamp is current.
    place: Vec<u32>,
    current: u32,
    vertices: Vec<u32>,
    parent: Vec<u32>,
    forest: Vec<(u32, u32)>,
    /// Roots of the components that are asked for; their members, each with its root.
    wanted: Vec<bool>,
    members: Vec<(u32, u32)>,
}

impl SeenGraph {
    /// Takes in the pairs y ≠ y' of a prompt with `responses` responses.
    pub fn build(&mut self, responses: usize, pairs: impl IntoIterator<Item = (u32, u32)>) {
        if self.stamp.len() < responses {
            self.stamp.resize(responses, 0);
            self.place.resize(responses, 0);
        }
        self.current = self.current.wrapping_add(1);
        if self.current == 0 {
            self.stamp.fill(0);
            self.current = 1;
        }
        self.vertices.clear();
        self.parent.clear();
        self.forest.clear();
        for (y, other) in pairs {
            let (a, b) = (self.vertex(y), self.vertex(other));
            let (a, b) = (self.root(a), self.root(b));
            if a != b {
                // The older root stays; with path halving the trees stay shallow.
                self.parent[a.max(b) as usize] = a.min(b);
                self.forest.push((y, other));
            }
        }
    }

    fn vertex(&mut self, response: u32) -> u32 {
        let y = response as usize;
        if self.stamp[y] != self.current {
            self.stamp[y] = self.current;
            self.place[y] = self.vertices.len() as u32;
            self.vertices.push(response);
            self.parent.push(self.place[y]);
        }
        self.place[y]
    }

    fn root(&mut self, mut vertex: u32) -> u32 {
        while self.parent[vertex as usize] != vertex {
            let grandparent = self.parent[self.parent[vertex as usize] as usize];
            self.parent[vertex as usize] = grandparent;
            vertex = grandparent;
        }
        vertex
    }

    /// The responses that the pairs touch, in the order in which they came up.
    pub fn responses(&self) -> &[u32] {
        &self.vertices
    }

    /// Pairs that form a spanning forest; their number is the rank of the seen differences of one-hot features.
    pub fn forest(&self) -> &[(u32, u32)] {
        &self.forest
    }

    /// Components with an interesting response, each as its responses by ascending index, in the order of their least one.
    pub fn components(&mut self, interesting: impl Fn(u32) -> bool) -> Vec<Vec<u32>> {
        let mut components: Vec<Vec<u32>> = Vec::new();
        self.for_each_component(interesting, |members| {
            components.push(members.iter().map(|&(_, response)| response).collect());
        });
        components.sort_unstable_by_key(|component| component[0]);
        components
    }

    /// As [`SeenGraph::components`], in another order and without lists of their own: each as its (root,
    /// response) by ascending response.
    pub(super) fn for_each_component(&mut self, interesting: impl Fn(u32) -> bool, f: impl FnMut(&[(u32, u32)])) {
        self.wanted.clear();
        self.wanted.resize(self.vertices.len(), false);
        self.members.clear();
        for vertex in 0..self.vertices.len() {
            if interesting(self.vertices[vertex]) {
                let root = self.root(vertex as u32);
                self.wanted[root as usize] = true;
            }
        }
        if self.wanted.contains(&true) {
            for vertex in 0..self.vertices.len() {
                let root = self.root(vertex as u32);
                if self.wanted[root as usize] {
                    self.members.push((root, self.vertices[vertex]));
                }
            }
        }
        self.members.sort_unstable();
        self.members.chunk_by(|a, b| a.0 == b.0).for_each(f);
    }
}
