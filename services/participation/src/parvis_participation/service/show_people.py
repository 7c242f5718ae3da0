# SPDX-License-Identifier: EUPL-1.2
"""People agree that they are shown in public, and agree no more: at once, whatever has closed meanwhile.

What was said is kept with its words and hour, the withdrawal beside the agreement, as long as the signature or the
mandate; how many have signed stays.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_participation.db import assemblies, merged_accounts, petitions, publications
from parvis_participation.db.assembly_tables import AssemblyMember
from parvis_participation.db.publication_tables import PublicationConsent
from parvis_participation.domain.errors import NotFoundError
from parvis_participation.domain.publication import Publication
from parvis_participation.outgoing.roll_keys import RollKeys
from parvis_participation.service.agree_to_show import Said, agree
from parvis_participation.service.sign_petition import found_signature
from parvis_participation.service.support_proposal import Supporter


async def signature_shown(
    signer: Supporter, petition_id: UUID, *, database: Database, roll_keys: RollKeys
) -> tuple[bool, Sequence[PublicationConsent]]:
    """Whether readers see that somebody signs, by whichever account, and what they said of it, the latest first.

    Raises NotFoundError, or the 503 problem while identity cannot say who the person is.
    """
    own = await found_signature(signer, petition_id, database=database, roll_keys=roll_keys)
    async with database.reading() as session:
        people = {await merged_accounts.standing(session, signer.person)} | ({own.person} if own else set())
        said = await publications.history(session, [petition_id], people)
    return own is not None and own.shown, said


async def hide_signature(
    signer: Supporter, petition_id: UUID, said: Said, *, database: Database, roll_keys: RollKeys
) -> None:
    """Show readers no more that somebody signs, by whichever account; asked again, nothing changes. It still counts.

    Raises as :func:`signature_shown`.
    """
    own = await found_signature(signer, petition_id, database=database, roll_keys=roll_keys)
    if own is None:
        return
    async with database.unit_of_work() as uow:
        person = await petitions.hide(uow.session, own.id)
        if person is not None:
            agree(uow.session, signer.collectivity, Publication.SIGNATURE, petition_id, person, said, given=False)
        await uow.commit()


async def own_mandates(
    session: AsyncSession, collectivity: str, assembly_id: UUID, person: UUID, *, lock: bool = False
) -> Sequence[AssemblyMember]:
    """Somebody's mandates of an assembly that are not forgotten, newest first; raises NotFoundError without any."""
    assembly = await assemblies.one(session, collectivity, assembly_id, published=True)
    standing = await merged_accounts.standing(session, person)
    found = await assemblies.mandates(session, assembly.id, standing, lock=lock)
    if not found:
        raise NotFoundError
    return found


async def list_own_name(
    session: AsyncSession, collectivity: str, assembly_id: UUID, person: UUID, said: Said, *, listed: bool
) -> Sequence[AssemblyMember]:
    """Let everybody read the person's name among an assembly's members, or no more; raises NotFoundError."""
    found = await own_mandates(session, collectivity, assembly_id, person, lock=True)
    for member in found:
        list_member(session, member, said, listed=listed)
    await session.flush()
    return found


async def note_listing(
    session: AsyncSession, collectivity: str, assembly_id: UUID, mandate_id: UUID, said: Said, *, listed: bool
) -> AssemblyMember:
    """The same of one mandate, as an agent was told at the desk; raises NotFoundError."""
    assembly = await assemblies.one(session, collectivity, assembly_id)
    member = await assemblies.member(session, assembly.id, mandate_id)
    if member.name is None:
        raise NotFoundError
    list_member(session, member, said, listed=listed)
    await session.flush()
    return member


def list_member(session: AsyncSession, member: AssemblyMember, said: Said, *, listed: bool) -> None:
    """Have a name read or not from now on, and keep who said so; the same said again changes nothing."""
    if member.listed is listed:
        return
    member.listed = listed
    agree(session, member.collectivity, Publication.MANDATE, member.id, member.person, said, given=listed)
