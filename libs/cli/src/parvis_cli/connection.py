# SPDX-License-Identifier: EUPL-1.2
"""Where Kafka is, and how to be let in."""

import argparse
import os
from pathlib import Path

from parvis_cli.errors import CommandError


def add_connection(parser: argparse.ArgumentParser) -> None:
    """The options of every command that speaks to Kafka."""
    parser.add_argument(
        "--bootstrap-servers",
        default=os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "localhost:9092"),
        help="host:port list (KAFKA_BOOTSTRAP_SERVERS)",
    )
    parser.add_argument("--config", type=Path, help="file of librdkafka's settings, name=value a line: TLS, SASL")


def settings_of(options: argparse.Namespace) -> dict[str, str]:
    """Those of the file: passwords stay there, for a command line is seen by everybody on the machine."""
    if options.config is None:
        return {}
    try:
        lines = [line.strip() for line in options.config.read_text("utf-8").splitlines()]
        pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#"))
        return {name.strip(): value.strip() for name, value in pairs}
    except (OSError, ValueError) as error:
        raise CommandError(f"{options.config} holds no settings: {error}") from error
