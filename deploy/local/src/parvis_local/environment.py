# SPDX-License-Identifier: EUPL-1.2
"""The environment of each process: what the caller set, then what the local stack knows."""

import json
from collections.abc import Mapping
from typing import Any, Final

from parvis_local.databases import ServiceUrls
from parvis_local.layout import SERVICES, Layout
from parvis_local.options import Options
from parvis_local.ports import LOOPBACK
from parvis_local.secret_store import SecretStore
from parvis_local.simulators import (
    KNOWN_AS,
    LETTER_ACCOUNT,
    LETTER_TOKENS,
    PROFILES,
    SIMULATORS_CLIENT,
    TOWN_DOMAIN,
    TOWN_NUMBER,
    VOICE_ACCOUNTS,
    simulator_url,
)
from parvis_local.text_providers import text_providers

# With the embedded broker a waiting fetch is not woken: a message waits half of this, on the average.
_EMBEDDED_FETCH_MS: Final = "50"
# Clients of the demo town that are systems, by the variable from which its seed takes their secret.
DEMO_SYSTEMS: Final = {
    "PARVIS_DEMO_ROADWORKS_SECRET": "demo-roadworks",
    "PARVIS_LUTECE_ROADWORKS_SECRET": "lutece-roadworks",
}
_MAIL_ROOM: Final = {
    "name": "mail-room",
    "kind": "mail-room",
    "collectivities": ["paris"],
    "page_millicents": 2_000,
    "postage_millicents": 139_000,
}
_TOWNS: Final = {"paris": "Ville de Paris", "lutece": "Ville de Lutèce"}
_SIRETS: Final = {"paris": "21750001600019", "lutece": "99990000000017"}
# Where a service finds the internal API of another; every service is told of all.
_INTERNAL_URLS: Final = {f"PARVIS_{service.upper()}_INTERNAL_URL": service for service in SERVICES}


