# SPDX-License-Identifier: EUPL-1.2
"""Text messages and calls in the form in which a provider brings them, signed with the token of the account."""

from datetime import datetime

import httpx
import pytest
from notifications_calls import SECRET as VOICE_SECRET
from notifications_calls import Provider as CallsProvider
from notifications_post import Post
from notifications_replies import received
from notifications_texts import SECRET, Provider
from notifications_town import NEWS, Town

from parvis_local.signed_forms import signature
from parvis_notifications.inbound_settings import InboundSettings
from parvis_notifications.incoming.twilio_forms import read_call
from parvis_notifications.sms_settings import SmsProviderSettings

PHONE, HALL = "+33612345678", "+33199001234"
TEXT = {"MessageSid": "SM1", "From": PHONE, "To": HALL, "Body": "Le lampadaire est\x00 éteint.", "NumMedia": "0"}
CALL = {"CallSid": "CA1", "From": PHONE, "To": HALL, "Direction": "inbound"}
BY = ("CallStatus", "CallDuration", "DialCallStatus", "DialCallDuration")


@pytest.fixture(autouse=True)
def providers(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    own = Provider("first").settings()
    by_key = SmsProviderSettings.model_validate(
        own.model_dump() | {"name": "keyed", "account": "SK1", "secret": "of-the-key", "signing_secret": SECRET}
    )
    smpp = SmsProviderSettings.model_validate(
        own.model_dump() | {"name": "operator", "kind": "smpp", "url": "smpps://sms.example:2775", "secret": "12345678"}
    )
    changed = {
        "sms_providers": (own, by_key, smpp),
        "voice_providers": (CallsProvider("line", url="https://calls.example").settings(),),
        "inbound_numbers": {HALL: "paris"},
        "inbound_per_hour": 3,
    }
    for name, value in changed.items():
        monkeypatch.setitem(post.service.runtime.settings.__dict__, name, value)


async def bring(
    post: Post, fields: dict[str, str], provider: str = "first", *, secret: str = SECRET, path: str = "text"
) -> httpx.Response:
    what = "inbound-texts" if path == "text" else "inbound-calls"
    address = f"/v1/{path}-providers/{provider}/{what}"
    signed = signature(secret, f"{post.service.runtime.settings.public_url}{address}", fields)
    return await post.client.post(address, data=fields, headers={"X-Twilio-Signature": signed})


async def ring(post: Post, **fields: str) -> httpx.Response:
    return await bring(post, CALL | fields, "line", secret=VOICE_SECRET, path="voice")


async def test_a_text_message_is_kept_once_whoever_brings_it_again(
    post: Post, capfd: pytest.CaptureFixture[str]
) -> None:
    answers = [await bring(post, TEXT) for _ in range(2)]
    assert {(answer.status_code, answer.text, answer.headers["Content-Type"]) for answer in answers} == {
        (200, "<Response/>", "application/xml")
    }
    (kept,) = await received(post)
    assert {name: kept[name] for name in ("way", "held", "sender", "text", "left_out")} == {
        "way": "sms",
        "held": "direct",
        "sender": PHONE,
        "text": "Le lampadaire est éteint.",
        "left_out": [],
    }
    assert await post.pool.fetchval("SELECT collectivity FROM inbound_message") == "paris"
    stored = str([dict(row) for row in await post.pool.fetch("SELECT * FROM inbound_message, outbox")])
    for said in (stored, capfd.readouterr().out):
        assert "lampadaire" not in said
        assert PHONE not in said
    # Another account may have the same name for a message of its own.
    assert (await bring(post, TEXT, "keyed")).status_code == 200
    assert len(await received(post)) == 2


async def test_what_its_provider_has_not_signed_is_refused(post: Post) -> None:
    path = "/v1/text-providers/first/inbound-texts"
    refused = [
        await bring(post, TEXT, secret="another"),
        await bring(post, TEXT, "keyed", secret="of-the-key"),
        await bring(post, TEXT, "operator", secret="12345678"),
        await bring(post, TEXT, "nobody"),
        await bring(post, CALL, "line", secret=VOICE_SECRET),
        await post.client.post(path, data=TEXT),
        await post.client.post(path, data=TEXT, headers={"X-Twilio-Signature": "=="}),
        await bring(post, TEXT | {f"f{number}": "" for number in range(200)}),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(401, "unauthenticated")}
    assert await post.pool.fetch("SELECT 1 FROM inbound_message") == []


async def test_files_of_an_mms_are_named_and_not_fetched(post: Post) -> None:
    media = {f"MediaUrl{each}": f"http://127.0.0.1:1/{each}" for each in range(2)}
    kinds = {"MediaContentType0": "image/jpeg", "MediaContentType1": "image/\x00png"}
    assert (await bring(post, TEXT | media | kinds | {"Body": "", "NumMedia": "2"})).status_code == 200
    (kept,) = await received(post)
    assert (kept["text"], kept["left_out"]) == ("", ["MMS 1: image/jpeg", "MMS 2: image/png"])


@pytest.mark.parametrize("said", [{"Body": "Arrêt"}, {"Body": "Ende", "OptOutType": "STOP"}])
async def test_stop_ends_the_news_of_that_number_even_past_the_bound(town: Town, said: dict[str, str]) -> None:
    post = town.post
    await town.ask(phone=PHONE, topics=[{"topic": "works", "channels": ["sms"]}], consents=[NEWS])
    await post.pool.execute("UPDATE subscriber SET state = 'active', news_at = now()")
    for number in range(3):
        assert (await bring(post, TEXT | {"MessageSid": f"SM{number}"})).status_code == 200
    full = await bring(post, TEXT | {"MessageSid": "SM8"})
    assert (full.status_code, full.json()["code"], full.headers["Retry-After"]) == (429, "too-many-received", "600")
    assert (await bring(post, TEXT | {"MessageSid": "SM9"} | said)).status_code == 200
    assert await post.pool.fetchval("SELECT news_at FROM subscriber") is None
    assert len(await received(post)) == 3


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"Body": ""}, 400),
        ({"From": "whatsapp:+33612345678"}, 400),
        ({"MessageSid": ""}, 400),
        ({"MessageSid": "SM 1"}, 400),
        ({"To": "+33199009999"}, 404),
    ],
)
async def test_what_is_no_message_to_the_town_is_not_kept(post: Post, wrong: dict[str, str], status: int) -> None:
    assert (await bring(post, TEXT | wrong)).status_code == status
    assert await post.pool.fetch("SELECT 1 FROM inbound_message") == []


