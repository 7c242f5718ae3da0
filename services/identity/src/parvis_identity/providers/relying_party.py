# SPDX-License-Identifier: EUPL-1.2
"""Our side of a sign-in at one provider: where to send the browser, and what to make of its return."""

import json
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from joserfc.errors import JoseError

from parvis_identity.domain import pkce
from parvis_identity.domain.authorization import Parameters
from parvis_identity.domain.client import Audience
from parvis_identity.domain.errors import GrantRefusedError, Refusal, RefusedError
from parvis_identity.domain.opaque import new_opaque
from parvis_identity.domain.provider_error import KNOWN_ERRORS, code_in, meaning
from parvis_identity.domain.sign_in import Vouched
from parvis_identity.providers.discovery import Discovery, Metadata
from parvis_identity.providers.own_keys import ASSERTION_TYPE
from parvis_identity.providers.profiles import PROFILES
from parvis_identity.providers.transport import Reply, Transport
from parvis_identity.providers.verification import id_token_claims, userinfo_claims
from parvis_identity.settings import ProviderSettings
from parvis_kit.logs import logger
from parvis_kit.security.assurance import reaches

_log = logger(__name__)
# Statuses by which a proxy or the provider itself says that it is down or too busy for now.
_FOR_NOW: Final = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """A browser on its way to the provider: the address, and what its return must show."""

    url: str
    state: str
    nonce: str
    verifier: str | None


