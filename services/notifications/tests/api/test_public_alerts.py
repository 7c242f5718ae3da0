# SPDX-License-Identifier: EUPL-1.2
"""What everybody may know of alerts: a list, CAP 1.2 and a feed that leads to it."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree.ElementTree import fromstring

import pytest
import xmlschema
from cap_rules import NS, cap_faults
from notifications_alerts import Alerts
from notifications_post import Post
from notifications_town import SQUARE, Town

LIST = "/v1/collectivities/paris/alerts"
# Of OASIS, as it was published: what the rules of cap_rules.py add is in the specification's words alone.
SCHEMA = xmlschema.XMLSchema(str(Path(__file__).parents[1] / "data" / "CAP-v1.2.xsd"))
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
async def alerts(post: Post) -> AsyncIterator[Alerts]:
    town = Town(post)
    yield Alerts(town)
    await town.aclose()


async def cap(alerts: Alerts, alert: str) -> bytes:
    answer = await alerts.town.client.get(f"{LIST}/{alert}/cap")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/cap+xml")
    assert [error.reason for error in SCHEMA.iter_errors(answer.content)] == []
    assert cap_faults(answer.content) == []
    return answer.content


async def test_an_alert_its_update_and_its_end_are_cap(alerts: Alerts) -> None:
    english = {"subject": "Flood & <Seine>", "body": "The water rises."}
    french = {"subject": "Crue", "body": "L'eau monte.", "instruction": "Montez."}
    first = await alerts.issue(texts={"fr": french, "en": english}, onset_at="2026-11-27T02:00:00Z")
    root = fromstring(await cap(alerts, first))  # noqa: S314
    assert [info.findtext(f"{NS}language") for info in root.iter(f"{NS}info")] == ["fr-FR", "en-GB"]
    assert [info.findtext(f"{NS}headline") for info in root.iter(f"{NS}info")] == ["Crue", "Flood & <Seine>"]
    assert root.findtext(f"{NS}info/{NS}onset") == "2026-11-27T03:00:00+01:00"
    assert root.findtext(f"{NS}info/{NS}area/{NS}polygon") == " ".join(
        f"{latitude:.6f},{longitude:.6f}" for longitude, latitude in SQUARE["coordinates"][0]
    )
    assert (root.findtext(f"{NS}status"), root.findtext(f"{NS}msgType")) == ("Actual", "Alert")
    update = await alerts.issue(kind="update", follows=first)
    clear = await alerts.issue(kind="all-clear", follows=update, response="AllClear")
    told = fromstring(await cap(alerts, clear))  # noqa: S314
    assert told.findtext(f"{NS}msgType") == "Cancel"
    references = (told.findtext(f"{NS}references") or "").split()
    own = fromstring(await cap(alerts, first))  # noqa: S314
    expected = ",".join(own.findtext(f"{NS}{name}") or "" for name in ("sender", "identifier", "sent"))
    assert (len(references), references[0]) == (2, expected)


@pytest.mark.parametrize(
    ("clock", "winter", "summer"),
    [
        ("Indian/Reunion", "2026-01-27T06:00:00+04:00", "2026-07-01T06:00:00+04:00"),
        ("America/Martinique", "2026-01-26T22:00:00-04:00", "2026-06-30T22:00:00-04:00"),
    ],
)
async def test_cap_has_the_times_of_the_clocks_of_its_sender(
    alerts: Alerts, monkeypatch: pytest.MonkeyPatch, clock: str, winter: str, summer: str
) -> None:
    monkeypatch.setitem(alerts.town.post.service.runtime.settings.time_zones, "paris", clock)
    for told, at in ((winter, "2026-01-27T02:00:00Z"), (summer, "2026-07-01T02:00:00Z")):
        first = await alerts.issue(onset_at=at)
        document = await cap(alerts, first)
        assert cap_faults(document) == []
        root = fromstring(document)  # noqa: S314
        assert root.findtext(f"{NS}info/{NS}onset") == told
        times = [
            root.findtext(each) or "" for each in (f"{NS}sent", f"{NS}info/{NS}effective", f"{NS}info/{NS}expires")
        ]
        assert {each[-6:] for each in times} == {told[-6:]}
    clear = fromstring(await cap(alerts, await alerts.issue(kind="all-clear", follows=first)))  # noqa: S314
    assert (clear.findtext(f"{NS}references") or "").endswith(f",{times[0]}")


async def test_an_exercise_is_one_in_cap_and_in_no_list(alerts: Alerts) -> None:
    drill = await alerts.issue(exercise=True)
    root = fromstring(await cap(alerts, drill))  # noqa: S314
    assert root.findtext(f"{NS}status") == "Exercise"
    assert (root.findtext(f"{NS}info/{NS}headline") or "").startswith("EXERCICE – ")
    assert (await alerts.town.client.get(LIST)).json() == {"items": []}


async def test_list_and_feed_have_what_holds_and_lead_to_cap(alerts: Alerts) -> None:
    draft = (await alerts.draft()).json()["id"]
    assert (await alerts.town.client.get(f"{LIST}/{draft}/cap")).status_code == 404
    over = await alerts.issue()
    holds = await alerts.issue(kind="update", follows=over)
    late = await alerts.issue()
    await alerts.town.post.pool.execute("UPDATE alert SET expires_at = now() - interval '1 s' WHERE id = $1", late)
    items = (await alerts.town.client.get(LIST, headers={"Accept-Language": "en"})).json()["items"]
    assert [(each["id"], each["event"], each["areas"]) for each in items] == [(holds, "Flood", [SQUARE])]
    answer = await alerts.town.client.get("/v1/collectivities/paris/alerts-feed")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = fromstring(answer.content)  # noqa: S314
    (entry,) = feed.iter(f"{ATOM}entry")
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert link.get("type") == "application/cap+xml"
    assert link.get("href") == items[0]["cap_url"]
    assert (await alerts.town.client.get(urlsplit(link.get("href") or "").path)).status_code == 200
    assert (await alerts.town.client.get("/v1/collectivities/lutece/alerts")).json() == {"items": []}
    assert (await alerts.town.client.get(f"/v1/collectivities/lutece/alerts/{holds}/cap")).status_code == 404


async def test_a_sign_that_xml_cannot_hold_makes_no_feed_unreadable(alerts: Alerts) -> None:
    words = {"subject": "Crue", "body": "L'eau\x0c monte.\x0b Montez.\ufffe"}
    alert = await alerts.issue(texts={"fr": words})
    feed = fromstring((await alerts.town.client.get(f"{LIST}-feed")).content)  # noqa: S314
    (entry,) = feed.iter(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}summary") == "L'eau monte. Montez."
    root = fromstring(await cap(alerts, alert))  # noqa: S314
    assert root.findtext(f"{NS}info/{NS}description") == "L'eau monte. Montez."
