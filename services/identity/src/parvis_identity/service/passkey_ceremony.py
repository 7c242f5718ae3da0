# SPDX-License-Identifier: EUPL-1.2
"""What a browser is asked to sign, and what it answers (WebAuthn level 3, sections 7.1 and 7.2).

Nothing is stored for a question: it goes to the browser sealed, and of a question that was answered the hash is kept,
so that it is answered once. Origin and domain are those of the settings, never those of the request.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from parvis_identity.db import spent_identifiers
from parvis_identity.domain.errors import RefusedError
from parvis_identity.domain.opaque import fingerprint
from parvis_identity.domain.passkey import CHALLENGE_LIFE, MAX_CREDENTIAL, Passkey, WrongPasskeyError
from parvis_identity.service.continuation import open_json, seal_json
from parvis_kit.crypto.keys import MasterKey
from parvis_kit.db.database import Database
from parvis_kit.logs import logger

_CHALLENGE_BYTES: Final = 32
_log = logger(__name__)
# The library says by the first of these what it finds wrong; the others come out of the parsers of CBOR, of keys and
# of certificates that it hands the browser's bytes to.
_WRONG: Final = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError)


@dataclass(frozen=True, slots=True)
class Question:
    """Options for the browser's WebAuthn interface as JSON, and the same question sealed, to come back with it."""

    options: str
    sealed: str


class Ceremonies:
    """Asks, and checks what is answered."""

    def __init__(self, database: Database, master: MasterKey, *, domain: str, origin: str) -> None:
        self._database = database
        self._key = master.sealing("passkey")
        self._domain = domain
        self._origin = origin

    def ask_for_key(self, person: UUID, name: str, known: list[bytes], place: str, now: datetime) -> Question:
        """Have the browser make a key; ``place`` says where alone the answer is taken, ``known`` which keys it has."""
        challenge = secrets.token_bytes(_CHALLENGE_BYTES)
        options = generate_registration_options(
            rp_id=self._domain,
            rp_name="Parvis",
            user_id=person.bytes,
            user_name=name,
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=id_) for id_ in known],
        )
        return Question(options_to_json(options), self._sealed(challenge, place, now))

    def ask_for_signature(self, place: str, now: datetime) -> Question:
        """Have the browser sign with whichever key of ours the person chooses."""
        challenge = secrets.token_bytes(_CHALLENGE_BYTES)
        options = generate_authentication_options(
            rp_id=self._domain, challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
        )
        return Question(options_to_json(options), self._sealed(challenge, place, now))

    async def new_key(self, sealed: str | None, answer: str | None, place: str, now: datetime) -> VerifiedRegistration:
        """The key that the browser made; raises WrongPasskeyError."""
        challenge = await self.challenge(sealed, place, now)
        try:
            return verify_registration_response(
                credential=parsed(answer),
                expected_challenge=challenge,
                expected_rp_id=self._domain,
                expected_origin=self._origin,
                require_user_verification=True,
            )
        except _WRONG as error:
            raise _wrong(error) from error

    async def challenge(self, sealed: str | None, place: str, now: datetime) -> bytes:
        """The question that is answered, spent by that; raises WrongPasskeyError for one that is not of this place."""
        try:
            members = open_json(self._key, sealed, place)
        except RefusedError as error:
            raise WrongPasskeyError from error
        until = datetime.fromisoformat(members["at"]) + CHALLENGE_LIFE
        async with self._database.unit_of_work() as uow:
            unused = await spent_identifiers.spend(
                uow.session, fingerprint(f"passkey\x00{members['challenge']}"), until
            )
            await uow.commit()
        if not unused or now > until:
            raise WrongPasskeyError
        return bytes.fromhex(members["challenge"])

    def signature(self, challenge: bytes, answer: dict[str, Any], passkey: Passkey) -> VerifiedAuthentication:
        """What the key signed, but for the place of its counter, which is judged where it is stored."""
        try:
            return verify_authentication_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=self._domain,
                expected_origin=self._origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        except _WRONG as error:
            raise _wrong(error) from error

    def _sealed(self, challenge: bytes, place: str, now: datetime) -> str:
        return seal_json(self._key, {"challenge": challenge.hex(), "at": now.isoformat()}, place)


def parsed(answer: str | None) -> dict[str, Any]:
    """The browser's answer as it sends it; raises WrongPasskeyError for what is not a JSON object."""
    try:
        members = json.loads(answer or "") if len(answer or "") <= MAX_CREDENTIAL else None
    except (ValueError, RecursionError) as error:
        raise WrongPasskeyError from error
    if not isinstance(members, dict):
        raise WrongPasskeyError
    return members


def credential_id(answer: dict[str, Any]) -> bytes:
    """Which key the browser says it used."""
    return _bytes(answer.get("id"))


def user_handle(answer: dict[str, Any]) -> UUID:
    """Whose account the device says the key is of."""
    response = answer.get("response")
    handle = _bytes(response.get("userHandle") if isinstance(response, dict) else None)
    try:
        return UUID(bytes=handle)
    except ValueError as error:
        raise WrongPasskeyError from error


def _bytes(text: Any) -> bytes:
    try:
        return base64url_to_bytes(text)
    except (ValueError, TypeError, AttributeError) as error:
        raise WrongPasskeyError from error


def _wrong(error: Exception) -> WrongPasskeyError:
    _log.info("passkey_refused", error=type(error).__name__)
    return WrongPasskeyError()
