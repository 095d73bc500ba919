//! An ensemble of trees laid out for speed: all nodes in one array, both children side by side, so that a
//! step down needs no branch, and rows go down a tree several at a time, so that they wait for memory
//! together. Leaves hold a number, or a line of some features.
//! Enters: what the engine trained (`learner::flatten`). Leaves: margins, and what each feature did to
//! them. May not know the engine.

mod explain;
mod line;

pub(crate) use line::{FlatLine, Spread};

/// Rows that go down a tree together.
const TOGETHER: usize = 16;
/// Words of a set of categories: places up to 255.
const SET_WORDS: usize = 4;
/// Categories of a feature that a set can hold.
pub(crate) const SET: usize = SET_WORDS * 64;

/// Flags beside a node's feature.
const LEAF: u32 = 1 << 31;
const CATEGORY: u32 = 1 << 30;
const MISSING_LEFT: u32 = 1 << 29;
const FEATURE: u32 = MISSING_LEFT - 1;

/// A node. Its left child is at `left`, the right one behind it; a leaf's `left` is itself.
#[derive(Clone, Copy, Debug)]
struct Node {
    /// Lower values go left; of a leaf its number; of a category the place of its set.
    value: f32,
    /// The feature, with flags.
    feature: u32,
    left: u32,
}

/// Where a tree begins, and what it adds to.
#[derive(Clone, Copy, Debug)]
struct Tree {
    root: u32,
    depth: u32,
    output: u32,
}

/// The line of a leaf: `intercept + Σ slope × clamp(value)`; where one of its features is missing, the
/// leaf's number stands in.
#[derive(Clone, Debug)]
pub(crate) struct LeafLine {
    pub(crate) intercept: f64,
    pub(crate) terms: Vec<Term>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Term {
    pub(crate) feature: u32,
    pub(crate) slope: f64,
    pub(crate) lowest: f32,
    pub(crate) highest: f32,
}

impl Term {
    fn of(&self, row: &[f32]) -> Option<f64> {
        let value = row.get(self.feature as usize).copied().filter(|value| !value.is_nan())?;
        Some(self.slope * f64::from(self.clamped(value)))
    }

    fn clamped(&self, value: f32) -> f32 {
        if value < self.lowest {
            self.lowest
        } else if value > self.highest {
            self.highest
        } else {
            value
        }
    }

    /// What it adds in the middle of its range.
    fn middle(&self) -> f64 {
        self.slope * f64::midpoint(f64::from(self.lowest), f64::from(self.highest))
    }
}

impl LeafLine {
    /// `None` where one of its features is missing.
    fn of(&self, row: &[f32]) -> Option<f64> {
        self.terms.iter().try_fold(self.intercept, |sum, term| Some(sum + term.of(row)?))
    }
}

/// A node as it is handed in.
#[derive(Clone, Debug)]
pub(crate) enum Grown {
    /// Parts the rows.
    Split { feature: usize, test: Test, missing_left: bool, left: usize, right: usize, cover: f64 },
    /// Ends.
    Leaf { value: f32, line: Option<LeafLine>, cover: f64 },
}

/// Who goes left.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    Below(f32),
    Among(Vec<u32>),
}

impl Grown {
    fn cover(&self) -> f64 {
        match self {
            Self::Split { cover, .. } | Self::Leaf { cover, .. } => *cover,
        }
    }
}

/// The ensemble.
#[derive(Clone, Debug)]
pub(crate) struct FlatForest {
    nodes: Vec<Node>,
    /// The rows that came to each node, in the engine's weights.
    covers: Vec<f64>,
    trees: Vec<Tree>,
    sets: Vec<[u64; SET_WORDS]>,
    /// The line of each leaf, by its node; empty where leaves are numbers.
    lines: Vec<Option<LeafLine>>,
    base: Vec<f32>,
    width: usize,
}

impl FlatForest {
    /// Without trees; `base` is what each output begins with, `width` the features of a row.
    pub(crate) fn new(base: &[f32], width: usize) -> Self {
        let (nodes, covers, trees, sets, lines) = Default::default();
        Self { nodes, covers, trees, sets, lines, base: base.to_vec(), width }
    }

