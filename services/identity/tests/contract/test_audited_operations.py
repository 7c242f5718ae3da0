# SPDX-License-Identifier: EUPL-1.2
"""Every operation that writes, the pages' forms among them, leaves a line in the audit trail, or says why it does not.

Who adds an operation adds it here, with what it leaves behind; each action is then held by a test that sees it happen.
"""

import re
from pathlib import Path
from typing import Final

from parvis_identity.domain.audit import Action
from parvis_identity.main import documented_app
from parvis_kit.web.operation import Operation

TESTS: Final = Path(__file__).parents[1]
AUDITED: Final = {
    # Pages
    "logInLocally": "signed-in password-refused attempts-held-back",
    "showSecondFactor": "signed-in second-factor-refused recovery-code-used attempts-held-back"
    " second-factor-reset-cancelled",
    "logInByPasskey": "signed-in passkey-refused passkey-copied attempts-held-back",
    "register": "account-opened account-claimed signed-in",
    "claimImportedAccount": "account-claimed",
    "askForRegistration": "attempts-held-back",
    "askForRecovery": "attempts-held-back",
    "recover": "password-changed session-ended",
    "changePassword": "password-changed password-refused session-ended attempts-held-back",
    "changePasskeys": "passkey-added passkey-removed",
    "changeSecondFactor": "second-factor-added second-factor-removed second-factor-refused password-refused"
    " second-factor-reset-cancelled",
    "changeProfile": "profile-changed email-change-asked email-code-refused email-changed email-verified email-removed",
    "changeIdentities": "identity-linked identity-unlinked",
    "endSessionsOnPage": "session-ended",
    "confirmLogOut": "session-ended",
    "decideConsent": "client-allowed consent-refused",
    "withdrawConsentOnPage": "consent-withdrawn",
    "enterUserCode": "attempts-held-back",
    "acceptOrganisationInvitationInBrowser": "member-joined",
    # The protocol
    "issueTokens": "grant-replayed client-refused acted-on-behalf",
    "pushRequest": "client-refused",
    "introspectToken": "client-refused",
    "revokeToken": "client-refused",
    "authorizeDevice": "client-refused",
    "registerClient": "client-made",
    "changeRegistration": "client-changed",
    "removeRegistration": "client-disabled",
    # Administration
    "inviteAgent": "agent-invited",
    "changeAgent": "agent-changed",
    "takeAgent": "agent-suspended agent-restored agent-ended",
    "makeScimUser": "agent-invited",
    "replaceScimUser": "agent-changed agent-suspended agent-restored",
    "patchScimUser": "agent-changed agent-suspended agent-restored",
    "removeScimUser": "agent-ended",
    "makeScimGroup": "team-made",
    "replaceScimGroup": "team-changed",
    "patchScimGroup": "team-changed",
    "removeScimGroup": "team-removed",
    "setAuditRetention": "audit-retention-set",
    "makeClient": "client-made",
    "changeClient": "client-changed",
    "rotateClientSecret": "client-secret-rotated",
    "takeClient": "client-disabled client-enabled",
    "allowClientRegistration": "registration-allowed",
    "presentCollectivity": "collectivity-presented",
    "putLogo": "collectivity-presented",
    "dropLogo": "collectivity-presented",
    "importAccounts": "accounts-sent",
    # One's own account
    "endSessions": "session-ended",
    "withdrawConsent": "consent-withdrawn",
    "changeMe": "profile-changed",
    "askForEmailChange": "email-change-asked",
    "confirmEmail": "email-code-refused email-changed email-verified",
    "askForPhoneCode": "phone-code-asked",
    "confirmPhone": "phone-code-refused phone-verified",
    "removeEmail": "email-removed",
    "addAddress": "address-added",
    "changeAddress": "address-changed",
    "removeAddress": "address-removed",
    "unlinkIdentity": "identity-unlinked",
    "offerMandate": "mandate-offered",
    "acceptMandate": "mandate-accepted",
    "endMandate": "mandate-ended",
    "declareChild": "child-declared",
    "removeChild": "child-removed",
    "declareOrganisation": "organisation-declared",
    "inviteOrganisationMember": "member-invited",
    "acceptOrganisationInvitation": "member-joined",
    "endOrganisationMember": "member-ended",
    "closeOrganisation": "organisation-closed",
    # Agents
    "findAccounts": "accounts-searched",
    "attestIdentity": "identity-attested",
    "verifyPhone": "phone-verified",
    "prepareAccountMerge": "merge-prepared",
    "objectToMerge": "merge-objected",
    "decideAccountMerge": "accounts-merged merge-discarded",
    "askForErasure": "erasure-asked merge-discarded",
    "takeBackErasure": "erasure-cancelled",
    "askForErasureOfPerson": "erasure-asked merge-discarded",
    "cancelErasure": "erasure-cancelled",
    "changeErasure": "erasure-asked erasure-cancelled merge-discarded",
    "objectToErasure": "erasure-cancelled",
    "askForSecondFactorReset": "second-factor-reset-asked",
    "cancelSecondFactorReset": "second-factor-reset-cancelled",
    "objectToSecondFactorReset": "second-factor-reset-cancelled",
    "beginAssistance": "assistance-begun",
    "endAssistance": "assistance-ended",
    "verifyOrganisation": "organisation-verified",
    "refuseOrganisation": "organisation-closed",
}
NOT_AUDITED: Final = {
    "authorizeByForm": "a request that is shown to the person; what they decide is decideConsent's",
    "readUserinfoByPost": "reads what the person allowed the client, by the token of that consent",
}
ELSEWHERE: Final = {
    "agent-bound": "an agent's first sign-in, by GET from ProConnect",
    "audit-read": "a reading of the trail itself",
    "contact-read": "the internal API, for services that write to people",
    "particulars-read": "the internal API, for the service whose agents handle what people ask for",
    "civil-status-read": "the internal API, for the service that asks other administrations",
    "audit-purged": "the worker",
    "accounts-imported": "the worker",
    "second-factor-reset": "the worker",
    "erasure-held": "the worker",
    "account-erased": "the worker",
    "client-put": "the commands seed and operator",
    "collectivity-put": "the command seed and the internal API",
    "signing-key-rotated": "the worker and the command rotate-keys",
}


def test_each_operation_that_writes_is_audited_or_says_why_not() -> None:
    routes = [route for route in documented_app().router.routes if isinstance(route, Operation)]
    writing = {str(route.operation_id) for route in routes if (route.methods or set()) - {"GET", "HEAD"}}
    assert len(writing) > 70
    assert AUDITED.keys() & NOT_AUDITED.keys() == set()
    assert AUDITED.keys() | NOT_AUDITED.keys() == writing


def test_each_action_is_somebodys_and_there_is_no_other() -> None:
    named = {action for actions in AUDITED.values() for action in actions.split()}
    assert named & ELSEWHERE.keys() == set()
    assert named | ELSEWHERE.keys() == {action.value for action in Action}


def test_each_action_is_seen_to_happen_in_a_test() -> None:
    own = Path(__file__)
    files = [file for file in TESTS.rglob("*.py") if file != own]
    seen = set(re.findall(r"[\"'](?:object-)?([a-z-]+)[\"']", "\n".join(file.read_text("utf-8") for file in files)))
    assert {action.value for action in Action} - seen == set()
