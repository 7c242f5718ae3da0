# SPDX-License-Identifier: EUPL-1.2
"""What a newcomer must know once everything runs."""

from parvis_local.simulators import simulator_url
from parvis_local.stack.context import Context
from parvis_local.stack.events import bootstrap_servers


def table(context: Context, seconds: float) -> str:
    """The lines shown at the end of a start that took so many seconds."""
    public = context.options.public_url
    layout = context.layout
    rows = [
        ("API", f"{public}/v1/…"),
        ("Documentation", f"{public}/developers"),
        ("Mails that were sent", simulator_url(context.options, "mail")),
        ("Text messages sent", simulator_url(context.options, "sms")),
        ("Letters posted", simulator_url(context.options, "letters")),
        ("Calls made", simulator_url(context.options, "voice")),
        ("Notifications in browsers", simulator_url(context.options, "push")),
        ("Social account of Paris", simulator_url(context.options, "social")),
        ("Messenger", simulator_url(context.options, "chat")),
        ("Payments asked for", simulator_url(context.options, "payfip")),
        ("Citizens sign in", "FranceConnect look-alike: Amélie Durand, Bruno Petit, …"),
        (
            "Agents sign in",
            "ProConnect look-alike: Camille Moreau, Karim Benali (supervisor), Sophie Lambert (administrator)",
        ),
        ("Front-ends", "clients demo-portal (citizens) and demo-backoffice (agents), code and PKCE, no secret"),
        ("Other system", f"client demo-roadworks, secret client/demo-roadworks in {layout.secrets}"),
        ("Events", f"Kafka at {bootstrap_servers(context)} ({context.options.broker})"),
        ("Data", str(layout.data)),
        ("Logs", str(layout.logs)),
    ]
    width = max(len(name) for name, _ in rows)
    lines = "\n".join(f"  {name:<{width}}  {value}" for name, value in rows)
    return f"\nParvis is ready after {seconds:.1f} s.\n\n{lines}\n"
