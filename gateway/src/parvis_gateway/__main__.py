# SPDX-License-Identifier: EUPL-1.2
"""``parvis-gateway compile`` writes Envoy's configuration; ``parvis-gateway portal`` serves the developers' pages."""

import argparse
import json
import sys
from pathlib import Path

import yaml

from parvis_gateway.contracts import ContractError, read_contracts
from parvis_gateway.envoy import envoy_configuration
from parvis_gateway.settings import SettingsError, read_settings
from parvis_gateway.yaml_file import read_yaml


def main() -> None:
    """Run the command named on the command line."""
    parser = argparse.ArgumentParser(prog="parvis-gateway", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    compiling = commands.add_parser("compile", help="contracts to Envoy's configuration")
    compiling.add_argument("--contracts", type=Path, required=True, help="folder of the contracts")
    compiling.add_argument("--settings", type=Path, required=True, help="JSON file, see parvis_gateway.settings")
    compiling.add_argument("--output", type=Path, required=True, help="file to write")
    serving = commands.add_parser("portal", help="serve /developers and /problems")
    serving.add_argument("--contracts", type=Path, required=True, help="folder of the contracts")
    serving.add_argument("--host", default="127.0.0.1")
    serving.add_argument("--port", type=int, default=8090)
    given = parser.parse_args()
    if given.command == "compile":
        _compile(given.contracts, given.settings, given.output)
    else:
        from parvis_gateway.portal.server import serve  # noqa: PLC0415 - the compiler needs no web server

        serve(given.contracts, given.host, given.port)


def _compile(contracts: Path, settings: Path, output: Path) -> None:
    try:
        problems = read_yaml(contracts / "problems.yaml")
        configuration = envoy_configuration(read_contracts(contracts), read_settings(settings), problems)
        beside = output.with_suffix(".part")
        beside.write_text(json.dumps(configuration, indent=1), "utf-8")
        beside.replace(output)
    except (ContractError, SettingsError, OSError, yaml.YAMLError) as error:
        sys.exit(f"parvis-gateway: {error}")


if __name__ == "__main__":
    main()
