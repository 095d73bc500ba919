//! A linear model laid out for single rows: weights of standardised numbers, of missing ones, and of each
//! category.

/// How one feature is spread out.
#[derive(Clone, Debug)]
pub(crate) enum Spread {
    /// The standardised number, cut, and what a missing one adds instead.
    Number { mean: f32, deviation: f32, cut: f32, weights: Vec<f64>, missing: Vec<f64> },
    /// What each category adds.
    Category { weights: Vec<Vec<f64>> },
}

/// A linear model: what a row begins with, and what each feature adds, for each output.
#[derive(Clone, Debug)]
pub(crate) struct FlatLine {
    pub(crate) base: Vec<f64>,
    pub(crate) features: Vec<Spread>,
}

impl FlatLine {
    /// Adds the margins of a row to `sums`.
    pub(crate) fn add_to(&self, row: &[f32], sums: &mut [f64]) {
        for (output, (sum, base)) in sums.iter_mut().zip(&self.base).enumerate() {
            let of = |(spread, value): (&Spread, &f32)| spread.adds(*value, output);
            *sum += base + self.features.iter().zip(row).map(of).sum::<f64>();
        }
    }
}

impl Spread {
    /// What a value adds to an output.
    pub(crate) fn adds(&self, value: f32, output: usize) -> f64 {
        let weight = |weights: &[f64]| weights.get(output).copied().unwrap_or(0.0);
        match self {
            Self::Number { missing, .. } if value.is_nan() => weight(missing),
            Self::Number { mean, deviation, cut, weights, .. } => {
                weight(weights) * f64::from(((value - mean) / deviation).clamp(-cut, *cut))
            }
            Self::Category { .. } if value.is_nan() => 0.0,
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a place in a short list"
            )]
            Self::Category { weights } => {
                weights.get(value as usize).map_or(0.0, |weights| weight(weights))
            }
        }
    }
}
