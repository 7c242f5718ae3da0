# SPDX-License-Identifier: EUPL-1.2
"""Put the letters that wait for a town's own mail room into a folder, and tell what became of them; Python alone.

    export PARVIS_URL=https://services.ville.example MAIL_ROOM_CLIENT=mail-room MAIL_ROOM_SECRET=…
    python examples/mail_room.py /srv/courrier

Each letter is two files: ``<id>.pdf`` to print and ``<id>.json``, its manifest, which comes last: address_lines,
country, sender_lines, postage, size, sha256, submitted_at. Who has posted a letter makes an empty file
``<id>.posted`` beside them; who cannot, ``<id>.refused``; what the post brings back later is ``<id>.returned``. At the
next run that is told, and the files of that letter go. A mark that is refused, as that of a letter unknown there or one
told of otherwise before, becomes ``<id>.posted.failed`` for somebody to look at, and the program ends with 1 when all
else is done. A town overseas names its time zone in ``MAIL_ROOM_TIME_ZONE``, such as America/Martinique. Run it every
few minutes, by one process at a time; what dies in between is done again.
"""

import base64
import hashlib
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

LETTERS = "/v1/mail-room-letters"
PARIS = "Europe/Paris"
OUTCOMES = ("posted", "returned", "refused")
# There is no such letter, something else was said of it, or this cannot be said: not at the next run either.
REFUSED = (404, 409, 422)
UNAUTHORIZED = 401
Call = Callable[[str, str, dict[str, Any] | None], bytes]


def caller(url: str, client: str, secret: str) -> Call:
    """What calls the API with a token of this client's, and with a new one where that holds no longer."""
    form = {"grant_type": "client_credentials", "scope": "notifications.mail-room.read notifications.mail-room.write"}
    basic = base64.b64encode(f"{urllib.parse.quote(client)}:{urllib.parse.quote(secret)}".encode()).decode()
    asked = urllib.request.Request(  # noqa: S310 - the address is the operator's
        f"{url}/oauth2/token", urllib.parse.urlencode(form).encode(), {"Authorization": f"Basic {basic}"}
    )

    def new_token() -> str:
        with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310 - the same
            return str(json.load(answer)["access_token"])

    token = new_token()

    def once(method: str, path: str, body: dict[str, Any] | None) -> bytes:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url + path, data, headers, method=method)  # noqa: S310 - the same
        with urllib.request.urlopen(request, timeout=60) as found:  # noqa: S310 - the same
            return bytes(found.read())

    def call(method: str, path: str, body: dict[str, Any] | None) -> bytes:
        nonlocal token
        try:
            return once(method, path, body)
        except urllib.error.HTTPError as error:
            if error.code != UNAUTHORIZED:
                raise
            token = new_token()
            return once(method, path, body)

    return call


def tell(call: Call, folder: Path, zone: str = PARIS) -> tuple[int, int]:
    """Say what the marks say; returns how many were told, and how many refused and set aside."""
    told = refused = 0
    for outcome in OUTCOMES:
        for mark in sorted(folder.glob(f"*.{outcome}")):
            day = datetime.fromtimestamp(mark.stat().st_mtime, ZoneInfo(zone)).date()
            said = {"outcome": outcome, "happened_on": day.isoformat()}
            try:
                call("POST", f"{LETTERS}/{urllib.parse.quote(mark.stem, safe='')}/acknowledgements", said)
            except urllib.error.HTTPError as error:
                if error.code not in REFUSED:
                    raise
                print(f"{mark.name}: {error.code} {error.read().decode(errors='replace')}", file=sys.stderr)
                mark.replace(mark.with_name(f"{mark.name}.failed"))
                refused += 1
                continue
            for each in (".pdf", ".json", f".{outcome}"):
                mark.with_suffix(each).unlink(missing_ok=True)
            told += 1
    return told, refused


def fetch(call: Call, folder: Path) -> int:
    """Put what waits and is not there into the folder; returns how many."""
    fetched, cursor = 0, ""
    while True:
        page = json.loads(call("GET", f"{LETTERS}?limit=100{cursor}", None))
        for letter in page["items"]:
            manifest = folder / f"{letter['id']}.json"
            if manifest.exists():
                continue
            content = call("GET", f"{LETTERS}/{letter['id']}/document", None)
            if hashlib.sha256(content).hexdigest() != letter["sha256"]:
                raise ValueError(f"{letter['id']} came damaged")
            put(manifest.with_suffix(".pdf"), content)
            put(manifest, json.dumps(letter, ensure_ascii=False, indent=1).encode())
            fetched += 1
        if page["next_cursor"] is None:
            return fetched
        cursor = "&cursor=" + urllib.parse.quote(page["next_cursor"])


def put(file: Path, content: bytes) -> None:
    """Whole or not at all, for its owner's eyes."""
    part = file.with_name(f".{file.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(file)


def main() -> None:
    """Tell, then fetch."""
    folder = Path(sys.argv[1])
    call = caller(os.environ["PARVIS_URL"], os.environ["MAIL_ROOM_CLIENT"], os.environ["MAIL_ROOM_SECRET"])
    told, refused = tell(call, folder, os.environ.get("MAIL_ROOM_TIME_ZONE", PARIS))
    print(f"{told} told, {refused} refused, {fetch(call, folder)} fetched")
    sys.exit(1 if refused else 0)


if __name__ == "__main__":
    main()
