# SPDX-License-Identifier: EUPL-1.2
"""Hashing passwords (Argon2id, RFC 9106) in a bounded pool of threads, and telling the guessable ones."""

import asyncio
import secrets
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Final, TypeVar
from uuid import UUID

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn.matching import RANKED_DICTIONARIES, build_ranked_dict, omnimatch
from zxcvbn.scoring import most_guessable_match_sequence

from parvis_identity.db.local_accounts import LocalAccount
from parvis_identity.domain.password import Weakness, normal, weakness_of_length
from parvis_identity.service.breached_passwords import BreachedListError, BreachedPasswords
from parvis_kit.crypto.keys import MasterKey
from parvis_kit.problems import unavailable

T = TypeVar("T")
# Guesses that a good guesser needs at least, of passwords that are tried one by one against a slowed-down form.
_MIN_GUESSES: Final = 10**10
# Looking for patterns takes a time that grows with the square of the length; what lies beyond only makes it stronger.
_ESTIMATED: Final = 64
_WAITING_PER_THREAD: Final = 8
_FRENCH_COMMONPLACES: Final = (
    "motdepasse", "mdp", "azerty", "azertyuiop", "qsdfghjklm", "wxcvbn", "bonjour", "bienvenue", "jetaime", "doudou",
    "chouchou", "loulou", "soleil", "marseille", "france", "republique", "mairie", "ville", "commune", "collectivite",
    "parvis", "franceconnect", "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre",
    "octobre", "novembre", "decembre", "printemps", "automne", "hiver", "compte", "connexion", "citoyen",
)  # fmt: skip


@cache
def hasher(memory_kib: int) -> PasswordHasher:
    """Argon2id as RFC 9106 section 4 recommends where memory is scarce: three passes, four lanes, 64 MiB by default.

    OWASP's password storage cheat sheet wants 12 MiB at least for three passes: so does the setting.
    """
    return PasswordHasher(time_cost=3, memory_cost=memory_kib, parallelism=4, hash_len=32, salt_len=16, type=Type.ID)


@cache
def _hash_of_nothing(hasher: PasswordHasher) -> str:
    # It takes as long as any, and is nobody's: one for all who ask.
    return hasher.hash(secrets.token_urlsafe(16))


class Passwords:
    """Hashes, verifies and judges passwords, a few at a time; refuses with 503 when too many wait.

    Hashes are sealed with a key of this service (a pepper), so that a stolen database is of no use without it. Whoever
    has no account is verified against a hash of nothing: it takes the same time.
    """

    def __init__(self, master: MasterKey, hasher: PasswordHasher, threads: int, breached: BreachedPasswords) -> None:
        self.breached = breached
        self._key = master.sealing("password")
        self._hasher = hasher
        self._pool = ThreadPoolExecutor(threads, "passwords")
        self._room = threads * (1 + _WAITING_PER_THREAD)
        self._nobody = _hash_of_nothing(hasher)

    async def hashed(self, person: UUID, password: str) -> bytes:
        """The sealed hash of that person's password."""
        made = await self._run(lambda: self._hasher.hash(normal(password)))
        return self._key.seal(made.encode(), str(person))

    async def verify(self, account: LocalAccount | None, password: str) -> bool:
        """True for the account's password."""
        stored = self._key.open(account.password, str(account.person)).decode() if account else self._nobody
        matches = await self._run(lambda: self._matches(stored, normal(password)))
        return matches and account is not None

    def outdated(self, account: LocalAccount) -> bool:
        """True where the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(self._key.open(account.password, str(account.person)).decode())

    async def weakness(self, password: str, about: Iterable[str]) -> Weakness | None:
        """Why the password cannot be taken, if so; a problem 503 where the list of breached ones cannot be read.

        Args:
            password: as typed.
            about: what others know of the person, such as their name and address.
        """
        chosen = normal(password)
        weakness = weakness_of_length(chosen)
        if weakness:
            return weakness
        guesses = await self._run(lambda: _guesses(chosen[:_ESTIMATED], about))
        if guesses < _MIN_GUESSES:
            return Weakness.GUESSABLE
        try:
            stolen = await self._run(lambda: self.breached.has(password, chosen))
        except BreachedListError as error:
            raise unavailable() from error
        return Weakness.BREACHED if stolen else None

    def close(self) -> None:
        """End the threads, after what they have begun."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        if self._room <= 0:
            raise unavailable()
        self._room -= 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._room += 1


def _guesses(password: str, about: Iterable[str]) -> float:
    # The library's own front puts the person's words into a global that all threads share.
    words = [*_FRENCH_COMMONPLACES, *(part for text in about for part in (text.lower(), *text.lower().split()))]
    matches = omnimatch(password, RANKED_DICTIONARIES | {"user_inputs": build_ranked_dict(words)})
    return float(most_guessable_match_sequence(password, matches)["guesses"])
