# SPDX-License-Identifier: EUPL-1.2
"""The commands behind ``make run`` and its sisters."""

import argparse
import os
import sys

from parvis_local.errors import LocalError
from parvis_local.layout import Layout
from parvis_local.options import read_options

_COMMANDS = {
    "run": "start everything in the foreground",
    "up": "start everything in the background",
    "down": "stop what runs",
    "status": "show each process",
    "reset": "stop everything and remove its data",
    "demo": "play the whole journey against the running stack",
}


def main() -> None:
    """Run the command named on the command line."""
    parser = argparse.ArgumentParser(prog="parvis-local", description="The whole of Parvis on one machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, told in _COMMANDS.items():
        commands.add_parser(name, help=told)
    try:
        sys.exit(_dispatch(parser.parse_args().command, Layout.of(os.environ)))
    except LocalError as error:
        sys.exit(f"parvis: {error}")


def _dispatch(command: str, layout: Layout) -> int:
    options = read_options(os.environ)
    if command == "run":
        from parvis_local.lifecycle import run  # noqa: PLC0415 - loads what the quick commands do not need

        run(layout, options)
        return 0
    from parvis_local import commands  # noqa: PLC0415

    match command:
        case "up":
            commands.up(layout)
        case "down":
            commands.down(layout)
        case "reset":
            commands.reset(layout)
        case "status":
            return commands.status(layout)
        case "demo":
            from parvis_local.demo.journey import play, stage  # noqa: PLC0415

            with stage(layout) as here:
                play(here, lambda line: print(line, flush=True))
    return 0


if __name__ == "__main__":
    main()
