# SPDX-License-Identifier: EUPL-1.2
"""Composition root of the intake process: answers to mails come in; the worker's relay tells of them."""

from parvis_kit.process import serve
from parvis_kit.runtime import Runtime, open_runtime
from parvis_kit.web.app import create_app
from parvis_kit.web.internal import health_router
from parvis_notifications.api.problems import CATALOGUE
from parvis_notifications.incoming.replies import ReplyHandler, ReplyIntake, reading
from parvis_notifications.service.note_complaint import NoteComplaint
from parvis_notifications.service.receive_mail import ReceiveMail
from parvis_notifications.service.reply_addresses import ReplyAddresses
from parvis_notifications.settings import MIGRATIONS, Settings


async def main() -> None:
    """Take mails until told to stop."""
    settings = Settings()
    async with open_runtime("notifications", "intake", settings, MIGRATIONS) as runtime:
        app = create_app(
            title="Parvis notifications intake",
            version="1.0.0",
            public_url=settings.public_url,
            routers=[health_router(runtime.checks())],
            catalogue=CATALOGUE,
            state=runtime.state(),
        )
        await serve(
            [(app, settings.host, settings.intake_internal_port)],
            runtime.waker.run(),
            reply_intake(runtime, settings).run(),
        )


def reply_intake(runtime: Runtime[Settings], settings: Settings) -> ReplyIntake:
    """The server, with all that it needs."""
    receive = ReceiveMail(runtime.database, runtime.persons, runtime.blind_index, settings, reading(settings))
    complaints = NoteComplaint(runtime.database, runtime.master, settings)
    handler = ReplyHandler(ReplyAddresses(runtime.master, settings), receive, complaints, settings)
    return ReplyIntake(handler, settings)
