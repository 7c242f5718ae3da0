# SPDX-License-Identifier: EUPL-1.2
"""Errors as answers: RFC 9457 problem details, in French and English."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.exceptions import HTTPException

from parvis_kit.locale import Language, Text

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one member of the input: where (RFC 6901 pointer), a stable code, and words."""

    pointer: str
    code: str
    detail: Text


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of problem: its stable code (never translated), its status and its title."""

    code: str
    status: int
    title: Text

    def problem(
        self, fr: str | None = None, en: str | None = None,
        *, errors: Sequence[FieldError] = (), headers: Mapping[str, str] | None = None,
    ) -> "Problem":  # fmt: skip
        """This problem as an exception, with a detail that tells the caller what to do."""
        detail = Text(fr=fr, en=en or fr) if fr else None
        return Problem(self, detail, tuple(errors), dict(headers or {}))


class Problem(HTTPException):
    """Raised anywhere below a route, answered as ``application/problem+json``."""

    def __init__(
        self, kind: Kind, detail: Text | None, errors: tuple[FieldError, ...], headers: dict[str, str]
    ) -> None:
        super().__init__(kind.status, kind.code, headers)
        self.kind = kind
        self.text = detail
        self.errors = errors

    def body(self, language: Language, *, base: str, instance: str, trace_id: str) -> dict[str, Any]:
        """The JSON members of RFC 9457 with the extensions ``code``, ``errors`` and ``trace_id``."""
        members: dict[str, Any] = {
            "type": f"{base}/problems/{self.kind.code}",
            "title": self.kind.title.in_language(language),
            "status": self.kind.status,
            "instance": instance,
            "code": self.kind.code,
            "trace_id": trace_id,
        }
        if self.text:
            members["detail"] = self.text.in_language(language)
        if self.errors:
            members["errors"] = [
                {"pointer": e.pointer, "code": e.code, "detail": e.detail.in_language(language)} for e in self.errors
            ]
        return members


def _kind(code: str, status: int, fr: str, en: str) -> Kind:
    return Kind(code, status, Text(fr=fr, en=en))


MALFORMED = _kind("malformed-request", 400, "Requête illisible", "Malformed request")
INVALID_CURSOR = _kind("invalid-cursor", 400, "Curseur de page invalide", "Invalid page cursor")
IDEMPOTENCY_KEY_MISSING = _kind(
    "idempotency-key-missing", 400, "En-tête Idempotency-Key manquant", "Missing Idempotency-Key header"
)
UNAUTHENTICATED = _kind("unauthenticated", 401, "Authentification requise", "Authentication required")
INSUFFICIENT_AUTHENTICATION = _kind(
    "insufficient-user-authentication", 401, "Connexion à renforcer", "Stronger or fresher sign-in required"
)
INVALID_TOKEN = _kind("invalid-token", 401, "Jeton refusé", "Token refused")
INSUFFICIENT_SCOPE = _kind("insufficient-scope", 403, "Droit manquant dans le jeton", "Missing scope in the token")
FORBIDDEN = _kind("forbidden", 403, "Action non permise", "Action not allowed")
NOT_FOUND = _kind("not-found", 404, "Introuvable", "Not found")
METHOD_NOT_ALLOWED = _kind("method-not-allowed", 405, "Méthode non permise", "Method not allowed")
CONFLICT = _kind("conflict", 409, "Conflit avec l'état actuel", "Conflict with the current state")
IN_PROGRESS = _kind("request-in-progress", 409, "Même requête encore en cours", "The same request is still running")
PRECONDITION_FAILED = _kind("precondition-failed", 412, "Version dépassée", "Stale version")
TOO_LARGE = _kind("body-too-large", 413, "Contenu trop volumineux", "Content too large")
UNSUPPORTED_MEDIA_TYPE = _kind("unsupported-media-type", 415, "Format non accepté", "Unsupported media type")
VALIDATION = _kind("validation-failed", 422, "Données invalides", "Invalid data")
IDEMPOTENCY_KEY_REUSED = _kind(
    "idempotency-key-reused", 422, "Idempotency-Key déjà utilisée", "Idempotency-Key already used"
)
PRECONDITION_REQUIRED = _kind("precondition-required", 428, "En-tête If-Match requis", "If-Match header required")
INTERNAL = _kind("internal-error", 500, "Erreur interne", "Internal error")
UNAVAILABLE = _kind("service-unavailable", 503, "Service momentanément indisponible", "Service temporarily unavailable")

BY_STATUS: Mapping[int, Kind] = {
    kind.status: kind
    for kind in (
        INTERNAL, UNAVAILABLE, MALFORMED, UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, METHOD_NOT_ALLOWED, CONFLICT,
        PRECONDITION_FAILED, TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, VALIDATION, PRECONDITION_REQUIRED,
    )
}  # fmt: skip


def unavailable(retry_after: int = 5) -> Problem:
    """503 for a broken dependency: nothing was done, the caller may try again after that many seconds."""
    return UNAVAILABLE.problem(
        "Rien n'a été enregistré ; réessayez dans quelques instants.",
        "Nothing was stored; try again in a moment.",
        headers={"Retry-After": str(retry_after)},
    )


@dataclass(frozen=True, slots=True)
class Rule:
    """How a domain error becomes a problem: the kind, and the member of the input that it is about."""

    kind: Kind
    pointer: str | None = None
    text: Text | None = None


@dataclass(slots=True)
class Catalogue:
    """The problems of one service: which domain error is answered how."""

    rules: dict[type[Exception], Rule] = field(default_factory=dict)

    def problem_for(self, error: Exception) -> Problem | None:
        """The problem for that domain error, or None when none of its classes is listed."""
        rule = next((self.rules[cls] for cls in type(error).__mro__ if cls in self.rules), None)
        if rule is None:
            return None
        where = [] if rule.pointer is None else [FieldError(rule.pointer, rule.kind.code, rule.text or rule.kind.title)]
        return Problem(rule.kind, rule.text, tuple(where), {})
