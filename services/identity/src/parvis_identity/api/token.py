# SPDX-License-Identifier: EUPL-1.2
"""The token endpoint (RFC 6749); served on the internal port too, for our own services."""

from typing import Final

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from parvis_identity.api.context import form, now, parts_of
from parvis_identity.api.documents import form_field, oauth_errors, protocol_route, resources
from parvis_identity.api.protocol import CLIENT_FIELDS, DPOP, NO_STORE, authenticated, protocol_router, proven_key
from parvis_identity.domain.behalf import SUBJECT_TYPES
from parvis_identity.domain.client import GrantType
from parvis_identity.domain.token_request import TokenRequest
from parvis_identity.service.act_on_behalf import ACCESS_TOKEN
from parvis_kit.web.operation import problems

routes = protocol_router()
_EXCHANGE: Final = {
    "grant_type": form_field("What is traded.", enum=[grant.value for grant in GrantType]),
    "code": form_field("Authorization code."),
    "redirect_uri": form_field("The one of the authorization request."),
    "code_verifier": form_field("PKCE verifier (RFC 7636)."),
    "device_code": form_field("Of a device, once the person has allowed it (RFC 8628)."),
    "refresh_token": form_field("Refresh token; each works once."),
    "subject_token": form_field(
        "To be exchanged (RFC 8693): a person's access token that was sent to you, or the id of that by which somebody "
        "acts for another: an assisted session, a mandate, a child of the household."
    ),
    "subject_token_type": form_field("With it.", enum=[ACCESS_TOKEN, *SUBJECT_TYPES]),
    "actor_token": form_field("The access token, handed out to you, of the person who acts for another."),
    "actor_token_type": form_field("With it.", enum=[ACCESS_TOKEN]),
    "requested_token_type": form_field("What it is exchanged for.", enum=[ACCESS_TOKEN]),
    "scope": form_field("Fewer scopes than granted; for client_credentials, those wanted (all unless said)."),
    "resource": resources("Services that the token is for (RFC 8707); all of its scopes' unless said"),
}


class TokenView(BaseModel):
    """Tokens (RFC 6749 section 5.1); a member that does not apply is absent."""

    access_token: str = Field(description="RFC 9068 JWT, ES256; send it as `Authorization: <token_type> <token>`.")
    token_type: str = Field(pattern="^(Bearer|DPoP)$", description="`DPoP` for a token bound to the client's key.")
    expires_in: int = Field(description="Seconds that the access token lives.")
    scope: str = Field(description="Scopes of the access token, separated by spaces.")
    refresh_token: str | None = Field(default=None, description="Works once, and only for this client.")
    issued_token_type: str | None = Field(default=None, description="Of an exchanged token (RFC 8693).")
    id_token: str | None = Field(default=None, description="Who signed in, with the scope `openid`.")


@routes.post(
    "/oauth2/token",
    **protocol_route(_EXCHANGE | CLIENT_FIELDS, ("grant_type",), headers=[DPOP]),
    operation_id="issueTokens",
    response_model=TokenView,
    responses=problems(413) | oauth_errors(400, 401),
)
async def issue_tokens(request: Request) -> Response:
    """Trade a code, a device code, a refresh token, a person's token, or the client's own credentials for tokens."""
    parameters = await form(request)
    client = await authenticated(request, parameters)
    asked = TokenRequest(client=client, parameters=parameters, now=now(), key=await proven_key(request))
    tokens = await parts_of(request).token_endpoint.tokens(asked)
    view = TokenView.model_validate(tokens, from_attributes=True)
    return JSONResponse(view.model_dump(exclude_none=True), headers=NO_STORE)
