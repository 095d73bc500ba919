//! The one thread that collects: it sleeps until something is due, runs the round, hands on the
//! batch, and ends when told to.

use std::{
    collections::BTreeSet,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use tracing::error;

use crate::{Batch, Clock, CollectorSpec, HostRoot, Rounds};

/// Who gets the batches. It is called on the collecting thread and may not wait: while it does,
/// nothing is collected.
pub trait Sink: Send {
    /// Takes one batch; it is never empty.
    fn accept(&mut self, batch: Batch);
}

impl<F: FnMut(Batch) + Send> Sink for F {
    fn accept(&mut self, batch: Batch) {
        self(batch);
    }
}

/// Collecting, as long as this handle lives.
#[derive(Debug)]
pub struct Collecting {
    mailbox: Arc<Mailbox>,
    thread: Option<thread::JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Mailbox {
    mutex: Mutex<Orders>,
    changed: Condvar,
}

/// What the thread is to do differently from now on.
#[derive(Debug, Default)]
struct Orders {
    stop: bool,
    promoted: BTreeSet<String>,
    /// Counts changes of `promoted`, so that the thread sees them without comparing.
    revision: u64,
}

/// Starts to collect from `root` with the collectors of `specs` (usually [`crate::ALL`]). The first
/// batch comes at once, the second with the first rates [`crate::schedule::WARM_UP`] later.
pub fn start(
    root: HostRoot,
    specs: &'static [CollectorSpec],
    clock: impl Clock + 'static,
    sink: impl Sink + 'static,
) -> io::Result<Collecting> {
    let mailbox = Arc::new(Mailbox::default());
    let seen = Arc::clone(&mailbox);
    let thread = thread::Builder::new()
        .name("bellwether-collect".to_owned())
        .spawn(move || run(root, specs, &clock, sink, &seen))?;
    Ok(Collecting { mailbox, thread: Some(thread) })
}

impl Collecting {
    /// Publishes a topic (last segment: `cpu`) every second from now on, or no longer. Saying it
    /// twice changes nothing: whoever looks at it is counted by the caller.
    pub fn promote(&self, topic: &str, promoted: bool) {
        let mut orders = self.mailbox.lock();
        let changed = if promoted {
            orders.promoted.insert(topic.to_owned())
        } else {
            orders.promoted.remove(topic)
        };
        if changed {
            orders.revision += 1;
            drop(orders);
            self.mailbox.changed.notify_one();
        }
    }

    /// Ends after the round that is under way, and waits for that.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Collecting {
    fn drop(&mut self) {
        self.mailbox.lock().stop = true;
        self.mailbox.changed.notify_one();
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            error!("the collecting thread had panicked");
        }
    }
}

impl Mailbox {
    /// No code that can panic runs under this lock, and every state of it is a whole one.
    fn lock(&self) -> MutexGuard<'_, Orders> {
        self.mutex.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn run(
    root: HostRoot,
    specs: &'static [CollectorSpec],
    clock: &dyn Clock,
    mut sink: impl Sink,
    mailbox: &Mailbox,
) {
    let mut rounds = Rounds::new(root, specs, clock.now());
    let mut deadline = clock.now().monotonic;
    let mut seen = 0;
    loop {
        let mut orders = mailbox.lock();
        while !orders.stop && orders.revision == seen {
            let left = deadline.saturating_sub(clock.now().monotonic);
            if left.is_zero() {
                break;
            }
            let waited = mailbox.changed.wait_timeout(orders, left);
            orders = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        if orders.stop {
            return;
        }
        if orders.revision != seen {
            seen = orders.revision;
            rounds.promote(orders.promoted.clone());
        }
        drop(orders);
        if clock.now().monotonic >= deadline {
            let batch = rounds.round(clock);
            if !batch.is_empty() {
                // Whoever listens may have a bad moment; the next batch is another chance.
                let accepted = catch_unwind(AssertUnwindSafe(|| sink.accept(batch)));
                if accepted.is_err() {
                    error!("a batch was lost: its sink panicked");
                }
            }
        }
        deadline = rounds.next_deadline(clock.now());
    }
}
