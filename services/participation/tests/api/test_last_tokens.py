# SPDX-License-Identifier: EUPL-1.2
"""The token of an account that went into another lives a moment longer: what it writes is the kept one's."""

from uuid import UUID

from budget_town import BudgetTown
from comment_town import Thread
from merged_accounts import hear, merged
from moderation_town import REMOVE, ModerationTown
from participation_town import Town
from proposal_town import edit, propose


async def test_what_the_last_token_of_the_absorbed_account_writes_is_the_kept_ones(
    town: Town, budgeting: BudgetTown
) -> None:
    thread, budget = Thread(town.service, "consultation", await town.opened()), await budgeting.published()
    absorbed, kept = town.service.citizen(), town.service.citizen()
    await hear(town.service, merged(absorbed, kept))
    assert (await thread.edit(kept, (await thread.write(absorbed)).json(), "Oui !")).status_code == 200
    assert (await edit(town, kept, (await propose(town, absorbed)).json())).status_code == 200
    budgeting.when("deposit")
    assert (await budgeting.edit(kept, (await budgeting.deposit(absorbed, budget)).json())).status_code == 200


async def test_the_last_token_of_the_absorbed_account_contests_for_the_kept_one(
    town: Town, moderating: ModerationTown
) -> None:
    absorbed, kept = town.service.citizen(), town.service.citizen()
    comment = (await Thread(town.service, "consultation", await town.opened()).write(absorbed)).json()
    case = await moderating.opened(comment)
    assert (await moderating.decide(town.service.agent(), case, REMOVE)).status_code == 201
    await hear(town.service, merged(absorbed, kept))
    assert (await moderating.contest(absorbed, case)).status_code == 201
    people = await town.service.runtime.database.pool.fetch("SELECT person FROM moderation_appeal")
    assert [row["person"] for row in people] == [UUID(kept.subject)]
