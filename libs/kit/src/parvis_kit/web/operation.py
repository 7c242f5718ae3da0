# SPDX-License-Identifier: EUPL-1.2
"""Routes that say who may call them; a route that says nothing cannot be defined (default deny)."""

import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Match
from starlette.types import Message, Receive, Scope, Send

from parvis_kit import problems as kinds
from parvis_kit.security.assurance import reaches
from parvis_kit.security.dpop import ALGORITHM, ProofError, Proofs, read_proof
from parvis_kit.security.principal import Principal
from parvis_kit.security.tokens import TokenVerifier, refused

DEFAULT_BODY_LIMIT: Final = 65_536
RESOURCE_METADATA: Final = "/.well-known/oauth-protected-resource"
_SCHEME: Final = "oauth2"
_BEARER: Final = "bearer"


class Operation(APIRoute):
    """A route with its class from the contract: ``token`` (with scopes), ``service`` or ``public``."""

    def __init__(self, path: str, endpoint: Any, **options: Any) -> None:
        extra = dict(options.get("openapi_extra") or {})
        access = extra.get("x-parvis-class")
        if access not in {"token", "service", "public"}:
            raise TypeError(f"{path}: say who may call this route with **token(...), **service() or **public()")
        self.access: str = access
        self.scopes: frozenset[str] = frozenset(s for need in extra.get("security", ()) for s in need.get(_SCHEME, ()))
        if self.access == "token" and not self.scopes:
            raise TypeError(f"{path}: a token route names its scopes")
        self.sign_in: dict[str, Any] = extra.get("x-parvis-sign-in", {})
        self.body_limit: int = extra.get("x-parvis-body-limit", DEFAULT_BODY_LIMIT)
        self._begins, self._ends = path.partition("{")[0], path.rpartition("}")[2]
        super().__init__(path, endpoint, **options)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As the framework's; most paths begin or end otherwise, which is seen in a tenth of its time."""
        fits = scope["path"].startswith(self._begins) and scope["path"].endswith(self._ends)
        return super().matches(scope) if fits else (Match.NONE, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Authenticate before a byte of the body is read, then answer."""
        if self.access == "token" and scope["method"] in (self.methods or ()):
            try:
                scope.setdefault("state", {})["principal"] = await self._authenticated(scope)
            except HTTPException as problem:
                _name_metadata(problem, scope["app"].state.public_url)
                raise
        await self.answer(scope, bounded(scope, receive, self.body_limit), send)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call whose caller is known; a hot route may know a shorter way than the framework's."""
        await super().handle(scope, receive, send)

    async def _authenticated(self, scope: Scope) -> Principal:
        header = next((value for name, value in scope["headers"] if name == b"authorization"), b"").decode("latin-1")
        scheme, _, presented = header.partition(" ")
        if scheme.lower() not in {_BEARER, "dpop"}:
            raise kinds.UNAUTHENTICATED.problem(
                "Envoyez un jeton d'accès dans l'en-tête Authorization.",
                "Send an access token in the Authorization header.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        verifier: TokenVerifier = scope["app"].state.tokens
        principal = await verifier.verify(presented.strip())
        if not await _proven(scope, scheme.lower(), presented.strip(), principal):
            raise refused("proof", f'DPoP error="invalid_dpop_proof", algs="{ALGORITHM}"')
        if not self.scopes <= principal.scopes:
            needed = " ".join(sorted(self.scopes))
            raise kinds.INSUFFICIENT_SCOPE.problem(
                f"Ce jeton n'a pas le droit demandé : {needed}.",
                f"This token lacks the scope: {needed}.",
                headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{needed}"'},
            )
        _check_sign_in(principal, **self.sign_in)
        return principal


def _name_metadata(problem: HTTPException, site: str) -> None:
    # RFC 9728 section 5.1: where a client learns which server gives tokens for this.
    if problem.status_code == HTTPStatus.UNAUTHORIZED and problem.headers:
        challenge = problem.headers["WWW-Authenticate"]
        where = f'resource_metadata="{site}{RESOURCE_METADATA}"'
        problem.headers = {"WWW-Authenticate": f"{challenge}, {where}" if "=" in challenge else f"{challenge} {where}"}


def _check_sign_in(principal: Principal, *, acr_values: Sequence[str] = (), max_age: int | None = None) -> None:
    late = max_age is not None and principal.signed_in < time.time() - max_age
    if late or not reaches(principal.acr, acr_values):
        # RFC 9470 section 3: the client has the person sign in again, with these parameters.
        wanted = [f'acr_values="{" ".join(acr_values)}"'] if acr_values else []
        wanted += [] if max_age is None else [f"max_age={max_age}"]
        raise kinds.INSUFFICIENT_AUTHENTICATION.problem(
            "Demandez à la personne de s'identifier de nouveau, comme l'indique l'en-tête WWW-Authenticate.",
            "Have the person sign in again, as the WWW-Authenticate header says.",
            headers={"WWW-Authenticate": ", ".join(['Bearer error="insufficient_user_authentication"', *wanted])},
        )


async def _proven(scope: Scope, token_type: str, presented: str, principal: Principal) -> bool:
    # A bound token is no bearer token, and a bearer token proves nothing (RFC 9449 section 7.1).
    proofs = [value.decode("latin-1") for name, value in scope["headers"] if name == b"dpop"]
    if token_type == _BEARER or len(proofs) != 1:
        return token_type == _BEARER and principal.bound_to is None
    try:
        url = scope["app"].state.public_url + scope["path"]
        proof = read_proof(proofs[0], method=scope["method"], url=url, token=presented)
        if proof.thumbprint != principal.bound_to:
            return False
        memory: Proofs = scope["app"].state.proofs
        await memory.take_once(proof)
    except ProofError:
        return False
    return True


def bounded(scope: Scope, receive: Receive, limit: int) -> Receive:
    """A ``receive`` that raises the ``body-too-large`` problem past ``limit`` bytes, announced or counted.

    The gateway's own limit looks at Content-Length, which a chunked body does not have. JSON in UTF-16 is refused.
    """
    announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    received = int(announced) if announced.isdigit() and int(announced) > limit else 0

    async def counted() -> Message:
        nonlocal received
        message = await receive() if received <= limit else {"type": "http.request"}
        received += len(message.get("body", b""))
        if received > limit:
            raise kinds.TOO_LARGE.problem(
                f"Envoyez au plus {limit} octets.", f"Send at most {limit} bytes.", headers={"Connection": "close"}
            )
        if b"\x00" in message.get("body", b"") and b"json" in dict(scope["headers"]).get(b"content-type", b""):
            raise kinds.MALFORMED.problem("Écrivez le JSON en UTF-8 (RFC 8259).", "Write JSON in UTF-8 (RFC 8259).")
        return message

    return counted


def router(*, route_class: type[Operation] = Operation, **options: Any) -> APIRouter:
    """A router whose routes must say who may call them."""
    return APIRouter(route_class=route_class, **options)


def principal_of(request: Request) -> Principal:
    """The caller of a ``token`` route."""
    principal: Principal = request.state.principal
    return principal


def _header(name: str, description: str, *, required: bool, pattern: str | None = None) -> dict[str, Any]:
    schema = {"type": "string", "maxLength": 255} | ({"pattern": pattern} if pattern else {})
    return {"in": "header", "name": name, "required": required, "description": description, "schema": schema}


IDEMPOTENCY_KEY: Final = _header(
    "Idempotency-Key",
    "A key of your own for this call, such as a UUID: sent again within 24 hours, it gets the first answer again.",
    required=True,
    pattern="^[!-~]+$",
)
IF_MATCH: Final = _header("If-Match", "The ETag of the version that the caller saw.", required=True)
IF_NONE_MATCH: Final = _header("If-None-Match", "The ETag that the caller has already.", required=False)


def token(*scopes: str, **options: Any) -> dict[str, Any]:
    """Options of a route that needs an access token with all these scopes; the others as for :func:`public`.

    ``sign_in`` asks for more of the person (RFC 9470): ``acr_values``, one of which is reached, and ``max_age``,
    the seconds since they signed in.
    """
    return _access("token", **options, security=[{_SCHEME: sorted(scopes)}])


def service(**options: Any) -> dict[str, Any]:
    """Options of a route whose caller the service checks by itself (API key, tracking token)."""
    return _access("service", **options)


def public(**options: Any) -> dict[str, Any]:
    """Options of a route open to anybody; the list of these is held by a test.

    Each class takes ``headers`` (such as ``[IF_MATCH]``), ``body_limit`` in bytes, ``timeout`` in seconds at the
    gateway, and ``cors=False`` for what no other site's script may call.
    """
    return _access("public", **options)


def _access(
    access: str, *, headers: Sequence[dict[str, Any]] = (), body_limit: int | None = None,
    timeout: float | None = None, cors: bool = True, sign_in: Mapping[str, Any] | None = None, **extra: Any,
) -> dict[str, Any]:  # fmt: skip
    extra |= {"x-parvis-class": access, "parameters": list(headers)} if headers else {"x-parvis-class": access}
    limits: dict[str, Any] = {
        "x-parvis-body-limit": body_limit,
        "x-parvis-timeout": timeout,
        "x-parvis-cors": None if cors else False,
        "x-parvis-sign-in": sign_in,
    }
    return {"openapi_extra": extra | {name: limit for name, limit in limits.items() if limit is not None}}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route: which problem statuses it can answer."""
    content = {"content": {kinds.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    return {status: {"description": "Problem (RFC 9457)", **content} for status in sorted({*statuses, 500, 503})}


NOT_MODIFIED: Final[dict[int | str, dict[str, Any]]] = {
    304: {"description": "The caller already has this version (`If-None-Match`)"}
}
