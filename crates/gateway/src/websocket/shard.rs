//! The thread that owns the sockets: it flushes what the hub says is due, with one write per
//! connection and flush, and reads what clients say.
//!
//! Everything here runs on one thread with a tokio runtime of its own, so connections need no lock.

mod delivering;
mod looking_after;
mod speaking;

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    future::{Future as _, poll_fn},
    io, net,
    pin::Pin,
    rc::Rc,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use bellwether_hub::{Group, Hub, Numbered, ShardId, Since, SubscriberId};
use bellwether_signal::{
    Moment, Role, Timestamp,
    protocol::{Answer, CloseCode},
};
use bytes::Bytes;
use tokio::{
    net::TcpStream,
    runtime,
    sync::{Notify, mpsc},
    task::LocalSet,
    time::{sleep, timeout},
};
use tokio_rustls::rustls::ServerConnection;
use tokio_util::{
    sync::{CancellationToken, WaitForCancellationFutureOwned},
    task::TaskTracker,
};
use tracing::{debug, error};

use super::{
    admission::Admission,
    connection::{Connection, Ending, Ready},
    conversation::Conversation,
    decoder::{Broken, Decoder, Incoming},
    deflate::{Deflater, Inflater},
    frame,
    joined::{Joined, Saved},
    parting::{self, Parting},
    session::{self, Desk, Done, Heard, Later, MESSAGE_BYTES, Session},
    shards::{Berth, Berths},
    timing::SocketTiming,
};
use crate::{
    access::Stay,
    clients::{Cut, Seat},
    metrics::GatewayCounts,
};

/// Sockets on their way to the thread. Who has one more waits.
const ARRIVALS: usize = 64;
/// Time for the last frames when the server ends.
const GOODBYE: Duration = Duration::from_secs(2);
/// One read. The buffer is shared: an idle connection holds none.
const READ_BYTES: usize = 16 * 1024;

/// A TCP stream, and the TLS on it.
#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) stream: net::TcpStream,
    pub(crate) tls: Option<Box<ServerConnection>>,
}

/// A socket that has shaken hands.
pub(crate) struct Arrival {
    pub(crate) wire: Wire,
    /// What the client sent after its handshake already.
    pub(crate) read: Bytes,
    pub(crate) role: Role,
    /// Whether messages may be packed, in both directions.
    pub(crate) deflates: bool,
    /// Who it is, and what is done for them.
    pub(crate) desk: Desk,
    /// How long it may be here.
    pub(crate) stay: Stay,
    /// Its place among all who are connected.
    pub(crate) seat: Seat,
    /// What it speaks; `bellwether.v1` where there is none.
    pub(crate) dialect: Option<Box<dyn Conversation>>,
}

/// The handle of the thread.
#[derive(Clone)]
pub(super) struct Shard {
    arrivals: mpsc::Sender<(Box<Arrival>, Berth)>,
    berths: Berths,
    /// Somebody may have to go.
    departures: Arc<AtomicBool>,
    wake: Arc<Notify>,
    closing: CancellationToken,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Shard {
    pub(super) fn start(
        hub: Hub,
        clock: fn() -> Moment,
        counts: Arc<GatewayCounts>,
        timing: SocketTiming,
    ) -> io::Result<Self> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let (arrivals, mut arriving) = mpsc::channel(ARRIVALS);
        let closing = CancellationToken::new();
        let wake = Arc::new(Notify::new());
        let woken = Arc::clone(&wake);
        let shard = hub
            .add_shard(move || woken.notify_one())
            .ok_or_else(|| io::Error::other("the hub has all the shards that it can have"))?;
        let departures = Arc::new(AtomicBool::new(false));
        let (told, waker) = (Arc::clone(&departures), Arc::clone(&wake));
        let stop = closing.clone();
        let run = move || {
            let sockets = Rc::new(Sockets {
                hub,
                shard,
                clock,
                counts,
                timing,
                clients: RefCell::default(),
                next_speech: Cell::new(None),
                departures: told,
                next_expiry: Cell::new(None),
                wake: Arc::clone(&wake),
                scratch: RefCell::new(vec![0; READ_BYTES].into()),
                deflater: RefCell::default(),
                inflater: RefCell::default(),
                joined: RefCell::default(),
                tasks: TaskTracker::new(),
            });
            let all = sockets.run(&mut arriving, &wake, &stop);
            LocalSet::new().block_on(&runtime, all);
        };
        let thread = thread::Builder::new().name("bellwether-ws".into()).spawn(run)?;
        let thread = Arc::new(Mutex::new(Some(thread)));
        let berths = Berths::default();
        Ok(Self { arrivals, berths, departures, wake: waker, closing, thread })
    }

