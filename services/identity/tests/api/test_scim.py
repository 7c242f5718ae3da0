# SPDX-License-Identifier: EUPL-1.2
"""The town's directory provisions agents: SCIM 2.0, in the shapes of Entra and of Okta."""

from typing import Any

import httpx
import pytest
from back_office import administrator
from directory import ENTRA, GROUP, PATCH, SCIM, USER, Directory, attempted, error_of
from identity_town import Town


@pytest.fixture
def directory(town: Town) -> Directory:
    return Directory(town)


async def test_a_provisioned_agent_signs_in(town: Town, directory: Directory) -> None:
    answer = await directory("POST", "/Users", ENTRA)
    view = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (201, "application/scim+json")
    assert answer.headers["location"] == view["meta"]["location"] == f"http://localhost:8080{SCIM}/Users/{view['id']}"
    assert answer.headers["etag"] == view["meta"]["version"]
    assert (view["userName"], view["active"], view["roles"]) == (ENTRA["userName"], True, [{"value": "agent"}])
    assert (view["externalId"], view["name"]["givenName"]) == ("ines.haddad", "Inès")
    assert (await attempted(town)).status_code == 200
    read = await directory("GET", f"/Users/{view['id']}")
    unchanged = await directory("GET", f"/Users/{view['id']}", **{"if-none-match": read.headers["etag"]})
    assert unchanged.status_code == 304
    (row,) = await town.rows("SELECT profile, user_name_index FROM membership WHERE profile IS NOT NULL")
    assert b"haddad" not in row["profile"].lower()


@pytest.mark.parametrize(
    ("filter_", "found"),
    [
        ('userName eq "INES.HADDAD@paris.example"', 1),
        ('username Eq "ines.haddad@paris.example" and externalId eq "ines.haddad"', 1),
        ('externalId eq "ines.haddad" AND userName eq "other@paris.example"', 0),
        ('externalId eq "nobody"', 0),
        ('userName eq "karim.benali@paris.example"', 1),
    ],
)
async def test_agents_are_found_by_what_the_directory_knows(directory: Directory, filter_: str, found: int) -> None:
    await directory.made()
    answer = await directory("GET", f"/Users?{httpx.QueryParams(filter=filter_)}")
    body = answer.json()
    assert (body["totalResults"], len(body["Resources"])) == (found, found), answer.text
    assert body["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:ListResponse"]


@pytest.mark.parametrize(
    "filter_",
    [
        "userName", 'userName co "x"', 'userName eq "a" or externalId eq "b"', 'userName eq "a" and',
        'password eq "x"', 'userName eq "a" userName eq "b"', "userName eq x", 'userName eq "a" and userName eq "b"',
    ],
)  # fmt: skip
async def test_other_filters_are_refused_in_scim_s_form(directory: Directory, filter_: str) -> None:
    error_of(await directory("GET", f"/Users?{httpx.QueryParams(filter=filter_)}"), 400, "invalidFilter")


async def test_pages_are_counted_from_one(directory: Directory) -> None:
    for number in range(3):
        await directory.made(userName=f"a{number}@paris.example", externalId=f"a{number}", emails=[])
    everybody = (await directory("GET", "/Users")).json()
    page = (await directory("GET", f"/Users?startIndex={everybody['totalResults'] - 1}&count=5")).json()
    assert (page["itemsPerPage"], page["startIndex"]) == (2, everybody["totalResults"] - 1)
    assert [user["userName"] for user in page["Resources"]] == ["a1@paris.example", "a2@paris.example"]
    none = (await directory("GET", "/Users?count=0")).json()
    assert (none["totalResults"], none["Resources"]) == (everybody["totalResults"], [])
    error_of(await directory("GET", "/Users?count=many"), 400, "invalidValue")


OFF = [
    {"op": "replace", "value": {"active": False}},
    {"op": "Replace", "path": "active", "value": "False"},
    {"op": "Add", "path": "active", "value": False},
    {"op": "replace", "path": f"{USER}:active", "value": False},
]


@pytest.mark.parametrize("operation", OFF)
async def test_who_is_deactivated_is_out_at_once(town: Town, directory: Directory, operation: dict[str, Any]) -> None:
    view = await directory.made()
    tokens = (await attempted(town)).json()
    off = await directory.patched(f"/Users/{view['id']}", operation)
    assert (off.status_code, off.json()["active"]) == (200, False), off.text
    assert (await town.refresh(tokens["refresh_token"], "demo-backoffice")).json()["error"] == "invalid_grant"
    assert (await town.get("/oauth2/userinfo", tokens["access_token"])).status_code == 401
    on = await directory.patched(f"/Users/{view['id']}", {"op": "Replace", "path": "active", "value": "True"})
    assert on.json()["active"] is True
    assert (await attempted(town)).status_code == 200


