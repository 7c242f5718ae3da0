# SPDX-License-Identifier: EUPL-1.2
"""Where the look-alikes of FranceConnect and ProConnect are, and as what they know Parvis."""

from typing import Any, Final

from parvis_local.options import DEFAULT_PORT, Options
from parvis_local.secret_store import SecretStore

PROFILES: Final = ("franceconnect", "proconnect")
SIMULATORS_CLIENT: Final = "parvis-local"
# Of the town's own addresses: what is sent to the sink for it is handed to the intake.
TOWN_DOMAIN: Final = "parvis.localhost"
# The number of the demo town, which text messages come in to and calls go out from.
TOWN_NUMBER: Final = "+33199001234"
# The account at the provider of text messages, whose names begin so.
SMS_ACCOUNT: Final = "AC00000000000000000000000000000000"
SMS_PROVIDER: Final = "simulator"
# Where that provider brings what comes in.
INBOUND_TEXTS: Final = f"/v1/text-providers/{SMS_PROVIDER}/inbound-texts"
# The service at the provider that speaks OVHcloud's form, and the application that acts on it; where that tells of
# receipts, before the key of that address.
OVH_SERVICE: Final = "sms-pv00000-1"
OVH_APPLICATION: Final = "parvis"
OVH_PROVIDER: Final = "ovh"
TEXT_RECEIPTS: Final = f"/v1/text-providers/{OVH_PROVIDER}/receipts"
# The application, and its account, at the provider of letters.
LETTER_ACCOUNT: Final = "parvis"
LETTER_TOKENS: Final = "/auth/realms/services/protocol/openid-connect/token"
# Those at the two providers of calls, one of which steps in for the other.
VOICE_ACCOUNTS: Final = ("AC00000000000000000000000000000001", "AC00000000000000000000000000000002")
# The account at the operator that speaks SMPP.
SMPP_ACCOUNT: Final = "parvis"
# The simulators stand behind the gateway: browsers meet everything at one address.
SIMULATORS_PATH: Final = "/simulators"
# What their issuers' names begin with: where they are by default, and for ever, for identity knows people by issuer and
# subject. With names that followed the port, another port would make strangers of all who are in the kept data.
KNOWN_AS: Final = f"http://localhost:{DEFAULT_PORT}{SIMULATORS_PATH}"


def simulator_url(options: Options, name: str) -> str:
    """Address of a simulator: ``franceconnect``, ``proconnect``, ``mail``, ``sms``, ``voice``, ``letters``..."""
    return f"{options.public_url}{SIMULATORS_PATH}/{name}"


def registrations(options: Options, secrets: SecretStore) -> list[dict[str, Any]]:
    """As ``parvis_local.franceconnect.registrations`` reads them: identity, at each of the two providers."""
    return [
        {
            "provider": profile,
            "client_id": SIMULATORS_CLIENT,
            "client_secret": secrets.password(f"provider/{profile}"),
            "redirect_uris": [f"{options.public_url}/login/{profile}/callback"],
            "post_logout_redirect_uris": [f"{options.public_url}/logout/callback"],
            "entity": "parvis",
        }
        for profile in PROFILES
    ]


def smpp_password(secret: str) -> str:
    """What of the provider's secret is the operator's: SMPP 3.4 has room for eight characters."""
    return secret[:8]
