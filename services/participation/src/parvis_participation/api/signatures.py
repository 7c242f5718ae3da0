# SPDX-License-Identifier: EUPL-1.2
"""Signatures of petitions: one a person, by name; the town's database knows who signs what."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.security.principal import Principal
from parvis_kit.web.operation import problems, router, token
from parvis_participation.api.context import citizen_of, language_of, now, parts_of
from parvis_participation.api.petition_schemas import NewSignature, SignatureView
from parvis_participation.service.sign_petition import Wishes, own_signature, sign_no_more, sign_petition
from parvis_participation.service.support_proposal import Supporter

routes = router(tags=["petitions"])
_PATH = "/v1/petitions/{petition_id}/signatures/mine"


@routes.get(
    _PATH,
    **token("participation.signatures.read"),
    operation_id="readSignature",
    response_model=SignatureView,
    responses=problems(401, 403, 404, 422),
)
async def read(petition_id: UUID, request: Request, response: Response) -> SignatureView:
    """Whether and how one signs a petition, by whichever of one's accounts, and how many do."""
    parts, signer = parts_of(request), _signer(citizen_of(request))
    own, signatures = await own_signature(
        signer, petition_id, database=parts.runtime.database, roll_keys=parts.roll_keys
    )
    response.headers["Cache-Control"] = "no-store"
    shown, told = (own.shown, own.told) if own else (False, False)
    return SignatureView(signing=own is not None, shown=shown, told=told, signatures=signatures)


@routes.put(
    _PATH,
    **token("participation.signatures.write"),
    operation_id="signPetition",
    response_model=SignatureView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def sign(petition_id: UUID, body: NewSignature, request: Request, response: Response) -> SignatureView:
    """Sign, once whatever one's accounts: sent again, only what one wishes of it changes."""
    parts, signer, wishes = parts_of(request), _signer(citizen_of(request)), Wishes(body.shown, body.told)
    signatures = await sign_petition(
        signer,
        petition_id,
        wishes,
        language_of(request),
        database=parts.runtime.database,
        roll_keys=parts.roll_keys,
        now=now(),
    )
    response.headers["Cache-Control"] = "no-store"
    return SignatureView(signing=True, shown=wishes.shown, told=wishes.told, signatures=signatures)


@routes.delete(
    _PATH,
    **token("participation.signatures.write"),
    operation_id="takeBackSignature",
    status_code=204,
    responses=problems(401, 403, 404, 409, 422),
)
async def take_back(petition_id: UUID, request: Request) -> Response:
    """Take one's signature back, by any of one's accounts, while the petition is open; asked again, nothing changes."""
    parts, signer = parts_of(request), _signer(citizen_of(request))
    database, language = parts.runtime.database, language_of(request)
    await sign_no_more(signer, petition_id, language, database=database, roll_keys=parts.roll_keys, now=now())
    return Response(status_code=204)


def _signer(citizen: Principal) -> Supporter:
    return Supporter(citizen.collectivity, citizen.person, citizen.acr)
