# SPDX-License-Identifier: EUPL-1.2
"""People volunteer for an assembly, once whatever their accounts: each has one ticket in the lots that are drawn."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_participation.db import assemblies, assembly_draws, merged_accounts
from parvis_participation.db.assembly_tables import AssemblyVolunteer
from parvis_participation.domain.assembly import check_college
from parvis_participation.domain.errors import NotVerifiedError
from parvis_participation.domain.proposal import check_supporter
from parvis_participation.domain.publication import Publication
from parvis_participation.outgoing.roll_keys import RollKeys, Scrutiny
from parvis_participation.service.agree_to_show import Said, agree
from parvis_participation.service.member_names import MemberNames
from parvis_participation.service.support_proposal import Supporter

_KIND: Final = Publication.CANDIDACY


@dataclass(frozen=True, slots=True)
class Candidacy:
    """The name under which somebody would be a member, for which college, and whether everybody would read the name."""

    name: str
    college: str | None
    listed: bool


async def volunteer(
    who: Supporter, assembly_id: UUID, candidacy: Candidacy, *, database: Database, roll_keys: RollKeys,
    names: MemberNames, said: Said,
) -> None:  # fmt: skip
    """Let lots be drawn whether somebody becomes a member; asked again, what is said now holds.

    Whether everybody may read the name is kept where it is new.

    Raises NotFoundError, UnknownCollegeError, NotVerifiedError, AlreadyVolunteersError, or the 503 problem while
    identity cannot say who the person is, and nothing is stored.
    """
    async with database.reading() as session:
        await _open(session, who, assembly_id, candidacy)
    check_supporter(who.acr)
    key = (await roll_keys.of(assembly_id, who.person, kind=Scrutiny.ASSEMBLY)).key
    async with database.unit_of_work() as uow:
        await _open(uow.session, who, assembly_id, candidacy)
        person = await merged_accounts.standing(uow.session, who.person)
        row = AssemblyVolunteer(
            id=uuid7(), collectivity=who.collectivity, assembly_id=assembly_id, person=person, person_key=key,
            name=await names.seal_volunteer(person, candidacy.name), listed=candidacy.listed,
            college=candidacy.college, created_at=said.at,
        )  # fmt: skip
        before = await assembly_draws.mine(uow.session, assembly_id, person)
        await assembly_draws.put(uow.session, row)
        if candidacy.listed is not (before is not None and before.listed):
            which = before.id if before else row.id
            agree(uow.session, who.collectivity, _KIND, which, person, said, given=candidacy.listed)
        await uow.commit()


async def volunteer_no_more(who: Supporter, assembly_id: UUID, *, database: Database, roll_keys: RollKeys) -> None:
    """Volunteer no more, by whichever account it was said; asked again, nothing changes.

    Raises NotFoundError, or the 503 problem as above where another account may have volunteered.
    """
    async with database.unit_of_work() as uow:
        assembly = await assemblies.one(uow.session, who.collectivity, assembly_id, published=True)
        person = await merged_accounts.standing(uow.session, who.person)
        done = await assembly_draws.withdraw(uow.session, assembly.id, person)
        await uow.commit()
    if done:
        return
    try:
        key = (await roll_keys.of(assembly_id, who.person, kind=Scrutiny.ASSEMBLY)).key
    except NotVerifiedError:
        return
    async with database.unit_of_work() as uow:
        await assembly_draws.withdraw_person(uow.session, assembly_id, key)
        await uow.commit()


async def _open(session: AsyncSession, who: Supporter, assembly_id: UUID, candidacy: Candidacy) -> None:
    row = await assemblies.one(session, who.collectivity, assembly_id, published=True)
    check_college((each["code"] for each in row.colleges), candidacy.college)
