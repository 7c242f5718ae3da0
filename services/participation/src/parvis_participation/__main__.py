# SPDX-License-Identifier: EUPL-1.2
"""The commands of this service: api, worker, migrate, seed FILE."""

import sys
from pathlib import Path

from parvis_kit.process import run

_USAGE = "usage: parvis-participation api | worker | migrate | seed FILE"


def main() -> None:
    """Run the command named on the command line; each imports only what it needs."""
    match sys.argv[1:]:
        case ["api"]:
            from parvis_participation.main import main as api  # noqa: PLC0415

            run(api())
        case ["worker"]:
            from parvis_participation.worker import main as worker  # noqa: PLC0415

            run(worker())
        case ["migrate"]:
            from parvis_kit.migrate import migrate  # noqa: PLC0415
            from parvis_participation.settings import MIGRATIONS, Settings  # noqa: PLC0415

            migrate(Settings(), MIGRATIONS)
        case ["seed", file]:
            from parvis_participation.worker import seed  # noqa: PLC0415

            run(seed(Path(file)))
        case _:
            raise SystemExit(_USAGE)


if __name__ == "__main__":
    main()
