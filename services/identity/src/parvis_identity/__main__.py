# SPDX-License-Identifier: EUPL-1.2
"""The commands of this service: api, worker, migrate, seed, operator, renew-pivots, audit-check, lists."""

import sys
from pathlib import Path

from parvis_kit.process import run

_USAGE = (
    "usage: parvis-identity api | worker | migrate | seed FILE | operator [--renew] | rotate-keys [--compromised]"
    " | renew-pivots | audit-check | breached-passwords build CORPUS FILE [--at-least COUNT]"
    " | breached-passwords check FILE"
)


def main() -> None:
    """Run the command named on the command line; each imports only what it needs."""
    match sys.argv[1:]:
        case ["api"]:
            from parvis_identity.main import main as api  # noqa: PLC0415

            run(api())
        case ["worker"]:
            from parvis_identity.worker import main as worker  # noqa: PLC0415

            run(worker())
        case ["migrate"]:
            from parvis_identity.settings import MIGRATIONS, Settings  # noqa: PLC0415
            from parvis_kit.migrate import migrate  # noqa: PLC0415

            migrate(Settings(), MIGRATIONS)
        case ["seed", file]:
            from parvis_identity.commands import seed  # noqa: PLC0415

            run(seed(Path(file)))
        case ["rotate-keys", *options] if set(options) <= {"--compromised"}:
            from parvis_identity.commands import rotate_keys  # noqa: PLC0415

            run(rotate_keys(compromised="--compromised" in options))
        case ["operator", *options] if set(options) <= {"--renew"}:
            from parvis_identity.commands import operator  # noqa: PLC0415

            run(operator(renew="--renew" in options))
        case ["renew-pivots" | "audit-check" as name]:
            from parvis_identity import commands  # noqa: PLC0415

            run(commands.renew_pivots() if name == "renew-pivots" else commands.audit_check())
        case ["breached-passwords", "build", corpus, file, *least] if _is_count(least):
            from parvis_identity.commands import build_breached_passwords  # noqa: PLC0415

            build_breached_passwords(Path(corpus), Path(file), int(least[1]) if least else 1)
        case ["breached-passwords", "check", file]:
            from parvis_identity.commands import check_breached_passwords  # noqa: PLC0415

            check_breached_passwords(Path(file))
        case _:
            raise SystemExit(_USAGE)


def _is_count(options: list[str]) -> bool:
    return not options or (len(options) == 2 and options[0] == "--at-least" and options[1].isdecimal())  # noqa: PLR2004


if __name__ == "__main__":
    main()
