# SPDX-License-Identifier: EUPL-1.2
"""What the pages say about devices, in French and English."""

from typing import Final

from parvis_kit.locale import Text

DEVICE_TEXTS: Final[dict[str, Text]] = {
    "device-title": Text(fr="Se connecter sur une borne", en="Sign in on a kiosk"),
    "device-lead": Text(
        fr="Tapez le code de huit lettres que la borne affiche. Le tiret et les majuscules ne comptent pas.",
        en="Type the code of eight letters that the kiosk shows. The dash and capitals do not matter.",
    ),
    "device-code": Text(fr="Code affiché (par exemple : BCDF-GHJK)", en="Code shown (such as: BCDF-GHJK)"),
    "device-submit": Text(fr="Continuer", en="Continue"),
    "device-warning": Text(
        fr="Ne tapez un code que si vous êtes devant l'appareil qui l'affiche. Personne de la collectivité ne vous en "
        "envoie un par message ou par téléphone.",
        en="Type a code only if you stand in front of the device that shows it. Nobody of the local authority sends "
        "you one by message or by telephone.",
    ),
    "device-unknown": Text(
        fr="Aucune borne n'attend ce code. Vérifiez-le ; il change toutes les dix minutes et ne sert qu'une fois.",
        en="No kiosk waits for this code. Check it; it changes every ten minutes and works once.",
    ),
    "device-stopped": Text(
        fr="Vous n'avez pas terminé : la borne n'a reçu aucune autorisation. Vous pouvez recommencer.",
        en="You did not finish: the kiosk was not allowed anything. You can start again.",
    ),
    "device-consent": Text(
        fr="Vous autorisez un autre appareil que celui-ci : {client}, {place}.",
        en="You allow another device than this one: {client}, {place}.",
    ),
    "device-consent-code": Text(fr="Il affiche le code", en="It shows the code"),
    "device-consent-warning": Text(
        fr="Refusez si vous n'êtes pas devant lui, ou s'il affiche un autre code.",
        en="Refuse if you do not stand in front of it, or if it shows another code.",
    ),
    "device-allowed-title": Text(fr="La borne est autorisée", en="The kiosk is allowed"),
    "device-allowed-body": Text(
        fr="Continuez sur la borne : elle vous reconnaît dans quelques secondes. Quand vous avez fini, "
        "déconnectez-vous sur elle ; vous pouvez aussi fermer sa session depuis votre compte.",
        en="Go on at the kiosk: it knows you in a few seconds. When you have finished, sign out there; you can also "
        "end its session from your account.",
    ),
    "device-denied-title": Text(fr="La borne n'est pas autorisée", en="The kiosk is not allowed"),
    "device-denied-body": Text(
        fr="Elle n'a rien appris de vous. Vous pouvez fermer cette page.",
        en="It has learned nothing about you. You can close this page.",
    ),
}