    /// How many sockets it has.
    pub(super) fn sockets(&self) -> usize {
        self.berths.taken()
    }

    /// Hands over a socket. It is dropped when the server is ending.
    pub(super) async fn arrive(&self, arrival: Arrival) {
        let berth = self.berths.take();
        if self.arrivals.send((Box::new(arrival), berth)).await.is_err() {
            debug!("a socket came after the end");
        }
    }

    /// Has it ask its connections whether their stay is over.
    pub(super) fn look_at_stays(&self) {
        self.departures.store(true, Ordering::Release);
        self.wake.notify_one();
    }

    /// Tells all clients that the server ends.
    pub(super) fn close(&self) {
        self.closing.cancel();
    }

    /// Waits until the thread has ended.
    pub(super) fn join(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            error!("the thread for WebSockets panicked");
        }
    }
}

/// A socket and what is spoken on it.
struct Client {
    id: SubscriberId,
    connection: Connection,
    speech: RefCell<Speech>,
    seat: Seat,
    stay: Stay,
}

/// What a connection has heard and not yet understood, and how much more it may say.
struct Reader {
    decoder: Decoder,
    admission: Admission,
    /// Messages behind one that waits for the disk: those of one read.
    unheard: VecDeque<Incoming>,
    /// How the client broke the protocol, after them.
    broken: Option<Broken>,
}

enum Speech {
    Bellwether(Session),
    Dialect(Box<dyn Conversation>),
}

/// All that lives on the thread.
struct Sockets {
    hub: Hub,
    shard: ShardId,
    clock: fn() -> Moment,
    counts: Arc<GatewayCounts>,
    timing: SocketTiming,
    clients: RefCell<Numbered<SubscriberId, Rc<Client>>>,
    /// When the first of the dialects wants to say something by itself.
    next_speech: Cell<Option<Duration>>,
    /// Somebody may have to go.
    departures: Arc<AtomicBool>,
    /// When the first of the stays ends by itself.
    next_expiry: Cell<Option<Timestamp>>,
    /// Wakes the thread's loop.
    wake: Arc<Notify>,
    scratch: RefCell<Box<[u8]>>,
    /// One for all connections: no message depends on the one before.
    deflater: RefCell<Deflater>,
    inflater: RefCell<Inflater>,
    /// What the connection before was sent, within a flush.
    joined: RefCell<Joined>,
    tasks: TaskTracker,
}

impl Sockets {
    fn now(&self) -> Duration {
        (self.clock)().monotonic
    }

