//! One socket of a shard: what waits to be written, and when it last moved.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    future::poll_fn,
    io::{self, IoSlice},
    net::Shutdown,
    pin::Pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use bellwether_signal::protocol::CloseCode;
use bytes::Bytes;
use socket2::SockRef;
use tokio::net::TcpStream;
use tokio_rustls::rustls::ServerConnection;
use tracing::debug;

use super::{frame, seal::Seal};

/// Bytes that may wait for one client, beyond a flush under way: answers to a client that asks and
/// never reads. Over it, the client is cut.
const ANSWER_BYTES: usize = 256 * 1024;
/// Messages that one system call writes.
const SLICES: usize = 64;
/// What the kernel may hold for a client. Left to itself it grows to megabytes of stale samples.
const SEND_BUFFER_BYTES: usize = 128 * 1024;

/// A socket on its shard's thread.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    seal: Option<RefCell<Seal>>,
    /// Whether messages may be packed, in both directions.
    deflates: bool,
    /// What TLS has opened already is no news to the socket: it is read before the socket is asked.
    opened: Cell<bool>,
    outbox: RefCell<Outbox>,
    /// When the client was last heard, and when it last took something or had nothing to take.
    heard: Cell<Duration>,
    moved: Cell<Duration>,
    pinged: Cell<Duration>,
    /// The last ping has had no answer yet.
    asked: Cell<bool>,
    ending: Cell<Option<Ending>>,
    /// It is blocked, or ending, and its task has not heard of that …
    changed: Cell<bool>,
    /// … which waits to be told. Plain wakers: futures that wait would be most of what an idle
    /// connection holds.
    task: RefCell<Option<Waker>>,
}

/// How a connection ends from our side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// What waits is written, then it is closed.
    Orderly,
    /// Reset: a client that takes nothing would not learn of a close, and what was sent to it would
    /// stay in the kernel.
    Reset,
}

#[derive(Debug, Default)]
struct Outbox {
    parts: VecDeque<Bytes>,
    /// Bytes of the first part that are written.
    written: usize,
    bytes: usize,
}

impl Connection {
    pub(crate) fn new(
        stream: TcpStream,
        tls: Option<Box<ServerConnection>>,
        deflates: bool,
        now: Duration,
    ) -> Self {
        if let Err(error) = SockRef::from(&stream).set_send_buffer_size(SEND_BUFFER_BYTES) {
            debug!(%error, "the send buffer keeps its size");
        }
        Self {
            stream,
            opened: Cell::new(tls.is_some()),
            seal: tls.map(|tls| RefCell::new(Seal::new(tls))),
            deflates,
            outbox: RefCell::default(),
            heard: Cell::new(now),
            moved: Cell::new(now),
            pinged: Cell::new(now),
            asked: Cell::new(false),
            ending: Cell::new(None),
            changed: Cell::new(false),
            task: RefCell::default(),
        }
    }

    /// Whether messages may be packed, in both directions.
    pub(crate) fn deflates(&self) -> bool {
        self.deflates
    }

    /// Writes frames as far as the socket takes them; answers how many bytes went.
    pub(crate) fn write(&self, frames: impl IntoIterator<Item = Bytes>, now: Duration) -> usize {
        if self.ending.get().is_none() {
            let mut outbox = self.outbox.borrow_mut();
            if outbox.parts.is_empty() {
                self.moved.set(now); // waiting begins now
            }
            for part in frames {
                outbox.bytes += part.len();
                outbox.parts.push_back(part);
            }
        }
        self.flush(now)
    }

    /// The same for frames that others get too. Where nothing waits and there is no TLS, they go to
    /// the socket as they are, and only what it did not take is queued.
    pub(crate) fn write_shared(&self, parts: &[Bytes], now: Duration) -> usize {
        let ([only], None, None) = (parts, &self.seal, self.ending.get()) else {
            return self.write(parts.iter().cloned(), now);
        };
        if !self.outbox.borrow().parts.is_empty() {
            return self.write([only.clone()], now);
        }
        self.moved.set(now); // it moves, or waiting begins now
        match self.stream.try_write(only) {
            Ok(bytes) if bytes == only.len() => bytes,
            Ok(bytes) => bytes + self.write([only.slice(bytes..)], now),
            // The way for everything that is not the usual case.
            Err(_) => self.write([only.clone()], now),
        }
    }

