# SPDX-License-Identifier: EUPL-1.2
"""What a provider remembers: sign-ins in hand, codes, tokens. In memory, bounded; a simulator may forget."""

import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

T = TypeVar("T")
_MOST: Final = 10_000


class Expiring(Generic[T]):
    """Values under random keys, each for some seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._values: OrderedDict[str, tuple[float, T]] = OrderedDict()

    def add(self, value: T) -> str:
        """Keep the value; returns its key, 256 random bits."""
        key = secrets.token_urlsafe(32)
        self._values[key] = (time.time() + self._seconds, value)
        if len(self._values) > _MOST:
            self._values.popitem(last=False)
        return key

    def get(self, key: str) -> T | None:
        """The value, while it lives."""
        until, value = self._values.get(key, (0.0, None))
        return value if until > time.time() else None

    def take(self, key: str) -> T | None:
        """The value, once."""
        value = self.get(key)
        self._values.pop(key, None)
        return value


@dataclass(frozen=True, slots=True)
class Asked:
    """An authorize request that was accepted."""

    client_id: str
    redirect_uri: str
    scope: tuple[str, ...]
    state: str
    nonce: str
    acr: str
    challenge: str | None


@dataclass(frozen=True, slots=True)
class Granted:
    """Somebody signed in, for that request."""

    asked: Asked
    person: str
    at: int
