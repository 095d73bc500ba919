//! Reading a device without waiting for it.
//!
//! Most sensors answer within microseconds and are read in the round itself. Some ask a controller
//! over a slow bus and take a tenth of a second, and a broken one may never answer. A device that is
//! new, or was slow, is therefore read on a thread of its own, which takes the device along and brings
//! it back; whoever is not back yet is asked again later. At most one thread waits for each device,
//! and none lives between two readings.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError, sync_channel},
    thread,
    time::Duration,
};

/// A device that takes longer than this is slow.
const SLOW: Duration = Duration::from_millis(20);
/// Shortest pause between two readings of a slow device.
const SHORT_PAUSE: Duration = Duration::from_secs(10);
/// Longest pause between two readings of a slow device.
const LONG_PAUSE: Duration = Duration::from_mins(5);
/// A slow device may be under way for one part in so many of the time.
const PATIENT_SHARE: u32 = 100;

/// Something that is read as a whole.
pub(crate) trait Device: Send + 'static {
    /// What a reading gives.
    type Reading: Send + 'static;
    /// Reads it; `now` is the time of the round.
    fn read(&mut self, now: Duration) -> Self::Reading;
}

/// A device, wherever it is.
pub(crate) struct Attended<D: Device> {
    place: Place<D>,
    /// When it was read last.
    pub(crate) read_at: Option<Duration>,
    /// What it said then.
    pub(crate) last: Option<D::Reading>,
    /// How long the last reading took.
    took: Option<Duration>,
}

enum Place<D: Device> {
    /// Here, to be read in the round or to be sent away.
    Here(D),
    /// On a thread of its own.
    Away(Receiver<Back<D>>),
    /// Its thread panicked, or could not be started.
    Lost,
}

struct Back<D: Device> {
    device: D,
    reading: D::Reading,
    started: Duration,
    took: Duration,
}

/// What reading has to know of the round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visit {
    pub(crate) now: Duration,
    /// The clock by which devices are found to be slow.
    pub(crate) stopwatch: fn() -> Duration,
}

impl<D: Device> Attended<D> {
    pub(crate) fn new(device: D) -> Self {
        Self { place: Place::Here(device), read_at: None, last: None, took: None }
    }

    /// Reads the device, or sends for it: a known fast one is read at once.
    pub(crate) fn visit(&mut self, visit: Visit) {
        self.fetch(Duration::ZERO);
        let fast = self.took.is_some_and(|took| took < SLOW);
        if !fast && !self.is_due(visit.now) {
            return;
        }
        self.place = match std::mem::replace(&mut self.place, Place::Lost) {
            Place::Here(mut device) if fast => {
                let started = (visit.stopwatch)();
                let reading = device.read(visit.now);
                self.took = Some((visit.stopwatch)().saturating_sub(started));
                self.read_at = Some(visit.now);
                self.last = Some(reading);
                Place::Here(device)
            }
            Place::Here(device) => send(device, visit),
            elsewhere @ (Place::Away(_) | Place::Lost) => elsewhere,
        };
    }

    /// Takes the device back if its thread has brought it, after waiting for it so long. Says
    /// whether it is here.
    pub(crate) fn fetch(&mut self, patience: Duration) -> bool {
        let Place::Away(answer) = &self.place else { return matches!(self.place, Place::Here(_)) };
        match answer.recv_timeout(patience) {
            Ok(back) => {
                self.took = Some(back.took);
                self.read_at = Some(back.started);
                self.last = Some(back.reading);
                self.place = Place::Here(back.device);
                true
            }
            Err(RecvTimeoutError::Timeout) => {
                // Whatever it says in the end, it was slow.
                self.took = Some(SLOW.max(self.took.unwrap_or_default()));
                false
            }
            Err(RecvTimeoutError::Disconnected) => {
                self.place = Place::Lost;
                false
            }
        }
    }

    /// Whether it will never be back.
    pub(crate) fn is_lost(&self) -> bool {
        matches!(self.place, Place::Lost)
    }