class RelyingParty:
    """We, as a client of one provider."""

    def __init__(self, settings: ProviderSettings, public_url: str, transport: Transport, timeout: float) -> None:
        self.profile = PROFILES[settings.profile]
        self.keys = settings.keys()
        self.discovery_url = settings.discovery_url
        self.callback_url = f"{public_url}/login/{settings.profile}/callback"
        self.after_logout_url = f"{public_url}/logout/callback"
        self._settings = settings
        self._transport = transport
        self._discovery = Discovery(settings.issuer, settings.discovery_url, transport, timeout)

    def can_reach(self, wanted: Collection[str]) -> bool:
        """Whether the provider can be asked for one of these levels, or for what is usual where none is wanted."""
        return not wanted or any(reaches(level, wanted) for level in self.profile.levels)

    async def departure(
        self,
        wanted: Collection[str] = (),
        scopes: Collection[str] = (),
        *,
        more: Collection[str] = (),
        pivot: bool = False,
        anew: bool = False,
    ) -> Departure:
        """A new way to the provider; raises RefusedError while it cannot be reached.

        Args:
            wanted: levels, one of which is to be reached.
            scopes: those of ours that name what is to be learnt of the person.
            more: the provider's own, which the client's procedure needs.
            pivot: learn the whole civil status, too, to compare it with what we know.
            anew: have the person sign in again, whatever session the provider has of theirs.
        """
        metadata = await self._discovery.metadata()
        state, nonce = new_opaque(), new_opaque()
        parameters = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self.callback_url,
            "scope": " ".join(dict.fromkeys([*self._scopes(scopes, more), *(self.profile.pivot if pivot else ())])),
            "state": state,
            "nonce": nonce,
            **self._levels(wanted),
            **({"prompt": "login"} if anew else {}),
        }
        verifier = pkce.new_verifier() if self.profile.pkce else None
        if verifier:
            parameters |= {"code_challenge": pkce.challenge_of(verifier), "code_challenge_method": pkce.METHOD}
        url = f"{metadata.authorization_endpoint}?{urlencode(parameters)}"
        return Departure(url=url, state=state, nonce=nonce, verifier=verifier)

    def _scopes(self, ours: Collection[str], more: Collection[str]) -> list[str]:
        implied = (theirs for scope, named in self.profile.named.items() if scope in ours for theirs in named)
        return [*self.profile.scopes, *self._settings.scopes, *implied, *sorted(more)]

    def _levels(self, wanted: Collection[str]) -> dict[str, str]:
        floor = self._settings.levels
        asked = [level for level in self.profile.levels if reaches(level, wanted) and reaches(level, floor)]
        if self.profile.strict_levels and (wanted or floor) and asked:
            return {"claims": json.dumps({"id_token": {"acr": {"essential": True, "values": asked}}})}
        # Where it cannot give what is wanted it gives what it has, and the client is told that this is not enough.
        return {"acr_values": " ".join(asked if wanted or floor else ()) or self.profile.levels[0]}

    async def check_issuer(self, iss: str | None) -> None:
        """Refuse an answer that another provider gave (RFC 9207); raises RefusedError."""
        metadata = await self._discovery.metadata()
        expected = self.profile.always_sends_iss or metadata.sends_iss
        if iss != metadata.issuer and (iss is not None or expected):
            _log.error("provider_answer_refused", reason="callback_iss")
            raise RefusedError(Refusal.PROVIDER_UNTRUSTED)

    def check_error(self, answer: Parameters) -> bool:
        """True where the person stopped at the provider by themselves; raises RefusedError for any other error."""
        error = answer.get("error")
        if error is None:
            return False
        refused = self._refusal("callback", error, answer.get("error_description"), answer.get("error_uri"))
        if refused:
            raise refused
        return True

    async def vouched(self, code: str, nonce: str, verifier: str | None) -> Vouched:
        """Trade the code for who the person is: token and userinfo in one pass, the code lives for 30 s only."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.callback_url}
        vouched = await self._told(form | ({"code_verifier": verifier} if verifier else {}), nonce)
        if not (self.profile.accepts(vouched.acr) and reaches(vouched.acr, self._settings.levels)):
            _log.warning("provider_level_too_low", provider=self.profile.name)
            raise RefusedError(Refusal.LEVEL_TOO_LOW)
        return vouched

    async def renewed(self, refresh_token: str, keep: Callable[[str], Awaitable[None]]) -> Vouched:
        """Who the person is by now (OpenID Connect Core section 12); raises GrantRefusedError for nobody any more.

        At what level they were seen was said at the sign-in, and need not be said again. ``keep`` is called with the
        next refresh token as soon as there is one: the present one may be worth nothing from then on, whatever else
        the provider fails to answer.
        """
        return await self._told({"grant_type": "refresh_token", "refresh_token": refresh_token}, None, keep)

    async def _told(
        self, form: dict[str, str], nonce: str | None, keep: Callable[[str], Awaitable[None]] | None = None
    ) -> Vouched:
        metadata = await self._discovery.metadata()
        tokens = await self._tokens(metadata, form)
        if keep and "refresh_token" in tokens:
            await keep(tokens["refresh_token"])
        id_token = self._opened(tokens["id_token"])
        claims = await id_token_claims(
            id_token,
            metadata,
            algorithm=self._settings.algorithm,
            client_id=self._settings.client_id,
            nonce=nonce,
            access_token=tokens["access_token"],
        )
        info = await self._userinfo(metadata, tokens["access_token"], claims["sub"])
        siret = info.get("siret")
        return Vouched(
            issuer=metadata.issuer,
            subject=claims["sub"],
            provider=self.profile.name,
            acr=claims.get("acr") if isinstance(claims.get("acr"), str) else None,
            auth_time=_instant(claims.get("auth_time", claims["iat"])),
            # As a hint when signing out it goes without our encryption, which is for us alone.
            id_token=id_token,
            identity=self.profile.identity(info),
            siret=siret.replace(" ", "") if isinstance(siret, str) else None,
            refresh_token=tokens.get("refresh_token"),
        )

    async def end_session_url(self, id_token: str, state: str) -> str | None:
        """Where to send the browser to sign out at the provider too; None where that is not offered."""
        try:
            metadata = await self._discovery.metadata()
        except RefusedError:
            return None
        if metadata.end_session_endpoint is None:
            return None
        parameters = {"id_token_hint": id_token, "post_logout_redirect_uri": self.after_logout_url, "state": state}
        return f"{metadata.end_session_endpoint}?{urlencode(parameters)}"

    async def _tokens(self, metadata: Metadata, form: dict[str, str]) -> dict[str, str]:
        known = {"client_id": self._settings.client_id, **self._credentials(metadata)}
        reply = await self._transport.post(metadata.token_endpoint, form | known)
        if not reply.ok:
            refused = self._answered("token", reply)
            spent = reply.error().get("error") == "invalid_grant"
            raise GrantRefusedError(refused.code) if spent else refused
        body = reply.json()
        tokens = {name: body.get(name) for name in ("access_token", "id_token")}
        if not all(isinstance(token, str) and token.isascii() and token for token in tokens.values()):
            raise RefusedError(Refusal.PROVIDER_FAILED)
        if str(body.get("token_type", "")).lower() != "bearer":
            raise RefusedError(Refusal.PROVIDER_FAILED)
        renewing = body.get("refresh_token") if self.profile.renews else None
        kept = {"refresh_token": renewing} if isinstance(renewing, str) and renewing.isascii() and renewing else {}
        return {name: str(token) for name, token in (tokens | kept).items()}

    def _credentials(self, metadata: Metadata) -> dict[str, str]:
        if self._settings.client_secret:
            return {"client_secret": self._settings.client_secret.get_secret_value()}
        # For the issuer alone: what another provider took from us is of no use there.
        assertion = self.keys.assertion(self._settings.client_id, metadata.issuer)
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}

    def _opened(self, token: str) -> str:
        try:
            return self.keys.opened(token)
        except (JoseError, ValueError) as error:
            _log.error("provider_answer_refused", reason="encryption", error=type(error).__name__)
            raise RefusedError(Refusal.PROVIDER_UNTRUSTED) from error

    def _answered(self, where: str, reply: Reply) -> RefusedError:
        """What another status than 200 at one of its endpoints means to the person."""
        told = reply.error()
        if told.get("error") in KNOWN_ERRORS:
            refused = self._refusal(where, told["error"], told.get("error_description"), told.get("error_uri"))
            return refused or RefusedError(Refusal.PROVIDER_FAILED)
        _log.error("provider_error", provider=self.profile.name, where=where, status=reply.status)
        if reply.status in _FOR_NOW:
            return RefusedError(Refusal.PROVIDER_UNREACHABLE)
        server_error = reply.status >= 500  # noqa: PLR2004 - the class of server errors
        return RefusedError(Refusal.PROVIDER_FAILED if server_error else Refusal.PROVIDER_MISCONFIGURED)

    def _refusal(self, where: str, error: str, *told: str | None) -> RefusedError | None:
        code = code_in(*told)
        reason = meaning(error, code if self.profile.audience is Audience.CITIZEN else None)
        _log.warning(
            "provider_error",
            provider=self.profile.name,
            where=where,
            error=error if error in KNOWN_ERRORS else "other",
            code=code,
            refusal=reason,
        )
        return RefusedError(reason, code) if reason else None

    async def _userinfo(self, metadata: Metadata, access_token: str, subject: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/jwt"}
        reply = await self._transport.get(metadata.userinfo_endpoint, headers)
        if not reply.ok:
            raise self._answered("userinfo", reply)
        if reply.content_type != "application/jwt":
            _log.error("provider_answer_refused", reason="content_type", content_type=reply.content_type)
            raise RefusedError(Refusal.PROVIDER_FAILED)
        token = self._opened(reply.content.decode("ascii", errors="replace").strip())
        pinned = {"algorithm": self._settings.algorithm, "client_id": self._settings.client_id}
        return await userinfo_claims(token, metadata, **pinned, subject=subject)


def _instant(seconds: Any) -> datetime:
    if not isinstance(seconds, int) or not 0 < seconds < 2**33:
        raise RefusedError(Refusal.PROVIDER_UNTRUSTED)
    return datetime.fromtimestamp(seconds, UTC)
