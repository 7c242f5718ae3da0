# SPDX-License-Identifier: EUPL-1.2
"""The claims of each scope (OpenID Connect Core sections 5.1 and 5.4), and how a telephone is verified."""

import httpx
from counter import CITIZEN_SCOPES, Caller, at_the_desk, by_franceconnect, token_in
from identity_town import Attempt, Town
from joserfc import jwt
from local_people import EMAIL, registered
from profile_people import HOME, added, change, told, trail

DISCOVERY = "/.well-known/openid-configuration"


async def claims(town: Town, scope: str) -> dict[str, object]:
    """What a client with this scope learns of Angela."""
    angela = await by_franceconnect(town, f"openid {scope}")
    body: dict[str, object] = (await angela.get("/oauth2/userinfo")).json()
    body.pop("sub")
    return body


async def verify(desk: Caller, person: str, phone: str) -> httpx.Response:
    return await desk.post(f"/v1/people/{person}/phone-verifications", {"phone": phone})


async def test_each_scope_opens_its_claims_and_no_others(town: Town) -> None:
    angela = await by_franceconnect(town)
    await change(angela, {"phone": "06 12 34 56 78", "language": "en", "preferred_name": "MARTIN"})
    await added(angela)
    assert await claims(town, "") == {}
    assert await claims(town, "email") == {"email": "angela.dubois@example.fr", "email_verified": False}
    assert await claims(town, "phone") == {"phone_number": "+33612345678", "phone_number_verified": False}
    profile = await claims(town, "profile")
    assert (profile["locale"], profile["family_name"]) == ("en", "MARTIN")
    assert not {"email", "phone_number", "address"} & profile.keys()
    assert await claims(town, "address") == {
        "address": {
            "formatted": "Bâtiment C\n12 bis Rue de la Paix\n75002 Paris",
            "street_address": "Bâtiment C\n12 bis Rue de la Paix",
            "postal_code": "75002",
            "locality": "Paris",
            "country": "FR",
        }
    }


async def test_what_is_not_known_is_not_claimed(town: Town) -> None:
    angela = await by_franceconnect(town)
    await added(angela, HOME | {"kind": "other"})
    assert await claims(town, "phone address") == {}


async def test_the_address_that_somebody_signs_in_with_is_verified(town: Town) -> None:
    zoe = await token_in(town, await registered(town), "openid email")
    answer = (await zoe.get("/oauth2/userinfo")).json()
    assert (answer["email"], answer["email_verified"]) == (EMAIL, True)


async def test_the_id_token_says_none_of_it(town: Town) -> None:
    body = await town.tokens(Attempt(scope="openid profile email phone address"))
    told = jwt.decode(body["id_token"], await town.parts.ring.published(), algorithms=["RS256"]).claims
    assert not {"email", "locale", "name", "phone_number", "address"} & told.keys()


async def test_discovery_names_scopes_and_claims(town: Town) -> None:
    document = (await town.browser().get(DISCOVERY)).json()
    assert {"profile", "email", "phone", "address"} <= set(document["scopes_supported"])
    assert {"email_verified", "locale", "phone_number", "phone_number_verified", "address"} <= set(
        document["claims_supported"]
    )


async def test_an_agent_verifies_a_number_in_the_person_s_presence(town: Town) -> None:
    angela, desk = await by_franceconnect(town), await at_the_desk(town)
    person = await angela.id()
    refused = await verify(desk, person, "0612345678")
    assert (refused.status_code, refused.json()["code"]) == (409, "phone-differs"), "the person gives it first"
    await change(angela, {"phone": "06 12 34 56 78"})
    assert (await verify(desk, person, "07 55 12 34 56")).status_code == 409
    assert (await verify(desk, person, "+33 6 12 34 56 78")).status_code == 204
    assert await claims(town, "phone") == {"phone_number": "+33612345678", "phone_number_verified": True}
    assert [action for action, _ in await trail(town, "phone-verified")] == ["phone-verified"]
    looked = await town.rows("SELECT 1 FROM outbox WHERE type = 'fr.parvis.identity.data-accessed.v1'")
    assert len(looked) == 3, "the person sees each time that an agent looked"
    assert (await change(angela, {"phone": "0755123456"})).json()["phone_verified"] is False


async def test_a_service_is_told_a_number_once_it_is_verified(town: Town) -> None:
    angela, desk = await by_franceconnect(town), await at_the_desk(town)
    person = await angela.id()
    await change(angela, {"phone": "06 12 34 56 78"})
    answer = await town.internal.post(
        "/oauth2/token", data={"grant_type": "client_credentials"}, auth=("parvis-notifications", "n" * 40)
    )
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    path = f"/internal/v1/people/{person}/contact"
    assert (await town.internal.get(path, headers=headers)).json()["phone"] is None
    before = len(await told(town))
    await verify(desk, person, "0612345678")
    assert (await town.internal.get(path, headers=headers)).json()["phone"] == "+33612345678"
    assert [event["changed"] for event in (await told(town))[before:]] == [["phone"]], "and told that it may ask"
    await verify(desk, person, "0612345678")
    assert len(await told(town)) == before + 1, "verified again is nothing new"


async def test_nobody_else_verifies_a_number(town: Town) -> None:
    angela = await by_franceconnect(town, CITIZEN_SCOPES)
    person = await angela.id()
    await change(angela, {"phone": "0612345678"})
    assert (await verify(angela, person, "0612345678")).status_code == 403
    lutece = await at_the_desk(town, "lucie.gaulois@lutece.example", "lutece-backoffice")
    assert (await verify(lutece, person, "0612345678")).status_code == 404
