# SPDX-License-Identifier: EUPL-1.2
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from parvis_identity.domain import pkce
from parvis_identity.domain.authorization import AuthorizationRequest, Parameters, checked, destination, returned_state
from parvis_identity.domain.client import Audience, Client, Consent, GrantType, secret_hash
from parvis_identity.domain.errors import OAuthError, Refusal, RefusedError
from parvis_identity.domain.session import Session, Step, next_step

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URI = "https://portal.example/callback"
CLIENT = Client(
    client_id="portal",
    collectivity="paris",
    name_fr="Portail",
    name_en="Portal",
    audience=Audience.CITIZEN,
    secret_hash=None,
    grant_types=frozenset({GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN}),
    redirect_uris=(URI, "http://127.0.0.1/callback"),
    post_logout_redirect_uris=(),
    scopes=frozenset({"openid", "profile", "requests.requests.read"}),
    sector="portal",
    consent=Consent.ASK,
)
GOOD = {
    "client_id": "portal",
    "redirect_uri": URI,
    "response_type": "code",
    "scope": "openid profile",
    "state": "s",
    "nonce": "n",
    "code_challenge": pkce.challenge_of("v" * 43),
    "code_challenge_method": "S256",
}


def check(client: Client = CLIENT, /, **changed: str | None) -> AuthorizationRequest:
    pairs = [(name, value) for name, value in {**GOOD, **changed}.items() if value is not None]
    return checked(Parameters.of(pairs), client, URI, NOW)


def session(created_at: datetime = NOW, auth_time: datetime | None = None) -> Session:
    return Session(
        id=uuid4(),
        person=uuid4(),
        kind="citizen",
        provider="franceconnect",
        acr="eidas1",
        amr=(),
        auth_time=auth_time or created_at,
        created_at=created_at,
        last_seen_at=created_at,
        expires_at=created_at + timedelta(hours=12),
        ended_at=None,
    )


def test_a_right_request_is_read() -> None:
    request = check(prompt="login consent", max_age="60", ui_locales="de en-GB fr")
    assert request.scopes == {"openid", "profile"}
    assert request.prompt == {"login", "consent"}
    assert (request.max_age, request.language, request.state, request.nonce) == (60, "en", "s", "n")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "openid identity.people.read"}, "invalid_scope"),
        ({"scope": "openid unknown"}, "invalid_scope"),
        ({"scope": " ".join(["openid"] * 101)}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "v" * 42}, "invalid_request"),
        ({"state": "s" * 1025}, "invalid_request"),
        ({"state": "a\nb"}, "invalid_request"),
        ({"state": "é"}, "invalid_request"),
        ({"nonce": "n" * 256}, "invalid_request"),
        ({"nonce": "a\x00b"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "create"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "1" * 10}, "invalid_request"),
        ({"max_age": "²"}, "invalid_request"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"request": "x.y.z"}, "request_not_supported"),
    ],
)
def test_a_wrong_one_is_told_so(changed: dict[str, str | None], code: str) -> None:
    with pytest.raises(OAuthError) as error:
        check(**changed)
    assert error.value.code == code


def test_a_repeated_parameter_is_refused() -> None:
    with pytest.raises(OAuthError) as error:
        checked(Parameters.of([*GOOD.items(), ("scope", "openid")]), CLIENT, URI, NOW)
    assert error.value.code == "invalid_request"


def test_a_client_for_other_grants_is_refused() -> None:
    with pytest.raises(OAuthError) as error:
        check(replace(CLIENT, grant_types=frozenset({GrantType.CLIENT_CREDENTIALS})))
    assert error.value.code == "unauthorized_client"


@pytest.mark.parametrize("uri", [None, "https://evil.example/", URI + "/x"])
def test_no_answer_goes_to_an_address_that_is_not_registered(uri: str | None) -> None:
    pairs = [("client_id", "portal"), *([("redirect_uri", uri)] if uri else [])]
    with pytest.raises(RefusedError) as error:
        destination(Parameters.of(pairs), CLIENT)
    assert error.value.reason is Refusal.UNREGISTERED_REDIRECT


def test_of_two_redirect_uris_none_counts() -> None:
    with pytest.raises(RefusedError):
        destination(Parameters.of([("redirect_uri", URI), ("redirect_uri", URI)]), CLIENT)


def test_a_state_that_is_none_is_not_sent_back() -> None:
    assert returned_state(Parameters.of([("state", "a\r\nb")])) is None
    assert returned_state(Parameters.of([("state", "ok")])) == "ok"


def test_who_is_not_signed_in_signs_in_first() -> None:
    assert next_step(check(), CLIENT, None, frozenset(), NOW) is Step.LOGIN


def test_who_has_not_consented_is_asked() -> None:
    assert next_step(check(), CLIENT, session(), frozenset(), NOW) is Step.CONSENT
    assert next_step(check(), CLIENT, session(), frozenset({"openid"}), NOW) is Step.CONSENT


def test_who_has_consented_to_all_of_it_is_not_asked_again() -> None:
    assert next_step(check(), CLIENT, session(), frozenset({"openid", "profile"}), NOW) is Step.ISSUE
    assert next_step(check(prompt="consent"), CLIENT, session(), frozenset({"openid", "profile"}), NOW) is Step.CONSENT


