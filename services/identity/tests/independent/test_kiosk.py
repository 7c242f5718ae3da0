# SPDX-License-Identifier: EUPL-1.2
"""The device grant (RFC 8628) with openid-client, a certified relying party, as the kiosk."""

from typing import Any

import pytest
from independent_programs import conversation
from real_sign_in import Place

pytestmark = pytest.mark.independent
SCOPE = "openid profile identity.profile.read"


def visit(place: Place, decision: str, **task: Any) -> dict[str, Any]:
    """Somebody types on a telephone what the kiosk shows, signs in there, and decides: what the kiosk got."""
    told = {"issuer": place.identity, "clientId": "demo-kiosk", "scope": SCOPE, "api": f"{place.identity}/v1/me"}
    with conversation("kiosk.mjs", {**told, **task}) as kiosk, place.browser() as phone:
        shown = kiosk.heard()["show"]
        page = phone.http.get(shown["verification_uri"])
        login = phone.submit(page, user_code=shown["user_code"].lower())
        picking = phone.click(login, "S’identifier avec FranceConnect")
        consent = phone.submit(picking, person="amelie")
        assert shown["user_code"] in consent.text
        phone.submit(consent, decision=decision)
        got: dict[str, Any] = kiosk.heard()
        return got


@pytest.mark.parametrize(("bound", "kind"), [(False, "bearer"), (True, "dpop")])
def test_a_kiosk_gets_tokens_once_the_person_allows_it(place: Place, bound: bool, kind: str) -> None:
    got = visit(place, "allow", bound=bound)
    assert (got["type"], got["renewed"]) == (kind, kind)
    assert (got["identity"]["iss"], got["identity"]["aud"]) == (place.identity, "demo-kiosk")
    assert got["person"]["family_name"] == "DURAND"


def test_a_kiosk_is_told_that_the_person_refused(place: Place) -> None:
    assert visit(place, "deny") == {"error": "access_denied"}
