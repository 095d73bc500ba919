"""bellwether_client: live signals of a bellwether server, and your own signals on it.

Start at `Client`. The protocol is docs/PROTOCOL.md of bellwether.
"""

from .client import Client
from .connection_state import (
    Closed,
    Connecting,
    ConnectionState,
    Live,
    Offline,
    Polling,
    Quality,
    Reconnecting,
    SignedOut,
)
from .errors import BellwetherError, GivenUp, NotSignedIn, Problem, Refused, Unanswered
from .message import Event, Gap, Limits, Position, State
from .pace import Pace
from .patterns import matches, topic
from .watch import Watch

__all__ = [
    "BellwetherError",
    "Client",
    "Closed",
    "Connecting",
    "ConnectionState",
    "Event",
    "Gap",
    "GivenUp",
    "Limits",
    "Live",
    "NotSignedIn",
    "Offline",
    "Pace",
    "Polling",
    "Position",
    "Problem",
    "Quality",
    "Reconnecting",
    "Refused",
    "SignedOut",
    "State",
    "Unanswered",
    "Watch",
    "matches",
    "topic",
]
