# SPDX-License-Identifier: EUPL-1.2
"""The authorization request of a client: what it must be (RFC 6749, 7636, 9700, OpenID Connect Core section 3.1.2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from parvis_identity.domain import pkce, resources, scopes
from parvis_identity.domain.client import Client, GrantType
from parvis_identity.domain.errors import OAuthError, Refusal, RefusedError

_MAX_STATE: Final = 1_024
_MAX_NONCE: Final = 255
_MAX_AGE_DIGITS: Final = 9
_MAX_LEVELS: Final = 10
_PROMPTS: Final = frozenset({"none", "login", "consent", "select_account"})
_LANGUAGES: Final = ("fr", "en")


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a request to a protocol endpoint; one that comes twice has no value (RFC 6749 section 3.1).

    ``resource`` alone may come several times (RFC 8707 section 2).
    """

    values: dict[str, str]
    repeated: frozenset[str]
    resources: tuple[str, ...] = ()

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> "Parameters":
        """Those of a query or a form; an empty value counts as absent (RFC 6749 section 3.1)."""
        values: dict[str, str] = {}
        repeated: set[str] = set()
        targets: list[str] = []
        for name, value in pairs:
            if name == "resource":
                targets += [value] if value else []
                continue
            if name in values:
                repeated.add(name)
            values[name] = value
        kept = {name: value for name, value in values.items() if value and name not in repeated}
        return cls(kept, frozenset(repeated), tuple(targets))

    def get(self, name: str) -> str | None:
        """The value, or None."""
        return self.values.get(name)

    def required(self, name: str) -> str:
        """The value; raises ``invalid_request`` where there is none."""
        value = self.values.get(name)
        if value is None:
            raise OAuthError("invalid_request", f"{name} is missing or repeated")
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """A request that may go on: its redirect URI is registered and its scopes are the client's to ask.

    ``key`` is the thumbprint of the only key that may redeem the code (RFC 9449 section 10).
    """

    client_id: str
    redirect_uri: str
    scopes: frozenset[str]
    state: str | None
    nonce: str | None
    challenge: str
    prompt: frozenset[str]
    max_age: int | None
    acr_values: frozenset[str]
    language: str | None
    received_at: datetime
    resources: frozenset[str] = frozenset()
    key: str | None = None
    device: str | None = None


def destination(parameters: Parameters, client: Client | None) -> str:
    """The redirect URI that may receive an answer, be it an error; raises RefusedError where there is none."""
    if client is None:
        raise RefusedError(Refusal.UNKNOWN_CLIENT)
    uri = parameters.get("redirect_uri")
    if uri is None or not client.registered_redirect(uri):
        raise RefusedError(Refusal.UNREGISTERED_REDIRECT)
    return uri


def returned_state(parameters: Parameters) -> str | None:
    """The ``state`` to send back, or None where it is absent or is not one (RFC 6749 appendix A.5)."""
    state = parameters.get("state")
    return state if state and len(state) <= _MAX_STATE and _is_vschar(state) else None


def checked(
    parameters: Parameters, client: Client, redirect_uri: str, now: datetime, *, pushed: bool = False
) -> AuthorizationRequest:
    """The request; raises OAuthError with what the client is to be told, at its redirect URI or where it pushed it."""
    if parameters.repeated:
        raise OAuthError("invalid_request", "a parameter is repeated")
    if client.pushes_requests and not pushed:
        raise OAuthError("invalid_request", "this client has to push its requests (RFC 9126)")
    _refuse_unsupported(parameters)
    if parameters.required("response_type") != "code":
        raise OAuthError("unsupported_response_type", "only response_type=code is supported")
    if not client.may_use(GrantType.AUTHORIZATION_CODE):
        raise OAuthError("unauthorized_client", "this client may not use the authorization code grant")
    if parameters.get("state") and returned_state(parameters) is None:
        raise OAuthError("invalid_request", f"state must be at most {_MAX_STATE} printable ASCII characters")
    nonce = parameters.get("nonce")
    if nonce and (len(nonce) > _MAX_NONCE or not _is_vschar(nonce)):
        raise OAuthError("invalid_request", f"nonce must be at most {_MAX_NONCE} printable ASCII characters")
    asked = asked_scopes(parameters.get("scope"), client)
    targets = resources.checked(parameters.resources)
    resources.narrowed(asked, targets)
    return AuthorizationRequest(
        client_id=client.client_id,
        redirect_uri=redirect_uri,
        scopes=asked,
        state=returned_state(parameters),
        nonce=nonce,
        challenge=_challenge(parameters),
        prompt=_prompt(parameters),
        max_age=_max_age(parameters),
        acr_values=_acr_values(parameters),
        language=_language(parameters),
        received_at=now,
        resources=targets,
        key=_key(parameters),
    )


def asked_scopes(text: str | None, client: Client) -> frozenset[str]:
    """The scopes of a ``scope`` parameter; raises ``invalid_scope`` unless all are the client's to ask."""
    names = scopes.parse(text or "")
    if names is None:
        raise OAuthError("invalid_scope", "scope is missing or too long")
    if not names <= client.scopes:
        raise OAuthError("invalid_scope", "a scope is unknown or not allowed to this client")
    return names


def _refuse_unsupported(parameters: Parameters) -> None:
    if parameters.get("request"):
        raise OAuthError("request_not_supported", "request objects are not supported")
    if parameters.get("response_mode") not in {None, "query"}:
        raise OAuthError("invalid_request", "only response_mode=query is supported")


def _challenge(parameters: Parameters) -> str:
    # Absent means "plain" in RFC 7636: a client must say S256, whatever it can keep secret (RFC 9700 section 2.1.1).
    if parameters.get("code_challenge_method") != pkce.METHOD:
        raise OAuthError("invalid_request", "code_challenge_method=S256 is required")
    challenge = parameters.required("code_challenge")
    if not pkce.is_challenge(challenge):
        raise OAuthError("invalid_request", "code_challenge must be the base64url of a SHA-256")
    return challenge


def _key(parameters: Parameters) -> str | None:
    key = parameters.get("dpop_jkt")
    if key is not None and not pkce.is_challenge(key):
        raise OAuthError("invalid_request", "dpop_jkt must be the base64url of a SHA-256")
    return key


def _prompt(parameters: Parameters) -> frozenset[str]:
    prompt = frozenset((parameters.get("prompt") or "").split())
    if not prompt <= _PROMPTS or ("none" in prompt and len(prompt) > 1):
        raise OAuthError("invalid_request", "prompt is none, or some of login, consent, select_account")
    return prompt


def _max_age(parameters: Parameters) -> int | None:
    text = parameters.get("max_age")
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > _MAX_AGE_DIGITS:
        raise OAuthError("invalid_request", "max_age is a number of seconds")
    return int(text)


def _acr_values(parameters: Parameters) -> frozenset[str]:
    wanted = (parameters.get("acr_values") or "").split()
    if len(wanted) > _MAX_LEVELS:
        raise OAuthError("invalid_request", f"at most {_MAX_LEVELS} acr_values")
    return frozenset(wanted)


def _language(parameters: Parameters) -> str | None:
    asked = (tag.partition("-")[0].lower() for tag in (parameters.get("ui_locales") or "").split()[:8])
    return next((tag for tag in asked if tag in _LANGUAGES), None)


def _is_vschar(text: str) -> bool:
    return text.isascii() and text.isprintable()
