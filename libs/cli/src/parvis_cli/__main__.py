# SPDX-License-Identifier: EUPL-1.2
"""The command ``parvis``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from confluent_kafka.admin import AdminClient

from parvis_cli.access_commands import add_access
from parvis_cli.agents import add_agents
from parvis_cli.connection import add_connection, settings_of
from parvis_cli.declared import declared_topics
from parvis_cli.deployment import Deployment, read_deployment
from parvis_cli.errors import CommandError
from parvis_cli.founding import add_founding
from parvis_cli.journal_commands import add_journal
from parvis_cli.people import add_people
from parvis_cli.strimzi import manifests
from parvis_cli.topics import Topics

_DIFFERENT: Final = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when all is done, 1 when it cannot be, 2 when a dry run finds something to do."""
    options = _parser().parse_args(arguments)
    try:
        done: int = options.run(options)
    except CommandError as error:
        sys.stderr.write(f"parvis: {error}\n")
        return 1
    return done


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="parvis", description="Operate a deployment of Parvis.")
    rooms = parser.add_subparsers(required=True)
    add_access(rooms)
    add_journal(rooms)
    add_founding(rooms)
    add_people(rooms)
    add_agents(rooms)
    topics = rooms.add_parser("topics", help="the Kafka topics that the contracts name")
    commands = topics.add_subparsers(required=True)
    apply = commands.add_parser("apply", help="bring Kafka's topics to what is declared; safe to repeat")
    _declared(apply)
    apply.add_argument("--dry-run", action="store_true", help="only say what would be done; exit 2 if anything")
    apply.add_argument(
        "--grow",
        action="store_true",
        help="add partitions where there are fewer than declared: keys move, so order is kept only among later events",
    )
    add_connection(apply)
    apply.set_defaults(run=_apply)
    strimzi = commands.add_parser("manifests", help="write the topics as Strimzi's KafkaTopic objects")
    _declared(strimzi)
    strimzi.add_argument("--cluster", default="parvis", help="name of the Kafka object")
    strimzi.set_defaults(run=_manifests)
    return parser


def _declared(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--contracts", type=Path, default=Path("contracts"), help="folder of the contracts")
    parser.add_argument("--deployment", type=Path, help="file with replicas, common settings and collectivities")


def _deployment(options: argparse.Namespace) -> Deployment:
    return read_deployment(options.deployment) if options.deployment else Deployment()


def _apply(options: argparse.Namespace) -> int:
    deployment = _deployment(options)
    wanted = declared_topics(options.contracts, deployment)
    settings = {"bootstrap.servers": options.bootstrap_servers, "log_level": 0, **settings_of(options)}
    topics = Topics(AdminClient(settings))
    changes = topics.plan(wanted)
    sys.stdout.writelines(f"{line}\n" for change in changes for line in change.lines())
    if options.dry_run:
        return _DIFFERENT if changes else 0
    small = [change.topic.name for change in changes if change.partitions is not None]
    if small and not options.grow:
        raise CommandError(f"fewer partitions than declared; say --grow to add them: {', '.join(small)}")
    topics.apply(changes, replicas=deployment.replicas)
    topics.confirm(wanted)
    sys.stdout.write(f"{len(wanted)} topics are as declared\n")
    return 0


def _manifests(options: argparse.Namespace) -> int:
    deployment = _deployment(options)
    topics = declared_topics(options.contracts, deployment)
    sys.stdout.write(manifests(topics, cluster=options.cluster, replicas=deployment.replicas))
    return 0


if __name__ == "__main__":
    sys.exit(main())
