# SPDX-License-Identifier: EUPL-1.2
"""What a browser is told, how it is encrypted, and how a push service knows us."""

import json
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey

from parvis_local.pushsink.browser import Browser
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.push import (
    LONGEST_RETRY_AFTER,
    MOST_BYTES,
    Urgency,
    notification,
    padded_length,
    retry_seconds,
    time_to_live,
    topic_of,
    urgency,
)
from parvis_notifications.outgoing.push_crypto import (
    BrowserKeyError,
    BrowserKeys,
    ServerKey,
    browser_keys,
    encrypt,
    from_base64url,
    private_key,
    to_base64url,
)

# RFC 8291, section 5 and appendix A.
TEXT = b"When I grow up, I want to be a watermelon"
AS_PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
UA_PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
    "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


def test_the_example_of_the_rfc_comes_out_byte_for_byte() -> None:
    body = encrypt(TEXT, browser_keys(UA_PUBLIC, AUTH), salt=from_base64url(SALT), private=private_key(AS_PRIVATE))
    assert to_base64url(body) == BODY


@given(st.binary(min_size=1, max_size=MOST_BYTES))
def test_a_browser_reads_what_was_encrypted_for_it_whatever_its_length(text: bytes) -> None:
    browser = Browser("")
    body = encrypt(text, BrowserKeys(browser.point, browser.auth), length=padded_length(len(text)))
    assert len(body) <= 4_096
    assert browser.read(body) == text


def test_neither_text_nor_length_is_twice_the_same_or_seen() -> None:
    keys = browser_keys(UA_PUBLIC, AUTH)
    short, long = (encrypt(b"x" * size, keys, length=padded_length(size)) for size in (1, 200))
    assert len(short) == len(long)
    assert short != encrypt(b"x", keys, length=padded_length(1))


@pytest.mark.parametrize(
    ("p256dh", "auth", "faulty"),
    [
        (UA_PUBLIC[:-4] + "AAAA", AUTH, "p256dh"),
        ("AAAA", AUTH, "p256dh"),
        ("é", AUTH, "p256dh"),
        (UA_PUBLIC, "AAAA", "auth"),
        (UA_PUBLIC, "*" * 22, "auth"),
    ],
)
def test_what_are_no_keys_of_a_browser_is_refused(p256dh: str, auth: str, faulty: str) -> None:
    with pytest.raises(BrowserKeyError, match=faulty):
        browser_keys(p256dh, auth)


def test_a_push_service_can_check_who_sends_and_for_which_service(monkeypatch: pytest.MonkeyPatch) -> None:
    key = ServerKey(AS_PRIVATE, "mailto:exploitation@ville.example")
    header = key.authorization("https://push.example:8443/p/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV")
    told = dict(part.strip().partition("=")[::2] for part in header.removeprefix("vapid ").split(","))
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), from_base64url(told["k"]))
    decoded = jwt.decode(told["t"], ECKey.import_key(point), algorithms=["ES256"])
    assert decoded.claims["aud"] == "https://push.example:8443"
    assert decoded.claims["sub"] == "mailto:exploitation@ville.example"
    assert 0 < decoded.claims["exp"] - time.time() <= 24 * 3_600
    assert key.authorization("https://push.example:8443/other") == header, "made once for a service"
    later = time.time() + 7 * 3_600
    monkeypatch.setattr(time, "time", lambda: later)
    assert key.authorization("https://push.example:8443/other") != header, "renewed long before its end"


def test_a_notification_has_the_line_of_the_inbox_and_fits_however_long_it_is() -> None:
    message = uuid4()
    made = notification(title="Ville", body="é" * 9_000, link="https://v.example/x", language="fr", message_id=message)
    assert MOST_BYTES - 8 <= len(made) <= MOST_BYTES
    said = json.loads(made)
    assert said["web_push"] == 8030
    assert said["notification"]["body"].endswith("é…")
    shown = said["notification"]
    assert (shown["navigate"], shown["tag"], shown["lang"]) == ("https://v.example/x", str(message), "fr")


@pytest.mark.parametrize(
    ("occasion", "useless_in", "wanted"),
    [
        (Template.APPOINTMENT_OFFERED, timedelta(hours=3), Urgency.HIGH),
        (Template.APPOINTMENT_REMINDER, timedelta(days=2), Urgency.NORMAL),
        (Template.REQUEST_MOVED, None, Urgency.NORMAL),
        (Template.CONTRIBUTION_REMOVED, None, Urgency.NORMAL),
    ],
)
def test_a_device_wakes_for_what_is_of_use_today_alone(
    occasion: Template, useless_in: timedelta | None, wanted: Urgency
) -> None:
    assert urgency(occasion, None if useless_in is None else NOW + useless_in, NOW) is wanted


def test_a_push_service_keeps_it_no_longer_than_it_is_of_use() -> None:
    assert time_to_live(None, NOW, timedelta(days=3)) == 3 * 86_400
    assert time_to_live(NOW + timedelta(minutes=2), NOW, timedelta(days=3)) == 120
    assert time_to_live(NOW - timedelta(minutes=2), NOW, timedelta(days=3)) == 1


def test_a_topic_names_one_delivery_in_the_form_of_the_rfc() -> None:
    delivery = UUID(int=7)
    topic = topic_of(delivery)
    assert len(topic) == 32
    assert set(topic) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert topic == topic_of(delivery) != topic_of(UUID(int=8))


def test_a_service_is_left_alone_as_long_as_it_asks_within_a_day() -> None:
    assert 120 <= retry_seconds(1, 120, 0.5) <= 125
    assert retry_seconds(1, 1e9, 0.5) == LONGEST_RETRY_AFTER
    assert retry_seconds(1, -5, 1) >= 0
    assert [retry_seconds(attempts, None, 1) for attempts in (1, 2, 99)] == [30, 60, 3_600]