    async fn run(
        self: &Rc<Self>,
        arriving: &mut mpsc::Receiver<(Box<Arrival>, Berth)>,
        wake: &Notify,
        stop: &CancellationToken,
    ) {
        let mut due = Vec::new();
        let mut segments = Vec::new();
        let mut clients = Vec::new();
        let mut next_round = self.now() + self.timing.round;
        let mut parting: Option<Parting<Rc<Client>>> = None;
        loop {
            let moment = (self.clock)();
            let now = moment.monotonic;
            let deliver = |group: &Group<'_>| self.deliver(group, &mut clients, moment);
            let next = self.hub.flush_groups(self.shard, now, &mut due, &mut segments, deliver);
            segments.clear(); // nothing is kept alive between flushes
            self.joined.borrow_mut().forget();
            if now >= next_round {
                self.look_after(now);
                next_round = now + self.timing.round;
            }
            if self.next_speech.get().is_some_and(|due| now >= due) {
                self.let_speak();
            }
            let expires = self.next_expiry.get().is_some_and(|at| moment.wall >= at);
            if self.departures.swap(false, Ordering::Acquire) || expires {
                self.see_off(moment);
            }
            if let Some(parting) = &mut parting {
                while let Some((client, pause)) = parting.next(now) {
                    self.say_goodbye(client, pause);
                }
                if parting.due().is_none() {
                    break;
                }
            }
            // Without connections there is nothing to wake for.
            let round = (!self.clients.borrow().is_empty()).then_some(next_round);
            let goodbye = parting.as_ref().and_then(Parting::due);
            let expiry = self.next_expiry.get().map(|at| {
                let left_ms = at.0.saturating_sub(moment.wall.0).max(0).unsigned_abs();
                now + Duration::from_millis(left_ms)
            });
            let until = [next, round, self.next_speech.get(), goodbye, expiry];
            let until = until.into_iter().flatten().min();
            let wait = until.map(|until| until.saturating_sub(now));
            tokio::select! {
                () = wake.notified() => {}
                () = sleep(wait.unwrap_or_default()), if wait.is_some() => {}
                // Who comes now is told at the next server.
                Some((arrival, berth)) = arriving.recv(), if parting.is_none() => {
                    self.welcome(*arrival, berth);
                }
                () = stop.cancelled(), if parting.is_none() => {
                    let open = self.clients.borrow().values().cloned().collect();
                    let everywhere = self.counts.connections.value();
                    let everywhere = usize::try_from(everywhere).unwrap_or(usize::MAX);
                    parting = Some(Parting::new(open, everywhere, self.now()));
                }
            }
        }
        self.tasks.close();
        tokio::select! {
            () = self.tasks.wait() => {}
            () = sleep(GOODBYE) => debug!("some clients did not take the goodbye"),
        }
    }

    /// The server ends.
    fn say_goodbye(&self, client: &Client, pause: Duration) {
        let now = (self.clock)();
        if let Speech::Dialect(dialect) = &mut *client.speech.borrow_mut() {
            self.say(&client.connection, &client.seat, dialect.farewell(now));
        }
        client.connection.close(CloseCode::GoingAway, &parting::reason(pause), now.monotonic);
    }

    fn welcome(self: &Rc<Self>, arrival: Arrival, berth: Berth) {
        let Moment { wall, monotonic: now } = (self.clock)();
        let Wire { stream, tls } = arrival.wire;
        let ready = stream.set_nonblocking(true);
        let stream = match ready.and_then(|()| TcpStream::from_std(stream)) {
            Ok(stream) => stream,
            Err(error) => {
                debug!(%error, "a socket was lost on its way");
                return;
            }
        };
        let connection = Connection::new(stream, tls, arrival.deflates, now);
        let id = match self.hub.add_subscriber(self.shard, arrival.role) {
            Ok(id) => id,
            Err(error) => {
                connection.close(CloseCode::TooManyMessages, &error.to_string(), now);
                return;
            }
        };
        self.counts.connections.add(1);
        self.counts.opened.add(1);
        let seat = arrival.seat;
        seat.is_subscriber(id);
        let stay = arrival.stay.unless(seat.dismissal());
        let speech = match arrival.dialect {
            None => {
                let name = seat.name().to_owned();
                let welcome = session::welcome(&self.hub, name, arrival.role, wall);
                self.answer(&connection, &seat, &welcome);
                Speech::Bellwether(Session::new(id, arrival.desk))
            }
            Some(mut dialect) => {
                self.say(&connection, &seat, dialect.open(Moment { wall, monotonic: now }));
                let (topics, interval) = (dialect.topics(), dialect.interval());
                if let Err(error) = self.hub.subscribe(id, &topics, &Since::Now, interval) {
                    error!(%error, "a dialect asks for more than the hub gives");
                }
                self.next_speech
                    .set([self.next_speech.get(), dialect.due()].into_iter().flatten().min());
                Speech::Dialect(dialect)
            }
        };
        let expiry = [self.next_expiry.get(), stay.expires_at()].into_iter().flatten().min();
        self.next_expiry.set(expiry);
        let client = Rc::new(Client { id, connection, speech: RefCell::new(speech), seat, stay });
        self.clients.borrow_mut().insert(id, Rc::clone(&client));
        let sockets = Rc::clone(self);
        self.tasks.spawn_local(async move {
            sockets.converse(&client, arrival.read).await;
            client.seat.leaves(&sockets.hub, id);
            sockets.part(&client.connection).await;
            sockets.clients.borrow_mut().remove(&id);
            sockets.counts.connections.sub(1);
            drop(berth);
        });
    }

