//! The losses of a run by round: all of them while they are few, then every second, fourth and so on.

use bellwether_signal::answer::CurvePoint;

/// Points that are kept, at most.
const POINTS: usize = 400;

/// A curve while it grows.
#[derive(Clone, Debug)]
pub(super) struct Curve {
    points: Vec<CurvePoint>,
    every: usize,
    seen: usize,
}

impl Curve {
    pub(super) fn new() -> Self {
        Self { points: Vec::new(), every: 1, seen: 0 }
    }

    pub(super) fn add(&mut self, point: CurvePoint) {
        if self.seen.is_multiple_of(self.every) {
            if self.points.len() == POINTS {
                let mut place = 0;
                self.points.retain(|_| {
                    place += 1;
                    place % 2 == 1
                });
                self.every *= 2;
            }
            // After thinning, this one may fall between two that are kept.
            if self.seen.is_multiple_of(self.every) {
                self.points.push(point);
            }
        }
        self.seen += 1;
    }

    pub(super) fn points(&self) -> &[CurvePoint] {
        &self.points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_curve_is_thinned_evenly() {
        let mut curve = Curve::new();
        for round in 0..5_000 {
            let validation_loss = f64::from(round);
            curve.add(CurvePoint { fit: 1, round, train_loss: None, validation_loss });
            let rounds: Vec<u32> = curve.points().iter().map(|point| point.round).collect();
            assert!(rounds.len() <= POINTS);
            let step = rounds.get(1).copied().unwrap_or(1);
            assert!(rounds.windows(2).all(|pair| pair[1] - pair[0] == step), "{rounds:?}");
        }
        assert!(curve.points().len() > POINTS / 2 - 1);
    }
}
