# SPDX-License-Identifier: EUPL-1.2
"""The use cases of people's own accounts, each with what it needs."""

from dataclasses import dataclass
from datetime import timedelta

from parvis_identity.service.ask_for_letter import AskForLetter
from parvis_identity.service.breached_passwords import BreachedPasswords
from parvis_identity.service.change_password import ChangePassword
from parvis_identity.service.claim_imported import ClaimImported
from parvis_identity.service.consents import Consents
from parvis_identity.service.letters import Letters
from parvis_identity.service.local_session import LocalSessions
from parvis_identity.service.local_sign_in import LocalSignIn
from parvis_identity.service.notices import Notices
from parvis_identity.service.own_sessions import OwnSessions
from parvis_identity.service.passkey_ceremony import Ceremonies
from parvis_identity.service.passkey_sign_in import PasskeySignIn
from parvis_identity.service.passkeys import Passkeys
from parvis_identity.service.passwords import Passwords, hasher
from parvis_identity.service.register import Register
from parvis_identity.service.second_factor import SecondFactors
from parvis_identity.service.take_over import TakeOver
from parvis_identity.service.throttle import Throttle
from parvis_identity.settings import Settings
from parvis_kit.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """What routes call."""

    passwords: Passwords
    ask_for_letter: AskForLetter
    register: Register
    sign_in: LocalSignIn
    change_password: ChangePassword
    second_factors: SecondFactors
    passkeys: Passkeys
    passkey_sign_in: PasskeySignIn
    own_sessions: OwnSessions
    consents: Consents
    claim_imported: ClaimImported

    def close(self) -> None:
        """End the threads that hash."""
        self.passwords.close()


def assemble_accounts(runtime: Runtime[Settings]) -> Accounts:
    """The parts of one process."""
    settings, database, master = runtime.settings, runtime.database, runtime.master
    persons, index = runtime.persons, runtime.blind_index
    letters, throttle = letters_of(runtime), Throttle(database, master)
    breached = BreachedPasswords(settings.breached_passwords_file)
    passwords = Passwords(master, hasher(settings.password_memory_kib), settings.password_threads, breached)
    sessions = LocalSessions(timedelta(hours=settings.session_hours))
    imported = TakeOver(persons, index)
    notices = Notices(persons, index, letters)
    factors = SecondFactors(database, master, persons, notices, passwords, throttle)
    ceremonies = Ceremonies(database, master, domain=settings.relying_party, origin=settings.public_url)
    return Accounts(
        passwords=passwords,
        ask_for_letter=AskForLetter(database, index, letters, throttle),
        register=Register(database, persons, index, letters, passwords, sessions, imported),
        sign_in=LocalSignIn(database, master, persons, index, passwords, throttle, sessions, factors),
        change_password=ChangePassword(database, persons, index, letters, passwords, throttle),
        second_factors=factors,
        passkeys=Passkeys(database, persons, index, notices, ceremonies),
        passkey_sign_in=PasskeySignIn(database, persons, throttle, sessions, ceremonies),
        own_sessions=OwnSessions(database, timedelta(minutes=settings.session_idle_minutes)),
        consents=Consents(database),
        claim_imported=ClaimImported(database, persons, index, letters, imported),
    )


def letters_of(runtime: Runtime[Settings]) -> Letters:
    """What the api process wishes for and the worker writes."""
    return Letters(runtime.master, runtime.blind_index, timedelta(minutes=runtime.settings.letter_minutes))
