# SPDX-License-Identifier: EUPL-1.2
"""One provider: its routes below ``<base>/<name>/api/v2``."""

import hashlib
import hmac
import time
from base64 import urlsafe_b64encode
from typing import Any, Final
from urllib.parse import urlencode

from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from parvis_local.franceconnect import pages
from parvis_local.franceconnect.levels import level
from parvis_local.franceconnect.profiles import Profile
from parvis_local.franceconnect.registrations import Registration
from parvis_local.franceconnect.state import Asked, Expiring, Granted
from parvis_local.franceconnect.tokens import TOKEN_SECONDS, Signer, pairwise

_CODE_SECONDS: Final = 30
_TRANSACTION_SECONDS: Final = 1_800
_UNKNOWN_CLIENT: Final = "Y04EA6EF"
_UNKNOWN_REDIRECT: Final = "Y04C013C"
_NO_STORE: Final = {"Cache-Control": "no-store"}


class Provider:
    """FranceConnect or ProConnect, with its own keys and its own memory."""

    def __init__(self, profile: Profile, base: str, registrations: list[Registration], known_as: str) -> None:
        self._profile = profile
        self._path = f"/simulators/{profile.name}/api/v2"
        self._address = f"{base}/{profile.name}/api/v2"
        self.issuer = f"{known_as}/{profile.name}/api/v2"
        self._clients = {entry.client_id: entry for entry in registrations if entry.provider == profile.name}
        self._signer = Signer(self.issuer)
        self._transactions: Expiring[Asked] = Expiring(_TRANSACTION_SECONDS)
        self._codes: Expiring[Granted] = Expiring(_CODE_SECONDS)
        self._access: Expiring[Granted] = Expiring(TOKEN_SECONDS)
        self._refresh: Expiring[Granted] = Expiring(_TRANSACTION_SECONDS)

    def routes(self) -> list[Route]:
        """The routes of this provider."""
        made = (
            ("/.well-known/openid-configuration", self._discovery, ["GET"]),
            ("/jwks", self._jwks, ["GET"]),
            ("/authorize", self._authorize, ["GET", "POST"]),
            ("/interaction", self._interaction, ["POST"]),
            ("/token", self._token, ["POST"]),
            ("/userinfo", self._userinfo, ["GET", "POST"]),
            ("/session/end", self._end_session, ["GET"]),
        )
        return [Route(self._path + path, handler, methods=methods) for path, handler, methods in made]

    async def _discovery(self, _request: Request) -> Response:
        document: dict[str, Any] = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self._address}/authorize",
            "token_endpoint": f"{self._address}/token",
            "userinfo_endpoint": f"{self._address}/userinfo",
            "jwks_uri": f"{self._address}/jwks",
            "end_session_endpoint": f"{self._address}/session/end",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"],
            "acr_values_supported": list(self._profile.acrs),
            "scopes_supported": ["openid", *self._profile.claims],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "userinfo_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "authorization_response_iss_parameter_supported": True,
        }
        if self._profile.refreshes:
            document["grant_types_supported"] = ["authorization_code", "refresh_token"]
            document["code_challenge_methods_supported"] = ["S256"]
        return JSONResponse(document)

    async def _jwks(self, _request: Request) -> Response:
        return JSONResponse(self._signer.jwks())

    async def _authorize(self, request: Request) -> Response:
        given: QueryParams | FormData = request.query_params if request.method == "GET" else await request.form()
        values = {name: str(value) for name, value in given.multi_items()}
        lang = pages.language(request.headers.get("accept-language"))
        client = self._clients.get(values.get("client_id", ""))
        wrong = self._wrong(values, repeated=len(values) != len(given.multi_items()))
        if wrong is None and client is None:
            wrong = _UNKNOWN_CLIENT
        if wrong is None and client is not None and values["redirect_uri"] not in client.redirect_uris:
            wrong = _UNKNOWN_REDIRECT
        if wrong:
            return pages.refusal(self._profile.title, wrong, lang)
        if values["response_type"] != "code":
            return self._back(values, error="unsupported_response_type", error_description="only code is supported")
        scopes = tuple(values["scope"].split())
        if "openid" not in scopes:
            return self._back(values, error="invalid_request", error_description="openid scope must be requested")
        if set(scopes) - {"openid", *self._profile.claims}:
            return self._back(values, error="invalid_scope", error_description="requested scope is not allowed")
        asked = Asked(
            client_id=values["client_id"],
            redirect_uri=values["redirect_uri"],
            scope=scopes,
            state=values["state"],
            nonce=values["nonce"],
            acr=level(values, self._profile.acrs),
            challenge=values.get("code_challenge"),
        )
        people = {key: pages.label(dict(known), lang) for key, known in self._profile.people.items()}
        return pages.picking(
            self._profile.title, self._transactions.add(asked), f"{self._path}/interaction", people, lang
        )

    def _wrong(self, values: dict[str, str], *, repeated: bool) -> str | None:
        """The code shown for parameters that break the rules; None where they keep them."""
        profile = self._profile
        acrs = values.get("acr_values", profile.acrs[0]).split()
        kept = (
            not repeated
            and set(values) <= profile.parameters
            and all(values.get(name) for name in profile.required)
            and len(values["nonce"]) >= profile.shortest_nonce
            and bool(acrs)
            and set(acrs) <= set(profile.acrs)
            and level(values, profile.acrs) in profile.acrs
            and set(values.get("prompt", "login").split() or ["none"]) <= {"login", "consent"}
            and values.get("code_challenge_method", "S256") == "S256"
        )
        return None if kept else profile.error

    async def _interaction(self, request: Request) -> Response:
        form = await request.form()
        lang = pages.language(request.headers.get("accept-language"))
        asked = self._transactions.take(str(form.get("transaction", "")))
        if asked is None:
            return pages.refusal(self._profile.title, "Y190001", lang)
        values = {"redirect_uri": asked.redirect_uri, "state": asked.state}
        person = str(form.get("person", ""))
        if form.get("cancel") or person not in self._profile.people:
            return self._back(values, error="access_denied", error_description="User auth aborted")
        return self._back(values, code=self._codes.add(Granted(asked, person, int(time.time()))))

    def _back(self, values: dict[str, str], **answer: str) -> Response:
        parameters = urlencode({**answer, "state": values["state"], "iss": self.issuer})
        separator = "&" if "?" in values["redirect_uri"] else "?"
        return RedirectResponse(f"{values['redirect_uri']}{separator}{parameters}", 303, _NO_STORE)

    async def _token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        client = self._authenticated(form, request)
        if client is None:
            return _error("invalid_client", 401)
        match form.get("grant_type"):
            case "authorization_code":
                granted = self._codes.take(form.get("code", ""))
                if granted is None or not _fits(granted.asked, client, form):
                    return _error("invalid_grant")
            case "refresh_token" if self._profile.refreshes:
                granted = self._refresh.take(form.get("refresh_token", ""))
                if granted is None or granted.asked.client_id != client.client_id:
                    return _error("invalid_grant")
            case _:
                return _error("unsupported_grant_type")
        access = self._access.add(granted)
        body = {
            "access_token": access,
            "expires_in": TOKEN_SECONDS,
            "id_token": self._signer.id_token(granted, self._subject(client, granted), access),
            "scope": " ".join(granted.asked.scope),
            "token_type": "Bearer",
        }
        if self._profile.refreshes:
            body["refresh_token"] = self._refresh.add(granted)
        return JSONResponse(body, headers=_NO_STORE)

    def _authenticated(self, form: dict[str, str], request: Request) -> Registration | None:
        """By ``client_secret_post``, as both providers want it; never by Basic."""
        if "authorization" in request.headers:
            return None
        client = self._clients.get(form.get("client_id", ""))
        if client is None or not hmac.compare_digest(client.client_secret, form.get("client_secret", "")):
            return None
        return client

    async def _userinfo(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        granted = self._access.get(token) if scheme.lower() == "bearer" else None
        if granted is None:
            return _error("invalid_token", 401)
        client = self._clients[granted.asked.client_id]
        signed = self._signer.userinfo(granted, self._subject(client, granted), self._profile)
        return Response(signed, headers=_NO_STORE, media_type="application/jwt")

    async def _end_session(self, request: Request) -> Response:
        given = request.query_params
        lang = pages.language(request.headers.get("accept-language"))
        claims = self._signer.reads(given.get("id_token_hint", ""))
        client = self._clients.get(str((claims or {}).get("aud")))
        target = given.get("post_logout_redirect_uri")
        if client is None or (target and target not in client.post_logout_redirect_uris):
            return pages.refusal(self._profile.title, "Y100019" if client is None else _UNKNOWN_REDIRECT, lang)
        if not target:
            return pages.refusal(self._profile.title, "-", lang, 200)
        state = f"?{urlencode({'state': given['state']})}" if "state" in given else ""
        return RedirectResponse(f"{target}{state}", 303, _NO_STORE)

    def _subject(self, client: Registration, granted: Granted) -> str:
        return pairwise(client.entity, granted.person, dict(self._profile.people[granted.person]))


def _fits(asked: Asked, client: Registration, form: dict[str, str]) -> bool:
    if asked.client_id != client.client_id or form.get("redirect_uri") != asked.redirect_uri:
        return False
    verifier = form.get("code_verifier")
    if asked.challenge is None:
        return verifier is None
    digest = hashlib.sha256((verifier or "").encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode() == asked.challenge


def _error(code: str, status: int = 400) -> Response:
    return JSONResponse({"error": code, "error_description": code.replace("_", " ")}, status, _NO_STORE)
