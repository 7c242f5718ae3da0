# SPDX-License-Identifier: EUPL-1.2
"""``parvis access``: who may do what on Kafka, and how much of it."""

import argparse
import secrets
import sys
from pathlib import Path
from typing import Any, Final

from confluent_kafka import KafkaException
from confluent_kafka.admin import (
    AdminClient,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialAlteration,
    UserScramCredentialUpsertion,
)

from parvis_cli.access import SECONDS, Access, quotas_of
from parvis_cli.connection import add_connection, settings_of
from parvis_cli.deployment import read_deployment
from parvis_cli.errors import CommandError
from parvis_cli.quotas import read_quotas, set_quotas
from parvis_cli.rights import User, declared_users
from parvis_cli.strimzi import user_manifests

_DIFFERENT: Final = 2
_ITERATIONS: Final = 8_192
_PASSWORD_BYTES: Final = 32


def add_access(commands: Any) -> None:
    """Add them to the parser's commands."""
    each = commands.add_parser("access", help="who may do what on Kafka").add_subparsers(required=True)
    apply = each.add_parser("apply", help="bring rights and quotas to what is declared; safe to repeat")
    _declared(apply)
    apply.add_argument("--dry-run", action="store_true", help="only say what would be done; exit 2 if anything")
    apply.add_argument(
        "--revoke-others", action="store_true", help="take rights on topics of Parvis from users who are not declared"
    )
    add_connection(apply)
    apply.set_defaults(run=_apply)
    manifests = each.add_parser("manifests", help="write the users as Strimzi's KafkaUser objects")
    _declared(manifests)
    manifests.add_argument("--cluster", default="parvis", help="name of the Kafka object")
    manifests.set_defaults(run=_manifests)
    password = each.add_parser("password", help="give a user a new password (SCRAM-SHA-512), which is written once")
    password.add_argument("user", help="the user: a subscriber or a service")
    add_connection(password)
    password.set_defaults(run=_password)


def _declared(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--contracts", type=Path, default=Path("contracts"), help="folder of the contracts")
    parser.add_argument("--deployment", type=Path, required=True, help="file with collectivities and subscribers")


def _users(options: argparse.Namespace) -> list[User]:
    return declared_users(options.contracts, read_deployment(options.deployment))


def _client(options: argparse.Namespace) -> AdminClient:
    return AdminClient({"bootstrap.servers": options.bootstrap_servers, "log_level": 0, **settings_of(options)})


def _apply(options: argparse.Namespace) -> int:
    users, access = _users(options), Access(_client(options))
    change = access.plan(users)
    wanted, settings = quotas_of(users), settings_of(options)
    standing = read_quotas(options.bootstrap_servers, settings)
    quotas = {user: each for user, each in wanted.items() if not each.items() <= standing.get(user, {}).items()}
    sys.stdout.writelines(f"{line}\n" for line in change.lines())
    for user, each in quotas.items():
        sys.stdout.write(f"set {user}: {', '.join(f'{name} = {value:g}' for name, value in each.items())}\n")
    revoked = bool(options.revoke_others and change.others)
    if options.dry_run:
        return _DIFFERENT if change or quotas or revoked else 0
    if quotas:
        # Before the rights, so that nobody reads without a bound.
        set_quotas(options.bootstrap_servers, settings, quotas)
    access.apply(change, revoke_others=options.revoke_others)
    access.confirm(users)
    sys.stdout.write(f"{len(users)} users may do what is declared\n")
    return 0


def _manifests(options: argparse.Namespace) -> int:
    sys.stdout.write(user_manifests(_users(options), cluster=options.cluster))
    return 0


def _password(options: argparse.Namespace) -> int:
    password = secrets.token_urlsafe(_PASSWORD_BYTES)
    info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, _ITERATIONS)
    asked: list[UserScramCredentialAlteration] = [UserScramCredentialUpsertion(options.user, info, password.encode())]
    client = _client(options)
    for answer in client.alter_user_scram_credentials(asked, request_timeout=SECONDS).values():
        try:
            answer.result(SECONDS)
        except KafkaException as error:
            raise CommandError(f"Kafka refuses: {error.args[0].str()}") from None
    sys.stdout.write(f"{password}\n")
    return 0
