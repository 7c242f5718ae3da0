# SPDX-License-Identifier: EUPL-1.2
"""The commands of this service; run without any, it lists them."""

import sys
from pathlib import Path

from parvis_kit.locale import Language
from parvis_kit.process import run

_USAGE = """usage: parvis-participation api | worker | migrate | seed FILE
       parvis-participation count FILE RULE SEED [fr|en] [NAME=VALUE...]
       parvis-participation board-keys MEMBERS THRESHOLD FOLDER
       parvis-participation dead-letters list | show | redrive | discard"""


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
        case ["count", file, rule, tie_seed, "fr" | "en" as language, *parameters]:
            _count(Path(file), (rule, parameters), tie_seed, language)
        case ["count", file, rule, tie_seed, *parameters]:
            _count(Path(file), (rule, parameters), tie_seed, "fr")
        case ["board-keys", members, threshold, folder] if members.isdecimal() and threshold.isdecimal():
            from parvis_participation.service.board_keys import write_board_keys  # noqa: PLC0415

            sys.stdout.write(write_board_keys(int(members), int(threshold), Path(folder)) + "\n")
        case ["dead-letters", *arguments]:
            from parvis_letters.command import dead_letters  # noqa: PLC0415
            from parvis_participation.settings import Settings  # noqa: PLC0415

            run(dead_letters(Settings(), arguments))
        case _:
            raise SystemExit(_USAGE)


def _count(file: Path, method: tuple[str, list[str]], tie_seed: str, language: Language) -> None:
    from parvis_participation.domain.errors import MethodError, PabulibError  # noqa: PLC0415
    from parvis_participation.service.count_file import count_file, declared  # noqa: PLC0415

    rule, parameters = method
    try:
        with file.open(encoding="utf-8") as lines:
            for line in count_file(lines, declared(rule, parameters), tie_seed, language):
                sys.stdout.write(line + "\n")
    except (OSError, ValueError, PabulibError, MethodError) as error:
        why = str(error) or "this rule does not count such ballots, or has no such parameters"
        raise SystemExit(f"{file}, {' '.join((rule, *parameters))}: {why}") from error


if __name__ == "__main__":
    main()
