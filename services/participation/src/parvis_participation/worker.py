# SPDX-License-Identifier: EUPL-1.2
"""Composition root of the worker process: relay, consumer, and the clock that opens and closes what people vote on."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from parvis_kit.logs import logger
from parvis_kit.process import serve
from parvis_kit.runtime import Runtime, open_runtime
from parvis_kit.web.app import create_app
from parvis_kit.web.internal import health_router
from parvis_letters.burying import bury
from parvis_letters.keeping import keep_letters
from parvis_participation.api.problems import CATALOGUE
from parvis_participation.consumers import people
from parvis_participation.domain.retention import Kind
from parvis_participation.service.attest_residence import forget_residences
from parvis_participation.service.chain_acts import Chain
from parvis_participation.service.count_archives import count_archives
from parvis_participation.service.count_budgets import count_budgets
from parvis_participation.service.decide_petition import keep_petitions
from parvis_participation.service.enter_sheets import forget_respondents
from parvis_participation.service.figure_conversation import keep_conversations
from parvis_participation.service.figure_survey import publish_figures
from parvis_participation.service.follow_assembly import forget_members, keep_assemblies
from parvis_participation.service.follow_process import keep_processes
from parvis_participation.service.forget_conversations import forget_conversations
from parvis_participation.service.forget_petitions import forget_petitions
from parvis_participation.service.forget_photos import forget_erased_photos, forget_photos
from parvis_participation.service.forget_votes import forget_votes
from parvis_participation.service.free_places import free_places_hourly
from parvis_participation.service.freeze_budgets import freeze_budgets
from parvis_participation.service.keep_meetings import keep_meetings
from parvis_participation.service.meeting_guests import release_held
from parvis_participation.service.part_rolls import part_rolls
from parvis_participation.service.prepared_files import forget_made
from parvis_participation.service.process_roll import forget_rolls
from parvis_participation.service.proposal_photos import seal_moved_photos
from parvis_participation.service.publish_proposal import forget_drafts, forget_erased_drafts
from parvis_participation.service.recount import recount
from parvis_participation.service.remind_of_ends import remind_of_ends
from parvis_participation.service.remind_of_meetings import remind_of_meetings
from parvis_participation.service.report_outcome import tell_milestones
from parvis_participation.service.seals import Seals
from parvis_participation.service.seed_consultations import read_seed, seed_consultations
from parvis_participation.service.seed_conversations import seed_conversations
from parvis_participation.service.sign_roots import sign_roots
from parvis_participation.service.survey_files import purge_files, seal_moved_files
from parvis_participation.service.survey_words import SurveyWords
from parvis_participation.service.take_notice import forget_notifiers
from parvis_participation.service.tally_votes import tally_votes
from parvis_participation.service.tell_discussions import tell_discussions
from parvis_participation.service.tell_people import tell_people
from parvis_participation.service.tell_surveys import tell_surveys
from parvis_participation.service.tell_times import tell_times
from parvis_participation.service.town_acts import chain_receptions
from parvis_participation.settings import MIGRATIONS, Settings

_HOUR = 3_600
_log = logger(__name__)


async def main() -> None:
    """Work until told to stop."""
    settings = Settings()
    async with open_runtime("participation", "worker", settings, MIGRATIONS) as runtime:
        relay = runtime.relay()
        handlers = people.handlers(Seals(runtime.master), SurveyWords(runtime.master, runtime.persons))
        heard = runtime.consumer("participation-people", people.TOPICS, handlers, bury)
        app = create_app(
            title="Parvis participation worker",
            version="1.0.0",
            public_url=settings.public_url,
            routers=[health_router(runtime.checks() | {"relay": relay.check, "people": heard.check})],
            catalogue=CATALOGUE,
            state=runtime.state(),
        )
        ports = [(app, settings.host, settings.worker_internal_port)]
        await serve(
            ports,
            relay.run(),
            heard.run(),
            keep_letters(runtime.database, settings.journal_retention_days),
            runtime.waker.run(),
            keep_time(runtime),
            keep_roots(runtime),
            keep_tallies(runtime),
            keep_told(runtime),
            free_places_hourly(runtime.database, runtime.persons),
            keep_opinions(runtime),
            keep_photos(runtime),
            keep_votes(runtime),
            keep_archives(runtime),
            keep_counts(runtime),
            keep_order(runtime),
        )


async def keep_time(runtime: Runtime[Settings]) -> None:
    """Tell what opens and closes, and freeze what is voted on, until cancelled."""
    database, settings, chain = runtime.database, runtime.settings, Chain(Seals(runtime.master))
    while True:
        await _tried(tell_times, database, datetime.now(UTC))
        await _tried(freeze_budgets, database, chain, datetime.now(UTC))
        for step in (keep_processes, tell_milestones, forget_residences, tell_surveys, keep_assemblies):
            await _tried(step, database, datetime.now(UTC))
        await _tried(remind_of_ends, database, settings.closing_reminder_hours, datetime.now(UTC))
        await _tried(purge_files, database, datetime.now(UTC))
        for seal in (seal_moved_files, seal_moved_photos):
            await _tried(seal, database, runtime.persons)
        await _tried(forget_respondents, database, settings.survey_retention_days, datetime.now(UTC))
        await _tried(forget_petitions, database, settings.petition_retention_days, datetime.now(UTC))
        await _tried(
            forget_notifiers, database, runtime.persons, settings.content_notice_retention_days, datetime.now(UTC)
        )
        await _tried(forget_drafts, database, settings.proposal_draft_days, datetime.now(UTC))
        await _tried(forget_rolls, database, settings.process_roll_retention_days, datetime.now(UTC))
        await _tried(forget_members, database, settings.member_retention_days, datetime.now(UTC))
        await _tried(remind_of_meetings, database, settings.meeting_reminder_hours, datetime.now(UTC))
        await _tried(release_held, database, runtime.persons, datetime.now(UTC))
        await _tried(keep_meetings, database, runtime.persons, settings.meeting_retention_days, datetime.now(UTC))
        await _tried(publish_figures, database, settings.smallest_number, datetime.now(UTC))
        await asyncio.sleep(settings.timer_seconds)


async def keep_roots(runtime: Runtime[Settings]) -> None:
    """Sign what the urns hold, until cancelled; nothing else: a root that is late tells of more votes at once."""
    database, seals = runtime.database, Seals(runtime.master)
    while True:
        await _tried(sign_roots, database, seals, datetime.now(UTC))
        await asyncio.sleep(runtime.settings.roots_seconds)


async def keep_tallies(runtime: Runtime[Settings]) -> None:
    """Write rolls anew, tell how many came and voted, and count signatures, until cancelled: each may take minutes."""
    while True:
        for step in (part_rolls, chain_receptions, keep_petitions, tally_votes):
            await _tried(step, runtime.database, datetime.now(UTC))
        await asyncio.sleep(runtime.settings.roots_seconds)


async def keep_told(runtime: Runtime[Settings]) -> None:
    """Tell people one by one, until cancelled: they may be many, and no root waits for them."""
    database, settings = runtime.database, runtime.settings
    wait, rest = timedelta(minutes=settings.discussion_wait_minutes), timedelta(hours=settings.discussion_rest_hours)
    while True:
        await _tried(tell_people, database, datetime.now(UTC))
        await _tried(tell_discussions, database, wait, rest, datetime.now(UTC))
        await asyncio.sleep(settings.telling_seconds)


async def keep_opinions(runtime: Runtime[Settings]) -> None:
    """Compute what conversations add up to, until cancelled: it takes a while, and nothing else waits for it."""
    database, settings = runtime.database, runtime.settings
    while True:
        minutes, least = settings.conversation_minutes, settings.smallest_number
        await _tried(keep_conversations, database, minutes, least, datetime.now(UTC))
        await _tried(forget_conversations, database, settings.conversation_retention_days, datetime.now(UTC))
        await asyncio.sleep(settings.timer_seconds)


async def keep_photos(runtime: Runtime[Settings]) -> None:
    """Delete photos that nobody sees any more, and drafts of people who were erased, every hour, until cancelled."""
    while True:
        await _tried(forget_photos, runtime.database, datetime.now(UTC))
        await _tried(forget_erased_photos, runtime.database, runtime.persons)
        await _tried(forget_erased_drafts, runtime.database, runtime.persons)
        await asyncio.sleep(_HOUR)


async def keep_votes(runtime: Runtime[Settings]) -> None:
    """Forget who chose what once that is kept for long enough, every hour, until cancelled."""
    settings = runtime.settings
    days = {Kind.UNUSED_LIST: settings.unused_list_retention_days, Kind.SUPPORTS: settings.support_retention_days}
    while True:
        await _tried(forget_votes, runtime.database, days, datetime.now(UTC))
        await asyncio.sleep(_HOUR)


async def keep_archives(runtime: Runtime[Settings]) -> None:
    """Read and count imported files, each in a process of its own that may take minutes, until cancelled."""
    while True:
        await _tried(count_archives, runtime.database)
        await asyncio.sleep(runtime.settings.timer_seconds)


async def keep_counts(runtime: Runtime[Settings]) -> None:
    """Count budgets voted on by name, each in a process of its own that may take minutes, until cancelled."""
    while True:
        await _tried(count_budgets, runtime.database, datetime.now(UTC), float(runtime.settings.count_seconds))
        await asyncio.sleep(runtime.settings.timer_seconds)


async def keep_order(runtime: Runtime[Settings]) -> None:
    """Count what lists are ordered by, and delete files that nobody reads any more, until cancelled."""
    while True:
        await _tried(recount, runtime.database)
        await _tried(forget_made, runtime.database, datetime.now(UTC))
        await asyncio.sleep(runtime.settings.recount_seconds)


async def _tried(step: Callable[..., Awaitable[object]], *arguments: object) -> None:
    """What fails keeps nothing else from its turn, and has its own again at the next round."""
    try:
        await step(*arguments)
    except Exception as error:  # noqa: BLE001 - whatever it was
        _log.warning("step_failed", step=getattr(step, "__name__", ""), error=type(error).__name__)


async def seed(file: Path) -> None:
    """Load consultations and conversations from a file."""
    seeds = read_seed(file)
    async with (
        open_runtime("participation", "seed", Settings(), MIGRATIONS) as runtime,
        runtime.database.unit_of_work() as uow,
    ):
        await seed_consultations(uow.session, seeds.consultations, datetime.now(UTC))
        await seed_conversations(uow.session, seeds.conversations, datetime.now(UTC))
        await uow.commit()
    _log.info("loaded", consultations=len(seeds.consultations), conversations=len(seeds.conversations))
