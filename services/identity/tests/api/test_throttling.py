# SPDX-License-Identifier: EUPL-1.2
"""Guessing at an account: who guesses waits, and nobody else."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from identity_town import Attempt, Town
from local_people import EMAIL, OTHER_PASSWORD, Mailbox, ask, guess, hold, registered, sign_in, to_local_login
from passkey_people import added, sign_in_by_key

from parvis_identity.db import attempts
from parvis_identity.domain.throttle import (
    BY_ACCOUNT,
    BY_CODE,
    BY_CODE_AND_DEVICE,
    BY_DEVICE,
    BY_RECIPIENT,
    BY_SOURCE,
    Pace,
)

LIBRARY = {"x-forwarded-for": "203.0.113.9"}
"""An address that an owner and a guesser share."""


async def spend(town: Town, attempts: int) -> None:
    """All who have tried before have tried so often."""
    await town.rows("UPDATE login_attempt SET attempts = $1 RETURNING 1", attempts)


async def hammered(town: Town) -> None:
    """Somebody guesses at the account from the library until its address and the account's strangers must wait."""
    await guess(town, browser=town.browser(**LIBRARY))
    await spend(town, BY_SOURCE.free + 10)
    assert (await guess(town, browser=town.browser(**LIBRARY))).status_code == 422
    await hold(town)
    assert (await sign_in(town.browser(**LIBRARY), Attempt())).status_code == 429


async def test_who_guesses_waits_longer_each_time(town: Town) -> None:
    await registered(town)
    for _ in range(BY_ACCOUNT.free + 1):
        assert (await guess(town)).status_code == 422
    await hold(town)
    refused = await guess(town)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1
    assert "pas bloqué" in refused.text
    await town.rows("UPDATE login_attempt SET blocked_until = now() RETURNING 1")
    assert (await guess(town)).status_code == 422
    rows = await town.rows("SELECT attempts FROM login_attempt WHERE blocked_until > updated_at ORDER BY blocked_until")
    assert rows[-1]["attempts"] == BY_ACCOUNT.free + 2, "one more than before the wait, so twice the wait"


async def test_an_address_without_an_account_is_slowed_down_alike(town: Town) -> None:
    for _ in range(BY_ACCOUNT.free + 1):
        assert (await guess(town, "nobody@example.fr")).status_code == 422
    await hold(town)
    assert (await guess(town, "nobody@example.fr")).status_code == 429


async def test_many_guesses_at_once_gain_nothing(town: Town) -> None:
    await registered(town)
    browsers = [town.browser() for _ in range(14)]
    pages = [await to_local_login(browser, Attempt()) for browser in browsers]
    with time_machine.travel(datetime.now(UTC), tick=False):  # the first wait is a second long
        answers = await asyncio.gather(
            *(
                browser.submit(page, email=EMAIL, password="certainly not this one")
                for browser, page in zip(browsers, pages, strict=True)
            )
        )
    assert sum(answer.status_code == 422 for answer in answers) <= BY_ACCOUNT.free + 1


async def test_the_owner_does_not_wait_because_a_stranger_guesses(town: Town) -> None:
    own = await registered(town)
    for _ in range(BY_ACCOUNT.free + 1):
        await guess(town)
    await hold(town)
    own.http.cookies.delete("parvis-citizen")
    assert "Autoriser" in (await sign_in(own, Attempt())).text
    assert (await sign_in(town.browser(), Attempt())).status_code == 429, "a device that the account does not know"


async def test_the_device_of_one_account_is_unknown_to_another(town: Town) -> None:
    await registered(town)
    thief = await registered(town, "thief@example.fr")
    thief.http.cookies.delete("parvis-citizen")
    for _ in range(BY_ACCOUNT.free + 1):
        await guess(town, browser=thief)
    await hold(town)
    assert (await guess(town, browser=thief)).status_code == 429


