# SPDX-License-Identifier: EUPL-1.2
"""What stands around the services: the simulators of what Parvis talks to, the gateway and its portal."""

import json
import sys
from pathlib import Path
from typing import Any, Final

from parvis_local.layout import SERVICES
from parvis_local.leash import leash
from parvis_local.parts import Part, Step
from parvis_local.ports import LOOPBACK
from parvis_local.private_file import write_private
from parvis_local.running import Running, execute
from parvis_local.simulators import (
    INBOUND_TEXTS,
    KNOWN_AS,
    LETTER_ACCOUNT,
    PROFILES,
    SIMULATORS_PATH,
    SMS_ACCOUNT,
    TEXT_RECEIPTS,
    TOWN_DOMAIN,
    TOWN_NUMBER,
    VOICE_ACCOUNTS,
    registrations,
)
from parvis_local.stack.context import CONTRACTS, NURSERY, Context, Work
from parvis_local.tasks import run_module

EDGE_PORTS: Final = (
    "franceconnect",
    "mailsink",
    "mailsink-smtp",
    "mailsink-bounces",
    "smssink",
    "smssink-smpp",
    "lettersink",
    "voicesink",
    "pushsink",
    "socialsink",
    "matrixsink",
    "payfip",
    "apiparticulier",
    "portal",
    "envoy-admin",
)
_REGISTRATIONS: Final = "registrations"
_CONFIGURATION: Final = "gateway-configuration"
_SINKS: Final = (
    ("mail", "mailsink"),
    ("sms", "smssink"),
    ("letters", "lettersink"),
    ("voice", "voicesink"),
    ("push", "pushsink"),
    ("social", "socialsink"),
    ("chat", "matrixsink"),
    ("payfip", "payfip"),
)


def edge_work(context: Context) -> Work:
    """The simulators and the portal, and the gateway once all that stands behind it answers."""
    return (
        _registrations(context),
        *_simulators(context),
        _portal(context),
        _configuration(context),
        _gateway(context),
    )


def _registrations(context: Context) -> Step:
    async def run() -> None:
        known = registrations(context.options, context.secrets)
        write_private(_registrations_file(context), json.dumps(known, indent=1))

    return Step(_REGISTRATIONS, "Registering at the simulators", run)


def _registrations_file(context: Context) -> Path:
    return context.layout.run / "registrations.json"


def _simulators(context: Context) -> tuple[Part, ...]:
    ports = context.ports
    base = f"{context.options.public_url}{SIMULATORS_PATH}"
    people = ("--port", str(ports["franceconnect"]), "--base-url", base, "--known-as", KNOWN_AS)
    mails = ("--port", str(ports["mailsink"]), "--smtp-port", str(ports["mailsink-smtp"]))
    bounces = ("--bounces-port", str(ports["mailsink-bounces"]))
    town = ("--town-port", str(ports["notifications-intake-lmtp"]), "--town-domain", TOWN_DOMAIN)
    accounts = tuple(word for each in VOICE_ACCOUNTS for word in ("--account", each))
    application = ("--application", context.options.public_url)
    smpp = ("--smpp-port", str(ports["smssink-smpp"]))
    public = context.options.public_url
    brought = ("--bring-to", f"{public}{INBOUND_TEXTS}", "--receipts-to", f"{public}{TEXT_RECEIPTS}")
    texts = (*brought, "--number", TOWN_NUMBER)
    return (
        context.module(
            "franceconnect",
            "Starting the FranceConnect look-alike",
            ("parvis_local.franceconnect", *people, "--registrations", str(_registrations_file(context))),
            port=ports["franceconnect"],
            probe=f"http:{ports['franceconnect']}/healthz",
            env=context.environments.of_tool,
            needs=(_REGISTRATIONS,),
        ),
        context.module(
            "mailsink",
            "Starting the mail sink",
            ("parvis_local.mailsink", *mails, *bounces, *town, "--directory", str(context.layout.data / "mails")),
            port=ports["mailsink"],
            probe=f"http:{ports['mailsink']}/healthz",
            env=context.environments.of_tool,
        ),
        context.module(
            "smssink",
            "Starting the provider of text messages",
            ("parvis_local.smssink", "--port", str(ports["smssink"]), "--account", SMS_ACCOUNT, *smpp, *texts),
            port=ports["smssink"],
            probe=f"http:{ports['smssink']}/healthz",
            env=context.environments.of_smssink,
        ),
        context.module(
            "lettersink",
            "Starting the provider of letters",
            ("parvis_local.lettersink", "--port", str(ports["lettersink"]), "--account", LETTER_ACCOUNT),
            port=ports["lettersink"],
            probe=f"http:{ports['lettersink']}/healthz",
            env=context.environments.of_lettersink,
        ),
        context.module(
            "voicesink",
            "Starting the provider of calls",
            ("parvis_local.voicesink", "--port", str(ports["voicesink"]), *accounts),
            port=ports["voicesink"],
            probe=f"http:{ports['voicesink']}/healthz",
            env=context.environments.of_voicesink,
        ),
        context.module(
            "pushsink",
            "Starting the push service",
            ("parvis_local.pushsink", "--port", str(ports["pushsink"])),
            port=ports["pushsink"],
            probe=f"http:{ports['pushsink']}/healthz",
            env=context.environments.of_tool,
        ),
        context.module(
            "socialsink",
            "Starting the server of the social account",
            ("parvis_local.socialsink", "--port", str(ports["socialsink"])),
            port=ports["socialsink"],
            probe=f"http:{ports['socialsink']}/healthz",
            env=context.environments.of_socialsink,
        ),
        context.module(
            "matrixsink",
            "Starting the homeserver of the messenger",
            ("parvis_local.matrixsink", "--port", str(ports["matrixsink"]), *application),
            port=ports["matrixsink"],
            probe=f"http:{ports['matrixsink']}/healthz",
            env=context.environments.of_matrixsink,
        ),
        context.module(
            "payfip",
            "Starting the PayFiP look-alike",
            ("parvis_local.payfip", "--port", str(ports["payfip"])),
            port=ports["payfip"],
            probe=f"http:{ports['payfip']}/healthz",
            env=context.environments.of_tool,
        ),
        context.module(
            "apiparticulier",
            "Starting the API Particulier look-alike",
            ("parvis_local.apiparticulier", "--port", str(ports["apiparticulier"])),
            port=ports["apiparticulier"],
            probe=f"http:{ports['apiparticulier']}/healthz",
            env=context.environments.of_apiparticulier,
        ),
    )


