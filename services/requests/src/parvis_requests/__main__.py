# SPDX-License-Identifier: EUPL-1.2
"""The commands of this service; run without any, it lists them."""

import sys
from pathlib import Path
from uuid import UUID

from parvis_kit.process import run

_USAGE = (
    "usage: parvis-requests api | worker | migrate | seed FILE | open311-key COLLECTIVITY NAME | open311-revoke ID"
    " | import COLLECTIVITY SOURCE FILE [--dry-run] | tell-catalogue COLLECTIVITY"
    " | recompute-answer-keys COLLECTIVITY [--after REQUEST]"
    " | dead-letters list | show | redrive | discard"
)


def main() -> None:
    """Run the command named on the command line; each imports only what it needs."""
    match sys.argv[1:]:
        case ["api"]:
            from parvis_requests.main import main as api  # noqa: PLC0415

            run(api())
        case ["worker"]:
            from parvis_requests.worker import main as worker  # noqa: PLC0415

            run(worker())
        case ["migrate"]:
            from parvis_kit.migrate import migrate  # noqa: PLC0415
            from parvis_requests.settings import MIGRATIONS, Settings  # noqa: PLC0415

            migrate(Settings(), MIGRATIONS)
        case ["seed", file]:
            from parvis_requests.operating import seed  # noqa: PLC0415

            run(seed(Path(file)))
        case ["open311-key", collectivity, name]:
            from parvis_requests.operating import make_open311_key  # noqa: PLC0415

            run(make_open311_key(collectivity, name))
        case ["open311-revoke", key_id]:
            from parvis_requests.operating import revoke_open311_key  # noqa: PLC0415

            run(revoke_open311_key(UUID(key_id)))
        case ["import", collectivity, source, file, *options] if set(options) <= {"--dry-run"}:
            from parvis_requests.operating import import_requests  # noqa: PLC0415

            run(import_requests(collectivity, source, Path(file), dry_run=bool(options)))
        case [("tell-catalogue" | "recompute-answer-keys") as what, collectivity, *options]:
            from parvis_requests.operating import do_anew  # noqa: PLC0415

            run(do_anew(what, collectivity, options))
        case ["dead-letters", *arguments]:
            from parvis_letters.command import dead_letters  # noqa: PLC0415
            from parvis_requests.settings import Settings  # noqa: PLC0415

            run(dead_letters(Settings(), arguments))
        case _:
            raise SystemExit(_USAGE)


if __name__ == "__main__":
    main()
