# SPDX-License-Identifier: EUPL-1.2
"""Signatures: those of an independent signer are taken, everything else is refused."""

import json
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from standardwebhooks.webhooks import Webhook

from parvis_events import webhook
from parvis_events.webhook import SignatureError

SECRET = "whsec_" + b64encode(bytes(range(32))).decode()
OLD_SECRET = "whsec_" + b64encode(bytes(32)).decode()
PRIVATE, OLD_PRIVATE = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
NOW = 1_795_000_000
ID = "01a20dbd-eee5-7fb7-b5c3-17691fd8be47"
BODY = json.dumps(
    {
        "specversion": "1.0", "id": ID, "type": "fr.parvis.requests.request-sung.v1", "source": "/parvis/requests",
        "subject": ID, "time": "2026-11-24T14:03:40.120Z", "collectivity": "paris", "sequence": "3",
        "data": {"song": "é"},
    }
).encode()  # fmt: skip


def signed(secret: str = SECRET, body: bytes = BODY, at: int = NOW) -> dict[str, str]:
    signature = Webhook(secret).sign(ID, datetime.fromtimestamp(at, UTC), body.decode())
    return {"Webhook-Id": ID, "Webhook-Timestamp": str(at), "Webhook-Signature": signature}


def public_key(private: Ed25519PrivateKey) -> str:
    return "whpk_" + b64encode(private.public_key().public_bytes_raw()).decode()


def signed_by(private: Ed25519PrivateKey, body: bytes = BODY) -> dict[str, str]:
    """By the secret as well, as Parvis does."""
    signature = b64encode(private.sign(f"{ID}.{NOW}.".encode() + body)).decode()
    both = f"{signed()['Webhook-Signature']} v1a,{signature}"
    return signed() | {"Webhook-Signature": both}


def test_a_genuine_webhook_is_an_event() -> None:
    event = webhook.receive(BODY, signed(), secrets=[SECRET], now=NOW + 299)
    assert (str(event.id), event.data) == (ID, {"song": "é"})


def test_while_a_secret_is_changed_both_are_taken() -> None:
    webhook.receive(BODY, signed(OLD_SECRET), secrets=[SECRET, OLD_SECRET], now=NOW)
    both = signed() | {"Webhook-Signature": f"v1a,other v1,wrong {signed()['Webhook-Signature']}"}
    webhook.receive(BODY, both, secrets=[SECRET], now=NOW)


@pytest.mark.parametrize(
    "changed",
    [
        {"Webhook-Id": "another"},
        {"Webhook-Timestamp": str(NOW + 1)},
        {"Webhook-Timestamp": "soon"},
        {"Webhook-Timestamp": "²"},
        {"Webhook-Signature": ""},
        {"Webhook-Signature": "v1"},
        {"Webhook-Signature": "v1,é"},
        {"Webhook-Signature": signed(OLD_SECRET)["Webhook-Signature"]},
        {"Webhook-Signature": signed()["Webhook-Signature"].replace("v1,", "v1a,")},
    ],
)
def test_nothing_else_is_taken(changed: dict[str, str]) -> None:
    with pytest.raises(SignatureError):
        webhook.receive(BODY, signed() | changed, secrets=[SECRET], now=NOW)


def test_a_changed_body_and_an_old_one_are_refused() -> None:
    with pytest.raises(SignatureError):
        webhook.receive(BODY + b" ", signed(), secrets=[SECRET], now=NOW)
    for now in (NOW + 301, NOW - 301):
        with pytest.raises(SignatureError):
            webhook.receive(BODY, signed(), secrets=[SECRET], now=now)


def test_a_secret_of_another_form_is_no_refusal_of_the_sender() -> None:
    for secret in (SECRET.removeprefix("whsec_"), "whsec_not base64"):
        with pytest.raises(ValueError, match=r"whsec_|base64"):
            webhook.receive(BODY, signed(), secrets=[secret], now=NOW)


def test_who_shares_no_secret_checks_by_the_public_key() -> None:
    keys = [public_key(OLD_PRIVATE), public_key(PRIVATE)]
    assert str(webhook.receive(BODY, signed_by(PRIVATE), public_keys=keys, now=NOW).id) == ID
    for headers in (
        signed_by(Ed25519PrivateKey.generate()),
        signed_by(PRIVATE, b"another body"),
        signed(),
        signed() | {"Webhook-Signature": "v1a,AAAA v1a,é"},
    ):
        with pytest.raises(SignatureError):
            webhook.receive(BODY, headers, public_keys=keys, now=NOW)


def test_without_any_key_nothing_is_taken_for_genuine() -> None:
    with pytest.raises(ValueError, match="is needed"):
        webhook.receive(BODY, signed(), now=NOW)
    with pytest.raises(ValueError, match="whpk_"):
        webhook.receive(BODY, signed(), public_keys=[SECRET], now=NOW)