class Environments:
    """Makes the environments of one run of the stack."""

    def __init__(self, options: Options, layout: Layout, secrets: SecretStore, ports: Mapping[str, int]) -> None:
        self._options = options
        self._layout = layout
        self._secrets = secrets
        self._ports = ports

    def of_service(self, service: str, urls: ServiceUrls | None, bootstrap_servers: str) -> dict[str, str]:
        """For the api and the worker of a service; they never see the owner's password, nor another service's."""
        return self._for(service, self._own(service, urls), bootstrap_servers)

    def of_migration(self, service: str, urls: ServiceUrls | None) -> dict[str, str]:
        """For the migrate command of a service."""
        own = self._own(service, urls)
        own["OWNER_DATABASE_URL"] = self.given(service, "DATABASE_URL") or (urls.owner if urls else "")
        return self._for(service, own, self._options.bootstrap_servers)

    def of_seed(self, service: str, urls: ServiceUrls | None) -> dict[str, str]:
        """For the seed command of a service; identity's registers every client, and so must know their secrets."""
        clients: dict[str, str] = {}
        if service == "identity":
            clients = {self._name(other, "MACHINE_CLIENT_SECRET"): self._machine_secret(other) for other in SERVICES}
            clients |= {name: self._secrets.password(f"client/{client}") for name, client in DEMO_SYSTEMS.items()}
        return clients | self._for(service, self._own(service, urls), self._options.bootstrap_servers)

    def of_tool(self) -> dict[str, str]:
        """For what is no service: the simulators and the gateway's programs."""
        foreign = tuple(f"PARVIS_{service.upper()}_" for service in SERVICES)
        kept = {name: value for name, value in self._options.caller.items() if not name.startswith(foreign)}
        return kept | {"PARVIS_PUBLIC_URL": self._options.public_url}

    def of_smssink(self) -> dict[str, str]:
        """For the provider of text messages."""
        names = {"SECRET": "sms", **{name: f"ovh-{name.lower()}" for name in ("APPLICATION", "CONSUMER", "RECEIPTS")}}
        secrets = {f"PARVIS_SMSSINK_{name}": self._secrets.password(f"provider/{each}") for name, each in names.items()}
        return self.of_tool() | secrets

    def of_lettersink(self) -> dict[str, str]:
        """For the provider of letters."""
        return self.of_tool() | {"PARVIS_LETTERSINK_SECRET": self._secrets.password("provider/letters")}

    def of_voicesink(self) -> dict[str, str]:
        """For the provider of calls."""
        return self.of_tool() | {"PARVIS_VOICESINK_SECRET": self._secrets.password("provider/voice")}

    def of_socialsink(self) -> dict[str, str]:
        """For the server of the social account."""
        return self.of_tool() | {"PARVIS_SOCIALSINK_TOKEN": self._secrets.password("provider/social")}

    def of_matrixsink(self) -> dict[str, str]:
        """For the homeserver of the messenger."""
        tokens = {f"PARVIS_MATRIXSINK_{name.upper()}": token for name, token in self._chat_tokens().items()}
        return self.of_tool() | tokens

    def of_apiparticulier(self) -> dict[str, str]:
        """For the look-alike of API Particulier."""
        return self.of_tool() | {"PARVIS_APIPARTICULIER_TOKEN": self._secrets.password("provider/api-particulier")}

    def given(self, service: str, setting: str) -> str | None:
        """What the caller set for that setting of that service, if anything."""
        return self._options.caller.get(self._name(service, setting)) or None

    def needs_embedded_database(self) -> bool:
        """Whether a service lacks an address that the caller might have given."""
        return any(
            self.given(service, setting) is None for service in SERVICES for setting in ("DATABASE_URL", "KEYSTORE_URL")
        )

    def _own(self, service: str, urls: ServiceUrls | None) -> dict[str, str]:
        ports = self._ports
        own = {
            "DATABASE_URL": urls.database if urls else "",
            "KEYSTORE_URL": urls.keystore if urls else "",
            "MASTER_KEY": self._secrets.key(f"master-key/{service}"),
            "MACHINE_CLIENT_SECRET": self._machine_secret(service),
            "HOST": LOOPBACK,
            "PORT": str(ports[f"{service}-api"]),
            "INTERNAL_PORT": str(ports[f"{service}-api-internal"]),
            "WORKER_INTERNAL_PORT": str(ports[f"{service}-worker"]),
            "JWKS_URL": f"{self._local('identity-api')}/.well-known/jwks.json",
        }
        if self._options.broker == "embedded":
            own |= {"REPLAY_ON_NEW_BROKER": "true", "FETCH_MAX_WAIT_MS": _EMBEDDED_FETCH_MS}
        return own | self._particular(service)

    def _particular(self, service: str) -> dict[str, str]:
        match service:
            case "identity":
                return {
                    "PROVIDERS": json.dumps([self._provider(profile) for profile in PROFILES]),
                    "SMTP_PORT": str(self._ports["mailsink-smtp"]),
                    "TEXT_MESSAGES": "true",
                    # The applications of somebody who tries sign-in are on this machine.
                    "CLIENT_NETWORKS": "127.0.0.0/8, ::1/128",
                }
            case "requests":
                return {
                    "ATTACHMENTS_DIRECTORY": str(self._layout.data / "attachments"),
                    "OPEN311_ENDPOINT": "test",
                    # Where browsers reach it, too.
                    "PAYFIP_URL": simulator_url(self._options, "payfip"),
                    "API_PARTICULIER_URL": self._local("apiparticulier"),
                    "API_PARTICULIER_ACCESSES": json.dumps([self._access(town) for town in _TOWNS]),
                }
            case "notifications":
                return {
                    "SMTP_PORT": str(self._ports["mailsink-smtp"]),
                    "SENDER_NAMES": json.dumps(_TOWNS),
                    "BOUNCE_ADDRESS": f"retours@{TOWN_DOMAIN}",
                    "BOUNCE_PORT": str(self._ports["mailsink-bounces"]),
                    "BOUNCE_PROTOCOL": "smtp",
                    # What is sent to the sink for this domain is handed to the intake.
                    "REPLY_ADDRESS": f"reponse@{TOWN_DOMAIN}",
                    "INBOUND_ADDRESSES": json.dumps({f"mairie@{TOWN_DOMAIN}": "paris"}),
                    "INBOUND_NUMBERS": json.dumps({TOWN_NUMBER: "paris"}),
                    "INTAKE_PORT": str(self._ports["notifications-intake-lmtp"]),
                    "INTAKE_INTERNAL_PORT": str(self._ports["notifications-intake"]),
                    "INTAKE_ALLOWED_NETWORKS": "127.0.0.0/8",
                    "SMS_PROVIDERS": json.dumps(
                        text_providers(self._local("smssink"), self._ports["smssink-smpp"], self._secrets)
                    ),
                    "LETTERS_OFFERED": "true",
                    # The mail room of Paris steps in while the first is in trouble.
                    "LETTER_PROVIDERS": json.dumps([self._letter_provider(), _MAIL_ROOM]),
                    "VOICE_PROVIDERS": json.dumps(
                        [self._voice_provider(*each) for each in zip(("first", "second"), VOICE_ACCOUNTS, strict=True)]
                    ),
                    # No telephone rings: whoever tries calls at night sees them.
                    **dict.fromkeys(("VOICE_FROM", "VOICE_UNTIL"), "00:00"),
                    "NEWS_TEXTS_FROM": "00:00",
                    "NEWS_TEXTS_UNTIL": "00:00",
                    "PUSH_PRIVATE_KEYS": json.dumps([self._push_key()]),
                    # The push service is on this machine, as are the receivers of somebody who tries webhooks.
                    "PUSH_ALLOWED_NETWORKS": "127.0.0.0/8",
                    "CHAT_PROVIDERS": json.dumps([self._chat_provider()]),
                    "SOCIAL_ACCOUNTS": json.dumps([self._social_account()]),
                    "WEBHOOK_ALLOWED_NETWORKS": "127.0.0.0/8",
                }
            case _:
                return {}

    def _for(self, service: str, own: dict[str, str], bootstrap_servers: str) -> dict[str, str]:
        """The stack's settings, each overridden by the caller's."""
        prefix = f"PARVIS_{service.upper()}_"
        ours = {
            "KAFKA_BOOTSTRAP_SERVERS": bootstrap_servers,
            **{name: self._local(f"{other}-api-internal") for name, other in _INTERNAL_URLS.items()},
            **{f"{prefix}{setting}": value for setting, value in own.items()},
        }
        theirs = {
            name: value
            for name, value in self._options.caller.items()
            if value and (name.startswith(prefix) or name in _INTERNAL_URLS)
        }
        if "OWNER_DATABASE_URL" not in own:
            theirs.pop(self._name(service, "OWNER_DATABASE_URL"), None)
        return self.of_tool() | ours | theirs

    def _provider(self, profile: str) -> dict[str, Any]:
        return {
            "profile": profile,
            "issuer": f"{KNOWN_AS}/{profile}/api/v2",
            "metadata_url": simulator_url(self._options, profile) + "/api/v2/.well-known/openid-configuration",
            "client_id": SIMULATORS_CLIENT,
            "client_secret": self._secrets.password(f"provider/{profile}"),
            # To find who has an account already, and to write to who has none.
            "scopes": ["identite_pivot", "email"] if profile == "franceconnect" else [],
        }

    def _letter_provider(self) -> dict[str, Any]:
        secret = self._secrets.password("provider/letters")
        return {
            "name": "simulator",
            "kind": "maileva",
            "url": self._local("lettersink"),
            "token_url": self._local("lettersink") + LETTER_TOKENS,
            "client_id": LETTER_ACCOUNT,
            "client_secret": secret,
            "username": LETTER_ACCOUNT,
            "password": secret,
            "page_millicents": 12_000,
            "postage_millicents": 145_000,
        }

    def _voice_provider(self, name: str, account: str) -> dict[str, Any]:
        return {
            "name": name,
            "kind": "twilio",
            "url": self._local("voicesink"),
            "account": account,
            "secret": self._secrets.password("provider/voice"),
            "sender": TOWN_NUMBER,
            "minute_millicents": 3_000,
        }

    def _social_account(self) -> dict[str, Any]:
        return {
            "name": "mastodon",
            "collectivity": "paris",
            "url": self._local("socialsink"),
            "token": self._secrets.password("provider/social"),
        }

    def _chat_provider(self) -> dict[str, Any]:
        return {
            "name": "simulator",
            "url": self._local("matrixsink"),
            "user_id": f"@mairie:{TOWN_DOMAIN}",
            "message_millicents": 0,
            **self._chat_tokens(),
        }

    def _chat_tokens(self) -> dict[str, str]:
        return {name: self._secrets.password(f"provider/chat/{name}") for name in ("as_token", "hs_token")}

    def _push_key(self) -> str:
        return self._secrets.key("push/key").replace("+", "-").replace("/", "_").rstrip("=")

    def _access(self, town: str) -> dict[str, str]:
        token = self._secrets.password("provider/api-particulier")
        return {"collectivity": town, "siret": _SIRETS[town], "token": token}

    def _machine_secret(self, service: str) -> str:
        return self.given(service, "MACHINE_CLIENT_SECRET") or self._secrets.password(f"client/parvis-{service}")

    def _local(self, port: str) -> str:
        return f"http://{LOOPBACK}:{self._ports[port]}"

    @staticmethod
    def _name(service: str, setting: str) -> str:
        return f"PARVIS_{service.upper()}_{setting}"
