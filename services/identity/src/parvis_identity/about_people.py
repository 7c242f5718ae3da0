# SPDX-License-Identifier: EUPL-1.2
"""The use cases about who people are, each with what it needs."""

from dataclasses import dataclass
from datetime import timedelta

from parvis_identity.accounts import letters_of
from parvis_identity.service.assist import Assist
from parvis_identity.service.attest_identity import AttestIdentity
from parvis_identity.service.erasure_letters import ErasureLetters
from parvis_identity.service.erasures import Erasures
from parvis_identity.service.factor_resets import FactorResets
from parvis_identity.service.find_account import FindAccount
from parvis_identity.service.household import Household
from parvis_identity.service.leave_everything import LeaveEverything
from parvis_identity.service.link_identity import LinkIdentity
from parvis_identity.service.manage_agents import ManageAgents
from parvis_identity.service.mandates import Mandates
from parvis_identity.service.merge_accounts import MergeAccounts
from parvis_identity.service.merge_letters import MergeLetters
from parvis_identity.service.organisation_members import OrganisationMembers
from parvis_identity.service.organisations import Organisations
from parvis_identity.service.reconcile import Reconcile
from parvis_identity.service.see_acts import SeeActs
from parvis_identity.service.throttle import Throttle
from parvis_identity.settings import Settings
from parvis_kit.runtime import Runtime
from parvis_kit.web.idempotency import Idempotency


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutPeople:
    """What routes call."""

    reconcile: Reconcile
    link_identity: LinkIdentity
    attest_identity: AttestIdentity
    find_account: FindAccount
    merge_accounts: MergeAccounts
    factor_resets: FactorResets
    erasures: Erasures
    assist: Assist
    mandates: Mandates
    household: Household
    see_acts: SeeActs
    organisations: Organisations
    organisation_members: OrganisationMembers
    idempotency: Idempotency


def assemble_about_people(runtime: Runtime[Settings]) -> AboutPeople:
    """The parts of one process."""
    database, persons, index = runtime.database, runtime.persons, runtime.blind_index
    letters, throttle = letters_of(runtime), Throttle(database, runtime.master)
    reconcile = Reconcile(persons, index, letters)
    return AboutPeople(
        reconcile=reconcile,
        link_identity=LinkIdentity(database, reconcile),
        attest_identity=AttestIdentity(persons, index),
        find_account=FindAccount(database, persons, index),
        merge_accounts=MergeAccounts(
            database, persons, index, MergeLetters(letters), timedelta(days=runtime.settings.merge_days)
        ),
        factor_resets=FactorResets(
            database, persons, index, letters, timedelta(days=runtime.settings.second_factor_reset_days)
        ),
        erasures=Erasures(
            database,
            persons,
            index,
            ErasureLetters(letters, persons, index),
            LeaveEverything(persons, ManageAgents(persons, index)),
            timedelta(days=runtime.settings.erasure_days),
        ),
        assist=Assist(database, persons, index),
        mandates=Mandates(database),
        household=Household(database, persons, index),
        see_acts=SeeActs(database, persons),
        organisations=Organisations(database),
        organisation_members=OrganisationMembers(database, index, letters, throttle),
        idempotency=runtime.idempotency,
    )
