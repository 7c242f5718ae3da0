# SPDX-License-Identifier: EUPL-1.2
"""What the service really emits fits the published schemas."""

import json
from datetime import timedelta
from pathlib import Path

from counter import at_the_desk, by_franceconnect, merged
from erased_people import asked, emptied_when_due
from identity_town import Attempt, Town
from joserfc import jwt
from jsonschema import Draft202012Validator
from profile_people import change

EVENTS = Path(__file__).parents[4] / "contracts" / "events"


async def test_each_emitted_event_fits_its_schema(town: Town) -> None:
    body = await town.tokens()
    person = jwt.decode(body["access_token"], await town.parts.ring.published(), algorithms=["ES256"]).claims["sub"]
    machine = await town.internal.post(
        "/oauth2/token", data={"grant_type": "client_credentials"}, auth=("parvis-notifications", "n" * 40)
    )
    headers = {"authorization": f"Bearer {machine.json()['access_token']}"}
    await town.internal.get(f"/internal/v1/people/{person}/contact", headers=headers)
    ending = {
        "authorization": f"Bearer {(await town.tokens(Attempt(scope='identity.sessions.write')))['access_token']}"
    }
    async with town.client() as http:
        await http.post("/v1/me/session-endings", headers=ending, json={})
    angela = await by_franceconnect(town)
    await change(angela, {"language": "en", "phone": "06 12 34 56 78"})
    assert (await angela.post("/v1/me/phone-codes", None)).status_code == 201
    other, desk = await by_franceconnect(town, sub="n" * 64 + "v1"), await at_the_desk(town)
    assert (await merged(town, desk, await other.id(), person)).status_code == 200
    await asked(other)
    assert await emptied_when_due(town)
    await town.parts.ring.rotate(overlap=timedelta(0), compromised=True)
    emitted = {row["type"]: json.loads(row["data"]) for row in await town.rows("SELECT type, data FROM outbox")}
    assert set(emitted) == {f"{path.parent.name}.v1" for path in EVENTS.glob("fr.parvis.identity.*/v1.json")}
    for type_, data in emitted.items():
        schema = json.loads((EVENTS / type_.removesuffix(".v1") / "v1.json").read_text())
        assert [error.message for error in Draft202012Validator(schema).iter_errors(data)] == [], type_
        assert set(data) == set(schema["properties"]), "nothing undeclared is emitted"


def test_the_published_examples_fit_too() -> None:
    for path in EVENTS.glob("fr.parvis.identity.*/v1.json"):
        example = EVENTS.parent / "examples" / "events" / f"{path.parent.name}.v1.json"
        schema = json.loads(path.read_text())
        assert list(Draft202012Validator(schema).iter_errors(json.loads(example.read_text()))) == []
