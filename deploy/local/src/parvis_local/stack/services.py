# SPDX-License-Identifier: EUPL-1.2
"""The api and the worker of each service, and the intake of answers to mails."""

from typing import Final

from parvis_local.layout import SERVICES
from parvis_local.parts import Part
from parvis_local.stack.context import Context, Work
from parvis_local.stack.data import filled
from parvis_local.stack.events import BROKER, bootstrap_servers, events_ready

INTAKE_PORTS: Final = ("notifications-intake", "notifications-intake-lmtp")


def service_work(context: Context) -> Work:
    """Two processes for each service, and one more of notifications."""
    pairs = tuple(_process(context, service, process) for service in SERVICES for process in ("api", "worker"))
    return (*pairs, _intake(context))


def _intake(context: Context) -> Part:
    service, name = "notifications", "notifications-intake"

    def env() -> dict[str, str]:
        return context.environments.of_service(service, context.urls.get(service), bootstrap_servers(context))

    return context.module(
        name,
        f"Starting {name}",
        (f"parvis_{service}", "intake"),
        port=context.ports[name],
        probe=f"http:{context.ports[name]}/readyz",
        env=env,
        needs=(filled(service), events_ready(context)),
    )


def _process(context: Context, service: str, process: str) -> Part:
    def env() -> dict[str, str]:
        return context.environments.of_service(service, context.urls.get(service), bootstrap_servers(context))

    name = f"{service}-{process}"
    inner = f"{service}-api-internal" if process == "api" else name
    return context.module(
        name,
        f"Starting {name}",
        (f"parvis_{service}", process),
        port=context.ports[name],
        probe=f"http:{context.ports[inner]}/readyz",
        env=env,
        needs=(filled(service), events_ready(context)),
        # The embedded broker has another address after each start. Identity's api alone does not speak to it.
        follows=BROKER if context.options.broker == "embedded" and name != "identity-api" else "",
    )