def _portal(context: Context) -> Part:
    port = context.ports["portal"]
    return context.module(
        "portal",
        "Starting the developers' portal",
        ("parvis_gateway", "portal", "--contracts", str(CONTRACTS), "--port", str(port)),
        port=port,
        probe=f"tcp:{port}",
        env=context.environments.of_tool,
    )


def _envoy_file(context: Context) -> Path:
    return context.layout.run / "envoy.json"


def _configuration(context: Context) -> Step:
    settings = context.layout.run / "gateway.json"
    output = str(_envoy_file(context))
    command = ("compile", "--contracts", str(CONTRACTS), "--settings", str(settings), "--output", output)

    async def run() -> None:
        settings.write_text(json.dumps(_settings(context), indent=1), encoding="utf-8")
        log, env = context.log(_CONFIGURATION), context.environments.of_tool()
        await run_module(context.nursery, _CONFIGURATION, "parvis_gateway", command, log, env)

    return Step(_CONFIGURATION, "Compiling the gateway's configuration", run, (NURSERY,))


def _settings(context: Context) -> dict[str, Any]:
    """As ``parvis_gateway.settings`` reads them."""
    services = {service: f"{LOOPBACK}:{context.ports[f'{service}-api']}" for service in SERVICES}
    return {
        "public_url": context.options.public_url,
        "listen": f"{LOOPBACK}:{context.options.port}",
        "services": services | {"gateway": f"{LOOPBACK}:{context.ports['portal']}"},
        "admin": f"{LOOPBACK}:{context.ports['envoy-admin']}",
        "extra_routes": [
            {"prefix": f"{SIMULATORS_PATH}/{name}", "address": f"{LOOPBACK}:{context.ports[port]}"}
            for name, port in (*((profile, "franceconnect") for profile in PROFILES), *_SINKS)
        ],
        "access_log": str(context.log("access")),
        **({"rate_requests": context.options.rate_requests} if context.options.rate_requests else {}),
    }


def _gateway(context: Context) -> Part:
    log, port = context.log("gateway"), context.options.port
    envoy = str(Path(sys.executable).with_name("envoy"))

    async def start() -> Running:
        options = ("-c", str(_envoy_file(context)), "--disable-hot-restart", "--concurrency", "2")
        return await execute([*leash(), envoy, *options, "--log-level", "warning"], log)

    behind = (
        _CONFIGURATION,
        "portal",
        "franceconnect",
        "mailsink",
        "smssink",
        "lettersink",
        "voicesink",
        "pushsink",
        "socialsink",
        "matrixsink",
        "payfip",
        "apiparticulier",
        *(f"{service}-api" for service in SERVICES),
    )
    probe = f"http:{context.ports['envoy-admin']}/ready"
    return Part("gateway", "Starting the gateway", start, probe, log, behind, port=port)
