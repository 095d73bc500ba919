"""errors: what can go wrong, by what a program would do about it."""

from __future__ import annotations

from typing import Any


class BellwetherError(Exception):
    """Any of the errors of this package."""


class Refused(BellwetherError):
    """The server did not do what was asked, and says why. Asking the same again is refused again."""

    def __init__(self, code: str, detail: str, limit: int | None = None) -> None:
        super().__init__(f"{detail} ({code})")
        self.code = code
        """`bad_topic`, `out_of_range`, `too_many`, `forbidden` …: stable, for programs."""
        self.detail = detail
        self.limit = limit


class Problem(BellwetherError):
    """An answer over HTTP that is no success (RFC 9457)."""

    def __init__(self, status: int, said: dict[str, Any]) -> None:
        self.status = status
        self.said = said
        self.detail = str(said.get("detail") or f"The server answered {status} without saying why.")
        super().__init__(f"{self.detail} ({status})")

    @property
    def code(self) -> str:
        """What kind of problem, as the socket writes it: `too_large`."""
        return str(self.said.get("type", "")).rpartition("#")[2].replace("-", "_") or str(
            self.status
        )


class Unanswered(BellwetherError):
    """The connection ended, or the time was over, before the answer came. Whether it was done is not
    known: publish a state again; for an event that must not come twice, look first."""


class NotSignedIn(BellwetherError):
    """The token is missing, wrong, expired, revoked, or may not do that."""


class GivenUp(BellwetherError):
    """The server asked not to come back, or nothing answered as often as was tried."""