@pytest.mark.parametrize(
    ("how", "outcome", "seconds"),
    [
        (("completed", "75", None, None), "answered", 75),
        (("completed", "0", None, None), "missed", 0),
        (("no-answer", "", None, None), "missed", 0),
        (("in-progress", "", "completed", "42"), "answered", 42),
        (("in-progress", "", "answered", ""), "answered", 0),
        (("in-progress", "", "busy", ""), "missed", 0),
        (("completed", "99999999999999999999", None, None), "answered", 86_400),
    ],
)
async def test_a_call_is_kept_with_how_it_ended(
    post: Post, how: tuple[str | None, ...], outcome: str, seconds: int
) -> None:
    fields = {name: value for name, value in zip(BY, how, strict=True) if value is not None}
    answer = await ring(post, **fields)
    assert (answer.status_code, answer.text) == (200, "<Response/>")
    assert (await ring(post, CallStatus="completed", CallDuration="5")).status_code == 200, "told once more"
    (kept,) = await received(post)
    assert (kept["sender"], kept["call"]["outcome"], kept["call"]["seconds"]) == (PHONE, outcome, seconds)


@pytest.mark.parametrize("caller", ["+266696687", "Anonymous", "sip:bob@example.org", ""])
async def test_a_number_that_was_withheld_is_none(post: Post, caller: str) -> None:
    assert (await ring(post, From=caller, CallStatus="completed", CallDuration="5")).status_code == 200
    (kept,) = await received(post)
    assert kept["sender"] == ""


@pytest.mark.parametrize(
    "fields", [{"CallStatus": "ringing"}, {"CallStatus": "completed", "Direction": "outbound-api"}]
)
async def test_a_call_that_goes_on_or_that_the_town_made_is_not_kept(post: Post, fields: dict[str, str]) -> None:
    assert (await ring(post, **fields)).status_code == 200
    assert await post.pool.fetch("SELECT 1 FROM inbound_message") == []


@pytest.mark.parametrize(
    ("told", "began_at"),
    [
        ("Fri, 27 Nov 2026 08:01:15 +0000", "2026-11-27T08:00:00Z"),
        ("Fri, 27 Nov 2026 09:00:00 +0000", "2026-11-27T08:08:45Z"),
        ("yesterday", "2026-11-27T08:08:45Z"),
    ],
)
def test_a_call_began_as_long_before_its_end_as_it_lasted(told: str, began_at: str) -> None:
    now = datetime.fromisoformat("2026-11-27T08:10:00Z")
    found = read_call(CALL | {"CallStatus": "completed", "CallDuration": "75", "Timestamp": told}, now)
    assert found is not None
    assert found.call.began_at == datetime.fromisoformat(began_at)


def test_a_number_of_a_town_is_in_e164() -> None:
    with pytest.raises(ValueError, match=r"E\.164"):
        InboundSettings.model_validate({"inbound_numbers": {"0199001234": "paris"}})
