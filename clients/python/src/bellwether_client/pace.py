"""pace: every time that the client waits for, in one place, in seconds. Tests hand in their own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """The defaults are those of docs/PROTOCOL.md."""

    shortest_wait_s: float = 1.0
    """Before the next attempt to connect; doubles with each failure, with full jitter."""
    longest_wait_s: float = 30.0
    welcome_s: float = 10.0
    """How long an opened way may take to its welcome."""
    ping_s: float = 10.0
    """How often the round trip is measured; two without any frame, and the peer counts as dead."""
    stream_silence_s: float = 50.0
    """The same for a stream, which cannot be pinged: the server speaks every 15 to 20 s."""
    poll_s: float = 30.0
    """How often is asked what is new, where nothing comes by itself."""
    socket_again_s: float = 30.0
    """How soon a stream looks whether a WebSocket comes through by now; twice as long each time."""
    socket_again_longest_s: float = 300.0
    stable_s: float = 10.0
    """A connection that lived that long was good: the next failure starts with the shortest wait."""
    answer_s: float = 10.0
    """Longest wait for the answer to a request."""
    close_s: float = 1.0
    """Longest wait for the other end when we say goodbye."""

    def wait_s(self, failures: int, random: float) -> float:
        """How long to wait after that many failures in a row; `random` is in [0, 1).

        Exponential with jitter over the whole range, so that the clients of a restarted server do not
        come back at the same moment (M. Brooker, "Exponential Backoff And Jitter", 2015).
        """
        ceiling = min(self.longest_wait_s, self.shortest_wait_s * 2.0 ** min(failures + 1, 30))
        return self.shortest_wait_s + random * (ceiling - self.shortest_wait_s)
