# SPDX-License-Identifier: EUPL-1.2
"""How it is answered that something is not for whoever asks, or not by this way."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import Kind, Rule
from parvis_requests.domain import errors

NOT_FOR_CALLER: Final = Kind(
    "not-for-caller", 403, Text(fr="Démarche fermée à cet usage", en="Not to be asked for this way")
)
LEVEL: Final = Kind(
    "identity-level-too-low", 403, Text(fr="Niveau d'identité insuffisant", en="Identity level too low")
)
ACCOUNT_REQUIRED: Final = Kind("account-required", 403, Text(fr="Compte nécessaire", en="Account required"))
NOT_ON_BEHALF: Final = Kind(
    "not-on-behalf", 403, Text(fr="Démarche personnelle", en="Not to be asked for on somebody's behalf")
)
CHANNEL: Final = Kind("channel-not-offered", 422, Text(fr="Canal non proposé", en="Channel not offered"))
TOO_MANY: Final = Kind(
    "too-many-filings", 429, Text(fr="Trop de dépôts sans compte", en="Too many filings without an account")
)
EMAIL_REQUIRED: Final = Kind("email-required", 422, Text(fr="Adresse électronique nécessaire", en="E-mail required"))
TOO_MANY_MAILS: Final = Kind(
    "too-many-mails", 429, Text(fr="Trop de courriels de confirmation", en="Too many confirmation mails")
)

ASKING_RULES: Final[dict[type[Exception], Rule]] = {
    errors.NotForCallerError: Rule(
        NOT_FOR_CALLER,
        text=Text(
            fr="Cette démarche ne se fait pas en ligne par un usager ; voyez ses canaux.",
            en="Citizens do not ask for this online; see its channels.",
        ),
    ),
    errors.AccountRequiredError: Rule(
        ACCOUNT_REQUIRED,
        text=Text(fr="Connectez-vous pour cette démarche.", en="Sign in to ask for this."),
    ),
    errors.NotOnBehalfError: Rule(
        NOT_ON_BEHALF,
        text=Text(
            fr="Aucun agent ne dépose cette démarche pour quelqu'un.",
            en="No agent files this for somebody.",
        ),
    ),
    errors.ChannelError: Rule(
        CHANNEL,
        "/channel",
        Text(
            fr="Cette démarche ne se fait pas par ce canal, ou seul un agent peut l'indiquer.",
            en="This is not asked for by this channel, or only an agent may say so.",
        ),
    ),
    errors.LevelTooLowError: Rule(
        LEVEL,
        text=Text(
            fr="Connectez-vous avec une identité plus sûre.",
            en="Sign in with an identity of more assurance.",
        ),
    ),
    errors.EmailRequiredError: Rule(
        EMAIL_REQUIRED,
        "/email",
        Text(
            fr="Indiquez une adresse électronique, ou connectez-vous.",
            en="Leave an e-mail address, or sign in.",
        ),
    ),
}
