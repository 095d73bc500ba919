"""held: what the client has of each topic, and where it stands in it.

Decides for each envelope whether it is news, so that nothing is applied twice and nothing is missed in
silence.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from .merge_patch import merged
from .message import Envelope, Event, Gap, Position, State

NOWHERE = Position(0, 0)
"""A position that no topic has: naming it makes the server start over with the full value."""


@dataclass(slots=True)
class _States:
    position: Position
    state: State | None


@dataclass(slots=True)
class _Events:
    position: Position
    recent: deque[Event]


Verdict: TypeAlias = list[State | Event | Gap] | Literal["known", "unfounded"]
"""What is news, a loss before the event that follows it; `unfounded` is a patch of something else
than what is held."""


class Held:
    """`keep`: events of a topic that a late watcher still gets; the server's ring is as long."""

    def __init__(self, keep: int = 300) -> None:
        self._keep = keep
        self._states: dict[str, _States] = {}
        self._events: dict[str, _Events] = {}

    def known(self) -> Iterable[State | Event]:
        """All that a late watcher gets at once, events oldest first."""
        for held in self._states.values():
            if held.state is not None:
                yield held.state
        for events in self._events.values():
            yield from events.recent

    def is_state(self, topic: str) -> bool:
        return topic in self._states

    def positions(self) -> dict[str, Position]:
        """Where to go on after a reconnect."""
        known = {topic: held.position for topic, held in self._states.items()}
        known.update((topic, held.position) for topic, held in self._events.items())
        return known

    def start(self, topic: str, position: Position) -> None:
        """Where a program that kept its positions goes on; known better already, it stays."""
        if topic not in self._states and topic not in self._events:
            self._events[topic] = _Events(position, deque(maxlen=self._keep))

    def forget(self, unwanted: Callable[[str], bool]) -> None:
        for topic in [one for one in self.positions() if unwanted(one)]:
            self._states.pop(topic, None)
            self._events.pop(topic, None)

    def take(self, envelope: Envelope) -> Verdict:
        if envelope.kind == "event":
            return self._take_event(envelope)
        return self._take_state(envelope)

    def take_gap(self, gap: Gap) -> bool:
        """Events are lost; the next one follows `gap.to`. Whether that is news."""
        held = self._events.get(gap.topic)
        position = Position(gap.to.epoch, gap.to.offset - 1)
        if held is None:
            self._events[gap.topic] = _Events(position, deque(maxlen=self._keep))
        elif held.position == position or _is_known(gap, held.position):
            return False
        else:
            held.position = position
        return True

    def _take_state(self, envelope: Envelope) -> Verdict:
        topic, position = envelope.topic, envelope.position
        events = self._events.get(topic)
        if envelope.content == "full" and not envelope.payload and events and events.recent:
            # A server that was restarted does not know whether a topic that is no more held events:
            # those that came stay, and where they stopped is remembered.
            return "known"
        # A kept position of a topic whose kind was not known: it turns out to hold states.
        self._events.pop(topic, None)
        held = self._states.get(topic)
        same_epoch = held is not None and held.position.epoch == position.epoch
        if held and same_epoch and position.offset <= held.position.offset:
            return "known"
        value: dict[str, Any]
        if envelope.content == "full":
            value = envelope.payload
        elif held is None or held.state is None or not same_epoch:
            return "unfounded"
        else:
            value = merged(held.state.value, envelope.payload)
        state = State(topic, envelope.ts, position, value)
        if value:
            self._states[topic] = _States(position, state)
        else:
            # What the topic was about is no more. Should it come back, it begins with its full value.
            self._states.pop(topic, None)
        return [state]

    def _take_event(self, envelope: Envelope) -> Verdict:
        topic, position = envelope.topic, envelope.position
        event = Event(topic, envelope.ts, position, envelope.payload)
        held = self._events.get(topic)
        if held is None:
            self._events[topic] = _Events(position, deque([event], maxlen=self._keep))
            return [event]
        same_epoch = held.position.epoch == position.epoch
        if same_epoch and position.offset <= held.position.offset:
            return "known"
        news: list[State | Event | Gap] = []
        # The server tells its gaps; one that nobody told is told here.
        if not same_epoch:
            news.append(Gap(topic, held.position, position, "new_epoch"))
        elif position.offset > held.position.offset + 1:
            news.append(Gap(topic, held.position, position, "overrun"))
        held.position = position
        held.recent.append(event)
        news.append(event)
        return news


def _is_known(gap: Gap, had: Position) -> bool:
    """Whether we have been past it before: a durable subscription begins again where it was
    acknowledged, which may be behind what came."""
    return gap.reason == "overrun" and gap.to.epoch == had.epoch and gap.to.offset <= had.offset
