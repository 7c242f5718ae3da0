# SPDX-License-Identifier: EUPL-1.2
"""What has had its time goes; what is still needed stays."""

from datetime import UTC, datetime, timedelta

from identity_town import Attempt, Town

from parvis_identity.worker import purge_once

TABLES = ("sign_in", "session", "token_grant", "authorization_code", "refresh_token")


async def counts(town: Town) -> dict[str, int]:
    return {table: len(await town.rows(f"SELECT 1 FROM {table}")) for table in TABLES}


async def test_nothing_alive_is_removed(town: Town) -> None:
    await town.tokens()
    before = await counts(town)
    assert await purge_once(town.runtime.database, datetime.now(UTC)) == 0
    assert await counts(town) == before


async def test_what_is_over_is_removed_with_all_that_hangs_on_it(town: Town) -> None:
    await town.tokens()
    browser = town.browser()
    login = await browser.follow(await browser.authorize(Attempt()))
    start = login.text.split('href="/login/franceconnect/start')[1].split('"')[0]
    await browser.get(f"/login/franceconnect/start{start}")
    now = datetime.now(UTC)
    assert await purge_once(town.runtime.database, now + timedelta(hours=13)) == 2
    assert await counts(town) == {
        "sign_in": 0, "session": 0, "token_grant": 1, "authorization_code": 1, "refresh_token": 1,
    }  # fmt: skip
    assert await purge_once(town.runtime.database, now + timedelta(days=32)) == 1
    assert set((await counts(town)).values()) == {0}
    assert len(await town.rows("SELECT 1 FROM person")) == 1
