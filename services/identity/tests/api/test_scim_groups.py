# SPDX-License-Identifier: EUPL-1.2
"""The town's directory provisions teams: SCIM 2.0 groups, in the shapes of Entra and of Okta."""

import httpx
import pytest
from directory import GROUP, Directory, attempted, error_of
from identity_town import Town
from profile_people import trail


@pytest.fixture
def directory(town: Town) -> Directory:
    return Directory(town)


async def test_teams_and_who_is_in_them(town: Town, directory: Directory) -> None:
    ines = await directory.made()
    omar = await directory.made(userName="omar@paris.example", externalId="omar", emails=[])
    made = await directory(
        "POST",
        "/Groups",
        {"schemas": [GROUP], "displayName": "Voirie Rive Gauche (Sud)", "members": [{"value": ines["id"]}]},
    )
    assert made.status_code == 201, made.text
    team, path = made.json(), f"/Groups/{made.json()['id']}"
    assert [member["value"] for member in team["members"]] == [ines["id"]]
    token = (await attempted(town)).json()["access_token"]
    me = (await town.get("/oauth2/userinfo", token)).status_code
    assert me == 200
    teams = await town.rows("SELECT teams FROM membership WHERE id::text = $1", ines["id"])
    assert teams[0]["teams"] == ["voirie-rive-gauche-sud"]
    entra = await directory.patched(path, {"op": "Add", "path": "members", "value": [{"value": omar["id"]}]})
    assert {member["value"] for member in entra.json()["members"]} == {ines["id"], omar["id"]}
    okta = await directory.patched(path, {"op": "remove", "path": f'members[value eq "{ines["id"]}"]'})
    assert [member["value"] for member in okta.json()["members"]] == [omar["id"]]
    gone = await directory.patched(path, {"op": "Remove", "path": "members", "value": [{"value": omar["id"]}]})
    assert gone.json()["members"] == []
    renamed = await directory.patched(path, {"op": "replace", "value": {"id": team["id"], "displayName": "Voirie Sud"}})
    assert renamed.json()["displayName"] == "Voirie Sud"
    text = httpx.QueryParams(filter='displayName eq "Voirie Sud"')
    assert (await directory("GET", f"/Groups?{text}")).json()["totalResults"] == 1
    await directory.patched(path, {"op": "replace", "path": "members", "value": [{"value": ines["id"]}]})
    error_of(
        await directory.patched(path, {"op": "add", "path": "members", "value": [{"value": team["id"]}]}),
        400,
        "invalidValue",
    )
    assert (await directory("DELETE", path)).status_code == 204
    told = [action for action, _ in await trail(town, "team-made", "team-changed", "team-removed")]
    assert (told[0], set(told[1:-1]), told[-1]) == ("team-made", {"team-changed"}, "team-removed")
    error_of(await directory("GET", path), 404)
    assert (await town.rows("SELECT teams FROM membership WHERE id::text = $1", ines["id"]))[0]["teams"] == []
