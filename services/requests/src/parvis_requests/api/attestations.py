# SPDX-License-Identifier: EUPL-1.2
"""The attestation that silence has granted a request, to read and to print."""

from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import principal_of, problems, router, token
from parvis_requests.api.attestation_views import AttestationView, attestation_view, attestation_words
from parvis_requests.api.authors import SCOPE
from parvis_requests.api.context import actor_of, language_of, now, parts_of
from parvis_requests.domain.errors import NotAllowedError
from parvis_requests.outgoing.attestation_pdf import attestation_pdf
from parvis_requests.service.attest_grant import AttestGrant

routes = router(tags=["requests"])
_PDF: Final = "application/pdf"
_FILE: Final[dict[int | str, Any]] = {200: {"content": {_PDF: {"schema": {"type": "string", "format": "binary"}}}}}


@routes.get(
    "/v1/requests/{request_id}/attestation",
    **token("requests.requests.read"),
    operation_id="readAttestation",
    response_model=AttestationView,
    responses=problems(401, 403, 404, 409, 422),
)
async def attestation(request_id: UUID, request: Request, response: Response) -> AttestationView:
    """The attestation that the administration's silence has granted the request; an agent's look is recorded."""
    language, at = language_of(request), now()
    found = await _attesting(request).of_request(actor_of(request), request_id, at, names=_may_name(request))
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept-Language"})
    return attestation_view(found, language, at)


@routes.get(
    "/v1/requests/{request_id}/attestation/document",
    **token("requests.requests.read"),
    operation_id="readAttestationDocument",
    response_class=Response,
    responses=problems(401, 403, 404, 409, 422) | _FILE,
)
async def document(request_id: UUID, request: Request) -> Response:
    """The same as a PDF that can be archived and read aloud (PDF/A-3a, PDF/UA-1); it names the person."""
    language, at = language_of(request), now()
    if not _may_name(request):
        raise NotAllowedError
    found = await _attesting(request).of_request(actor_of(request), request_id, at, must_name=True)
    pdf = await attestation_pdf(attestation_words(found, language, at))
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="attestation-{found.reference}.pdf"',
        "Content-Language": language,
        "Vary": "Accept-Language",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(pdf, media_type=_PDF, headers=headers)


def _attesting(request: Request) -> AttestGrant:
    parts = parts_of(request)
    return AttestGrant(parts.runtime.database, parts.runtime.persons, parts.people, parts.catalogues)


def _may_name(request: Request) -> bool:
    """Whether the caller may know who filed: its author does, an agent by a scope of its own."""
    return not actor_of(request).is_agent or SCOPE in principal_of(request).scopes