    /// Whether what it said last is too old to be told.
    pub(crate) fn is_silent(&self, now: Duration) -> bool {
        let patience = self.pause() * 2 + SHORT_PAUSE;
        self.read_at.is_some_and(|at| now.saturating_sub(at) > patience)
    }

    fn is_due(&self, now: Duration) -> bool {
        self.read_at.is_none_or(|at| now.saturating_sub(at) >= self.pause())
    }

    fn pause(&self) -> Duration {
        match self.took {
            Some(took) if took >= SLOW => {
                took.saturating_mul(PATIENT_SHARE).clamp(SHORT_PAUSE, LONG_PAUSE)
            }
            Some(_) | None => Duration::ZERO,
        }
    }
}

fn send<D: Device>(mut device: D, visit: Visit) -> Place<D> {
    let (sender, answer) = sync_channel(1);
    let errand = move || {
        let started = (visit.stopwatch)();
        let reading = device.read(visit.now);
        let took = (visit.stopwatch)().saturating_sub(started);
        // Whoever waited may be gone.
        sender.send(Back { device, reading, started: visit.now, took }).ok();
    };
    // Nobody joins it: a thread that waits for broken hardware cannot be ended, and must not keep
    // the program from ending.
    match thread::Builder::new().name("bellwether-device".to_owned()).spawn(errand) {
        Ok(_) => Place::Away(answer),
        Err(_) => Place::Lost,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Answers when it is told to, with how often it was asked.
    struct Gated {
        gate: Receiver<()>,
        asked: u32,
    }

    impl Device for Gated {
        type Reading = u32;

        fn read(&mut self, _: Duration) -> u32 {
            self.gate.recv().expect("the test holds the gate");
            self.asked += 1;
            self.asked
        }
    }

    fn gated() -> (Sender<()>, Attended<Gated>) {
        let (open, gate) = channel();
        (open, Attended::new(Gated { gate, asked: 0 }))
    }

    fn visit(seconds: u32) -> Visit {
        Visit { now: SECOND * seconds, stopwatch: || Duration::ZERO }
    }

    #[test]
    fn a_device_that_answers_is_read_in_the_round_from_then_on() {
        let (open, mut device) = gated();
        open.send(()).unwrap();
        device.visit(visit(1));
        assert!(device.fetch(30 * SECOND));
        assert_eq!((device.last, device.read_at), (Some(1), Some(SECOND)));
        open.send(()).unwrap();
        device.visit(visit(2));
        assert_eq!((device.last, device.read_at), (Some(2), Some(2 * SECOND)));
    }

    #[test]
    fn a_device_that_does_not_answer_holds_nobody_up_and_is_heard_later() {
        let (open, mut device) = gated();
        for second in 1..100 {
            device.visit(visit(second));
            assert!(!device.fetch(Duration::ZERO));
        }
        assert_eq!(device.last, None);
        open.send(()).unwrap();
        assert!(device.fetch(30 * SECOND));
        assert_eq!((device.last, device.read_at), (Some(1), Some(SECOND)));
        // It said something long ago; it is known as slow only if the stopwatch says so.
        assert!(device.is_silent(100 * SECOND));
    }

    #[test]
    fn a_slow_device_is_asked_seldom() {
        struct Slow;
        impl Device for Slow {
            type Reading = ();
            fn read(&mut self, _: Duration) {}
        }
        let mut device = Attended::new(Slow);
        device.took = Some(Duration::from_millis(500));
        device.read_at = Some(SECOND);
        device.visit(visit(50));
        assert!(matches!(device.place, Place::Here(_)), "a hundred times as long as it takes");
        device.visit(visit(51));
        assert!(matches!(device.place, Place::Away(_)), "and never in the round");
        assert!(device.fetch(30 * SECOND));
    }

    #[test]
    fn a_device_whose_reading_panics_is_lost_alone() {
        struct Broken;
        impl Device for Broken {
            type Reading = ();
            fn read(&mut self, _: Duration) {
                panic!("so it goes");
            }
        }
        let mut device = Attended::new(Broken);
        device.visit(visit(1));
        assert!(!device.fetch(30 * SECOND));
        assert!(device.is_lost());
    }
}
