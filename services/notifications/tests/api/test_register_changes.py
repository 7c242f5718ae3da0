# SPDX-License-Identifier: EUPL-1.2
"""What the register says of somebody is corrected with a reason; alerts follow, consents stay, and it is kept."""

from typing import Any

import httpx
from notifications_alerts import Alerts
from notifications_town import HALL, STATION

from parvis_testing import Caller

PATH = "/v1/register-entries"
ODETTE = {
    "ground": "age",
    "requested_by": "self",
    "given_names": "Odette",
    "family_name": "ROUX",
    "birth_on": "1938-04-02",
    "address": "1 rue de Rivoli",
    "email": "odette@example.org",
}


async def entered(alerts: Alerts) -> str:
    body = ODETTE | {"position": {"type": "Point", "coordinates": STATION}, "words": "J'accepte."}
    headers = alerts.author.headers | {"Idempotency-Key": alerts.town.post.key()}
    answer = await alerts.town.client.post(PATH, json=body, headers=headers)
    made: str = answer.json()["id"]
    return made


async def change(
    alerts: Alerts, entry: str, by: Caller | None = None, version: int = 1, **changes: Any
) -> httpx.Response:
    body = ODETTE | {"reason": "Sa fille a téléphoné."} | changes
    headers = (by or alerts.second).headers | {"If-Match": f'"{version}"'}
    return await alerts.town.client.put(f"{PATH}/{entry}", json=body, headers=headers)


async def test_alerts_follow_what_was_corrected_and_what_was_agreed_to_stays(alerts: Alerts) -> None:
    entry, pool = await entered(alerts), alerts.town.post.pool
    agreed = "SELECT s.emergency_at, c.* FROM subscriber s JOIN consent c ON c.subscriber_id = s.id"
    before = await pool.fetch(agreed)
    home = {"type": "Point", "coordinates": HALL}
    done = await change(alerts, entry, address="Place de l'Hôtel-de-Ville", position=home, email="neuf@example.org")
    assert (done.status_code, done.headers["etag"], done.headers["cache-control"]) == (200, '"2"', "no-store")
    assert done.json() == await alerts.read(f"{PATH}/{entry}")
    assert await pool.fetch(agreed) == before
    await alerts.issue()
    await alerts.town.send()
    assert alerts.town.told() == ["neuf@example.org"]


async def test_each_correction_is_kept_sealed_and_goes_with_the_entry(alerts: Alerts) -> None:
    entry, pool = await entered(alerts), alerts.town.post.pool
    assert (await change(alerts, entry, needs="Fauteuil")).status_code == 200
    assert (await change(alerts, entry, version=2, email=None, reason="N'a plus d'adresse.")).status_code == 200
    second, first = (await alerts.read(f"{PATH}/{entry}/changes"))["items"]
    assert (first["agent"], first["reason"], first["before"]["needs"]) == (
        alerts.second.subject,
        "Sa fille a téléphoné.",
        None,
    )
    assert (second["before"]["needs"], second["before"]["email"]) == ("Fauteuil", "odette@example.org")
    page = await alerts.read(f"{PATH}/{entry}/changes?limit=1")
    rest = await alerts.read(f"{PATH}/{entry}/changes?limit=1&cursor={page['next_cursor']}")
    assert [page["items"], rest["items"]] == [[second], [first]]
    for row in await pool.fetch("SELECT reason, before FROM register_change"):
        assert b"Sa fille" not in row["reason"]
        assert b"Odette" not in row["before"]
    assert await pool.fetchval("SELECT position <-> $1::point FROM place", tuple(STATION)) == 0, "who did not move"
    acts = [each["act"] for each in (await alerts.read("/v1/register-accesses"))["items"]]
    assert sorted(acts) == ["change"] * 2 + ["changes"] * 3 + ["enter"]
    headers = alerts.author.headers | {"If-Match": '"3"'}
    assert (await alerts.town.client.delete(f"{PATH}/{entry}", headers=headers)).status_code == 204
    assert await pool.fetch("SELECT 1 FROM register_change") == []


async def test_what_cannot_be_corrected_so_changes_nothing(alerts: Alerts) -> None:
    entry = await entered(alerts)
    moved = await change(alerts, entry, address="12 quai de la Rapée")
    assert (moved.status_code, moved.json()["errors"][0]["pointer"]) == (422, "/position")
    assert (await change(alerts, entry, email="odette,roux@example.org")).json()["errors"][0]["pointer"] == "/email"
    assert (await change(alerts, entry, version=2)).status_code == 412
    assert (await change(alerts, entry, reason="")).status_code == 422
    agents = alerts.town.post.service.agent
    assert (await change(alerts, entry, agents("lutece"))).status_code == 404
    assert (await change(alerts, entry, agents(scope="notifications.register.read"))).status_code == 403
    elsewhere = await alerts.town.post.get(agents("lutece"), f"{PATH}/{entry}/changes")
    assert elsewhere.status_code == 404
    assert (await alerts.read(f"{PATH}/{entry}/changes"))["items"] == []
