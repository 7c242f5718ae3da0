# SPDX-License-Identifier: EUPL-1.2
"""The commands of this service: api, worker, intake, migrate, dead-letters."""

import sys

from parvis_kit.process import run

_USAGE = "usage: parvis-notifications api | worker | intake | migrate | dead-letters list | show | redrive | discard"


def main() -> None:
    """Run the command named on the command line; each imports only what it needs."""
    match sys.argv[1:]:
        case ["api"]:
            from parvis_notifications.main import main as api  # noqa: PLC0415

            run(api())
        case ["worker"]:
            from parvis_notifications.worker import main as worker  # noqa: PLC0415

            run(worker())
        case ["intake"]:
            from parvis_notifications.intake import main as intake  # noqa: PLC0415

            run(intake())
        case ["migrate"]:
            from parvis_kit.migrate import migrate  # noqa: PLC0415
            from parvis_notifications.settings import MIGRATIONS, Settings  # noqa: PLC0415

            migrate(Settings(), MIGRATIONS)
        case ["dead-letters", *arguments]:
            from parvis_letters.command import dead_letters  # noqa: PLC0415
            from parvis_notifications.settings import Settings  # noqa: PLC0415

            run(dead_letters(Settings(), arguments))
        case _:
            raise SystemExit(_USAGE)


if __name__ == "__main__":
    main()