    /// Writes what waits, as far as the socket takes it; answers how many bytes went.
    pub(crate) fn flush(&self, now: Duration) -> usize {
        let mut outbox = self.outbox.borrow_mut();
        let sealed_before = self.sealed_and_sent();
        let mut went = 0;
        while !outbox.parts.is_empty() || self.seal_waits() {
            let mut slices = [IoSlice::new(&[]); SLICES];
            let mut filled = 0;
            for (slice, part) in slices.iter_mut().zip(&outbox.parts) {
                let skip = if filled == 0 { outbox.written } else { 0 };
                *slice = IoSlice::new(part.get(skip..).unwrap_or_default());
                filled += 1;
            }
            match self.take(slices.get(..filled).unwrap_or_default()) {
                Ok(bytes) => {
                    outbox.advance(bytes);
                    went += bytes;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    // The task has to wait until the socket takes more.
                    self.change();
                    break;
                }
                Err(_) => {
                    // The reading side learns of it too and ends the connection.
                    outbox.parts.clear();
                    outbox.bytes = 0;
                    self.end(Ending::Reset);
                    break;
                }
            }
        }
        let moves = match &self.seal {
            None => went > 0,
            // What is sealed is not yet sent.
            Some(_) => self.sealed_and_sent() > sealed_before,
        };
        if moves {
            self.moved.set(now);
        }
        went
    }

    /// Gives the socket what it takes, sealed where there is TLS.
    fn take(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        match &self.seal {
            None => self.stream.try_write_vectored(slices),
            Some(seal) => seal.borrow_mut().write(&self.stream, slices),
        }
    }

    fn seal_waits(&self) -> bool {
        self.seal.as_ref().is_some_and(|seal| seal.borrow().waits())
    }

    fn sealed_and_sent(&self) -> u64 {
        self.seal.as_ref().map_or(0, |seal| seal.borrow().sent())
    }

    /// Whether something waits that the socket did not take.
    pub(crate) fn is_blocked(&self) -> bool {
        !self.outbox.borrow().parts.is_empty() || self.seal_waits()
    }

    /// Bytes that wait for the socket; what TLS holds sealed is not counted.
    pub(crate) fn waiting_bytes(&self) -> usize {
        self.outbox.borrow().bytes
    }

    /// Whether a client asked for more than it reads.
    pub(crate) fn is_overfull(&self) -> bool {
        self.outbox.borrow().bytes > ANSWER_BYTES
    }

    /// Says goodbye: the close frame is the last that is written.
    pub(crate) fn close(&self, code: CloseCode, reason: &str, now: Duration) {
        self.write([frame::close(code, reason)], now);
        self.end(Ending::Orderly);
    }

    /// Answers the client's goodbye.
    pub(crate) fn close_back(&self, code: Option<u16>, now: Duration) {
        self.write([frame::close_back(code)], now);
        self.end(Ending::Orderly);
    }

