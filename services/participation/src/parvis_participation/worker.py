# SPDX-License-Identifier: EUPL-1.2
"""Composition root of the worker process: relay, consumer, and the clock that opens and closes what people vote on."""

import asyncio
from datetime import UTC, datetime
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
from parvis_participation.service.attest_residence import forget_residences
from parvis_participation.service.chain_acts import Chain
from parvis_participation.service.count_budgets import count_budgets
from parvis_participation.service.decide_petition import keep_petitions
from parvis_participation.service.enter_sheets import forget_respondents
from parvis_participation.service.figure_survey import publish_figures
from parvis_participation.service.follow_process import keep_processes
from parvis_participation.service.freeze_budgets import freeze_budgets
from parvis_participation.service.seals import Seals
from parvis_participation.service.seed_consultations import read_seed, seed_consultations
from parvis_participation.service.sign_roots import sign_roots
from parvis_participation.service.survey_words import SurveyWords
from parvis_participation.service.tally_votes import tally_votes
from parvis_participation.service.tell_surveys import tell_surveys
from parvis_participation.service.tell_times import tell_times
from parvis_participation.settings import MIGRATIONS, Settings

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
        )


async def keep_time(runtime: Runtime[Settings]) -> None:
    """Tell what opens and closes, freeze what is voted on and count it, until cancelled."""
    chain = Chain(Seals(runtime.master))
    while True:
        try:
            await tell_times(runtime.database, datetime.now(UTC))
            await freeze_budgets(runtime.database, chain, datetime.now(UTC))
            await count_budgets(runtime.database, datetime.now(UTC))
            await forget_respondents(runtime.database, runtime.settings.survey_retention_days, datetime.now(UTC))
            await keep_processes(runtime.database, datetime.now(UTC))
            await forget_residences(runtime.database, datetime.now(UTC))
            await tell_surveys(runtime.database, datetime.now(UTC))
            await publish_figures(runtime.database, runtime.settings.smallest_number, datetime.now(UTC))
        except Exception as error:  # noqa: BLE001 - told at the next round, whatever it was
            _log.warning("timer_failed", error=type(error).__name__)
        await asyncio.sleep(runtime.settings.timer_seconds)


async def keep_roots(runtime: Runtime[Settings]) -> None:
    """Sign what the urns hold, tell how many vote in budgets, and count signatures, until cancelled."""
    seals = Seals(runtime.master)
    while True:
        try:
            await sign_roots(runtime.database, seals, datetime.now(UTC))
            await keep_petitions(runtime.database, datetime.now(UTC))
            await tally_votes(runtime.database, datetime.now(UTC))
        except Exception as error:  # noqa: BLE001 - signed at the next round, whatever it was
            _log.warning("roots_failed", error=type(error).__name__)
        await asyncio.sleep(runtime.settings.roots_seconds)


async def seed(file: Path) -> None:
    """Load consultations from a file."""
    seeds = read_seed(file)
    async with (
        open_runtime("participation", "seed", Settings(), MIGRATIONS) as runtime,
        runtime.database.unit_of_work() as uow,
    ):
        await seed_consultations(uow.session, seeds, datetime.now(UTC))
        await uow.commit()
    _log.info("consultations_loaded", count=len(seeds))
