# SPDX-License-Identifier: EUPL-1.2
"""openid-client registers itself with a token that an administrator allowed, and manages what it registered."""

from datetime import UTC, datetime, timedelta

import pytest
from independent_programs import conversation
from real_sign_in import Place

from parvis_identity.domain.audit import Actor
from parvis_identity.service.manage_clients import By, allow_registration
from parvis_testing import Harness

pytestmark = pytest.mark.independent


async def token_of(service: Harness) -> str:
    """An initial access token for the scopes of a small portal."""
    by = By(Actor("operator", "test"), "paris", datetime.now(UTC))
    async with service.runtime.database.unit_of_work() as uow:
        token = await allow_registration(uow.session, by, ["openid", "profile"], timedelta(hours=1))
        await uow.commit()
    return token


async def test_a_partner_s_client_registers_pushes_a_request_and_removes_itself(place: Place, service: Harness) -> None:
    metadata = {
        "client_name": "Association des parents",
        "redirect_uris": [f"{place.client}/callback"],
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": "client_secret_basic",
        "require_pushed_authorization_requests": True,
    }
    task = {"issuer": place.identity, "token": await token_of(service), "metadata": metadata}
    with conversation("registrant.mjs", task) as registrant:
        met = registrant.heard()
    registered = met["registered"]
    assert registered["client_secret"]
    assert registered["scope"] == "openid profile"
    assert "request_uri=" in met["asked"], "its secret was taken at the endpoint for pushed requests"
    assert (met["read"]["status"], met["read"]["body"]["client_name"]) == (200, "Association des parents")
    assert (met["removed"]["status"], met["after"]["status"]) == (204, 401)
    assert met["again"] != "registered", "the token was for one client"