    /// Reads and answers until the connection ends.
    async fn converse(&self, client: &Client, read: Bytes) {
        let connection = &client.connection;
        let decoder = Decoder::new(MESSAGE_BYTES, connection.deflates());
        let admission = Admission::new(self.now());
        let mut reader = Reader { decoder, admission, unheard: VecDeque::new(), broken: None };
        let mut later = self.hear(client, &mut reader, &read);
        // Even when it is empty, it may hold the whole buffer of the HTTP request.
        drop(read);
        let mut taken_over: Option<Pin<Box<WaitForCancellationFutureOwned>>> = None;
        while !connection.is_over() {
            if let Some(waited_for) = later.take() {
                // Who has to go meanwhile is told so at once, and the answer goes nowhere.
                let Some(done) = connection.unless_over(waited_for).await else { break };
                later = self.go_on(client, &mut reader, Some(done));
                taken_over = client.taken_over().map(|it| Box::pin(it.cancelled_owned()));
                continue;
            }
            // Nothing is heard from who has to go.
            if client.sees_off((self.clock)()) {
                continue;
            }
            let ready = poll_fn(|cx| {
                let waits = taken_over.as_mut().filter(|_| !connection.is_ending());
                if waits.is_some_and(|taken_over| taken_over.as_mut().poll(cx).is_ready()) {
                    let reason = "another connection took over a durable subscription of this one; \
                                  do not come back by yourself";
                    connection.close(CloseCode::TakenOver, reason, self.now());
                }
                connection.poll_ready(cx)
            });
            match ready.await {
                Ok(Ready::Read) => {
                    let scratch = &mut *self.scratch.borrow_mut();
                    match connection.read(scratch, self.now()) {
                        Ok(None) => {}
                        Ok(Some(0)) | Err(_) => return,
                        // Who was told goodbye is not listened to.
                        Ok(Some(_)) if connection.is_ending() => {}
                        Ok(Some(bytes)) => {
                            client.seat.read(bytes);
                            let bytes = scratch.get(..bytes).unwrap_or_default();
                            later = self.hear(client, &mut reader, bytes);
                        }
                    }
                }
                Ok(Ready::Write) => {
                    let bytes = connection.flush(self.now());
                    client.seat.wrote(bytes, connection.waiting_bytes());
                    self.counts.sent_bytes.add(bytes as u64);
                    if !connection.is_blocked() {
                        self.hub.set_blocked(client.id, false);
                        if let Speech::Dialect(dialect) = &*client.speech.borrow() {
                            self.schedule(connection, dialect.as_ref());
                        }
                    }
                }
                Ok(Ready::Changed) => {}
                Err(_) => return,
            }
        }
    }

