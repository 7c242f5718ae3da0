# SPDX-License-Identifier: EUPL-1.2
"""People agree to be shown in public and agree no more, at any time, by an operation as short as the one before."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.security.principal import Principal
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, problems, router, token
from parvis_participation.api.acting import chained
from parvis_participation.api.assembly_answers import MemberView
from parvis_participation.api.assembly_views import member_view
from parvis_participation.api.context import agent_of, citizen_of, language_of, now, parts_of
from parvis_participation.api.publication_schemas import (
    ConsentView,
    ConsentWordsView,
    NewListing,
    OwnMandatesView,
    OwnMandateView,
    SignatureDisplayView,
)
from parvis_participation.api.views import instant
from parvis_participation.db import publications
from parvis_participation.db.assembly_tables import AssemblyMember
from parvis_participation.db.publication_tables import PublicationConsent
from parvis_participation.domain.publication import ConsentWay, Publication, words_of
from parvis_participation.service.agree_to_show import Said
from parvis_participation.service.show_people import (
    hide_signature,
    list_own_name,
    note_listing,
    own_mandates,
    signature_shown,
)
from parvis_participation.service.support_proposal import Supporter

routes = router(tags=["publications"])
_SIGNATURE: Final = "/v1/petitions/{petition_id}/shown-signatures/mine"
_MANDATES: Final = "/v1/assemblies/{assembly_id}/members/mine"
_PRIVATE: Final = {"Cache-Control": "no-store", "Vary": "Accept-Language"}


@routes.get(
    _SIGNATURE,
    **token("participation.signatures.read"),
    operation_id="readSignatureDisplay",
    response_model=SignatureDisplayView,
    responses=problems(401, 403, 404, 422),
)
async def display(petition_id: UUID, request: Request, response: Response) -> SignatureDisplayView:
    """Whether readers see that one signs, and when one agreed to that or agreed no more, in which words."""
    parts, language, who = parts_of(request), language_of(request), _who(citizen_of(request))
    shown, said = await signature_shown(
        who, petition_id, database=parts.runtime.database, roll_keys=parts.roll_keys
    )  # fmt: skip
    response.headers.update(_PRIVATE | {"Content-Language": language})
    words = _words(Publication.SIGNATURE, language)
    return SignatureDisplayView(shown=shown, words=words, consents=_consents(said))


@routes.delete(
    _SIGNATURE,
    **token("participation.signatures.write"),
    operation_id="hideSignature",
    status_code=204,
    responses=problems(401, 403, 404, 422),
)
async def hide(petition_id: UUID, request: Request) -> Response:
    """Show readers no more that one signs, by any of one's accounts, open or closed; the signature still counts."""
    parts, said = parts_of(request), Said(now(), language_of(request))
    database, who = parts.runtime.database, _who(citizen_of(request))
    await hide_signature(who, petition_id, said, database=database, roll_keys=parts.roll_keys)
    return Response(status_code=204)


@routes.get(
    _MANDATES,
    **token("participation.volunteers.read"),
    operation_id="readOwnMandates",
    response_model=OwnMandatesView,
    responses=problems(401, 403, 404, 422),
)
async def mandates(assembly_id: UUID, request: Request, response: Response) -> OwnMandatesView:
    """One's mandates of an assembly, and when one agreed that everybody reads one's name, or no more."""
    citizen, language = citizen_of(request), language_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        found = await own_mandates(session, citizen.collectivity, assembly_id, citizen.person)
        view = await _mandates(session, found, language)
    response.headers.update(_PRIVATE | {"Content-Language": language})
    return view


@routes.put(
    _MANDATES,
    **token("participation.volunteers.write"),
    operation_id="changeOwnListing",
    response_model=OwnMandatesView,
    responses=problems(400, 401, 403, 404, 413, 422),
)
async def list_(assembly_id: UUID, body: NewListing, request: Request, response: Response) -> OwnMandatesView:
    """Let everybody read one's name among the members, or no more, from now on: in lists and files at once."""
    citizen, language, said = citizen_of(request), language_of(request), Said(now(), language_of(request))
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        which = citizen.collectivity, assembly_id, citizen.person
        found = await list_own_name(uow.session, *which, said, listed=body.listed)
        view = await _mandates(uow.session, found, language)
        await uow.commit()
    response.headers.update(_PRIVATE | {"Content-Language": language})
    return view


@routes.post(
    "/v1/assemblies/{assembly_id}/members/{mandate_id}/listings",
    **token("participation.assemblies.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="noteMemberListing",
    status_code=201,
    response_model=MemberView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def note(assembly_id: UUID, mandate_id: UUID, body: NewListing, request: Request) -> Response:
    """Note what a member said at the desk: that everybody may read their name, or no more."""
    agent, parts = agent_of(request), parts_of(request)
    said = Said(now(), language_of(request), ConsentWay.DESK)

    async def effect(session: AsyncSession) -> Answer:
        which = agent.collectivity, assembly_id, mandate_id
        row = await note_listing(session, *which, said, listed=body.listed)
        return Answer.of(member_view(row, await parts.names.open([row])))

    return await parts.runtime.idempotency.once(
        idempotent_call(request, agent, await request.body()), chained(request, effect)
    )


async def _mandates(session: AsyncSession, found: Sequence[AssemblyMember], language: str) -> OwnMandatesView:
    people = {row.person for row in found if row.person is not None}
    said = await publications.history(session, [row.id for row in found], people)
    own = [OwnMandateView(id=row.id, listed=row.listed, begins_on=row.begins_on, ends_on=row.ends_on) for row in found]
    return OwnMandatesView(mandates=own, words=_words(Publication.MANDATE, language), consents=_consents(said))


def _words(kind: Publication, language: str) -> ConsentWordsView:
    agreement, withdrawal = (words_of(kind, language, given=given) for given in (True, False))
    return ConsentWordsView(agreement=agreement, withdrawal=withdrawal)


def _consents(said: Sequence[PublicationConsent]) -> list[ConsentView]:
    return [
        ConsentView(given=row.given, words=row.words, way=ConsentWay(row.way), said_at=instant(row.created_at))
        for row in said
    ]


def _who(citizen: Principal) -> Supporter:
    return Supporter(citizen.collectivity, citizen.person, citizen.acr)
