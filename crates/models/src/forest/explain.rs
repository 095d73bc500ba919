//! What each feature did to a margin: Shapley values of the trees, where an unknown feature follows the
//! training rows (`TreeSHAP`: S. Lundberg, G. Erion, S. Lee, "Consistent Individualized Feature
//! Attribution for Tree Ensembles", 2018, algorithm 2). Exact; cost per tree: leaves × depth².
//!
//! A leaf with a line counts with the line's value in the middle of its ranges, and what the line adds to
//! that for this row goes to the features of the line, each with its own term: `slope × (value − middle)`.
//! Where one of them is missing, the leaf's number stands in, and the difference goes to the missing ones
//! in equal parts. So base and contributions add up to the margin in both cases.

use super::{FEATURE, FlatForest, LEAF, Tree};

/// One feature on the way to a node.
#[derive(Clone, Copy, Debug, Default)]
struct Step {
    feature: usize,
    /// Share of the training rows that come here when the feature is unknown.
    zero: f64,
    /// 1 when the row itself comes here, 0 otherwise.
    one: f64,
    weight: f64,
}

/// No feature: the root of a way.
const NOBODY: usize = usize::MAX;

impl FlatForest {
    /// What each feature adds to an output, and in the last place what there is before any is known.
    pub(crate) fn contributions(&self, row: &[f32], output: usize) -> Vec<f64> {
        let mut out = vec![0.0; self.width + 1];
        for tree in self.trees.iter().filter(|tree| tree.output as usize == output) {
            self.explain(tree, row, &mut out);
        }
        if let (Some(last), Some(base)) = (out.last_mut(), self.base.get(output)) {
            *last += f64::from(*base);
        }
        out
    }

    fn explain(&self, tree: &Tree, row: &[f32], out: &mut [f64]) {
        let root = tree.root as usize;
        if let Some(last) = out.last_mut() {
            *last += self.expected(root);
        }
        self.descend(
            root,
            row,
            out,
            &[],
            Step { feature: NOBODY, zero: 1.0, one: 1.0, weight: 0.0 },
        );
        let mut at = root;
        while let Some(node) = self.nodes.get(at).filter(|node| node.feature & LEAF == 0) {
            at = self.step(node, row);
        }
        let Some(line) = self.line(at) else { return };
        let missing = |feature: u32| row.get(feature as usize).is_none_or(|value| value.is_nan());
        let absent = line.terms.iter().filter(|term| missing(term.feature)).count();
        let stands_in = self.nodes.get(at).map_or(0.0, |node| f64::from(node.value));
        let share = (stands_in - self.level(at)) / absent.max(1) as f64;
        for term in &line.terms {
            let adds = match term.of(row) {
                _ if absent > 0 && !missing(term.feature) => 0.0,
                None => share,
                Some(value) => value - term.middle(),
            };
            if let Some(sum) = out.get_mut(term.feature as usize) {
                *sum += adds;
            }
        }
    }

    /// What a leaf counts with.
    fn level(&self, at: usize) -> f64 {
        match self.line(at) {
            Some(line) => line.intercept + line.terms.iter().map(super::Term::middle).sum::<f64>(),
            None => self.nodes.get(at).map_or(0.0, |node| f64::from(node.value)),
        }
    }

    /// Both children of a node, with the share of its rows that go there.
    fn children(&self, at: usize) -> Option<[(usize, f64); 2]> {
        let node = self.nodes.get(at).filter(|node| node.feature & LEAF == 0)?;
        let (left, right) = (node.left as usize, node.left as usize + 1);
        let cover = |at: usize| self.covers.get(at).copied().unwrap_or(0.0).max(0.0);
        let both = cover(left) + cover(right);
        // Where no training row came, both ways are as likely.
        let share = if both > 0.0 { cover(left) / both } else { 0.5 };
        Some([(left, share), (right, 1.0 - share)])
    }

    /// The mean over the training rows.
    fn expected(&self, at: usize) -> f64 {
        match self.children(at) {
            None => self.level(at),
            Some(both) => both.into_iter().map(|(child, share)| share * self.expected(child)).sum(),
        }
    }

    fn descend(&self, at: usize, row: &[f32], out: &mut [f64], way: &[Step], step: Step) {
        let mut way = way.to_vec();
        extend(&mut way, step);
        let Some(both) = self.children(at) else {
            let level = self.level(at);
            for (place, step) in way.iter().enumerate().skip(1) {
                let weight = unwound(&way, place);
                if let Some(sum) = out.get_mut(step.feature) {
                    *sum += weight * (step.one - step.zero) * level;
                }
            }
            return;
        };
        let Some(node) = self.nodes.get(at) else { return };
        let feature = (node.feature & FEATURE) as usize;
        let taken = self.step(node, row);
        let (mut zero, mut one) = (1.0, 1.0);
        if let Some(place) = way.iter().position(|step| step.feature == feature) {
            if let Some(step) = way.get(place) {
                (zero, one) = (step.zero, step.one);
            }
            unwind(&mut way, place);
        }
        for (child, share) in both {
            let one = if child == taken { one } else { 0.0 };
            let step = Step { feature, zero: zero * share, one, weight: 0.0 };
            // A way that neither the row nor any training row takes adds nothing.
            if step.zero > 0.0 || step.one > 0.0 {
                self.descend(child, row, out, &way, step);
            }
        }
    }
}

/// Adds a feature to the way: the weights of all subsets of each size.
fn extend(way: &mut Vec<Step>, step: Step) {
    let length = way.len();
    way.push(Step { weight: if length == 0 { 1.0 } else { 0.0 }, ..step });
    let all = (length + 1) as f64;
    for place in (0..length).rev() {
        let Some(weight) = way.get(place).map(|step| step.weight) else { continue };
        if let Some(next) = way.get_mut(place + 1) {
            next.weight += step.one * weight * (place + 1) as f64 / all;
        }
        if let Some(this) = way.get_mut(place) {
            this.weight = step.zero * weight * (length - place) as f64 / all;
        }
    }
}

/// Takes a feature out of the way.
fn unwind(way: &mut Vec<Step>, place: usize) {
    let weights = without(way, place);
    way.remove(place);
    for (step, weight) in way.iter_mut().zip(weights) {
        step.weight = weight;
    }
}

/// The sum of the weights without a feature.
fn unwound(way: &[Step], place: usize) -> f64 {
    without(way, place).into_iter().sum()
}

fn without(way: &[Step], place: usize) -> Vec<f64> {
    let depth = way.len().saturating_sub(1);
    let Some(Step { zero, one, .. }) = way.get(place).copied() else { return Vec::new() };
    let all = (depth + 1) as f64;
    let mut weights: Vec<f64> = way.iter().take(depth).map(|step| step.weight).collect();
    let mut next = way.get(depth).map_or(0.0, |step| step.weight);
    for (at, weight) in weights.iter_mut().enumerate().rev() {
        if one == 0.0 {
            *weight = *weight * all / (zero * (depth - at) as f64);
        } else {
            let kept = *weight;
            *weight = next * all / ((at + 1) as f64 * one);
            next = kept - *weight * zero * (depth - at) as f64 / all;
        }
    }
    weights
}
