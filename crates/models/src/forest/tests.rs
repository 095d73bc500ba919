use super::*;

/// All features' subsets, weighted by their places in all orders: what `explain` computes, by definition.
fn by_definition(forest: &FlatForest, row: &[f32], width: usize) -> Vec<f64> {
    let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
    let expected = |known: usize| {
        let tree = &forest.trees[0];
        mean_of(forest, tree.root as usize, row, known)
    };
    (0..width)
        .map(|feature| {
            let others = (0..1_usize << width).filter(|set| set & (1 << feature) == 0);
            others
                .map(|set| {
                    let size = set.count_ones() as usize;
                    let weight = factorial(size) * factorial(width - size - 1) / factorial(width);
                    weight * (expected(set | 1 << feature) - expected(set))
                })
                .sum()
        })
        .collect()
}

fn mean_of(forest: &FlatForest, at: usize, row: &[f32], known: usize) -> f64 {
    let node = &forest.nodes[at];
    if node.feature & LEAF != 0 {
        return f64::from(node.value);
    }
    if known & (1 << (node.feature & FEATURE)) != 0 {
        return mean_of(forest, forest.step(node, row), row, known);
    }
    let (left, right) = (node.left as usize, node.left as usize + 1);
    let (a, b) = (forest.covers[left], forest.covers[right]);
    (a * mean_of(forest, left, row, known) + b * mean_of(forest, right, row, known)) / (a + b)
}

fn leaf(value: f32, cover: f64) -> Grown {
    Grown::Leaf { value, line: None, cover }
}

fn split(feature: usize, test: Test, left: usize, right: usize, cover: f64) -> Grown {
    Grown::Split { feature, test, missing_left: feature == 0, left, right, cover }
}

/// Three features, the first one twice on a way, a category among them.
fn tree() -> Vec<Grown> {
    vec![
        split(0, Test::Below(0.5), 1, 2, 10.0),
        split(1, Test::Among(vec![0, 2, 70]), 3, 4, 6.0),
        split(0, Test::Below(0.8), 5, 6, 4.0),
        split(2, Test::Below(-1.0), 7, 8, 2.5),
        leaf(3.0, 3.5),
        leaf(-2.0, 1.0),
        split(2, Test::Below(4.0), 9, 10, 3.0),
        leaf(1.0, 0.5),
        leaf(0.25, 2.0),
        leaf(7.0, 2.75),
        leaf(-1.0, 0.25),
    ]
}

fn rows() -> Vec<[f32; 3]> {
    let mut rows = Vec::new();
    for a in [0.1, 0.6, 0.9, f32::NAN] {
        for b in [0.0, 1.0, 70.0, 500.0, f32::NAN] {
            for c in [-2.0, 0.0, 5.0, f32::NAN] {
                rows.push([a, b, c]);
            }
        }
    }
    rows
}

#[test]
fn rows_go_where_they_belong() {
    let mut forest = FlatForest::new(&[0.5], 3);
    forest.add(&tree(), 0).unwrap();
    let check = |row: [f32; 3], expected: f32| {
        assert_eq!(forest.margins(&row, 1), [0.5 + expected], "{row:?}");
    };
    check([0.1, 2.0, 0.0], 0.25);
    check([0.1, 70.0, -2.0], 1.0);
    check([0.1, 1.0, 0.0], 3.0);
    check([0.1, f32::NAN, 0.0], 3.0);
    check([f32::NAN, 1.0, 0.0], 3.0);
    check([0.6, 1.0, 0.0], -2.0);
    check([0.9, 1.0, 4.0], -1.0);
    let all: Vec<f32> = rows().concat();
    let together = forest.margins(&all, rows().len());
    let alone: Vec<f32> = rows().iter().flat_map(|row| forest.margins(row, 1)).collect();
    assert_eq!(together, alone, "several at a time are the same");
}

#[test]
fn contributions_are_shapley_values() {
    let mut forest = FlatForest::new(&[0.0], 3);
    forest.add(&tree(), 0).unwrap();
    for row in rows() {
        let found = forest.contributions(&row, 0);
        let expected = by_definition(&forest, &row, 3);
        for (a, b) in found.iter().zip(&expected) {
            assert!((a - b).abs() < 1e-9, "{row:?}: {found:?} {expected:?}");
        }
        let margin = f64::from(forest.margins(&row, 1)[0]);
        assert!((found.iter().sum::<f64>() - margin).abs() < 1e-6, "{row:?}");
    }
}

#[test]
fn lines_in_leaves_add_up_too() {
    let line = |intercept, slope| {
        let term = |feature, slope| Term { feature, slope, lowest: -1.0, highest: 3.0 };
        Some(LeafLine { intercept, terms: vec![term(1, slope), term(2, -2.0 * slope)] })
    };
    let mut forest = FlatForest::new(&[0.1, 0.2], 3);
    let with_lines = vec![
        split(0, Test::Below(0.5), 1, 2, 5.0),
        Grown::Leaf { value: 1.0, line: line(0.5, 2.0), cover: 2.0 },
        Grown::Leaf { value: -1.0, line: line(1.5, -1.0), cover: 3.0 },
    ];
    forest.add(&with_lines, 1).unwrap();
    forest.add(&tree(), 0).unwrap();
    let cut = forest.margins(&[0.0, 9.0, 1.0], 1)[1];
    assert!((cut - (0.2 + 0.5 + 2.0 * 3.0 - 4.0)).abs() < 1e-6, "cut at 3: {cut}");
    let margin = forest.margins(&[0.0, f32::NAN, 1.0], 1)[1];
    assert!((margin - 1.2).abs() < 1e-6, "the number stands in, not {margin}");
    for row in rows() {
        for output in 0..2 {
            let found = forest.contributions(&row, output);
            let margin = f64::from(forest.margins(&row, 1)[output]);
            assert!(
                (found.iter().sum::<f64>() - margin).abs() < 1e-6,
                "{row:?} {output}: {found:?}"
            );
        }
    }
    // The features of a line have no part in the split: what they add is what the line says.
    let found = forest.contributions(&[0.0, 2.0, 1.0], 1);
    assert!((found[1] - 2.0 * (2.0 - 1.0)).abs() < 1e-9 && found[2].abs() < 1e-9, "{found:?}");
}

#[test]
fn what_cannot_be_laid_out_is_refused() {
    let mut forest = FlatForest::new(&[0.0], 2);
    let tree = [split(0, Test::Among(vec![256]), 1, 2, 2.0), leaf(0.0, 1.0), leaf(1.0, 1.0)];
    assert!(forest.add(&tree, 0).is_none(), "a category beyond the sets");
    let tree = [split(2, Test::Below(1.0), 1, 2, 2.0), leaf(0.0, 1.0), leaf(1.0, 1.0)];
    assert!(FlatForest::new(&[0.0], 2).add(&tree, 0).is_none(), "no such feature");
    assert!(FlatForest::new(&[0.0], 2).add(&[leaf(1.0, 1.0)], 1).is_none(), "no such output");
}
