# SPDX-License-Identifier: EUPL-1.2
"""A provider as the published documents describe FranceConnect v2 and ProConnect, with every answer open to change."""

import json
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
import respx
from joserfc import jwe, jwt
from joserfc.jwk import ECKey, RSAKey

CLOSED_LIST = {
    "client_id", "response_type", "redirect_uri", "scope", "acr_values", "nonce", "state", "prompt", "claims",
    "idp_hint", "ui_locales",
}  # fmt: skip
Claims = dict[str, Any]


def unchanged(value: Any) -> Any:
    return value


ORDINARY = {"franceconnect": "eidas1", "franceconnect-plus": "eidas2", "proconnect": "eidas1-mfa"}
"""The level at which each lets people in: administrators and those who decide show two factors."""


@dataclass
class FakeProvider:
    profile: str
    issuer: str
    client_id: str = "parvis"
    client_secret: str = "a secret shared with the provider"
    key: ECKey | RSAKey = field(
        default_factory=lambda: ECKey.generate_key("P-256", {"kid": "p1", "use": "sig", "alg": "ES256"})
    )
    person: Claims = field(default_factory=dict)
    acr: str | None = "eidas1"
    id_token_claims: Callable[[Claims], Claims] = unchanged
    userinfo_claims: Callable[[Claims], Claims] = unchanged
    sign: Callable[[Claims], str] | None = None
    sign_userinfo: Callable[[Claims], str] | None = None
    client_key: ECKey | None = None
    encrypt_to: ECKey | RSAKey | None = None
    scopes: tuple[str, ...] = ()
    callback: Callable[[dict[str, str]], dict[str, str]] = unchanged
    down: set[str] = field(default_factory=set)
    answers: dict[str, httpx.Response] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    sent: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    renewable: dict[str, dict[str, str]] = field(default_factory=dict)

    def reset(self) -> None:
        fresh = FakeProvider(self.profile, self.issuer, acr=ORDINARY[self.profile], key=self.key)
        for name in (
            "person", "acr", "id_token_claims", "userinfo_claims", "sign", "sign_userinfo", "callback", "down",
            "answers", "asked", "sent", "codes", "renewable",
        ):  # fmt: skip
            setattr(self, name, getattr(fresh, name))

    def configuration(self) -> dict[str, Any]:
        """This provider as the setting of the service names it."""
        known = {"profile": self.profile, "issuer": self.issuer, "client_id": self.client_id, "scopes": self.scopes}
        if self.algorithm != "ES256":
            known["algorithm"] = self.algorithm
        if self.client_key is None or self.encrypt_to is None:
            return known | {"client_secret": self.client_secret}
        keys = {"signing_key": self.client_key, "encryption_key": self.encrypt_to}
        return known | {name: key.as_pem(private=True).decode() for name, key in keys.items()}

    def mount(self, router: respx.MockRouter) -> None:
        for path, handler in {
            "/.well-known/openid-configuration": self._discovery,
            "/jwks": self._jwks,
            "/token": self._token,
            "/userinfo": self._userinfo,
        }.items():
            router.route(url=f"{self.issuer}{path}").mock(side_effect=self._unless_down(path, handler))

    def authorize(self, url: str) -> str:
        """What the person's browser is sent back to."""
        assert url.startswith(f"{self.issuer}/authorize?")
        pairs = parse_qsl(urlsplit(url).query, strict_parsing=True)
        asked = dict(pairs)
        assert len(asked) == len(pairs)
        self.asked.append(asked)
        if self.profile != "proconnect":
            assert asked.keys() <= CLOSED_LIST, "Y030007"
            supported = {"eidas1"} if self.profile == "franceconnect" else {"eidas2", "eidas3"}
            assert set(asked["acr_values"].split()) <= supported, "Y100002"
        else:
            assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        assert len(asked["nonce"]) >= 32
        assert len(asked["state"]) >= 32
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        answer = self.callback({"code": code, "state": asked["state"], "iss": self.issuer})
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def _unless_down(self, path: str, handler: Callable[[httpx.Request], httpx.Response]) -> Any:
        def answer(request: httpx.Request) -> httpx.Response:
            if path in self.down:
                raise httpx.ConnectTimeout("down", request=request)
            return self.answers.get(path) or handler(request)

        return answer

    def _discovery(self, _request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            200,
            json={
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/jwks",
                "end_session_endpoint": f"{self.issuer}/session/end",
            },
        )

    def _jwks(self, _request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"keys": [self.key.as_dict(private=False)]})

    def _token(self, request: httpx.Request) -> httpx.Response:
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        self.sent.append(form)
        assert "authorization" not in request.headers, "client_secret_post only"
        if not self._knows(form):
            return httpx.Response(401, json={"error": "invalid_client"})
        renewing = form["grant_type"] == "refresh_token"
        if renewing:
            assert self.profile == "proconnect"
            asked = self.renewable.pop(form["refresh_token"], None)
        else:
            asked = self.codes.pop(form["code"], None)
        if asked is None or (not renewing and asked["redirect_uri"] != form["redirect_uri"]):
            return httpx.Response(400, json={"error": "invalid_grant"})
        if "code_challenge" in asked and not renewing:
            digest = sha256(form["code_verifier"].encode()).digest()
            assert urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
        now = int(time.time())
        claims = self.id_token_claims(
            {
                "sub": self.person["sub"],
                "acr": self.acr,
                "auth_time": now - 5,
                "nonce": asked["nonce"],
                "aud": self.client_id,
                "exp": now + 60,
                "iat": now,
                "iss": self.issuer,
            }
        )
        more = {}
        if self.profile == "proconnect":
            more["refresh_token"] = secrets.token_urlsafe(16)
            self.renewable[more["refresh_token"]] = asked
        return httpx.Response(
            200,
            json={
                **more,
                "access_token": f"opaque-{secrets.token_urlsafe(8)}",
                "expires_in": 60,
                "id_token": self._encrypted((self.sign or self.signed)(claims)),
                "scope": asked["scope"],
                "token_type": "Bearer",
            },
        )

    def _userinfo(self, request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"].startswith("Bearer opaque-")
        now = int(time.time())
        claims = self.userinfo_claims(
            {**self.person, "iss": self.issuer, "aud": self.client_id, "exp": now + 60, "iat": now}
        )
        content = self._encrypted((self.sign_userinfo or self.signed)(claims))
        return httpx.Response(200, content=content, headers={"content-type": "application/jwt"})

    def _knows(self, form: dict[str, str]) -> bool:
        if self.client_key is None:
            return (form["client_id"], form["client_secret"]) == (self.client_id, self.client_secret)
        assert "client_secret" not in form
        assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        claims = jwt.decode(form["client_assertion"], self.client_key, algorithms=["ES256"]).claims
        assert claims["exp"] - claims["iat"] <= 60
        return (claims["iss"], claims["sub"], claims["aud"]) == (self.client_id, self.client_id, self.issuer)

    def _encrypted(self, token: str) -> str:
        if self.encrypt_to is None:
            return token
        alg = "ECDH-ES" if isinstance(self.encrypt_to, ECKey) else "RSA-OAEP-256"
        # FranceConnect+ repeats issuer and audience here (RFC 7519 section 5.3).
        header = {"alg": alg, "enc": "A256GCM", "cty": "JWT", "iss": self.issuer, "aud": self.client_id}
        registry = jwe.JWERegistry(algorithms=[alg, "A256GCM"], strict_check_header=False)
        return jwe.encrypt_compact(header, token, self.encrypt_to, registry=registry)

    def signed(self, claims: Claims) -> str:
        return jwt.encode({"alg": self.algorithm, "kid": self.key.kid}, claims, self.key)

    @property
    def algorithm(self) -> str:
        return "ES256" if isinstance(self.key, ECKey) else "RS256"

    def public_json(self) -> bytes:
        return json.dumps(self.key.as_dict(private=False)).encode()


def citizen(sub: str = "a" * 64 + "v1", **claims: Any) -> Claims:
    return {
        "sub": sub,
        "given_name": "Angela Claire Louise",
        "given_name_array": ["Angela", "Claire", "Louise"],
        "family_name": "DUBOIS",
        "birthdate": "1962-08-24",
        "gender": "female",
        "birthplace": "75107",
        "birthcountry": "99100",
        "email": "angela.dubois@example.fr",
        **claims,
    }


def agent(sub: str = "agent-1", email: str | None = "camille.moreau@paris.example", **claims: Any) -> Claims:
    return {
        "sub": sub,
        "given_name": "Camille",
        "usual_name": "Moreau",
        "email": email,
        "uid": "cmoreau",
        "siret": "21750001600019",
        **claims,
    }
