# SPDX-License-Identifier: EUPL-1.2
"""Somebody signs a petition, once, and takes their signature back while it is open; nobody waits for anybody.

Who was verified signs under the key that identity makes of the person for this petition, so once whatever the account;
whoever was not counts by their account, and signs only what does not ask for verified people.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_participation.db import merged_accounts, petitions, processes
from parvis_participation.db.petition_tables import Petition as Row
from parvis_participation.db.petition_tables import PetitionSignature
from parvis_participation.domain.errors import NotVerifiedError, PetitionStateError
from parvis_participation.domain.petition import PetitionState, check_level, check_state
from parvis_participation.domain.publication import Publication, words_of
from parvis_participation.outgoing.roll_keys import RollKeys, Scrutiny
from parvis_participation.service.agree_to_show import Said, agree
from parvis_participation.service.check_audience import check_within
from parvis_participation.service.support_proposal import Supporter


@dataclass(frozen=True, slots=True)
class Wishes:
    """Whether readers see that somebody signs, under their pseudonym, and whether they want to know of the answer."""

    shown: bool
    told: bool


async def sign_petition(
    signer: Supporter, petition_id: UUID, wishes: Wishes, language: str, *, database: Database, roll_keys: RollKeys,
    now: datetime,
) -> int:  # fmt: skip
    """How many have signed now; sign again to wish otherwise. What the person agrees to is kept in that language.

    Raises NotFoundError, NotVerifiedError where it wants verified people, PetitionStateError, AlreadySignedError, as
    :func:`check_within` of who has not signed yet, or the 503 problem while identity cannot say who the person is, and
    nothing is stored.

    The phases of a process that it belongs to do not count: what was admitted is signed until its own close, whatever
    agents plan later. For whom the process is, does.
    """
    row = await _open(signer, petition_id, database)
    check_level(signer.acr, verified=row.verified)
    async with database.reading() as session:
        within = processes.whom_within(await processes.of_part(session, row.id))
        signs = await petitions.signature(session, row.id, await merged_accounts.standing(session, signer.person))
    if signs is None:
        await check_within(signer, within, database=database, roll_keys=roll_keys, now=now)
    verified = row.verified or (within is not None and within.counts_people)
    key = await _key(signer, row, roll_keys, needed=verified and signs is None)
    async with database.unit_of_work() as uow:
        person = await merged_accounts.standing(uow.session, signer.person)
        values = {"id": uuid4(), "petition": row.id, "person": person, "person_key": key, "at": now}
        consent = {"consent": uuid7(), "words": words_of(Publication.SIGNATURE, language, given=wishes.shown)}
        wished = {"shown": wishes.shown, "told": wishes.told}
        if not await petitions.sign(uow.session, values | wished | consent):
            raise PetitionStateError
        if key is None and signs is None:
            await _check_still(uow.session, row.id)
        signatures = await petitions.number(uow.session, row.id)
        await uow.commit()
    return signatures


async def own_signature(
    signer: Supporter, petition_id: UUID, *, database: Database, roll_keys: RollKeys
) -> tuple[Wishes | None, int]:
    """How the person signs, or None, and how many do; as :func:`found_signature`."""
    own = await found_signature(signer, petition_id, database=database, roll_keys=roll_keys)
    async with database.reading() as session:
        row = await petitions.public(session, signer.collectivity, petition_id)
        signatures = (await petitions.signed(session, row)).signatures
    return (Wishes(own.shown, own.told) if own else None), signatures


async def found_signature(
    signer: Supporter, petition_id: UUID, *, database: Database, roll_keys: RollKeys
) -> PetitionSignature | None:
    """What the person has signed, by whichever of their accounts.

    Identity is asked where this account has not signed. Raises NotFoundError, or the 503 problem as above.
    """
    async with database.reading() as session:
        row = await petitions.public(session, signer.collectivity, petition_id)
        own = await petitions.signature(session, row.id, await merged_accounts.standing(session, signer.person))
        if own is not None or not await petitions.any_signature(session, row.id):
            return own
    key = await _key(signer, row, roll_keys)
    if key is None:
        return None
    async with database.reading() as session:
        return await petitions.signature_of_person(session, row.id, key)


async def sign_no_more(
    signer: Supporter, petition_id: UUID, language: str, *, database: Database, roll_keys: RollKeys, now: datetime
) -> None:
    """Take it back while the petition is open, by whichever account it was given; asked again, nothing changes.

    Whoever agreed that it is shown agrees no more, in that language. Raises NotFoundError, PetitionStateError, or the
    503 problem as above where another account may have signed.
    """
    row = await _open(signer, petition_id, database)
    async with database.unit_of_work() as uow:
        person = await merged_accounts.standing(uow.session, signer.person)
        taken = await petitions.take_back_of_account(uow.session, row.id, person)
        _agree_no_more(uow.session, taken, language, now)
        await uow.commit()
    if taken is not None:
        return
    key = await _key(signer, row, roll_keys)
    if key is not None:
        async with database.unit_of_work() as uow:
            taken = await petitions.take_back_of_person(uow.session, row.id, key)
            _agree_no_more(uow.session, taken, language, now)
            await uow.commit()


def _agree_no_more(session: AsyncSession, taken: PetitionSignature | None, language: str, now: datetime) -> None:
    if taken is not None and taken.shown:
        kind, said = Publication.SIGNATURE, Said(now, language)
        agree(session, taken.collectivity, kind, taken.petition_id, taken.person, said, given=False)


async def _open(signer: Supporter, petition_id: UUID, database: Database) -> Row:
    async with database.reading() as session:
        row = await petitions.public(session, signer.collectivity, petition_id)
    check_state(row.state, PetitionState.OPEN)
    return row


async def _check_still(session: AsyncSession, petition_id: UUID) -> None:
    """Raise NotVerifiedError where agents had it belong to a process for verified people at this moment.

    They wait for whoever signs, and see what was signed; who signs after them sees what they did.
    """
    within = processes.whom_within(await processes.of_part(session, petition_id))
    if within is not None and within.counts_people:
        raise NotVerifiedError


async def _key(signer: Supporter, row: Row, roll_keys: RollKeys, *, needed: bool = False) -> bytes | None:
    """The person's key; None for somebody whom nobody verified, where it is not needed."""
    try:
        return (await roll_keys.of(row.id, signer.person, kind=Scrutiny.PETITION)).key
    except NotVerifiedError:
        if needed:
            raise
        return None
