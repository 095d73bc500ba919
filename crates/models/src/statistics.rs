//! Tests and intervals that figures of models are judged by: plain functions of numbers.

/// Two-sided 95 % of the normal distribution.
pub(crate) const Z95: f64 = 1.959_963_984_540_054;

/// Share of the standard normal distribution below `z`. W. J. Cody, "Rational Chebyshev approximations
/// for the error function", 1969, in the shorter form of Abramowitz and Stegun 26.2.17; off by at most
/// 7.5e-8.
pub(crate) fn normal_below(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z.abs());
    let series = [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    let sum = series.iter().rev().fold(0.0, |sum, factor| (sum + factor) * t);
    let above = sum * (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt();
    if z >= 0.0 { 1.0 - above } else { above }
}

/// The chance of a standard normal number at least as far from 0, on either side.
pub(crate) fn two_sided(z: f64) -> f64 {
    2.0 * normal_below(-z.abs())
}

/// Where the standard normal distribution has `share` above it; for shares of at most a half.
/// Abramowitz and Stegun 26.2.23; off by at most 4.5e-4.
pub(crate) fn normal_above(share: f64) -> f64 {
    let t = (-2.0 * share.clamp(1e-300, 0.5).ln()).sqrt();
    let over = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let under = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    (t - over / under).max(0.0)
}

/// Where the chi-square distribution has `share` above it. E. B. Wilson, M. M. Hilferty, "The
/// distribution of chi-square", PNAS 17 (1931).
pub(crate) fn chi_square_above(degrees: f64, share: f64) -> f64 {
    let degrees = degrees.max(1.0);
    let part = 2.0 / (9.0 * degrees);
    degrees * (1.0 - part + normal_above(share) * part.sqrt()).max(0.0).powi(3)
}

/// 95 % interval of a share of which `hits` of `all` were counted. E. B. Wilson, "Probable inference,
/// the law of succession, and statistical inference", JASA 22 (1927).
pub(crate) fn wilson(hits: f64, all: f64) -> [f64; 2] {
    if all <= 0.0 {
        return [0.0, 1.0];
    }
    let (share, z2) = (hits / all, Z95 * Z95);
    let middle = (share + z2 / (2.0 * all)) / (1.0 + z2 / all);
    let half = Z95 * (share * (1.0 - share) / all + z2 / (4.0 * all * all)).sqrt();
    let half = half / (1.0 + z2 / all);
    [(middle - half).max(0.0), (middle + half).min(1.0)]
}

/// Mean, and variance with n - 1; zeros where there is nothing to take them of.
pub(crate) fn mean_and_variance(values: impl Iterator<Item = f64>) -> (f64, f64) {
    // B. P. Welford, "Note on a method for calculating corrected sums of squares", 1962.
    let (mut n, mut mean, mut squares) = (0.0, 0.0, 0.0);
    for value in values {
        n += 1.0;
        let off = value - mean;
        mean += off / n;
        squares += off * (value - mean);
    }
    (mean, if n > 1.0 { squares / (n - 1.0) } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f64, expected: f64, by: f64) {
        assert!((value - expected).abs() < by, "{value} is not {expected}");
    }

    #[test]
    fn the_distributions_are_those_of_tables() {
        near(normal_below(1.959_964), 0.975, 1e-6);
        near(normal_below(-1.0), 0.158_655, 1e-6);
        near(two_sided(2.575_829), 0.01, 1e-6);
        near(normal_above(0.001), 3.090_232, 1e-3);
        near(chi_square_above(9.0, 0.001), 27.877, 0.2);
        near(chi_square_above(9.0, 0.05), 16.919, 0.05);
    }

    #[test]
    fn intervals_are_those_of_the_papers() {
        // R. G. Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I.
        let [low, high] = wilson(81.0, 263.0);
        near(low, 0.2553, 1e-4);
        near(high, 0.3662, 1e-4);
        let [low, high] = wilson(0.0, 20.0);
        near(low, 0.0, 1e-12);
        near(high, 0.1611, 1e-4);
        let (mean, variance) = mean_and_variance([1.0, 2.0, 3.0, 4.0].into_iter());
        near(mean, 2.5, 1e-12);
        near(variance, 5.0 / 3.0, 1e-12);
    }
}
