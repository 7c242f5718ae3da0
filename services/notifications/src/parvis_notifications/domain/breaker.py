# SPDX-License-Identifier: EUPL-1.2
"""When a provider is left alone, and how fast it is given work."""

from typing import Final

FAILURES: Final = 5
FIRST_PAUSE_SECONDS: Final = 10.0
LONGEST_PAUSE_SECONDS: Final = 300.0


class Breaker:
    """Opens after five troubles in a row; then one call at a time tries whether the provider is back.

    Each try that fails doubles the pause, from ten seconds to five minutes. Times are seconds of a monotonic clock.
    """

    def __init__(self) -> None:
        self._failures = 0
        self._pause = 0.0
        self._open_until = 0.0

    def allows(self, now: float) -> bool:
        """Whether a call may be made; where it is the one that tries, others wait for what comes of it."""
        if self._failures < FAILURES:
            return True
        if now < self._open_until:
            return False
        self._open_until = now + self._pause
        return True

    def waits(self, now: float) -> float:
        """Seconds until a call may be made, 0 where one may be now."""
        return 0.0 if self._failures < FAILURES else max(0.0, self._open_until - now)

    def succeeded(self) -> None:
        """The provider did its work, be it that it refused a message for good reason."""
        self._failures, self._pause = 0, 0.0

    def failed(self, now: float) -> None:
        """It was away, or overburdened, or did not know us."""
        self._failures += 1
        if self._failures >= FAILURES:
            self._pause = min(max(self._pause * 2, FIRST_PAUSE_SECONDS), LONGEST_PAUSE_SECONDS)
            self._open_until = now + self._pause


class Throttle:
    """At most so many calls a second, evenly: each takes its turn and waits for it."""

    def __init__(self, per_second: float) -> None:
        self._gap = 1.0 / per_second
        self._next = 0.0

    def turn(self, now: float) -> float:
        """Seconds to wait before the call that is made of this."""
        begins = max(now, self._next)
        self._next = begins + self._gap
        return begins - now
