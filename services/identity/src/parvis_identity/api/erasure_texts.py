# SPDX-License-Identifier: EUPL-1.2
"""What the pages about an account that is to be erased say, in French and English."""

from typing import Final

from parvis_kit.locale import Text

ERASURE_TEXTS: Final[dict[str, Text]] = {
    "see-erasure": Text(fr="Effacer mon compte", en="Erase my account"),
    "erasure-title": Text(fr="Effacer mon compte", en="Erase my account"),
    "erasure-lead": Text(
        fr="Votre compte, vos moyens de connexion, vos coordonnées, vos mandats et les enfants que personne d’autre "
        "n’a déclarés disparaissent, et avec eux ce que les services de la collectivité savent de vous.",
        en="Your account, your ways to sign in, your contact points, your mandates and the children that you alone "
        "have declared disappear, and with them what the services of the local authority know of you.",
    ),
    "erasure-kept": Text(
        fr="Vos démarches en cours vont à leur terme, et la loi oblige à conserver certaines pièces pour un temps. "
        "Mais vous ne pourrez plus les suivre ici, et personne ne pourra vous écrire à leur sujet. Attendez d'abord "
        "leur réponse, retirez-les, ou enregistrez ce que vous voulez garder.",
        en="Your open requests go on to their end, and the law has some papers kept for a time. But you cannot follow "
        "them here any more, and nobody can write to you about them. First wait for their answer, withdraw them, or "
        "save what you want to keep.",
    ),
    "erasure-days": Text(
        fr="Vous avez {days} jours pour y renoncer. Après, rien ne peut rétablir le compte.",
        en="You have {days} days to take it back. After that, nothing brings the account back.",
    ),
    "erasure-now": Text(
        fr="C'est fait aussitôt, et rien ne peut rétablir le compte.",
        en="It is done at once, and nothing brings the account back.",
    ),
    "erasure-ask": Text(fr="Demander l'effacement", en="Ask for it to be erased"),
    "erasure-waits": Text(
        fr="L'effacement est demandé. Il aura lieu à partir de cette date :",
        en="It is asked for. The account will be erased from this day on:",
    ),
    "erasure-held": Text(
        fr="Vous êtes la seule personne à administrer la collectivité ou à représenter une organisation : donnez "
        "d'abord ce rôle à quelqu'un d'autre, ou déclarez l'organisation close.",
        en="You are the only one to administer the local authority or to represent an organisation: first give that "
        "role to somebody else, or declare the organisation closed.",
    ),
    "erasure-keep": Text(fr="Garder mon compte", en="Keep my account"),
    "erasure-stop-title": Text(fr="Garder votre compte", en="Keep your account"),
    "erasure-stop-lead": Text(
        fr="L'effacement de votre compte est demandé. Si vous ne l'avez pas voulu, ou ne le voulez plus, empêchez-le : "
        "rien ne change.",
        en="Your account is to be erased. If you did not want that, or do not want it any more, stop it: nothing "
        "changes.",
    ),
    "erasure-stop": Text(fr="Empêcher l'effacement", en="Stop it"),
    "erasure-stopped-title": Text(fr="Votre compte est gardé", en="Your account is kept"),
    "erasure-stopped": Text(
        fr="Il reste comme il est. Si vous n'aviez rien demandé, quelqu'un s'est peut-être fait passer pour vous : "
        "changez votre mot de passe et prévenez votre collectivité.",
        en="It stays as it is. If you had asked for nothing, somebody may have passed themselves off as you: change "
        "your password and tell your local authority.",
    ),
}
