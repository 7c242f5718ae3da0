# SPDX-License-Identifier: EUPL-1.2
"""The way of a citizen: to FranceConnect, back, consent, code, tokens."""

import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from uuid import UUID

from fake_provider import citizen
from identity_town import ISSUER, Attempt, Town, answered, location
from joserfc import jwt

from parvis_identity.service.token_maker import TokenMaker
from parvis_kit.crypto.persons import PersonKey


async def test_a_citizen_signs_in_and_the_client_gets_tokens(town: Town) -> None:
    body = await town.tokens()
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 300)
    access = jwt.decode(body["access_token"], await town.parts.ring.published(), algorithms=["ES256"])
    assert access.header["typ"] == "at+jwt"
    claims = access.claims
    assert claims["iss"] == ISSUER
    assert claims["kind"] == "citizen"
    assert claims["collectivity"] == "paris"
    assert claims["client_id"] == "demo-portal"
    assert claims["aud"] == ["parvis-identity", "parvis-requests"]
    assert claims["scope"] == body["scope"]
    assert claims["acr"] == "eidas1"
    assert claims["exp"] - claims["iat"] == 300
    assert UUID(claims["sid"]).version == 7
    assert "teams" not in claims
    me = (await town.get("/v1/me", body["access_token"])).json()
    assert me["id"] == claims["sub"]
    assert (me["given_names"], me["family_name"]) == ("Angela Claire Louise", "DUBOIS")
    assert me["birth"] == {"date": "1962-08-24", "precision": "day", "place": "75107", "country": "99100"}
    assert me["email"] == "angela.dubois@example.fr"


async def test_the_id_token_is_for_this_client_and_names_nobody(town: Town) -> None:
    body = await town.tokens()
    token = jwt.decode(body["id_token"], await town.parts.ring.published(), algorithms=["RS256"])
    access = jwt.decode(body["access_token"], await town.parts.ring.published(), algorithms=["ES256"])
    assert token.header["typ"] == "JWT"
    assert token.claims["aud"] == "demo-portal"
    assert token.claims["nonce"] == "nonce-of-the-client"
    assert token.claims["sub"] != access.claims["sub"]
    assert token.claims["sid"] == access.claims["sid"]
    assert set(token.claims) == {"iss", "sub", "aud", "iat", "exp", "auth_time", "sid", "at_hash", "acr", "nonce"}
    userinfo = await town.get("/oauth2/userinfo", body["access_token"])
    assert userinfo.json() == {
        "sub": token.claims["sub"],
        "name": "Angela DUBOIS",
        "given_name": "Angela Claire Louise",
        "family_name": "DUBOIS",
        "locale": "fr",
        "email": "angela.dubois@example.fr",
        "email_verified": False,
    }


async def test_an_id_token_is_signed_by_what_its_client_registered(town: Town) -> None:
    keys = await town.parts.ring.published()
    await town.register("brief", type="public", id_token_algorithm="ES256")
    for client_id, algorithm in (("demo-portal", "RS256"), ("brief", "ES256")):
        scope = "openid profile"
        body = await town.tokens(Attempt(client_id=client_id, scope=scope))
        token = jwt.decode(body["id_token"], keys, algorithms=[algorithm])
        half = sha256(body["access_token"].encode()).digest()[:16]
        assert token.claims["at_hash"] == urlsafe_b64encode(half).rstrip(b"=").decode()


async def test_a_client_learns_no_more_than_its_scopes_say(town: Town) -> None:
    body = await town.tokens(Attempt(scope="openid"))
    userinfo = await town.get("/oauth2/userinfo", body["access_token"])
    assert set(userinfo.json()) == {"sub"}
    assert (await town.get("/v1/me", body["access_token"])).status_code == 403
    without_openid = await town.tokens(Attempt(scope="requests.requests.read"))
    assert "id_token" not in without_openid
    assert (await town.get("/oauth2/userinfo", without_openid["access_token"])).status_code == 401


async def test_the_id_token_opens_no_api(town: Town) -> None:
    body = await town.tokens()
    for path in ("/v1/me", "/oauth2/userinfo"):
        assert (await town.get(path, body["id_token"])).status_code == 401


async def test_two_sectors_cannot_tell_that_they_know_the_same_person(town: Town) -> None:
    here, there = await town.tokens(), await town.tokens(Attempt(client_id="lutece-portal"))
    keys = await town.parts.ring.published()
    subjects = [jwt.decode(body["id_token"], keys, algorithms=["RS256"]).claims["sub"] for body in (here, there)]
    people = [jwt.decode(body["access_token"], keys, algorithms=["ES256"]).claims for body in (here, there)]
    assert subjects[0] != subjects[1]
    assert people[0]["sub"] == people[1]["sub"]
    assert [claims["collectivity"] for claims in people] == ["paris", "lutece"]


async def test_clients_of_one_sector_know_a_person_by_one_name_and_other_sectors_by_another(town: Town) -> None:
    keys = await town.parts.ring.published()
    known, internal = {}, set()
    for client_id, sector in (("desk", "town-hall"), ("kiosk", "town-hall"), ("shelf", "library")):
        await town.register(client_id, type="public", sector=sector)
        body = await town.tokens(Attempt(client_id=client_id, scope="openid identity.profile.read"))
        told = jwt.decode(body["id_token"], keys, algorithms=["RS256"]).claims["sub"]
        assert (await town.get("/oauth2/userinfo", body["access_token"])).json()["sub"] == told
        known[client_id] = told
        internal.add(jwt.decode(body["access_token"], keys, algorithms=["ES256"]).claims["sub"])
        internal.add((await town.get("/v1/me", body["access_token"])).json()["id"])
    assert known["desk"] == known["kiosk"] != known["shelf"]
    assert len(internal) == 1, "our services know one person by one id"
    assert not internal & set(known.values())


