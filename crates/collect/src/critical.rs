//! What is bad enough to be published every second for a while (H4), without swinging to and fro.

/// Remembers that something was critical until it has clearly calmed down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Latch {
    is_critical: bool,
}

impl Latch {
    /// Critical above `enter`, and from then on until the value is below `leave`. What is not known
    /// is not critical.
    pub(crate) fn update(&mut self, value: Option<f64>, enter: f64, leave: f64) -> bool {
        let limit = if self.is_critical { leave } else { enter };
        self.is_critical = value.is_some_and(|value| value > limit);
        self.is_critical
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_swings_around_its_limit_stays_critical() {
        let mut latch = Latch::default();
        let mut at = |value| latch.update(value, 90.0, 85.0);
        assert!(!at(Some(90.0)) && !at(Some(86.0)));
        assert!(at(Some(90.1)) && at(Some(89.0)) && at(Some(85.1)) && at(Some(91.0)));
        assert!(!at(Some(85.0)) && !at(Some(89.0)));
        assert!(at(Some(95.0)) && !at(None) && !at(Some(89.0)));
    }
}
