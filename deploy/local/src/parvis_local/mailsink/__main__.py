# SPDX-License-Identifier: EUPL-1.2
"""``python -m parvis_local.mailsink``: SMTP in, pages out, and what is for the town handed to it."""

import argparse
from pathlib import Path
from typing import Any

import uvicorn
from aiosmtpd.controller import Controller

from parvis_local.mailsink.bounces import Returns
from parvis_local.mailsink.handing import Handing
from parvis_local.mailsink.pages import application
from parvis_local.mailsink.store import MailStore

_MAX_BYTES = 10 * 1024 * 1024


class Sink:
    """The SMTP side: takes whatever comes, and returns what is for nobody."""

    def __init__(self, store: MailStore, returns: Returns, handing: Handing) -> None:
        self._store = store
        self._returns = returns
        self._handing = handing

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep the mail before it is accepted."""
        self._store.add(envelope.content)
        for recipient in envelope.rcpt_tos:
            self._returns.consider(envelope.mail_from, recipient)
            self._handing.consider(envelope.mail_from, recipient, envelope.content)
        return "250 Kept"


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m parvis_local.mailsink", description=__doc__)
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--directory", type=Path, required=True, help="where the mails are kept")
    parser.add_argument("--bounces-port", type=int, help="where bounces are taken by SMTP; nothing bounces without")
    parser.add_argument("--town-port", type=int, help="where mails for the town are taken by LMTP")
    parser.add_argument("--town-domain", default="", help="domain of its addresses")
    given = parser.parse_args()
    store = MailStore(given.directory)
    sink = Sink(store, Returns(given.bounces_port), Handing(given.town_port, given.town_domain))
    smtp = Controller(sink, hostname="127.0.0.1", port=given.smtp_port, data_size_limit=_MAX_BYTES, ready_timeout=60)
    smtp.start()
    try:
        uvicorn.run(application(store), host="127.0.0.1", port=given.port, log_level="warning", access_log=False)
    finally:
        smtp.stop()


if __name__ == "__main__":
    main()
