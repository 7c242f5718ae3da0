# SPDX-License-Identifier: EUPL-1.2
"""The local stack: which steps and processes it is made of, and what each needs."""

from parvis_local.layout import SERVICES
from parvis_local.parts import Step
from parvis_local.stack.context import NURSERY, Context, Work
from parvis_local.stack.data import data_work
from parvis_local.stack.edge import EDGE_PORTS, edge_work
from parvis_local.stack.events import BROKER, event_work
from parvis_local.stack.services import INTAKE_PORTS, service_work

# Every port but the gateway's, which the caller chooses.
PORTS = (
    "postgres",
    BROKER,
    *(f"{service}-{port}" for service in SERVICES for port in ("api", "api-internal", "worker")),
    *INTAKE_PORTS,
    *EDGE_PORTS,
)


def compose(context: Context) -> Work:
    """All of it, each item after those that it needs."""
    nursery = Step(NURSERY, "Loading the shared libraries", context.nursery.open)
    return (nursery, *event_work(context), *data_work(context), *service_work(context), *edge_work(context))