async def test_a_returning_person_is_the_same_one_with_fresh_attributes(town: Town) -> None:
    first = await town.tokens()
    married = await town.tokens(preferred_username="MARTIN")
    me = [(await town.get("/v1/me", body["access_token"])).json() for body in (first, married)]
    assert me[0]["id"] == me[1]["id"]
    assert me[0]["preferred_name"] == me[1]["preferred_name"] == "MARTIN"
    assert len(await town.rows("SELECT 1 FROM person")) == 1
    assert (await town.rows("SELECT version FROM person"))[0]["version"] == 2


async def test_equal_birth_data_and_addresses_are_not_the_same_person(town: Town) -> None:
    await town.tokens(sub="b" * 64 + "v1")
    await town.tokens(sub="c" * 64 + "v1")
    assert len(await town.rows("SELECT 1 FROM person")) == 2


async def test_nothing_readable_is_stored_or_told_of_who_a_person_is(town: Town) -> None:
    # Of Ajaccio: a code in digits alone may be in an identifier.
    await town.tokens(birthplace="2A004")
    tables = ["person", "identity_link", "session", "token_grant", "consent", "authorization_code", "outbox", "sign_in"]
    rows = [row for table in tables for row in await town.rows(f"SELECT * FROM {table}")]
    stored = "\n".join(str({name: v.hex() if isinstance(v, bytes) else v for name, v in row.items()}) for row in rows)
    secrets = [*citizen(birthplace="2A004").values()]
    for secret in (s for s in secrets if isinstance(s, str) and s not in {"female", "99100"}):
        assert secret not in stored
        assert secret.encode().hex() not in stored


async def test_a_first_sign_in_is_told_once_and_a_second_is_not(town: Town) -> None:
    await town.tokens()
    await town.tokens()
    events = await town.rows("SELECT type, topic, aggregate_id, collectivity, data FROM outbox")
    assert [event["type"] for event in events] == ["fr.parvis.identity.person-registered.v1"]
    person = (await town.rows("SELECT id FROM person"))[0]["id"]
    assert events[0]["aggregate_id"] == person
    assert json.loads(events[0]["data"])["person"] == str(person)


async def test_the_provider_s_id_token_is_kept_sealed_for_signing_out(town: Town) -> None:
    await town.tokens()
    row = (await town.rows("SELECT person, id_token FROM session"))[0]
    key: PersonKey = await town.runtime.persons.of(row["person"])
    assert key.open("id_token", row["id_token"]).count(".") == 2


async def test_a_browser_that_is_signed_in_is_not_asked_to_sign_in_again(town: Town) -> None:
    browser = town.browser()
    town.citizens.person = citizen()
    await browser.code(Attempt())
    page = await browser.follow(await browser.authorize(Attempt()))
    assert page.status_code == 200
    assert "Autoriser" in page.text
    again = await browser.submit(page, decision="allow", remember="yes")
    assert answered(again)["code"]
    silent = await browser.authorize(Attempt(extra={"prompt": "none"}))
    assert location(silent) == "http://localhost:8080/developers/callback"
    assert answered(silent)["code"]
    wider = await browser.authorize(Attempt(scope="openid notifications.messages.read", extra={"prompt": "none"}))
    assert answered(wider)["error"] == "consent_required"


async def test_a_consent_given_once_is_asked_again_unless_remembered(town: Town) -> None:
    browser = town.browser()
    town.citizens.person = citizen()
    await browser.code(Attempt())
    page = await browser.follow(await browser.authorize(Attempt()))
    assert "Autoriser" in page.text


async def test_who_refuses_sends_the_client_a_refusal(town: Town) -> None:
    browser = town.browser()
    town.citizens.person = citizen()
    page = await browser.to_consent(Attempt())
    refused = await browser.submit(page, decision="deny")
    assert answered(refused) == {
        "error": "access_denied",
        "error_description": "the person refused",
        "state": "state-of-the-client",
        "iss": ISSUER,
    }
    assert await town.rows("SELECT 1 FROM token_grant") == []


async def test_an_unchanged_account_is_not_sent_again(town: Town) -> None:
    token = (await town.tokens())["access_token"]
    first = await town.get("/v1/me", token)
    same = await town.get("/v1/me", token, **{"if-none-match": first.headers["etag"]})
    assert same.status_code == 304
    assert same.content == b""
    await town.tokens(preferred_username="MARTIN")
    changed = await town.get("/v1/me", token, **{"if-none-match": first.headers["etag"]})
    assert changed.status_code == 200


async def test_an_english_reader_is_served_in_english_and_remembered_so(town: Town) -> None:
    town.citizens.person = citizen()
    browser = town.browser(**{"accept-language": "en"})
    login = await browser.follow(await browser.authorize(Attempt()))
    assert '<html lang="en">' in login.text
    consent = await browser.click(login, "Sign in with FranceConnect")
    assert "know your first and last names" in consent.text
    attempt = Attempt()
    french = await browser.click(await browser.follow(await browser.authorize(attempt)), "Français")
    assert "connaître vos nom et prénoms" in french.text
    assert (await town.rows("SELECT language FROM person"))[0]["language"] == "en"


async def test_a_key_of_one_service_cannot_make_up_another_s_pairwise_subject(town: Town) -> None:
    maker: TokenMaker = town.parts.maker
    person = UUID(int=7)
    assert maker.pairwise("a", person) == maker.pairwise("a", person)
    assert maker.pairwise("a", person) != maker.pairwise("b", person)