    /// Outputs of a row.
    pub(crate) fn outputs(&self) -> usize {
        self.base.len()
    }

    /// Adds a tree, whose first node is its root. `None` where something in it is beyond what is laid
    /// out here; the forest is of no use then.
    pub(crate) fn add(&mut self, tree: &[Grown], output: usize) -> Option<()> {
        let root = u32::try_from(self.nodes.len()).ok()?;
        let mut depth = 0;
        // In breadth: each entry is a node there, its place here, and its depth.
        let mut next = vec![(0, self.push(tree.first()?, root)?, 0_u32)];
        while let Some((from, place, level)) = next.pop() {
            depth = depth.max(level);
            let Grown::Split { left, right, .. } = tree.get(from)? else { continue };
            let at = u32::try_from(self.nodes.len()).ok()?;
            let left_place = self.push(tree.get(*left)?, at)?;
            let right_place = self.push(tree.get(*right)?, at + 1)?;
            self.nodes.get_mut(place)?.left = at;
            next.push((*left, left_place, level + 1));
            next.push((*right, right_place, level + 1));
        }
        let output =
            u32::try_from(output).ok().filter(|output| (*output as usize) < self.base.len())?;
        self.trees.push(Tree { root, depth, output });
        Some(())
    }

    fn push(&mut self, grown: &Grown, at: u32) -> Option<usize> {
        let place = self.nodes.len();
        let node = match grown {
            Grown::Leaf { value, line, .. } => {
                if line.is_some() || !self.lines.is_empty() {
                    self.lines.resize(place, None);
                    self.lines.push(line.clone());
                }
                Node { value: *value, feature: LEAF, left: at }
            }
            Grown::Split { feature, test, missing_left, .. } => {
                if *feature >= self.width {
                    return None;
                }
                let missing = if *missing_left { MISSING_LEFT } else { 0 };
                let feature = u32::try_from(*feature).ok().filter(|it| *it <= FEATURE)? | missing;
                match test {
                    Test::Below(value) => Node { value: *value, feature, left: at },
                    Test::Among(categories) => {
                        let set = u32::try_from(self.sets.len()).ok()?;
                        self.sets.push(set_of(categories)?);
                        Node { value: f32::from_bits(set), feature: feature | CATEGORY, left: at }
                    }
                }
            }
        };
        self.nodes.push(node);
        self.covers.push(grown.cover());
        Some(place)
    }

    /// The margins of rows, each output of the first, then of the next; in single precision and the
    /// order of the trees, as the engine adds them up.
    pub(crate) fn margins(&self, values: &[f32], rows: usize) -> Vec<f32> {
        let outputs = self.outputs();
        let mut out = self.base.repeat(rows);
        let mut row = 0;
        while row < rows {
            let count = (rows - row).min(TOGETHER);
            let block = values.get(row * self.width..(row + count) * self.width);
            let sums = out.get_mut(row * outputs..(row + count) * outputs);
            if let (Some(block), Some(sums)) = (block, sums) {
                if count == TOGETHER {
                    self.add_block(block, sums);
                } else {
                    for (row, sums) in
                        block.chunks(self.width.max(1)).zip(sums.chunks_mut(outputs.max(1)))
                    {
                        self.add_row(row, sums);
                    }
                }
            }
            row += count;
        }
        out
    }

    fn add_row(&self, row: &[f32], sums: &mut [f32]) {
        for tree in &self.trees {
            let mut at = tree.root as usize;
            while let Some(node) = self.nodes.get(at).filter(|node| node.feature & LEAF == 0) {
                at = self.step(node, row);
            }
            if let Some(sum) = sums.get_mut(tree.output as usize) {
                *sum += self.leaf(at, row);
            }
        }
    }