    /// Ends the connection; a reset overrules an orderly end.
    pub(crate) fn end(&self, how: Ending) {
        if self.ending.get() != Some(Ending::Reset) {
            self.ending.set(Some(how));
        }
        if how == Ending::Reset
            && let Err(error) = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO))
        {
            debug!(%error, "the socket is closed without a reset");
        }
        self.change();
    }

    /// Whether nothing is written any more but what waits already.
    pub(crate) fn is_ending(&self) -> bool {
        self.ending.get().is_some()
    }

    /// How it is ending, if it is and nothing is left to write.
    pub(crate) fn is_over(&self) -> bool {
        match self.ending.get() {
            None => false,
            Some(Ending::Reset) => true,
            Some(Ending::Orderly) => !self.is_blocked(),
        }
    }

    /// Ends the writing side of a connection that ends in good order; `false` for any other.
    pub(crate) fn shut_writing(&self) -> bool {
        let orderly = self.ending.get() == Some(Ending::Orderly) && !self.is_blocked();
        if let Some(seal) = self.seal.as_ref().filter(|_| orderly) {
            seal.borrow_mut().close(&self.stream);
        }
        orderly && SockRef::from(&self.stream).shutdown(Shutdown::Write).is_ok()
    }

    /// Reads what is there into `buffer`: `None` when nothing is, 0 at the end.
    pub(crate) fn read(&self, buffer: &mut [u8], now: Duration) -> io::Result<Option<usize>> {
        let read = match &self.seal {
            None => self.stream.try_read(buffer),
            Some(seal) => seal.borrow_mut().read(&self.stream, buffer),
        };
        self.opened.set(self.seal.is_some() && read.is_ok());
        match read {
            Ok(bytes) => {
                self.heard.set(now);
                Ok(Some(bytes))
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                // TLS answers by itself too: to a new key, for one.
                if self.seal_waits() {
                    self.change();
                }
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn change(&self) {
        self.changed.set(true);
        if let Some(task) = &*self.task.borrow() {
            task.wake_by_ref();
        }
    }

    /// Has its task woken when it changes.
    fn wakes(&self, cx: &Context<'_>) {
        let mut task = self.task.borrow_mut();
        if !task.as_ref().is_some_and(|task| task.will_wake(cx.waker())) {
            *task = Some(cx.waker().clone());
        }
    }

    /// Waits for something else; `None` when the connection is over before.
    pub(crate) async fn unless_over<T>(
        &self,
        mut other: impl Future<Output = T> + Unpin,
    ) -> Option<T> {
        poll_fn(|cx| {
            self.wakes(cx);
            if self.is_over() {
                return Poll::Ready(None);
            }
            Pin::new(&mut other).poll(cx).map(Some)
        })
        .await
    }

    /// Waits until something can be read, written, or has changed. Cancel-safe: nothing is taken.
    pub(crate) async fn ready(&self) -> io::Result<Ready> {
        poll_fn(|cx| self.poll_ready(cx)).await
    }

    /// The same, for one task.
    pub(crate) fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        if self.opened.get() {
            return Poll::Ready(Ok(Ready::Read));
        }
        if self.changed.take() {
            return Poll::Ready(Ok(Ready::Changed));
        }
        self.wakes(cx);
        if let Poll::Ready(readable) = self.stream.poll_read_ready(cx) {
            return Poll::Ready(readable.map(|()| Ready::Read));
        }
        if self.is_blocked()
            && let Poll::Ready(writable) = self.stream.poll_write_ready(cx)
        {
            return Poll::Ready(writable.map(|()| Ready::Write));
        }
        Poll::Pending
    }

    /// Time since the client was last heard.
    pub(crate) fn silent_for(&self, now: Duration) -> Duration {
        now.saturating_sub(self.heard.get())
    }

    /// Time since it last took something, if something waits for it.
    pub(crate) fn stuck_for(&self, now: Duration) -> Option<Duration> {
        self.is_blocked().then(|| now.saturating_sub(self.moved.get()))
    }

    /// Pings a client that has been silent for as long as `after`, once in that time.
    pub(crate) fn ping_if_silent(&self, after: Duration, now: Duration) {
        let last = self.heard.get().max(self.pinged.get());
        if !self.is_blocked() && now.saturating_sub(last) >= after {
            self.pinged.set(now);
            self.asked.set(true);
            self.write([frame::ping()], now);
        }
    }

    /// The time that a ping and its answer took, when this is the first answer to one.
    pub(crate) fn answered(&self, now: Duration) -> Option<Duration> {
        self.asked.replace(false).then(|| now.saturating_sub(self.pinged.get()))
    }
}

/// What a connection woke for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ready {
    Read,
    Write,
    Changed,
}

impl Outbox {
    fn advance(&mut self, mut bytes: usize) {
        self.bytes -= bytes.min(self.bytes);
        while let Some(first) = self.parts.front() {
            let left = first.len() - self.written;
            if bytes < left {
                self.written += bytes;
                return;
            }
            bytes -= left;
            self.written = 0;
            self.parts.pop_front();
        }
        if self.parts.is_empty() {
            // Whoever is quiet holds no room for what may wait some time.
            self.parts = VecDeque::new();
        }
    }
}
