# SPDX-License-Identifier: EUPL-1.2
"""``parvis collectivity`` and ``parvis admin``: how a town begins."""

import argparse
import sys
from typing import Any

from parvis_cli.identity import Identity, add_identity


def add_founding(commands: Any) -> None:
    """Add them to the parser's commands."""
    collectivity = commands.add_parser("collectivity", help="the local authorities that this deployment serves")
    create = collectivity.add_subparsers(required=True).add_parser(
        "create", help="found one, or bring up to date what it was founded with; safe to repeat"
    )
    create.add_argument("slug", help="its short name in addresses, tokens and topics; it never changes")
    create.add_argument("--name-fr", required=True, help="its name in French")
    create.add_argument("--name-en", help="its name in English (the French one)")
    create.add_argument(
        "--siret", action="append", default=[], help="an establishment whose staff may be its agents; may be repeated"
    )
    create.add_argument(
        "--desk",
        action="append",
        default=[],
        metavar="URI",
        help="where its agents' desk takes codes: makes the public client SLUG-desk, once; may be repeated",
    )
    add_identity(create)
    create.set_defaults(run=_create)
    admin = commands.add_parser("admin", help="those who administer a collectivity")
    invite = admin.add_subparsers(required=True).add_parser(
        "invite", help="let somebody administer it who signs in by ProConnect with that address; safe to repeat"
    )
    invite.add_argument("slug", help="the collectivity")
    invite.add_argument("email", help="professional address that ProConnect vouches for")
    add_identity(invite)
    invite.set_defaults(run=_invite)


def _create(options: argparse.Namespace) -> int:
    name = {"fr": options.name_fr, "en": options.name_en or options.name_fr}
    body = {"name": name, "sirets": options.siret, "desk_redirect_uris": options.desk}
    with Identity(options.identity) as identity:
        done = identity.put(f"/internal/v1/collectivities/{options.slug}", body)
    return _say(f"{options.slug} is founded" if done["changed"] else f"{options.slug} is as it was wanted already")


def _invite(options: argparse.Namespace) -> int:
    with Identity(options.identity) as identity:
        done = identity.put(f"/internal/v1/collectivities/{options.slug}/administrator", {"email": options.email})
    return _say(f"administers {options.slug}{'' if done['changed'] else ' already'}, {done['status']}")


def _say(words: str) -> int:
    sys.stdout.write(f"{words}\n")
    return 0
