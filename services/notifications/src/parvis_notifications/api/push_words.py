# SPDX-License-Identifier: EUPL-1.2
"""How refusals of browsers are answered."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import CONFLICT, VALIDATION, Kind, Rule
from parvis_notifications.domain import errors
from parvis_notifications.outgoing.push_crypto import BrowserKeyError

TOO_MANY_BROWSERS: Final = Kind(
    "too-many-browsers", CONFLICT.status, Text(fr="Trop de navigateurs abonnés", en="Too many browsers subscribed")
)
PUSH_RULES: Final = {
    errors.EndpointRefusedError: Rule(
        VALIDATION,
        "/endpoint",
        Text(
            fr="Donnez l'adresse https que le navigateur a donnée : elle mène à un service de push utilisé ici.",
            en="Give the https address that the browser gave: it leads to a push service that is used here.",
        ),
    ),
    BrowserKeyError: Rule(
        VALIDATION,
        "/keys",
        Text(
            fr="Donnez les clés du navigateur : un point de P-256 et 16 octets.",
            en="Give the browser's keys: a point on P-256, and 16 bytes.",
        ),
    ),
    errors.ServerKeyError: Rule(
        VALIDATION,
        "/server_key",
        Text(
            fr="Abonnez le navigateur avec la première clé de /v1/push-keys.",
            en="Subscribe the browser with the first key of /v1/push-keys.",
        ),
    ),
    errors.TooManyBrowsersError: Rule(
        TOO_MANY_BROWSERS,
        text=Text(
            fr="Désabonnez un navigateur avant d'en abonner un autre.",
            en="Unsubscribe a browser before you subscribe another.",
        ),
    ),
}
