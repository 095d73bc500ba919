//! Whether something grows: a straight line through what was seen, by least squares.

/// By how much the line rises from the first value to the last; 0 of fewer than three.
pub(crate) fn growth(values: &[f64]) -> f64 {
    if values.len() < 3 {
        return 0.0;
    }
    let count = values.len() as f64;
    let middle = (count - 1.0) / 2.0;
    let mean = values.iter().sum::<f64>() / count;
    let (mut above, mut below) = (0.0, 0.0);
    for (index, value) in values.iter().enumerate() {
        let from_middle = index as f64 - middle;
        above += from_middle * (value - mean);
        below += from_middle * from_middle;
    }
    above / below * (count - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_told_from_noise() {
        let check = |values: &[f64], expected: f64| {
            assert!((growth(values) - expected).abs() < 1e-9, "{values:?}: {}", growth(values));
        };
        check(&[5.0, 5.0, 5.0, 5.0], 0.0);
        check(&[1.0, 2.0, 3.0, 4.0], 3.0);
        check(&[4.0, 3.0, 2.0], -2.0);
        check(&[1.0, 3.0, 1.0], 0.0);
        check(&[7.0], 0.0);
    }
}
