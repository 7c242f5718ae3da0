# SPDX-License-Identifier: EUPL-1.2
"""How the errors of the domain are answered."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import (
    CONFLICT,
    NOT_FOUND,
    PRECONDITION_FAILED,
    VALIDATION,
    Catalogue,
    FieldError,
    Kind,
    Problem,
    Rule,
    unavailable,
)
from parvis_notifications.api.chat_words import CHAT_RULES
from parvis_notifications.api.mail_room_words import MAIL_ROOM_RULES
from parvis_notifications.api.push_words import PUSH_RULES
from parvis_notifications.api.register_words import REGISTER_RULES
from parvis_notifications.api.self_telling import SELF_TELLING, told_by
from parvis_notifications.domain import errors
from parvis_notifications.outgoing.letter_pdf import NotSetError
from parvis_notifications.outgoing.machine import UnreachableError
from parvis_notifications.service.render_template import FilledTooLongError
from parvis_outside.destination import UrlRefusedError

URL_REFUSED: Final = Kind("webhook-url-refused", 422, Text(fr="Adresse refusée", en="Address refused"))
TOO_MANY: Final = Kind(
    "too-many-subscriptions", CONFLICT.status, Text(fr="Trop d'abonnements", en="Too many subscriptions")
)
TOO_MANY_STREAMS: Final = Kind(
    "too-many-streams", CONFLICT.status, Text(fr="Trop de flux ouverts", en="Too many open streams")
)
WRONG_CODE: Final = Kind("wrong-code", 422, Text(fr="Ce n'est pas le bon code", en="Not the right code"))
SAME_AGENT: Final = Kind(
    "second-agent-required", CONFLICT.status, Text(fr="Second agent nécessaire", en="Second agent required")
)
TOO_MANY_PENDING: Final = Kind(
    "too-many-pending", 429, Text(fr="Trop d'abonnements à confirmer", en="Too many subscriptions to confirm")
)
FILE_REFUSED: Final = Kind("unreadable-sending-file", 422, Text(fr="Fichier refusé", en="File refused"))
TOO_MANY_SENT: Final = Kind("too-many-sent", 429, Text(fr="Trop de messages envoyés", en="Too many messages sent"))
_STREAM_RETRY_SECONDS: Final = 30
_REASONS: Final[dict[str, Text]] = {
    "not-a-url": Text(
        fr="Donnez une adresse absolue, en ASCII (nom de domaine en punycode).",
        en="Give an absolute URL in ASCII (domain name in punycode).",
    ),
    "https-required": Text(fr="L'adresse doit commencer par https://.", en="The URL must begin with https://."),
    "user-or-fragment": Text(
        fr="L'adresse ne doit contenir ni nom d'utilisateur ni fragment.",
        en="The URL must hold neither a user name nor a fragment.",
    ),
    "address-refused": Text(
        fr="Cette adresse n'est pas joignable depuis Internet ; demandez aux exploitants de l'autoriser.",
        en="This address is not on the public internet; ask the operators to allow it.",
    ),
}


class NotificationProblems(Catalogue):
    """The rules below, the reason for which a URL is refused, and when to come back for a stream."""

    def problem_for(self, error: Exception) -> Problem | None:
        """The problem for a domain error."""
        if isinstance(error, (errors.NoStreamLeftError, NotSetError)):
            return unavailable(_STREAM_RETRY_SECONDS)
        if isinstance(error, UnreachableError):
            return unavailable()
        if isinstance(error, errors.TooManySentError):
            return TOO_MANY_SENT.problem(
                f"Cette clé envoie {error.allowed} messages au plus ; reprenez plus tard.",
                f"This key sends {error.allowed} messages at the most; go on later.",
                headers={"Retry-After": str(error.retry_seconds)},
            )
        if isinstance(error, SELF_TELLING):
            return told_by(error, FILE_REFUSED)
        if not isinstance(error, UrlRefusedError):
            return Catalogue.problem_for(self, error)
        return URL_REFUSED.problem(
            "Corrigez l'adresse de réception.",
            "Correct the receiving address.",
            errors=[FieldError("/url", error.reason, _REASONS[error.reason])],
        )


_SUBSCRIBING: Final = {
    errors.UnknownTopicsError: Rule(
        VALIDATION, "/topics", Text(fr="Nommez des sujets de la collectivité.", en="Name topics of the collectivity.")
    ),
    errors.PlaceError: Rule(
        VALIDATION,
        "/places",
        Text(
            fr="Donnez pour chaque lieu une position, avec un rayon ou non, ou un contour.",
            en="Give for each place a position, with a radius or not, or an outline.",
        ),
    ),
    errors.AddressError: Rule(
        VALIDATION,
        "/email",
        Text(
            fr="Donnez une adresse électronique, ou un numéro de téléphone, et un seul des deux.",
            en="Give an e-mail address or a phone number, and one of them only.",
        ),
    ),
    errors.NumberError: Rule(
        VALIDATION,
        "/phone",
        Text(
            fr="Donnez le numéro d'un téléphone mobile, en France ou dans un pays admis.",
            en="Give the number of a mobile telephone, in France or in a country that is admitted.",
        ),
    ),
    errors.NoAreaError: Rule(
        VALIDATION,
        "/outline",
        Text(
            fr="Fermez le contour et ne le laissez pas se croiser ; la longitude vient d'abord.",
            en="Close the outline and let it not cross itself; longitude comes first.",
        ),
    ),
    errors.UnknownAreaError: Rule(
        VALIDATION,
        "/areas",
        Text(
            fr="Donnez un contour ou un secteur de la collectivité, ou tout le territoire, et l'un ou l'autre.",
            en="Give an outline or an area of the collectivity, or everywhere, and not both.",
        ),
    ),
    errors.OverError: Rule(
        VALIDATION,
        "/expires_at",
        Text(fr="Donnez une fin à venir, après le début.", en="Give an end that is to come, after the onset."),
    ),
    errors.NothingFollowedError: Rule(
        VALIDATION,
        "/follows",
        Text(
            fr="Nommez la dernière alerte envoyée que suit une mise à jour ou une fin d'alerte, et rien d'autre.",
            en="Name the last alert sent that an update or an all-clear follows, and nothing else.",
        ),
    ),
    errors.SameAgentError: Rule(
        SAME_AGENT,
        text=Text(fr="Faites-la approuver par un autre agent.", en="Have it approved by another agent."),
    ),
    errors.NotMovableError: Rule(
        CONFLICT,
        text=Text(
            fr="Cela ne se peut pas dans l'état actuel de l'envoi.", en="This cannot be done with it as it stands."
        ),
    ),
    errors.HelpMovedError: Rule(
        CONFLICT,
        text=Text(
            fr="Cet appel à l'aide a changé entre-temps ; relisez la liste.",
            en="This call for help has changed meanwhile; read the list again.",
        ),
    ),
    errors.NoteRefusedError: Rule(
        CONFLICT,
        text=Text(
            fr="On ne sait plus rien de cette personne : recommencez sans note.",
            en="Nothing is known of this person any more: try again without a note.",
        ),
    ),
    errors.WrongCodeError: Rule(
        WRONG_CODE, text=Text(fr="Relisez le code reçu.", en="Look at the code that you were sent again.")
    ),
    errors.TooManyPendingError: Rule(TOO_MANY_PENDING, text=Text(fr="Recommencez plus tard.", en="Try again later.")),
}
CATALOGUE: Final = NotificationProblems(
    {
        **_SUBSCRIBING,
        **PUSH_RULES,
        **CHAT_RULES,
        **REGISTER_RULES,
        **MAIL_ROOM_RULES,
        errors.NotFoundError: Rule(NOT_FOUND),
        errors.NotActiveError: Rule(
            CONFLICT,
            text=Text(
                fr="Cet abonnement est désactivé : réactivez-le d'abord.",
                en="This subscription has been disabled: enable it again first.",
            ),
        ),
        errors.ContactRefusedError: Rule(
            VALIDATION,
            "/contact_email",
            Text(fr="Donnez une adresse à laquelle on peut écrire.", en="Give an address that can be written to."),
        ),
        errors.TooManySubscriptionsError: Rule(
            TOO_MANY,
            text=Text(
                fr="Supprimez un abonnement avant d'en créer un autre.",
                en="Delete a subscription before you create another.",
            ),
        ),
        errors.TooManyStreamsError: Rule(
            TOO_MANY_STREAMS,
            text=Text(fr="Fermez un flux avant d'en ouvrir un autre.", en="Close a stream before you open another."),
        ),
        errors.EmptyQuietHoursError: Rule(
            VALIDATION,
            "/quiet_hours/ends",
            Text(fr="Donnez une heure de fin autre que celle du début.", en="Give an end other than the beginning."),
        ),
        errors.UnknownTimeZoneError: Rule(
            VALIDATION,
            "/quiet_hours/time_zone",
            Text(fr="Donnez un fuseau IANA, tel que Europe/Paris.", en="Give an IANA time zone, such as Europe/Paris."),
        ),
        errors.RepeatedChoiceError: Rule(
            VALIDATION,
            "/topics",
            Text(
                fr="Nommez chaque sujet, et chaque canal d'un sujet, une seule fois.",
                en="Name each topic, and each channel of a topic, once.",
            ),
        ),
        errors.NameTakenError: Rule(
            CONFLICT,
            "/name",
            Text(fr="Un autre modèle porte ce nom.", en="Another template bears this name."),
        ),
        errors.OccasionTakenError: Rule(
            CONFLICT,
            "/occasion",
            Text(fr="Un autre modèle dit déjà ce message.", en="Another template words this message already."),
        ),
        errors.TooManyTemplatesError: Rule(
            CONFLICT,
            text=Text(fr="Archivez un modèle avant d'en écrire un autre.", en="Archive a template before another."),
        ),
        errors.NothingToPublishError: Rule(
            CONFLICT,
            text=Text(fr="La version publiée dit déjà cela.", en="The published version says so already."),
        ),
        errors.InboundNumberError: Rule(
            VALIDATION,
            "/inbound_number",
            Text(
                fr="Donnez à une clé de production un numéro qu'aucune autre application ne reçoit.",
                en="Give a live key a number that no other application receives.",
            ),
        ),
        errors.TooManyKeysError: Rule(
            CONFLICT, text=Text(fr="Révoquez une clé avant d'en créer une autre.", en="Revoke a key before another.")
        ),
        errors.NotCancellableError: Rule(
            CONFLICT, text=Text(fr="Ce message est déjà parti.", en="This message has gone already.")
        ),
        errors.GuestsOnlyError: Rule(
            VALIDATION,
            "/to",
            Text(fr="Une clé d'équipe n'écrit qu'à ses invités.", en="A team key writes to its guests alone."),
        ),
        errors.RecipientRefusedError: Rule(
            VALIDATION,
            "/to",
            Text(fr="Donnez une adresse ou un numéro auquel écrire.", en="Give an address or a number to write to."),
        ),
        errors.TemplateUnknownError: Rule(
            VALIDATION,
            "/template_id",
            Text(
                fr="Donnez un modèle publié qui part par ce canal.", en="Give a published template that goes this way."
            ),
        ),
        errors.ScheduleRefusedError: Rule(
            VALIDATION,
            "/scheduled_at",
            Text(fr="Donnez un instant dans les 90 jours à venir.", en="Give an instant in the 90 days to come."),
        ),
        FilledTooLongError: Rule(
            VALIDATION,
            text=Text(fr="Donnez des valeurs plus courtes.", en="Give shorter values."),
        ),
        errors.StaleVersionError: Rule(
            PRECONDITION_FAILED,
            text=Text(
                fr="L'objet a changé entre-temps ; relisez-le puis recommencez.",
                en="The object has changed meanwhile; read it again, then try again.",
            ),
        ),
    }
)
