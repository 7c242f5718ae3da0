# SPDX-License-Identifier: EUPL-1.2
"""What a newcomer must know once everything runs."""

from parvis_local.stack.context import Context


def table(context: Context, seconds: float) -> str:
    """The lines shown at the end of a start that took so many seconds."""
    public = context.options.public_url
    layout = context.layout
    rows = [
        ("API", f"{public}/v1/…"),
        ("Documentation", f"{public}/developers"),
        ("Mails that were sent", context.address("mailsink")),
        ("FranceConnect look-alike", context.address("franceconnect")),
        ("Events (Kafka)", f"{context.options.broker} broker"),
        ("Data", str(layout.data)),
        ("Logs", str(layout.logs)),
    ]
    width = max(len(name) for name, _ in rows)
    lines = "\n".join(f"  {name:<{width}}  {value}" for name, value in rows)
    return f"\nParvis is ready after {seconds:.1f} s.\n\n{lines}\n"
