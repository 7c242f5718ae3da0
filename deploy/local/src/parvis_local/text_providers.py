# SPDX-License-Identifier: EUPL-1.2
"""The providers of text messages of the local stack: one simulator in three forms, in the order of their use."""

from typing import Any

from parvis_local.secret_store import SecretStore
from parvis_local.simulators import (
    OVH_APPLICATION,
    OVH_PROVIDER,
    OVH_SERVICE,
    SMPP_ACCOUNT,
    SMS_ACCOUNT,
    SMS_PROVIDER,
    smpp_password,
)


def text_providers(url: str, smpp_port: int, secrets: SecretStore) -> list[dict[str, Any]]:
    """Twilio's form and OVHcloud's at that address, an operator at that port."""
    secret = secrets.password("provider/sms")
    return [
        {
            "name": SMS_PROVIDER,
            "kind": "twilio",
            "url": url,
            "account": SMS_ACCOUNT,
            "secret": secret,
            "sender": "Parvis",
            "segment_millicents": 5_500,
        },
        {
            "name": "operator",
            "kind": "smpp",
            "url": f"smpp://127.0.0.1:{smpp_port}",
            "account": SMPP_ACCOUNT,
            "secret": smpp_password(secret),
            "sender": "Parvis",
            "segment_millicents": 5_000,
        },
        {
            "name": OVH_PROVIDER,
            "kind": "ovh",
            "url": url,
            "account": OVH_SERVICE,
            "application_key": OVH_APPLICATION,
            "secret": secrets.password("provider/ovh-application"),
            "consumer_key": secrets.password("provider/ovh-consumer"),
            "signing_secret": secrets.password("provider/ovh-receipts"),
            "sender": "Parvis",
            "answerable": True,
            "collectivity": "paris",
            "segment_millicents": 6_000,
        },
    ]
