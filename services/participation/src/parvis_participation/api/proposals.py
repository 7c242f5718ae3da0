# SPDX-License-Identifier: EUPL-1.2
"""Proposals: everybody reads them, people who signed in make them, under a pseudonym."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.db import keyset
from parvis_kit.locale import Text
from parvis_kit.problems import VALIDATION, FieldError
from parvis_kit.security.principal import Principal
from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, problems, public, router, token
from parvis_kit.web.types import PlainText
from parvis_participation.api.audiences import check_proposes_within
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import citizen_of, now, parts_of
from parvis_participation.api.moderation_problems import too_many
from parvis_participation.api.proposal_schemas import NewProposal, ProposalSubmission, ProposalVersionView, ProposalView
from parvis_participation.api.proposal_views import proposal_view, version_view
from parvis_participation.db import proposal_list, proposals
from parvis_participation.db.proposals import Supported
from parvis_participation.domain.accountability import ProposalOutcome
from parvis_participation.domain.errors import TooManyError
from parvis_participation.domain.proposal import ProposalState
from parvis_participation.domain.proposal_list import BOUNDS, Bounds, ProposalSort, Wanted, bounds_of
from parvis_participation.service.deposit_project import Author
from parvis_participation.service.submit_proposal import Words, edit_proposal, submit_proposal, withdraw_proposal

routes = router(tags=["proposals"])
_HEADERS = {"Cache-Control": "public, no-cache"}
_Process = Annotated[UUID | None, Query(description="Only what was made within this process.")]
_Title = Annotated[PlainText | None, Query(min_length=1, max_length=100, description="Words of the title.")]
_Outcomes = Annotated[
    list[ProposalOutcome] | None,
    Query(alias="outcome", max_length=7, description="What the town has decided or done; repeated: any of them."),
]
_Box = Annotated[
    str | None,
    Query(
        pattern=BOUNDS,
        description="West, south, east, north in degrees (RFC 7946 section 5): only what has its place there.",
    ),
]
_Sort = Annotated[
    ProposalSort,
    Query(
        description="Newest, most supported or most discussed first, or by chance: the same for the same `seed`."
        " The order by supports or comments follows them within about a minute; `supports` is of this moment."
    ),
]
_Seed = Annotated[int, Query(ge=0, le=2**31 - 1, description="Of the order by chance; a front-end draws one a visit.")]


@routes.get(
    "/v1/collectivities/{collectivity}/proposals",
    **public(),
    operation_id="listProposals",
    response_model=Page[ProposalView],
    responses=problems(400, 422),
)
async def list_(
    collectivity: Collectivity,
    request: Request,
    response: Response,
    q: _Title = None,
    process_id: _Process = None,
    outcome: _Outcomes = None,
    bbox: _Box = None,
    sort: _Sort = ProposalSort.NEWEST,
    seed: _Seed = 0,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """What people propose to their town, newest first unless asked otherwise."""
    wanted = Wanted(q, process_id, tuple(outcome or ()), _bounds(bbox) if bbox else None, sort, seed)
    parts, bound = parts_of(request), ["proposals", collectivity, repr(wanted)]
    place = parts.runtime.cursors.read(cursor, bound)
    async with parts.runtime.database.reading() as session:
        found = await proposal_list.page(session, collectivity, wanted, place, limit)
    response.headers.update(_HEADERS)
    items = [proposal_view(each, parts.pseudonyms) for each in found.rows]
    write = parts.runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    "/v1/collectivities/{collectivity}/proposals/{proposal_id}",
    **public(),
    operation_id="readProposal",
    response_model=ProposalView,
    responses=problems(404, 422),
)
async def read(collectivity: Collectivity, proposal_id: UUID, request: Request, response: Response) -> ProposalView:
    """One proposal; without its words once it is withdrawn or removed."""
    parts = parts_of(request)
    async with parts.runtime.database.reading() as session:
        found = await proposals.supported(session, await proposals.one(session, collectivity, proposal_id))
    response.headers.update(_HEADERS | {"ETag": entity_tag(found.row.version)})
    return proposal_view(found, parts.pseudonyms)


@routes.get(
    "/v1/collectivities/{collectivity}/proposals/{proposal_id}/versions",
    **public(),
    operation_id="listProposalVersions",
    response_model=Page[ProposalVersionView],
    responses=problems(400, 404, 422),
)
async def versions(
    collectivity: Collectivity,
    proposal_id: UUID,
    request: Request,
    response: Response,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """What a proposal said before its author changed it, the last first; nothing once it is withdrawn or removed."""
    runtime, bound = parts_of(request).runtime, ["proposal-versions", str(proposal_id)]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        row = await proposals.one(session, collectivity, proposal_id)
        shown = row.state == ProposalState.PUBLISHED
        found = await proposals.versions(session, proposal_id, place, limit) if shown else keyset.Slice((), None, None)
    response.headers.update(_HEADERS)
    items = [version_view(row) for row in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.post(
    "/v1/proposals",
    **token("participation.proposals.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="submitProposal",
    status_code=201,
    response_model=ProposalView,
    responses=problems(400, 401, 403, 404, 409, 413, 422, 429),
)
async def submit(body: ProposalSubmission, request: Request) -> Response:
    """Propose something to one's town; its words are public at once, or as a draft once it is published."""
    citizen, parts, at = citizen_of(request), parts_of(request), now()

    async def effect(session: AsyncSession) -> Answer:
        author, words, process = _author(citizen), _words(body), body.process_id
        row = await submit_proposal(session, author, words, now=at, draft=body.draft, process_id=process)
        path = f"/v1/collectivities/{row.collectivity}/proposals/{row.id}"
        path = f"/v1/own-proposals/{row.id}" if body.draft else path
        headers = {"Location": path, "ETag": entity_tag(row.version)}
        return Answer.of(proposal_view(Supported(row, 0), parts.pseudonyms), headers)

    if body.process_id is not None:
        await check_proposes_within(request, body.process_id, at)
    call = idempotent_call(request, citizen, await request.body())
    try:
        return await parts.runtime.idempotency.once(call, effect)
    except TooManyError as error:
        raise too_many() from error