async def test_a_source_that_tries_many_accounts_waits(town: Town) -> None:
    source = {"x-forwarded-for": "198.51.100.1, 203.0.113.9"}
    assert (await guess(town, "nobody@example.fr", town.browser(**source))).status_code == 422
    await town.rows("UPDATE login_attempt SET attempts = attempts + $1 RETURNING 1", BY_SOURCE.free + 10)
    assert (await guess(town, "somebody@example.fr", town.browser(**source))).status_code == 422
    await hold(town)
    lying = {"x-forwarded-for": "198.51.100.77, 203.0.113.9"}
    assert (await guess(town, "someone@example.fr", town.browser(**lying))).status_code == 429
    elsewhere = {"x-forwarded-for": "203.0.113.10"}
    assert (await guess(town, "someone@example.fr", town.browser(**elsewhere))).status_code == 422


async def test_who_comes_in_does_not_make_their_neighbours_wait(town: Town) -> None:
    source = {"x-forwarded-for": "203.0.113.9"}
    await registered(town)
    await guess(town, "nobody@example.fr", town.browser(**source))
    await town.rows("UPDATE login_attempt SET attempts = $1 WHERE attempts = 1 RETURNING 1", BY_SOURCE.free + 2)
    for _ in range(3):
        assert "Autoriser" in (await sign_in(town.browser(**source), Attempt())).text
    assert [row["attempts"] for row in await town.rows("SELECT attempts FROM login_attempt")].count(22) >= 1


async def test_attempts_are_forgotten_with_time_even_while_others_come(town: Town) -> None:
    now, bucket = datetime.now(UTC), b"b" * 16
    pace = Pace(free=100, longest=timedelta(minutes=1), forgets=timedelta(minutes=1))

    async def counted(seconds: int) -> int:
        async with town.runtime.database.unit_of_work() as uow:
            assert await attempts.take(uow.session, bucket, pace, now + timedelta(seconds=seconds)) is None
            await uow.commit()
        return int((await town.rows("SELECT attempts FROM login_attempt WHERE bucket = $1", bucket))[0]["attempts"])

    assert [await counted(seconds) for seconds in (0, 20, 40, 60, 80)] == [1, 2, 3, 3, 4]
    assert await counted(170) == 4, "one and a half minutes since the last whole one: one is forgotten"
    assert await counted(180) == 4, "and the half was not lost"
    assert await counted(100_000) == 1


async def test_who_gets_their_password_anew_does_not_wait_because_a_stranger_guesses(town: Town) -> None:
    await registered(town)
    box = Mailbox(town)
    for _ in range(BY_ACCOUNT.free + 1):
        await guess(town)
    await hold(town)
    assert (await sign_in(town.browser(), Attempt())).status_code == 429
    owner = town.browser()
    await ask(owner, Attempt(), "Mot de passe oublié")
    await owner.submit(await owner.get(await box.link()), password=OTHER_PASSWORD)
    assert "Autoriser" in (await sign_in(owner, Attempt(), password=OTHER_PASSWORD)).text


async def test_who_is_flooded_with_other_letters_still_gets_the_one_for_a_new_password(town: Town) -> None:
    await registered(town)
    box = Mailbox(town)
    for _ in range(BY_RECIPIENT.free + 1):
        await ask(town.browser(), Attempt(), "Ouvrir un compte")
    await box.emptied()
    await ask(town.browser(), Attempt(), "Mot de passe oublié")
    (letter,) = await box.emptied()
    assert "mot de passe" in letter.subject


async def test_a_guesser_at_the_same_address_makes_no_known_device_wait(town: Town) -> None:
    own = await registered(town)
    own.http.headers.update(LIBRARY)
    own.http.cookies.delete("parvis-citizen")
    await hammered(town)
    assert "Autoriser" in (await sign_in(own, Attempt())).text


