//! From the engine's models to what predicts single rows quickly. What comes out is compared with the
//! engine before it is used.

use super::{
    boosted::Forest,
    linear::{CUT, Line, Scale},
};
use crate::{
    features::Matrix,
    forest::{FlatForest, FlatLine, Grown, LeafLine, SET, Spread, Term, Test},
};

/// Rows that are compared.
const PROBES: usize = 64;
/// The most that a margin may differ, for margins up to 1; above, in proportion.
const DIFFERENCE: f32 = 1e-5;

impl Forest {
    /// The same, laid out flat; `None` where that is not possible, or does not say the same.
    pub(crate) fn flatten(&self, width: usize) -> Option<FlatForest> {
        let engine = self.engine();
        let plain = engine.tree_weights().all(|weight| weight.to_bits() == 1.0_f32.to_bits());
        if !plain || engine.has_vector_leaves() || engine.linear().is_some() {
            return None;
        }
        let mut flat = FlatForest::new(engine.base_scores(), width);
        for (tree, outputs) in engine.trees().iter().zip(engine.tree_outputs()) {
            let nodes = tree.nodes().iter().enumerate().map(|(place, node)| {
                let cover = f64::from(node.sum_hess);
                if node.is_leaf() {
                    let line = tree.linear_leaves().map(|lines| line_of(lines, place));
                    return Some(Grown::Leaf { value: node.leaf_value, line, cover });
                }
                let test = if node.is_categorical {
                    let among = tree.split_categories(place).to_vec();
                    if among.iter().any(|category| *category as usize >= SET) {
                        return None;
                    }
                    Test::Among(among)
                } else {
                    Test::Below(node.split_cond)
                };
                Some(Grown::Split {
                    feature: node.split_feature as usize,
                    test,
                    missing_left: node.default_left,
                    left: usize::try_from(node.left).ok()?,
                    right: usize::try_from(node.right).ok()?,
                    cover,
                })
            });
            flat.add(&nodes.collect::<Option<Vec<Grown>>>()?, outputs.start)?;
        }
        self.says_the_same(&flat, width).then_some(flat)
    }

    fn says_the_same(&self, flat: &FlatForest, width: usize) -> bool {
        let values = flat.probes(PROBES);
        let rows = Matrix { values, rows: PROBES, width };
        let Ok(expected) = self.margins(&rows) else { return false };
        let found = flat.margins(&rows.values, PROBES);
        let same = |(a, b): (&f32, &f32)| (a - b).abs() <= DIFFERENCE * a.abs().max(1.0);
        expected.len() == found.len() && expected.iter().zip(&found).all(same)
    }
}

fn line_of(lines: &hessboost::tree::LinearLeaves, place: usize) -> LeafLine {
    let (features, slopes) = lines.terms(place);
    let everywhere = vec![[f32::MIN, f32::MAX]; features.len()];
    let ranges = lines.ranges(place).unwrap_or(&everywhere);
    let term = |((feature, slope), range): ((&u32, &f64), &[f32; 2])| {
        let [lowest, highest] = *range;
        Term { feature: *feature, slope: *slope, lowest, highest }
    };
    let terms = features.iter().zip(slopes).zip(ranges).map(term).collect();
    LeafLine { intercept: lines.intercept(place), terms }
}

impl Line {
    /// The same, laid out flat.
    pub(crate) fn flatten(&self) -> Option<FlatLine> {
        let engine = self.engine();
        let linear = engine.linear()?;
        let outputs = engine.n_outputs();
        let weight = |column: usize| -> Option<Vec<f64>> {
            let weights = linear.weights().get(column * outputs..(column + 1) * outputs)?;
            Some(weights.iter().map(|weight| f64::from(*weight)).collect())
        };
        let both = linear.bias().iter().zip(engine.base_scores());
        let base = both.map(|(bias, base)| f64::from(*bias) + f64::from(*base)).collect();
        let mut features = Vec::new();
        let mut column = 0;
        for scale in self.scales() {
            features.push(match *scale {
                Scale::Number { mean, deviation, flag } => {
                    let weights = weight(column)?;
                    let missing = if flag { weight(column + 1)? } else { vec![0.0; outputs] };
                    column += 1 + usize::from(flag);
                    Spread::Number { mean, deviation, cut: CUT, weights, missing }
                }
                Scale::Category { count } => {
                    let weights: Option<Vec<_>> = (column..column + count).map(weight).collect();
                    column += count;
                    Spread::Category { weights: weights? }
                }
            });
        }
        Some(FlatLine { base, features })
    }
}