def test_a_consent_is_not_remembered_for_whatever_listens_on_the_machine() -> None:
    native = replace(check(), redirect_uri="http://127.0.0.1:4711/callback")
    everything = frozenset({"openid", "profile"})
    assert next_step(native, CLIENT, session(), everything, NOW) is Step.CONSENT
    confidential = replace(CLIENT, secret_hash=secret_hash("x" * 32))
    assert next_step(native, confidential, session(), everything, NOW) is Step.ISSUE


def test_staff_are_not_asked() -> None:
    client = replace(CLIENT, audience=Audience.AGENT, consent=Consent.IMPLIED)
    assert next_step(check(), client, session(), frozenset(), NOW) is Step.ISSUE


@pytest.mark.parametrize(("has_session", "code"), [(False, "login_required"), (True, "consent_required")])
def test_a_client_that_wants_no_page_is_told_why_not(has_session: bool, code: str) -> None:
    with pytest.raises(OAuthError) as error:
        next_step(check(prompt="none"), CLIENT, session() if has_session else None, frozenset(), NOW)
    assert error.value.code == code


def test_an_old_session_does_not_do_where_a_fresh_one_is_wanted() -> None:
    old = session(NOW - timedelta(minutes=10))
    everything = frozenset({"openid", "profile"})
    assert next_step(check(max_age="60"), CLIENT, old, everything, NOW) is Step.LOGIN
    assert next_step(check(max_age="900"), CLIENT, old, everything, NOW) is Step.ISSUE
    assert next_step(check(prompt="login"), CLIENT, old, everything, NOW) is Step.LOGIN
    assert next_step(check(prompt="select_account"), CLIENT, old, everything, NOW) is Step.LOGIN


@pytest.mark.parametrize(
    ("acr", "wanted", "enough"),
    [
        ("eidas1", None, True),
        (None, None, True),
        ("eidas1", "eidas1", True),
        ("eidas2", "eidas1", True),
        ("eidas1", "eidas2", False),
        ("eidas1", "eidas3 eidas1", True),
        (None, "eidas1", False),
        ("urn:parvis:acr:local-mfa", "urn:parvis:acr:local", True),
        ("urn:parvis:acr:local", "urn:parvis:acr:local-mfa", False),
        ("urn:parvis:acr:local-mfa", "eidas1", False),
        ("eidas3", "urn:parvis:acr:local", False),
        ("eidas1-mfa", "eidas1-mfa", True),
        ("eidas1-mfa", "eidas1", True),
        ("eidas1", "eidas1-mfa", False),
        ("eidas2", "eidas1-mfa", True),
    ],
)
def test_a_level_that_is_not_reached_is_to_be_signed_in_for(acr: str | None, wanted: str | None, enough: bool) -> None:
    before = replace(session(NOW - timedelta(minutes=10)), acr=acr)
    everything = frozenset({"openid", "profile"})
    step = next_step(check(acr_values=wanted), CLIENT, before, everything, NOW)
    assert step is (Step.ISSUE if enough else Step.LOGIN)


def test_who_cannot_reach_the_level_is_not_asked_for_ever() -> None:
    just = replace(session(NOW + timedelta(seconds=5)), acr="eidas1")
    with pytest.raises(OAuthError) as error:
        next_step(check(acr_values="eidas2"), CLIENT, just, frozenset(), NOW + timedelta(seconds=6))
    assert error.value.code == "unmet_authentication_requirements"
    with pytest.raises(OAuthError) as silent:
        next_step(check(acr_values="eidas2", prompt="none"), CLIENT, session(NOW - timedelta(1)), frozenset(), NOW)
    assert silent.value.code == "login_required"


def test_levels_are_few() -> None:
    assert check(acr_values="eidas2 eidas3").acr_values == {"eidas2", "eidas3"}
    with pytest.raises(OAuthError):
        check(acr_values=" ".join(f"l{number}" for number in range(11)))


def test_signing_in_for_the_request_ends_the_asking() -> None:
    fresh = session(NOW + timedelta(seconds=30), auth_time=NOW + timedelta(seconds=29))
    later = NOW + timedelta(seconds=40)
    assert next_step(check(prompt="login", max_age="1"), CLIENT, fresh, frozenset(), later) is Step.CONSENT


@pytest.mark.parametrize("asked", [{"prompt": "login"}, {"max_age": "60"}])
def test_a_provider_that_saw_the_person_long_ago_is_not_enough_for_who_wants_them_anew(asked: dict[str, str]) -> None:
    old = session(NOW + timedelta(seconds=30), auth_time=NOW - timedelta(hours=1))
    with pytest.raises(OAuthError) as error:
        next_step(check(**asked), CLIENT, old, frozenset(), NOW + timedelta(seconds=40))
    assert error.value.code == "unmet_authentication_requirements"
    assert next_step(check(max_age="3700"), CLIENT, old, frozenset(), NOW + timedelta(seconds=40)) is Step.CONSENT


def test_a_session_ends_by_age_by_idleness_and_by_signing_out() -> None:
    living, idle = session(), timedelta(hours=1)
    assert living.alive(NOW + timedelta(minutes=59), idle)
    assert not living.alive(NOW + timedelta(minutes=60), idle)
    assert not replace(living, last_seen_at=NOW + timedelta(hours=12)).alive(NOW + timedelta(hours=12), idle)
    assert not replace(living, ended_at=NOW).alive(NOW, idle)


def test_a_secret_is_compared_with_its_hash() -> None:
    client = replace(CLIENT, secret_hash=secret_hash("x" * 32))
    assert client.authenticates_with("x" * 32)
    assert not client.authenticates_with("x" * 31)
    assert not CLIENT.authenticates_with("")