async def test_a_known_device_waits_for_its_own_mistakes_alone(town: Town) -> None:
    own = await registered(town)
    own.http.cookies.delete("parvis-citizen")
    assert (await guess(town, browser=own)).status_code == 422
    await spend(town, BY_DEVICE.free)
    assert (await guess(town, browser=own)).status_code == 422
    await hold(town)
    assert (await sign_in(own, Attempt())).status_code == 429
    assert "Autoriser" in (await sign_in(town.browser(), Attempt())).text, "nobody else has made them"


async def test_the_owner_comes_in_on_a_new_device_at_that_address_by_a_letter(town: Town) -> None:
    await registered(town)
    await hammered(town)
    box, new = Mailbox(town), town.browser(**LIBRARY)
    assert (await ask(new, Attempt(), "Mot de passe oublié")).status_code == 200
    form = await new.get(await box.link())
    assert (await new.submit(form, password=OTHER_PASSWORD)).status_code == 200
    assert "Autoriser" in (await sign_in(new, Attempt(), password=OTHER_PASSWORD)).text
    assert (await sign_in(town.browser(**LIBRARY), Attempt(), password=OTHER_PASSWORD)).status_code == 429


async def test_the_owner_comes_in_on_a_new_device_at_that_address_by_a_passkey(town: Town) -> None:
    holder = await added(await registered(town))
    await hammered(town)
    assert "Autoriser" in (await sign_in_by_key(town.browser(**LIBRARY), Attempt(), holder)).text


async def test_who_floods_an_address_with_letters_leaves_a_known_device_its_own(town: Town) -> None:
    own = await registered(town)
    own.http.headers.update(LIBRARY)
    own.http.cookies.delete("parvis-citizen")
    for email in ("somebody@example.fr", "someone@example.fr"):
        await ask(town.browser(**LIBRARY), Attempt(), "Mot de passe oublié", email)
        await spend(town, BY_SOURCE.free + 10)
    await hold(town)
    flooder = town.browser(**LIBRARY)
    page = await flooder.click(await to_local_login(flooder, Attempt()), "Mot de passe oublié")
    assert (await flooder.submit(page, email=EMAIL)).status_code == 429
    box = Mailbox(town)
    await box.emptied()
    await ask(own, Attempt(), "Mot de passe oublié")
    assert await box.link()


async def test_of_attempts_at_once_none_waits_for_one_that_began_later(town: Town) -> None:
    now, bucket, pace = datetime.now(UTC), b"o" * 16, Pace(free=4, longest=timedelta(1), forgets=timedelta(minutes=1))
    async with town.runtime.database.unit_of_work() as uow:
        earlier = [await attempts.take(uow.session, bucket, pace, now - timedelta(seconds=s)) for s in range(4)]
        assert earlier == [None] * 4
        await attempts.give_back(uow.session, bucket)
        assert await attempts.take(uow.session, bucket, pace, now - timedelta(seconds=5)) is None
        assert await attempts.take(uow.session, bucket, pace, now) is None
        assert await attempts.take(uow.session, bucket, pace, now) is not None, "the fifth that was not given back"


@pytest.mark.parametrize(
    ("pace", "first", "after"), [(BY_CODE, 50, 5), (BY_CODE_AND_DEVICE, 50, 25), (BY_RECIPIENT, 40, 25)]
)
async def test_who_never_stops_makes_few_attempts_a_day(town: Town, pace: Pace, first: int, after: int) -> None:
    start = datetime.now(UTC)
    now, bucket, made = start, pace.longest.total_seconds().hex().encode(), [0, 0]
    async with town.runtime.database.unit_of_work() as uow:
        while (day := (now - start) // timedelta(days=1)) < len(made):
            wait = await attempts.take(uow.session, bucket, pace, now)
            made[day] += wait is None
            now += wait or timedelta(milliseconds=1)
    assert made[0] <= first
    assert made[1] <= after
    assert made[1] >= 1, "nobody is locked out"