    fn add_block(&self, block: &[f32], sums: &mut [f32]) {
        let outputs = self.outputs();
        let mut rows: [&[f32]; TOGETHER] = [&[]; TOGETHER];
        for (row, values) in rows.iter_mut().zip(block.chunks(self.width.max(1))) {
            *row = values;
        }
        for tree in &self.trees {
            let mut at = [tree.root as usize; TOGETHER];
            for _ in 0..tree.depth {
                let mut moved = 0;
                for (at, row) in at.iter_mut().zip(&rows) {
                    let Some(node) = self.nodes.get(*at) else { continue };
                    let next = if node.feature & LEAF == 0 { self.step(node, row) } else { *at };
                    moved |= next ^ *at;
                    *at = next;
                }
                if moved == 0 {
                    break;
                }
            }
            for ((at, row), sums) in at.into_iter().zip(&rows).zip(sums.chunks_mut(outputs.max(1)))
            {
                if let Some(sum) = sums.get_mut(tree.output as usize) {
                    *sum += self.leaf(at, row);
                }
            }
        }
    }

    /// The child that a row goes to.
    #[inline]
    fn step(&self, node: &Node, row: &[f32]) -> usize {
        node.left as usize + usize::from(!self.goes_left(node, row))
    }

    #[inline]
    fn goes_left(&self, node: &Node, row: &[f32]) -> bool {
        let value = row.get((node.feature & FEATURE) as usize).copied().unwrap_or(f32::NAN);
        if node.feature & CATEGORY != 0 && !value.is_nan() {
            return self
                .sets
                .get(node.value.to_bits() as usize)
                .is_some_and(|set| holds(set, value));
        }
        // No NaN is below anything.
        value < node.value || value.is_nan() && (node.feature & MISSING_LEFT != 0)
    }

    /// What a leaf says of a row.
    #[inline]
    fn leaf(&self, at: usize, row: &[f32]) -> f32 {
        let constant = self.nodes.get(at).map_or(0.0, |node| node.value);
        match self.line(at).and_then(|line| line.of(row)) {
            #[expect(clippy::cast_possible_truncation, reason = "as the engine rounds it")]
            Some(value) => value as f32,
            None => constant,
        }
    }

    #[inline]
    fn line(&self, at: usize) -> Option<&LeafLine> {
        self.lines.get(at)?.as_ref()
    }

    /// Features and values close to where trees part, for a comparison with another predictor.
    pub(crate) fn probes(&self, rows: usize) -> Vec<f32> {
        let mut values = Vec::with_capacity(rows * self.width);
        let mut by_feature: Vec<Vec<f32>> = vec![Vec::new(); self.width];
        for node in self.nodes.iter().filter(|node| node.feature & LEAF == 0) {
            let place = (node.feature & FEATURE) as usize;
            let Some(seen) = by_feature.get_mut(place) else { continue };
            if node.feature & CATEGORY == 0 {
                seen.push(node.value);
            } else {
                seen.push(seen.len() as f32 % 7.0);
            }
        }
        // A linear congruential generator (Knuth, MMIX): the same rows each time.
        let mut state = 1_u64;
        let mut below = |end: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from((state >> 33) % (end.max(1) as u64)).unwrap_or_default()
        };
        for _ in 0..rows {
            for seen in &by_feature {
                let place = below(seen.len() + 1);
                let value = seen.get(place).copied().unwrap_or(f32::NAN);
                values.push(if below(3) == 0 && value.fract() != 0.0 {
                    value.next_down()
                } else {
                    value
                });
            }
        }
        values
    }
}

fn set_of(categories: &[u32]) -> Option<[u64; SET_WORDS]> {
    let mut set = [0; SET_WORDS];
    for category in categories {
        *set.get_mut((*category / 64) as usize)? |= 1 << (category % 64);
    }
    Some(set)
}

#[inline]
fn holds(set: &[u64; SET_WORDS], value: f32) -> bool {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a category's place; others saturate, as in the engine"
    )]
    let place = value as u32;
    set.get((place / 64) as usize).is_some_and(|word| word >> (place % 64) & 1 == 1)
}

#[cfg(test)]
mod tests;
