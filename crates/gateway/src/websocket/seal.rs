//! TLS on a socket of the shard: rustls seals and opens in memory, the socket stays the shard's own.
//! So frames of all connections go the same way, and what waits for a client is bounded the same;
//! rustls adds one buffer of at most 64 KiB (`ServerConnection::set_buffer_limit`).

use std::io::{self, IoSlice, Read, Write};

use tokio::net::TcpStream;
use tokio_rustls::rustls::ServerConnection;

/// One connection's keys and what is sealed but not sent.
pub(super) struct Seal {
    /// In a box: connections without TLS would keep a kilobyte free for it.
    tls: Box<ServerConnection>,
    sent: u64,
}

impl Seal {
    pub(super) fn new(tls: Box<ServerConnection>) -> Self {
        Self { tls, sent: 0 }
    }

    /// Whether something is sealed that the socket did not take.
    pub(super) fn waits(&self) -> bool {
        self.tls.wants_write()
    }

    /// Bytes that the socket took, since the start.
    pub(super) fn sent(&self) -> u64 {
        self.sent
    }

    /// Sends what is sealed; `WouldBlock` when the socket does not take all of it.
    pub(super) fn send(&mut self, socket: &TcpStream) -> io::Result<()> {
        while self.tls.wants_write() {
            self.sent += self.tls.write_tls(&mut Direct(socket))? as u64;
        }
        Ok(())
    }

    /// Seals as much as there is room for, after the socket took all that was sealed before; answers
    /// how much that is.
    pub(super) fn write(
        &mut self,
        socket: &TcpStream,
        slices: &[IoSlice<'_>],
    ) -> io::Result<usize> {
        self.send(socket)?;
        let sealed = self.tls.writer().write_vectored(slices)?;
        match self.send(socket) {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => Err(error),
            Ok(()) | Err(_) => Ok(sealed),
        }
    }

    /// Opens what came into `buffer`; `WouldBlock` when nothing did, 0 at the end.
    pub(super) fn read(&mut self, socket: &TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.tls.reader().read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                opened => return opened,
            }
            if self.tls.read_tls(&mut Direct(socket))? == 0 {
                return Ok(0);
            }
            self.tls.process_new_packets().map_err(io::Error::other)?;
        }
    }

    /// Says that nothing more comes, as TLS wants it said.
    pub(super) fn close(&mut self, socket: &TcpStream) {
        self.tls.send_close_notify();
        // Who does not take it is gone already.
        drop(self.send(socket));
    }
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal")
    }
}

/// The socket as rustls wants it: tried, never waited for.
struct Direct<'a>(&'a TcpStream);

impl Read for Direct<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.try_read(buffer)
    }
}

impl Write for Direct<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.try_write(bytes)
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.0.try_write_vectored(slices)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