async def test_changes_in_the_shapes_of_entra_and_of_okta(directory: Directory) -> None:
    path = f"/Users/{(await directory.made())['id']}"
    entra = await directory.patched(
        path,
        {"op": "Add", "path": "name.familyName", "value": "Haddad-Roy"},
        {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "ines.roy@paris.example"},
        {"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "value": "X"},
        {"op": "Remove", "path": "displayName"},
    )
    assert entra.status_code == 200, entra.text
    view = entra.json()
    assert view["name"] == {"givenName": "Inès", "familyName": "Haddad-Roy"}
    assert view["emails"][0]["value"] == "ines.roy@paris.example"
    assert "displayName" not in view
    okta = await directory.patched(
        path, {"op": "replace", "value": {"externalId": "00u1", "name": {"givenName": "I."}}}
    )
    assert (okta.json()["externalId"], okta.json()["name"]["givenName"]) == ("00u1", "I.")
    whole = await directory("PUT", path, ENTRA | {"roles": [{"value": "reader"}, {"value": "dpo"}]})
    assert [role["value"] for role in whole.json()["roles"]] == ["reader", "dpo"]
    found = (await directory("GET", "/Users?" + str(httpx.QueryParams(filter='externalId eq "00u1"')))).json()
    assert found["totalResults"] == 0, "it has another one now"


@pytest.mark.parametrize(
    "operations",
    [
        [], [{"op": "move", "path": "active", "value": True}], [{"op": "remove"}], [{"op": "add", "value": "x"}],
        [{"op": "add", "path": "a..b", "value": "x"}], ["x"], [{"op": "replace", "path": "active", "value": "maybe"}],
        [{"op": "replace", "path": "userName", "value": 7}], [{"op": "replace", "path": "roles", "value": ["king"]}],
    ],
)  # fmt: skip
async def test_changes_that_cannot_be_read_change_nothing(directory: Directory, operations: list[Any]) -> None:
    view = await directory.made()
    answer = await directory("PATCH", f"/Users/{view['id']}", {"schemas": [PATCH], "Operations": operations})
    assert answer.status_code == 400, answer.text
    assert (await directory("GET", f"/Users/{view['id']}")).json() == view


async def test_versions_are_held_to_where_they_are_named(directory: Directory) -> None:
    view = await directory.made()
    path, off = f"/Users/{view['id']}", {"op": "replace", "value": {"active": False}}
    error_of(await directory.patched(path, off, **{"if-match": 'W/"99"'}), 412)
    assert (await directory.patched(path, off, **{"if-match": view["meta"]["version"]})).status_code == 200
    error_of(await directory("DELETE", path, **{"if-match": view["meta"]["version"]}), 412)
    assert (await directory("DELETE", path)).status_code == 204
    error_of(await directory("GET", path), 404)
    again = await directory.made()
    assert again["active"] is True


async def test_two_agents_never_share_a_name_or_an_address(directory: Directory) -> None:
    view = await directory.made()
    error_of(await directory("POST", "/Users", ENTRA), 409, "uniqueness")
    error_of(await directory("POST", "/Users", ENTRA | {"userName": "ih@paris.example"}), 409, "uniqueness")
    other = await directory.made(userName="o@paris.example", externalId="o", emails=[])
    error_of(await directory("PUT", f"/Users/{other['id']}", ENTRA), 409, "uniqueness")
    assert (await directory("GET", f"/Users/{view['id']}")).status_code == 200


async def test_the_last_administrator_is_not_deprovisioned(town: Town, directory: Directory) -> None:
    await administrator(town, "openid")
    text = httpx.QueryParams(filter='userName eq "sophie.lambert@paris.example"')
    (her,) = (await directory("GET", f"/Users?{text}")).json()["Resources"]
    error_of(await directory("DELETE", f"/Users/{her['id']}"), 409, "mutability")
    assert (await town.rows("SELECT ended_at FROM membership WHERE id::text = $1", her["id"]))[0]["ended_at"] is None


async def test_another_town_s_directory_finds_nobody(town: Town, directory: Directory) -> None:
    view = await directory.made()
    group = (await directory("POST", "/Groups", {"displayName": "Accueil", "members": []})).json()
    other = Directory(town, "lutece")
    for path in (f"/Users/{view['id']}", f"/Groups/{group['id']}"):
        for method in ("GET", "DELETE"):
            error_of(await other(method, path), 404)
        error_of(await other("PUT", path, ENTRA | {"displayName": "x"}), 404)
    assert (await other("GET", "/Groups")).json()["totalResults"] == 0
    assert view["id"] not in (await other("GET", "/Users")).text
    error_of(
        await other("POST", "/Groups", {"displayName": "x", "members": [{"value": view["id"]}]}), 400, "invalidValue"
    )


async def test_only_a_directory_with_its_scope_comes_in(town: Town, directory: Directory) -> None:
    lacking = Directory(town, scope="notifications.webhooks.read")
    error_of(await lacking("GET", "/Users"), 403)
    person = Directory(town)
    person.headers = town.service.agent(roles=["administrator"], scope="identity.scim.write").headers
    error_of(await person("GET", "/Users"), 403)
    everywhere = Directory(town, "*", client_id="parvis-requests")
    error_of(await everywhere("GET", "/Users"), 403)
    anonymous = await directory.http.get(f"{SCIM}/Users")
    error_of(anonymous, 401)
    assert anonymous.headers["www-authenticate"].startswith("Bearer ")
    error_of(await directory("POST", "/Users", ENTRA, **{"content-type": "text/plain"}), 415)
    error_of(await directory("POST", "/Users", []), 400, "invalidSyntax")


async def test_what_the_server_can_is_told(directory: Directory) -> None:
    config = (await directory("GET", "/ServiceProviderConfig")).json()
    assert (config["patch"]["supported"], config["bulk"]["supported"], config["etag"]["supported"]) == (
        True,
        False,
        True,
    )
    types = (await directory("GET", "/ResourceTypes")).json()["Resources"]
    assert [(kind["endpoint"], kind["schema"]) for kind in types] == [("/Users", USER), ("/Groups", GROUP)]
    schemas = (await directory("GET", "/Schemas")).json()["Resources"]
    assert {schema["id"] for schema in schemas} == {USER, GROUP}


async def test_what_a_directory_does_is_told(town: Town, directory: Directory) -> None:
    view = await directory.made()
    await directory("DELETE", f"/Users/{view['id']}")
    told = await town.rows(
        "SELECT action, actor_kind, actor FROM audit_entry WHERE object = $1 ORDER BY id", view["id"]
    )
    assert [tuple(row) for row in told] == [
        ("agent-invited", "system", "paris-directory"), ("agent-ended", "system", "paris-directory"),
    ]  # fmt: skip
