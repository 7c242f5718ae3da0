# SPDX-License-Identifier: EUPL-1.2
# ruff: noqa: INP001 - a script, part of no package
"""Prints the variables that compose.yaml asks for, with new secrets: ``new_env.py > .env``, once."""

import base64
import secrets
import sys
from collections.abc import Iterator

SERVICES = ("IDENTITY", "REQUESTS", "NOTIFICATIONS", "PARTICIPATION")


def variables() -> Iterator[tuple[str, str]]:
    """Names and values, new ones at each call."""
    yield "PARVIS_PUBLIC_URL", "http://localhost:8080"
    yield "PARVIS_IDENTITY_PROVIDERS", "[]"
    yield "POSTGRES_PASSWORD", secrets.token_urlsafe(24)
    for service in SERVICES:
        for role in ("PASSWORD", "OWNER_PASSWORD", "KEYS_PASSWORD"):
            yield f"PARVIS_{service}_{role}", secrets.token_urlsafe(24)
        yield f"PARVIS_{service}_MASTER_KEY", base64.b64encode(secrets.token_bytes(32)).decode()
    for service in ("NOTIFICATIONS", "PARTICIPATION"):
        yield f"PARVIS_{service}_MACHINE_CLIENT_SECRET", secrets.token_urlsafe(32)
    yield "PARVIS_NOTIFICATIONS_SMTP_HOST", "host.docker.internal"


if __name__ == "__main__":
    sys.stdout.writelines(f"{name}='{value}'\n" for name, value in variables())
