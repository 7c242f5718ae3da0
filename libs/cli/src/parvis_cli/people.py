# SPDX-License-Identifier: EUPL-1.2
"""``parvis people``: accounts that a town brings from elsewhere."""

import argparse
import os
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import httpx

from parvis_cli.errors import CommandError
from parvis_cli.identity import call

_TOKEN: Final = "PARVIS_TOKEN"  # noqa: S105 - the name of a variable
_PATH: Final = "/v1/account-imports"
_REFUSED: Final = 2
_TIMEOUT: Final = 60.0
_PAUSE_SECONDS: Final = 1.0


def add_people(commands: Any) -> None:
    """Add them to the parser's commands."""
    people = commands.add_parser("people", help="the people of a town")
    bring = people.add_subparsers(required=True).add_parser(
        "import", help="bring accounts from elsewhere (CSV); exit 2 where a line was refused; safe to repeat"
    )
    bring.add_argument("file", type=Path, help="CSV; its columns are in the contract of importAccounts")
    bring.add_argument(
        "--url",
        default=os.environ.get("PARVIS_PUBLIC_URL", "http://localhost:8080"),
        help="address of the deployment (PARVIS_PUBLIC_URL); an administrator's access token is in PARVIS_TOKEN",
    )
    bring.add_argument("--dry-run", action="store_true", help="only check: no account is made, nobody is written to")
    bring.add_argument("--no-wait", action="store_true", help="only send the file, and say where its report will be")
    bring.set_defaults(run=_import)


def _import(options: argparse.Namespace) -> int:
    try:
        content = options.file.read_bytes()
    except OSError as error:
        raise CommandError(f"{options.file} cannot be read: {error}") from error
    token = os.environ.get(_TOKEN, "")
    if not token:
        raise CommandError(f"set {_TOKEN} to an administrator's access token with identity.imports.read and .write")
    # The same file sent again within a day, after a broken connection say, is the same import.
    key = sha256(content + str(options.dry_run).encode()).hexdigest()
    headers = {"Authorization": f"Bearer {token}"}
    sent = {"Content-Type": "text/csv", "Idempotency-Key": key}
    with httpx.Client(base_url=options.url, timeout=_TIMEOUT, headers=headers) as http:
        query = {"dry_run": str(options.dry_run).lower()}
        report = call(http, "POST", _PATH, params=query, content=content, headers=sent)
        sys.stdout.write(f"{options.url}{_PATH}/{report['id']}\n")
        while report["state"] != "finished" and not options.no_wait:
            time.sleep(_PAUSE_SECONDS)
            report = _asked_again(http, report["id"])
    return 0 if options.no_wait else _told(report)


def _asked_again(http: httpx.Client, id_: str) -> dict[str, Any]:
    try:
        return call(http, "GET", f"{_PATH}/{id_}")
    except CommandError as error:
        # A long file outlives an access token; the import itself goes on without anybody.
        again = f"the import goes on; give this command again with a fresh {_TOKEN} to see its report"
        raise CommandError(f"{error} ({again})") from error


def _told(report: dict[str, Any]) -> int:
    sys.stdout.writelines(f"line {e['line']} {e['pointer']}: {e['code']}\n" for e in report["errors"])
    counts = ", ".join(f"{report[name]} {name}" for name in ("created", "known", "existing", "refused"))
    sys.stdout.write(f"{report['total']} lines: {counts}{' (dry run)' if report['dry_run'] else ''}\n")
    return _REFUSED if report["refused"] else 0
