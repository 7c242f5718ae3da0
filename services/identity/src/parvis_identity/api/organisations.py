# SPDX-License-Identifier: EUPL-1.2
"""Associations and companies: declared by a citizen, verified by an agent, closed by either."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import now, parts_of
from parvis_identity.api.organisation_schemas import (
    NewOrganisation,
    OrganisationView,
    OwnOrganisationListView,
    OwnOrganisationView,
    VerificationBody,
    organisation_view,
    own_view,
)
from parvis_identity.api.problems import WRONG_NUMBER
from parvis_identity.domain.errors import WrongOrganisationNumberError
from parvis_identity.domain.organisation import Numbers, Organisation, OrganisationStatus
from parvis_kit.locale import Text
from parvis_kit.problems import FieldError
from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, principal_of, problems, router, token

routes = router(tags=["organisations"])
_PATH: Final = "/v1/organisations/{organisation_id}"
_PRIVATE: Final = {"Cache-Control": "no-store"}
_WRONG: Final = {
    "siret": Text(
        fr="Donnez le SIRET à 14 chiffres de l'organisation, ou le numéro RNA d'une association.",
        en="Give the organisation's SIRET of 14 digits, or the RNA number of an association.",
    ),
    "rna": Text(
        fr="Un numéro RNA est celui d'une association : W et neuf caractères.",
        en="An RNA number is an association's: W and nine characters.",
    ),
    "legal_form": Text(
        fr="La catégorie juridique d'une association commence par 92, et celle d'une société n'y commence pas.",
        en="The legal category of an association starts with 92, and that of a company does not.",
    ),
}


@routes.post(
    "/v1/me/organisations",
    **token("identity.organisations.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="declareOrganisation",
    status_code=201,
    response_model=OwnOrganisationView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def declare_organisation(body: NewOrganisation, request: Request) -> Response:
    """Declare an organisation that the caller speaks for; it does nothing until an agent has verified it."""
    caller, about = principal_of(request), parts_of(request).about_people
    numbers = Numbers(siret=body.siret, rna=body.rna, legal_form=body.legal_form)

    async def effect(session: AsyncSession) -> Answer:
        try:
            made = await about.organisations.declare(session, caller, body.kind, body.name, numbers, now())
        except WrongOrganisationNumberError as error:
            wrong = FieldError(f"/{error.member}", WRONG_NUMBER.code, _WRONG[error.member])
            raise WRONG_NUMBER.problem(errors=[wrong]) from error
        location = {"Location": f"/v1/organisations/{made.organisation.id}"}
        return Answer.of(own_view(made), location | _headers(made.organisation))

    return await about.idempotency.once(idempotent_call(request, caller, await request.body()), effect)


@routes.get(
    "/v1/me/organisations",
    **token("identity.organisations.read"),
    operation_id="listOwnOrganisations",
    response_model=OwnOrganisationListView,
    responses=problems(401, 403),
)
async def list_own_organisations(request: Request) -> Response:
    """The organisations of this collectivity that the caller is of, and as what."""
    found = await parts_of(request).about_people.organisations.of(principal_of(request))
    view = OwnOrganisationListView(items=[own_view(belonging) for belonging in found])
    return Response(view.model_dump_json(), 200, _PRIVATE, "application/json")


@routes.get(
    "/v1/organisations",
    **token("identity.organisations.read"),
    operation_id="listOrganisations",
    response_model=Page[OrganisationView],
    responses=problems(400, 401, 403, 422),
)
async def list_organisations(
    request: Request,
    response: Response,
    status: Annotated[OrganisationStatus | None, Query(description="Those of this status.")] = None,
    siret: Annotated[str | None, Query(pattern="^[0-9]{14}$", description="The one of this SIRET.")] = None,
    rna: Annotated[str | None, Query(pattern="^W[0-9A-Z]{9}$", description="The one of this RNA number.")] = None,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """For agents: the organisations of their collectivity, newest first."""
    caller, parts = principal_of(request), parts_of(request)
    filters = {"status": status.value if status else None, "siret": siret, "rna": rna}
    bound = [caller.collectivity, filters]
    position = parts.runtime.cursors.read(cursor, bound)
    page = await parts.about_people.organisations.page(caller, filters, position, limit)
    response.headers["Cache-Control"] = "no-store"
    items, write = [organisation_view(one) for one in page.rows], parts.runtime.cursors.write
    return paged(request, response, items, write(page.next, bound), write(page.previous, bound))


@routes.get(
    _PATH,
    **token("identity.organisations.read"),
    operation_id="readOrganisation",
    response_model=OrganisationView,
    responses=problems(401, 403, 404, 422),
)
async def read_organisation(organisation_id: UUID, request: Request) -> Response:
    """One organisation: for its members, and for agents of its collectivity."""
    return _answer(await parts_of(request).about_people.organisations.find(principal_of(request), organisation_id))


@routes.post(
    f"{_PATH}/verifications",
    **token("identity.verifications.write", headers=[IF_MATCH]),
    operation_id="verifyOrganisation",
    response_model=OrganisationView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def verify_organisation(organisation_id: UUID, body: VerificationBody, request: Request) -> Response:
    """For agents: a document was seen that says that it exists and that who declared it may speak for it."""
    organisations, version = parts_of(request).about_people.organisations, required_version(request)
    caller = principal_of(request)
    return _answer(await organisations.verify(caller, organisation_id, body.evidence, version, now()))


@routes.post(
    f"{_PATH}/closures",
    **token("identity.organisations.write", headers=[IF_MATCH]),
    operation_id="closeOrganisation",
    response_model=OrganisationView,
    responses=problems(401, 403, 404, 409, 412, 422, 428),
)
async def close_organisation(organisation_id: UUID, request: Request) -> Response:
    """A representative says that it is over, for good: nobody acts through it any more."""
    organisations, version = parts_of(request).about_people.organisations, required_version(request)
    return _answer(await organisations.close(principal_of(request), organisation_id, version, now()))


@routes.post(
    f"{_PATH}/refusals",
    **token("identity.verifications.write", headers=[IF_MATCH]),
    operation_id="refuseOrganisation",
    response_model=OrganisationView,
    responses=problems(401, 403, 404, 409, 412, 422, 428),
)
async def refuse_organisation(organisation_id: UUID, request: Request) -> Response:
    """For agents: close what should not have been declared, or is over; its number can be declared anew."""
    organisations, version = parts_of(request).about_people.organisations, required_version(request)
    return _answer(await organisations.refuse(principal_of(request), organisation_id, version, now()))


def _answer(organisation: Organisation) -> Response:
    view = organisation_view(organisation)
    return Response(view.model_dump_json(), 200, _headers(organisation), "application/json")


def _headers(organisation: Organisation) -> dict[str, str]:
    return {"ETag": entity_tag(organisation.version), **_PRIVATE}
