//! Which rows validate which fit.

/// Rows in folds; every row is in exactly one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Folds {
    folds: Vec<Vec<usize>>,
    /// As many of them validate a fit: the first ones.
    judging: usize,
}

impl Folds {
    /// Shuffled, each class spread evenly (`strata` holds a number for each row's class).
    pub(crate) fn shuffled(strata: &[usize], count: usize, seed: u64) -> Self {
        let mut folds = vec![Vec::new(); count];
        let mut rows: Vec<usize> = (0..strata.len()).collect();
        let mut random = SplitMix(seed);
        for left in (1..rows.len()).rev() {
            rows.swap(left, random.below(left + 1));
        }
        rows.sort_by_key(|row| strata.get(*row)); // stable: shuffled within each class
        for (place, row) in rows.into_iter().enumerate() {
            if let Some(fold) = folds.get_mut(place % count.max(1)) {
                fold.push(row);
            }
        }
        for fold in &mut folds {
            fold.sort_unstable();
        }
        Self::all(folds)
    }

    fn all(folds: Vec<Vec<usize>>) -> Self {
        Self { judging: folds.len(), folds }
    }

    /// The same, but only the first so many validate a fit: where rows are many, a part of them judges
    /// well enough.
    #[must_use]
    pub(crate) fn judging(self, most: usize) -> Self {
        Self { judging: self.judging.min(most), ..self }
    }

    /// Blocks of neighbouring rows: in the order of time, a row's neighbours would tell on it.
    pub(crate) fn blocks(rows: usize, count: usize) -> Self {
        let count = count.max(1);
        let start = |fold: usize| fold * rows / count;
        Self::all((0..count).map(|fold| (start(fold)..start(fold + 1)).collect()).collect())
    }

    /// Blocks of neighbours in an order: `ranks` holds each row's time; rows without one come first.
    pub(crate) fn blocks_of(ranks: &[Option<i64>], count: usize) -> Self {
        let mut rows: Vec<usize> = (0..ranks.len()).collect();
        rows.sort_by_key(|row| ranks.get(*row).copied().flatten());
        let Self { mut folds, .. } = Self::blocks(rows.len(), count);
        for fold in &mut folds {
            for place in fold.iter_mut() {
                *place = rows.get(*place).copied().unwrap_or(*place);
            }
            fold.sort_unstable();
        }
        Self::all(folds)
    }

    /// Rows of one group stay together (`groups` holds a number for each row's group, from 0); folds
    /// are as even as that allows: the largest groups first, each to the smallest fold.
    pub(crate) fn grouped(groups: &[usize], count: usize, seed: u64) -> Self {
        let kinds = groups.iter().max().map_or(0, |most| most + 1);
        let mut members = vec![Vec::new(); kinds];
        for (row, group) in groups.iter().enumerate() {
            if let Some(members) = members.get_mut(*group) {
                members.push(row);
            }
        }
        let mut random = SplitMix(seed);
        for left in (1..members.len()).rev() {
            members.swap(left, random.below(left + 1));
        }
        members.sort_by_key(|rows| std::cmp::Reverse(rows.len())); // stable: equal ones stay shuffled
        let mut folds = vec![Vec::new(); count.clamp(1, kinds.max(1))];
        for rows in members {
            if let Some(fold) = folds.iter_mut().min_by_key(|fold| fold.len()) {
                fold.extend(rows);
            }
        }
        for fold in &mut folds {
            fold.sort_unstable();
        }
        Self::all(folds)
    }

    /// For each fold that judges the rows to train on, and those to validate on.
    pub(crate) fn splits(&self) -> impl Iterator<Item = (Vec<usize>, &[usize])> {
        self.folds.iter().take(self.judging).enumerate().map(|(fold, valid)| {
            let others = self.folds.iter().enumerate().filter(move |(other, _)| *other != fold);
            let mut train: Vec<usize> = others.flat_map(|(_, rows)| rows).copied().collect();
            train.sort_unstable();
            (train, valid.as_slice())
        })
    }
}

/// `SplitMix64` (G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA
/// 2014): small, and the same for ever, so that a seed is a promise.
pub(crate) struct SplitMix(pub(crate) u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform from 0 to below 1.
    pub(crate) fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Uniform below `bound`, but for a bias of `bound` in 2^64.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let product = u128::from(self.next()) * bound as u128;
        usize::try_from(product >> 64).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_validates_once_and_classes_are_spread() {
        let strata: Vec<usize> = (0..103).map(|row| usize::from(row % 10 == 0)).collect();
        let folds = Folds::shuffled(&strata, 5, 7);
        let mut seen: Vec<usize> = folds.splits().flat_map(|(_, valid)| valid.to_vec()).collect();
        seen.sort_unstable();
        assert_eq!(seen, (0..103).collect::<Vec<_>>());
        for (train, valid) in folds.splits() {
            assert_eq!(train.len() + valid.len(), 103);
            let rare = valid.iter().filter(|row| strata[**row] == 1).count();
            assert!((2..=3).contains(&rare), "{rare}");
        }
        assert_eq!(folds, Folds::shuffled(&strata, 5, 7));
        assert_ne!(folds, Folds::shuffled(&strata, 5, 8));
        let some: Vec<usize> = folds.judging(2).splits().map(|(train, _)| train.len()).collect();
        assert_eq!(some, [82, 82], "the others are learned from");
    }

    #[test]
    fn groups_stay_together() {
        let groups: Vec<usize> = (0..100).map(|row| row * 7 % 13).collect();
        let folds = Folds::grouped(&groups, 4, 1);
        let mut seen = Vec::new();
        for (train, valid) in folds.splits() {
            assert!((17..=33).contains(&valid.len()), "{}", valid.len());
            let apart = |row: &usize| train.iter().all(|other| groups[*other] != groups[*row]);
            assert!(valid.iter().all(apart));
            seen.extend_from_slice(valid);
        }
        seen.sort_unstable();
        assert_eq!(seen, (0..100).collect::<Vec<_>>());
        assert_eq!(
            Folds::grouped(&[0, 1, 0], 5, 1).splits().count(),
            2,
            "one fold a group at most"
        );
    }

    #[test]
    fn blocks_follow_time_and_not_the_file() {
        let ranks = [Some(30), Some(10), None, Some(20)];
        let folds = Folds::blocks_of(&ranks, 2);
        let valid: Vec<Vec<usize>> = folds.splits().map(|(_, valid)| valid.to_vec()).collect();
        assert_eq!(valid, [vec![1, 2], vec![0, 3]]);
    }

    #[test]
    fn blocks_are_neighbours() {
        let folds = Folds::blocks(10, 3);
        let valid: Vec<Vec<usize>> = folds.splits().map(|(_, valid)| valid.to_vec()).collect();
        assert_eq!(valid, [vec![0, 1, 2], vec![3, 4, 5], vec![6, 7, 8, 9]]);
    }
}
