# SPDX-License-Identifier: EUPL-1.2
"""``parvis agents``: the agents of a town as its LDAP directory has them."""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from parvis_cli.directory import Member, add_directory, members
from parvis_cli.errors import CommandError
from parvis_cli.scim import USER, Scim

_PREFIX: Final = "ldap:"
_DIFFERENT: Final = 2
_TIMEOUT: Final = 30.0
# Fewer may leave at once without anybody asking; more is rather a wrong filter.
_FEW: Final = 5
_SHARE: Final = 0.2


@dataclass(slots=True)
class Plan:
    """What makes the agents as the directory has them; nobody else's agents are touched."""

    make: list[dict[str, Any]] = field(default_factory=list)
    replace: list[tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    suspend: list[dict[str, Any]] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """What is to be done, by the identifiers of the directory."""
        made = [f"make {resource['externalId']}" for resource in self.make]
        changed = [f"change {resource['externalId']}" for _, resource in self.replace]
        return [*made, *changed, *(f"suspend {known['externalId']}" for known in self.suspend)]


def add_agents(commands: Any) -> None:
    """Add them to the parser's commands."""
    agents = commands.add_parser("agents", help="the agents of a town")
    sync = agents.add_subparsers(required=True).add_parser(
        "sync", help="make, change and suspend agents as an LDAP directory has them; safe to repeat"
    )
    add_directory(sync)
    sync.add_argument(
        "--url",
        default=os.environ.get("PARVIS_PUBLIC_URL", "http://localhost:8080"),
        help="address of the deployment (PARVIS_PUBLIC_URL); the client is in PARVIS_CLIENT_ID, PARVIS_CLIENT_SECRET",
    )
    sync.add_argument("--dry-run", action="store_true", help="only say what would be done; exit 2 if anything")
    sync.add_argument("--many", action="store_true", help="suspend more than a fifth of the directory's agents")
    sync.set_defaults(run=_sync)


def plan(found: Sequence[Member], users: Sequence[dict[str, Any]]) -> Plan:
    """What to do. Who is known by address alone becomes the directory's: an administrator invited them before."""
    by_id = {user["externalId"]: user for user in users if user.get("externalId")}
    by_name = {user["userName"].casefold(): user for user in users if not user.get("externalId")}
    done = Plan()
    for member in found:
        resource = _resource(member)
        known = by_id.get(resource["externalId"]) or by_name.get(member.email.casefold())
        if known is None:
            done.make.append(resource)
        elif any(known.get(name) != value for name, value in resource.items() if name != "schemas"):
            done.replace.append((known, resource))
    standing = {_PREFIX + member.id for member in found}
    done.suspend = [
        user for id_, user in by_id.items() if id_.startswith(_PREFIX) and id_ not in standing and user["active"]
    ]
    return done


def _sync(options: argparse.Namespace) -> int:
    found = members(options)
    if len({member.id for member in found}) < len(found):
        raise CommandError("two entries of the directory have the same identifier")
    with httpx.Client(base_url=options.url, timeout=_TIMEOUT) as http:
        scim = Scim(http)
        users = list(scim.users())
        todo = plan(found, users)
        sys.stdout.writelines(f"{line}\n" for line in todo.lines)
        if options.dry_run:
            return _DIFFERENT if todo.lines else 0
        ours = sum(str(user.get("externalId", "")).startswith(_PREFIX) and user["active"] for user in users)
        if len(todo.suspend) > max(_FEW, _SHARE * ours) and not options.many:
            raise CommandError(f"{len(todo.suspend)} of {ours} agents would be suspended; say --many if that is right")
        return _apply(scim, todo)


def _apply(scim: Scim, todo: Plan) -> int:
    failed = 0
    work = [
        *((resource["externalId"], scim.make, (resource,)) for resource in todo.make),
        *((resource["externalId"], scim.replace, (known, resource)) for known, resource in todo.replace),
        *((known["externalId"], scim.suspend, (known,)) for known in todo.suspend),
    ]
    for id_, act, arguments in work:
        try:
            act(*arguments)  # type: ignore[operator]
        except CommandError as error:
            # One that cannot be, such as the last administrator, keeps nobody else waiting.
            sys.stderr.write(f"parvis: {id_}: {error}\n")
            failed += 1
    sys.stdout.write(f"{len(work) - failed} done, {failed} refused\n")
    return 1 if failed else 0


def _resource(member: Member) -> dict[str, Any]:
    name = {"givenName": member.given_name, "familyName": member.family_name}
    resource: dict[str, Any] = {
        "schemas": [USER],
        "externalId": _PREFIX + member.id,
        "userName": member.email,
        "active": True,
        "emails": [{"value": member.email, "type": "work", "primary": True}],
    }
    if any(name.values()):
        resource["name"] = {key: value for key, value in name.items() if value}
    if member.display_name:
        resource["displayName"] = member.display_name
    return resource