    /// After the close frame: waits for the client to close too, because closing with unread bytes
    /// resets the connection, and the client would never see the code.
    async fn part(&self, connection: &Connection) {
        let parting = async {
            while connection.ready().await.is_ok() {
                let scratch = &mut *self.scratch.borrow_mut();
                if matches!(connection.read(scratch, self.now()), Ok(Some(0)) | Err(_)) {
                    return;
                }
            }
        };
        if connection.shut_writing() && timeout(GOODBYE, parting).await.is_err() {
            debug!("a client did not close its side");
        }
    }

    /// Takes what was read; answers what has to be waited for before more is.
    fn hear(&self, client: &Client, reader: &mut Reader, bytes: &[u8]) -> Option<Later> {
        let mut incoming = Vec::new();
        let heard = reader.decoder.feed(bytes, &mut self.inflater.borrow_mut(), &mut incoming);
        reader.broken = heard.err();
        reader.unheard.extend(incoming);
        self.go_on(client, reader, None)
    }

    /// Answers what was heard, up to what has to wait for the disk.
    fn go_on(&self, client: &Client, reader: &mut Reader, done: Option<Done>) -> Option<Later> {
        let connection = &client.connection;
        let now = (self.clock)();
        if let Some(Done { answer, hold }) = done {
            if let (Speech::Bellwether(session), Some(hold)) =
                (&mut *client.speech.borrow_mut(), hold)
            {
                session.keep(hold);
            }
            self.answer(connection, &client.seat, &answer);
        }
        while let Some(message) = reader.unheard.pop_front() {
            self.counts.received_messages.add(1);
            if !reader.admission.admit(now.monotonic) {
                self.counts.dropped.add(1);
                client.seat.cut(Cut::Rate);
                let reason = "more messages in a second than the welcome allows; back off";
                connection.close(CloseCode::TooManyMessages, reason, now.monotonic);
                reader.unheard.clear();
                return None;
            }
            match message {
                Incoming::Text(text) => {
                    client.seat.heard(text.len(), now);
                    match &mut *client.speech.borrow_mut() {
                        Speech::Bellwether(session) => match session.handle(&self.hub, &text) {
                            Heard::Now(answer) => {
                                self.answer(connection, &client.seat, &answer);
                            }
                            Heard::Later(later) => return Some(later),
                        },
                        Speech::Dialect(dialect) => {
                            self.say(connection, &client.seat, dialect.hear(&text, now));
                        }
                    }
                }
                Incoming::Ping(payload) => {
                    connection.write([frame::pong(&payload)], now.monotonic);
                }
                Incoming::Pong => {
                    if let Some(round_trip) = connection.answered(now.monotonic) {
                        client.seat.measured(round_trip);
                    }
                }
                Incoming::Close(code) => connection.close_back(code, now.monotonic),
            }
        }
        // Whoever is quiet holds no room for what may come.
        reader.unheard = VecDeque::new();
        if let Some(broken) = reader.broken.take() {
            debug!(%broken, "a client broke the protocol");
            self.counts.dropped.add(1);
            client.seat.cut(Cut::Protocol);
            connection.close(broken.code, broken.reason, now.monotonic);
        }
        if connection.is_overfull() {
            self.counts.dropped.add(1);
            client.seat.cut(Cut::Overfull);
            connection.end(Ending::Reset);
        }
        // An answer may also have taken along what waited, and no readiness tells of that then.
        self.hub.set_blocked(client.id, connection.is_blocked());
        if let Speech::Dialect(dialect) = &*client.speech.borrow() {
            self.schedule(connection, dialect.as_ref());
        }
        None
    }

    fn answer(&self, connection: &Connection, seat: &Seat, answer: &Answer) {
        let text = serde_json::to_vec(answer).expect("an answer has only text keys");
        let bytes = connection.write([frame::text(&text)], self.now());
        seat.sends(1, text.len() as u64);
        seat.wrote(bytes, connection.waiting_bytes());
        self.counts.sent_messages.add(1);
        self.counts.sent_bytes.add(bytes as u64);
    }
}