@routes.put(
    "/v1/proposals/{proposal_id}",
    **token("participation.proposals.write", headers=[IF_MATCH]),
    operation_id="editProposal",
    response_model=ProposalView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def edit(proposal_id: UUID, body: NewProposal, request: Request, response: Response) -> ProposalView:
    """Change a proposal that one writes; what it said before stays public, for those who supported that."""
    citizen, parts, version = citizen_of(request), parts_of(request), required_version(request)
    async with parts.runtime.database.unit_of_work() as uow:
        author, words = _author(citizen), _words(body)
        row = await edit_proposal(uow.session, author, proposal_id, words, version=version, now=now())
        found = await proposals.supported(uow.session, row)
        await uow.commit()
    response.headers["ETag"] = entity_tag(row.version)
    return proposal_view(found, parts.pseudonyms)


@routes.delete(
    "/v1/proposals/{proposal_id}",
    **token("participation.proposals.write", headers=[IF_MATCH]),
    operation_id="withdrawProposal",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412, 422, 428),
)
async def withdraw(proposal_id: UUID, request: Request) -> Response:
    """Take one's own proposal back: its words are removed, present and former, and its photos; of a draft, all."""
    citizen, version = citizen_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await withdraw_proposal(uow.session, _author(citizen), proposal_id, version=version, now=now())
        await uow.commit()
    return Response(status_code=204)


def _author(citizen: Principal) -> Author:
    return Author(citizen.collectivity, citizen.person)


def _words(body: NewProposal) -> Words:
    return Words(**body.model_dump(mode="json", include=set(NewProposal.model_fields)))


def _bounds(written: str) -> Bounds:
    bounds = bounds_of(written)
    if bounds is None:
        words = Text(fr="Donnez ouest, sud, est, nord en degrés.", en="Give west, south, east, north in degrees.")
        raise VALIDATION.problem(
            "Corrigez les champs signalés.",
            "Correct the members named in errors.",
            errors=[FieldError("#/query/bbox", "bounding-box", words)],
        )
    return bounds
