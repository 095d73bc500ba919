"""patterns: what is asked for. `*` stands for one segment, a final `**` for the rest, if any."""

from __future__ import annotations

import re
from urllib.parse import quote

_SEGMENT = re.compile(r"(?:[A-Za-z0-9\-._~:]|%[0-9A-Fa-f]{2})+")
_SEGMENTS = 16
_BYTES = 512


def checked(pattern: str) -> str:
    """The pattern, or a `ValueError` that says what is wrong with it."""
    segments = pattern.split("/")
    if len(pattern) > _BYTES or len(segments) > _SEGMENTS:
        raise ValueError(f"{pattern!r}: a topic has at most {_BYTES} bytes in {_SEGMENTS} segments")
    for at, segment in enumerate(segments):
        if segment == "*" or (segment == "**" and at == len(segments) - 1):
            continue
        if not _SEGMENT.fullmatch(segment):
            raise ValueError(
                f"{pattern!r}: {segment!r} is no segment; letters, digits and -._~: stand for "
                "themselves, everything else is percent-encoded (bellwether_client.topic does it)"
            )
    return pattern


def topic(*segments: str) -> str:
    """A topic of any words: `topic("app", "my shop")` is `app/my%20shop`."""
    return "/".join(quote(segment, safe="-._~:") for segment in segments)


def matches(pattern: str, given: str) -> bool:
    """As on the server: `host/**` includes `host`."""
    if pattern == given:
        return True
    wanted, segments = pattern.split("/"), given.split("/")
    for at, want in enumerate(wanted):
        if want == "**":
            return True
        if at >= len(segments) or (want != "*" and want != segments[at]):
            return False
    return len(wanted) == len(segments)


def covers(patterns: frozenset[str] | set[str] | tuple[str, ...], given: str) -> bool:
    """Whether any of them asks for a topic."""
    return any(matches(pattern, given) for pattern in patterns)
