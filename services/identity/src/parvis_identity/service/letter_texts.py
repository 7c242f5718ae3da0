# SPDX-License-Identifier: EUPL-1.2
"""What the letters say, in French and English."""

from enum import Enum, auto
from typing import Final

from parvis_identity.service.erasure_letter_texts import ERASURE_LETTERS
from parvis_kit.locale import Language, Text


class Subject(Enum):
    """The letters that there are."""

    REGISTRATION = auto()
    ALREADY_REGISTERED = auto()
    ACTIVATION = auto()
    RECOVERY = auto()
    PASSWORD_CHANGED = auto()
    SECOND_FACTOR_ADDED = auto()
    SECOND_FACTOR_REMOVED = auto()
    RECOVERY_CODE_USED = auto()
    PASSKEY_ADDED = auto()
    PASSKEY_REMOVED = auto()
    EMAIL_CODE = auto()
    EMAIL_CHANGED = auto()
    EMAIL_REMOVED = auto()
    IDENTITY_LINKED = auto()
    IDENTITY_UNLINKED = auto()
    ORGANISATION_INVITATION = auto()
    MERGE_PREPARED = auto()
    ACCOUNTS_MERGED = auto()
    SECOND_FACTOR_RESET_ASKED = auto()
    SECOND_FACTOR_RESET = auto()
    ERASURE_ASKED = auto()
    ERASURE_CANCELLED = auto()
    ERASURE_HELD = auto()
    ACCOUNT_ERASED = auto()
    MANDATE_ENDED = auto()
    CHILD_ERASURE_ASKED = auto()
    CHILD_ERASURE_CANCELLED = auto()
    CHILD_ACCOUNT_ERASED = auto()


PATHS: Final[dict[Subject, str]] = {
    Subject.REGISTRATION: "/account/registration/finish",
    Subject.ACTIVATION: "/account/registration/finish",
    Subject.RECOVERY: "/account/recovery/finish",
    Subject.ORGANISATION_INVITATION: "/account/organisation-invitation",
    Subject.MERGE_PREPARED: "/account/merge-objection",
    Subject.SECOND_FACTOR_RESET_ASKED: "/account/second-factor-reset-objection",
    Subject.ERASURE_ASKED: "/account/erasure-objection",
    Subject.CHILD_ERASURE_ASKED: "/account/erasure-objection",
}
"""Where the link of a letter leads; the others have none."""

_TEXTS: Final[dict[Subject, tuple[Text, Text]]] = {
    Subject.REGISTRATION: (
        Text(fr="Ouvrez votre compte – {collectivity}", en="Open your account – {collectivity}"),
        Text(
            fr="Bonjour,\n\nVous avez demandé l'ouverture d'un compte pour les services en ligne de {collectivity}. "
            "Pour choisir votre mot de passe, suivez ce lien :\n\n{link}\n\nIl est valable {minutes} minutes et ne "
            "sert qu'une fois.\n\nSi vous n'avez rien demandé, ne faites rien : aucun compte ne sera ouvert.\n",
            en="Hello,\n\nYou asked for an account for the online services of {collectivity}. To choose your password, "
            "follow this link:\n\n{link}\n\nIt works for {minutes} minutes, and once.\n\nIf you asked for nothing, do "
            "nothing: no account will be opened.\n",
        ),
    ),
    Subject.ALREADY_REGISTERED: (
        Text(fr="Vous avez déjà un compte – {collectivity}", en="You have an account already – {collectivity}"),
        Text(
            fr="Bonjour,\n\nQuelqu'un, sans doute vous, a demandé l'ouverture d'un compte avec cette adresse. Vous en "
            "avez déjà un pour les services en ligne de {collectivity} : revenez à la page de connexion. Si vous avez "
            "oublié votre mot de passe, elle permet d'en choisir un autre.\n\nSi ce n'était pas vous, ne faites rien : "
            "rien n'a changé.\n",
            en="Hello,\n\nSomebody, probably you, asked for an account with this address. You have one already for the "
            "online services of {collectivity}: go back to the sign-in page. If you forgot your password, you can "
            "choose another one there.\n\nIf it was not you, do nothing: nothing has changed.\n",
        ),
    ),
    Subject.ACTIVATION: (
        Text(fr="Votre compte vous attend – {collectivity}", en="Your account awaits you – {collectivity}"),
        Text(
            fr="Bonjour,\n\nVous aviez un compte pour les services en ligne de {collectivity}, qui changent d'adresse. "
            "Pour le reprendre, suivez ce lien, écrivez votre nom et choisissez un mot de passe :\n\n{link}\n\nIl est "
            "valable quatorze jours et ne sert qu'une fois. Ensuite, ouvrez un compte avec cette adresse à la page de "
            "connexion : vous retrouverez le vôtre.\n\nSi vous n'en avez pas besoin, ne faites rien : sans vous, il ne "
            "s'ouvre pas.\n",
            en="Hello,\n\nYou had an account for the online services of {collectivity}, which are moving. To take it "
            "over, follow this link, write your name and choose a password:\n\n{link}\n\nIt works for fourteen days, "
            "and once. After that, open an account with this address on the sign-in page: you will find yours again."
            "\n\nIf you do not need it, do nothing: without you it is not opened.\n",
        ),
    ),
    Subject.RECOVERY: (
        Text(fr="Choisissez un autre mot de passe – {collectivity}", en="Choose another password – {collectivity}"),
        Text(
            fr="Bonjour,\n\nVous avez demandé à changer le mot de passe de votre compte pour les services en ligne de "
            "{collectivity}. Suivez ce lien :\n\n{link}\n\nIl est valable {minutes} minutes et ne sert qu'une fois."
            "\n\nSi vous n'avez rien demandé, ne faites rien : votre mot de passe reste le même.\n",
            en="Hello,\n\nYou asked to change the password of your account for the online services of {collectivity}. "
            "Follow this link:\n\n{link}\n\nIt works for {minutes} minutes, and once.\n\nIf you asked for nothing, do "
            "nothing: your password stays as it is.\n",
        ),
    ),
    Subject.PASSWORD_CHANGED: (
        Text(fr="Votre mot de passe a changé – {collectivity}", en="Your password has changed – {collectivity}"),
        Text(
            fr="Bonjour,\n\nLe mot de passe de votre compte pour les services en ligne de {collectivity} vient de "
            "changer, et toutes ses sessions ont été fermées.\n\nSi ce n'était pas vous, choisissez-en aussitôt un "
            "autre par « Mot de passe oublié » à la page de connexion, et prévenez-nous.\n",
            en="Hello,\n\nThe password of your account for the online services of {collectivity} has just changed, and "
            "all its sessions have ended.\n\nIf it was not you, choose another one at once by “Forgotten password” on "
            "the sign-in page, and tell us.\n",
        ),
    ),
    Subject.SECOND_FACTOR_ADDED: (
        Text(fr="Connexion en deux étapes activée – {collectivity}", en="Two-step sign-in is on – {collectivity}"),
        Text(
            fr="Bonjour,\n\nVotre compte pour les services en ligne de {collectivity} demande désormais, après le mot "
            "de passe, un code de votre application.\n\nSi ce n'était pas vous, choisissez aussitôt un autre mot de "
            "passe et prévenez-nous.\n",
            en="Hello,\n\nYour account for the online services of {collectivity} now asks for a code of your "
            "application after the password.\n\nIf it was not you, choose another password at once and tell us.\n",
        ),
    ),
    Subject.SECOND_FACTOR_REMOVED: (
        Text(fr="Connexion en deux étapes désactivée – {collectivity}", en="Two-step sign-in is off – {collectivity}"),
        Text(
            fr="Bonjour,\n\nVotre compte pour les services en ligne de {collectivity} ne demande plus que le mot "
            "de passe.\n\nSi ce n'était pas vous, choisissez aussitôt un autre mot de passe et prévenez-nous.\n",
            en="Hello,\n\nYour account for the online services of {collectivity} asks for nothing but the password "
            "any more.\n\nIf it was not you, choose another password at once and tell us.\n",
        ),
    ),
    Subject.RECOVERY_CODE_USED: (
        Text(fr="Un code de secours a servi – {collectivity}", en="A recovery code was used – {collectivity}"),
        Text(
            fr="Bonjour,\n\nUn de vos codes de secours a remplacé votre application pour le compte des services en "
            "ligne de {collectivity}. Il ne servira plus.\n\nSi ce n'était pas vous, choisissez aussitôt un autre mot "
            "de passe et prévenez-nous.\n",
            en="Hello,\n\nOne of your recovery codes stood in for your application for the account of the online "
            "services of {collectivity}. It works no more.\n\nIf it was not you, choose another password at once and "
            "tell us.\n",
        ),
    ),
    Subject.PASSKEY_ADDED: (
        Text(fr="Une clé d'accès a été ajoutée – {collectivity}", en="A passkey was added – {collectivity}"),
        Text(
            fr="Bonjour,\n\nUne clé d'accès (passkey) permet désormais d'entrer dans votre compte pour les services en "
            "ligne de {collectivity}.\n\nSi ce n'était pas vous, retirez-la aussitôt à la page de vos clés d'accès, "
            "fermez vos sessions et prévenez-nous.\n",
            en="Hello,\n\nFrom now on a passkey opens your account for the online services of {collectivity}.\n\nIf it "
            "was not you, remove it at once on the page of your passkeys, end your sessions and tell us.\n",
        ),
    ),
    Subject.PASSKEY_REMOVED: (
        Text(fr="Une clé d'accès a été retirée – {collectivity}", en="A passkey was removed – {collectivity}"),
        Text(
            fr="Bonjour,\n\nUne de vos clés d'accès (passkeys) n'ouvre plus votre compte pour les services en ligne de "
            "{collectivity}.\n\nSi ce n'était pas vous, fermez vos sessions et prévenez-nous.\n",
            en="Hello,\n\nOne of your passkeys no longer opens your account for the online services of {collectivity}."
            "\n\nIf it was not you, end your sessions and tell us.\n",
        ),
    ),
    Subject.EMAIL_CODE: (
        Text(fr="Votre code – {collectivity}", en="Your code – {collectivity}"),
        Text(
            fr="Bonjour,\n\nQuelqu'un, sans doute vous, veut que cette adresse soit celle de son compte pour les "
            "services en ligne de {collectivity}. Voici le code qui le confirme :\n\n{code}\n\nIl est valable "
            "{minutes} minutes et ne sert qu'une fois. Ne le donnez à personne, pas même à un agent.\n\nSi vous "
            "n'avez rien demandé, ne faites rien.\n",
            en="Hello,\n\nSomebody, probably you, wants this address to be that of their account for the online "
            "services of {collectivity}. This code confirms it:\n\n{code}\n\nIt works for {minutes} minutes, and once. "
            "Give it to nobody, not even to an agent.\n\nIf you asked for nothing, do nothing.\n",
        ),
    ),
    Subject.EMAIL_CHANGED: (
        Text(
            fr="Votre adresse électronique a changé – {collectivity}",
            en="Your e-mail address has changed – {collectivity}",
        ),
        Text(
            fr="Bonjour,\n\nVotre compte pour les services en ligne de {collectivity} a désormais une autre adresse "
            "électronique que celle-ci. Si l'on y entre par une adresse, c'est la nouvelle.\n\nSi ce n'était pas vous, "
            "prévenez-nous aussitôt : quelqu'un d'autre est entré dans votre compte.\n",
            en="Hello,\n\nYour account for the online services of {collectivity} has another e-mail address than this "
            "one from now on. If it is signed in to by an address, it is the new one.\n\nIf it was not you, tell us at "
            "once: somebody else has come into your account.\n",
        ),
    ),
    Subject.EMAIL_REMOVED: (
        Text(
            fr="Votre adresse électronique est retirée – {collectivity}",
            en="Your e-mail address was taken out – {collectivity}",
        ),
        Text(
            fr="Bonjour,\n\nCette adresse vient d'être retirée de votre compte pour les services en ligne de "
            "{collectivity} : nous ne vous écrirons plus ici.\n\nSi ce n'était pas vous, prévenez-nous aussitôt : "
            "quelqu'un d'autre est entré dans votre compte.\n",
            en="Hello,\n\nThis address was just taken out of your account for the online services of {collectivity}: "
            "we write to you here no more.\n\nIf it was not you, tell us at once: somebody else has come into your "
            "account.\n",
        ),
    ),
    Subject.IDENTITY_LINKED: (
        Text(
            fr="FranceConnect ouvre aussi votre compte – {collectivity}",
            en="FranceConnect opens your account, too – {collectivity}",
        ),
        Text(
            fr="Bonjour,\n\nOn peut désormais entrer par FranceConnect dans votre compte pour les services en ligne de "
            "{collectivity}.\n\nSi ce n'était pas vous, dissociez cette identité à la page « Mes identités » de votre "
            "compte, choisissez un autre mot de passe et prévenez-nous.\n",
            en="Hello,\n\nYour account for the online services of {collectivity} can now be entered through "
            "FranceConnect, too.\n\nIf it was not you, unlink this identity on the page “My identities” of your "
            "account, choose another password and tell us.\n",
        ),
    ),
    Subject.IDENTITY_UNLINKED: (
        Text(
            fr="FranceConnect n'ouvre plus votre compte – {collectivity}",
            en="FranceConnect no longer opens your account – {collectivity}",
        ),
        Text(
            fr="Bonjour,\n\nOn n'entre plus par FranceConnect dans votre compte pour les services en ligne de "
            "{collectivity}.\n\nSi ce n'était pas vous, choisissez un autre mot de passe et prévenez-nous.\n",
            en="Hello,\n\nYour account for the online services of {collectivity} can no longer be entered through "
            "FranceConnect.\n\nIf it was not you, choose another password and tell us.\n",
        ),
    ),
    Subject.ORGANISATION_INVITATION: (
        Text(fr="Une organisation vous invite – {collectivity}", en="An organisation invites you – {collectivity}"),
        Text(
            fr="Bonjour,\n\n« {organisation} » vous invite à la rejoindre dans les services en ligne de "
            "{collectivity}. Connectez-vous à ces services avec votre propre compte, puis suivez ce lien :\n\n{link}"
            "\n\nou donnez ce code :\n\n{code}\n\nIls valent 14 jours et ne servent qu'une fois.\n\nSi vous ne "
            "connaissez pas cette organisation, ne faites rien.\n",
            en="Hello,\n\n“{organisation}” invites you to join it in the online services of {collectivity}. Sign in "
            "to these services with your own account, then follow this link:\n\n{link}\n\nor give this code:\n\n{code}"
            "\n\nThey work for 14 days, and once.\n\nIf you do not know this organisation, do nothing.\n",
        ),
    ),
    Subject.MERGE_PREPARED: (
        Text(fr="Deux comptes vont être réunis – {collectivity}", en="Two accounts will be joined – {collectivity}"),
        Text(
            fr="Bonjour,\n\nUn agent de {collectivity} prépare la réunion de votre compte avec un autre, parce que les "
            "deux seraient à vous : démarches, adresses et moyens d'entrer passeront dans un seul. Rien ne se fait "
            "avant le {day}, et un second agent doit encore en décider. Une fois les comptes réunis, on ne peut plus "
            "les séparer.\n\nSi vous l'avez demandé, ne faites rien. Sinon, empêchez-le par ce lien, et "
            "prévenez-nous :\n\n{link}\n",
            en="Hello,\n\nAn agent of {collectivity} prepares to join your account with another one, because both are "
            "said to be yours: requests, addresses and ways to sign in will go into one. Nothing is done before "
            "{day}, and a second agent must decide. Once the accounts are joined, they cannot be taken apart.\n\nIf "
            "you asked for it, do nothing. Otherwise stop it by this link, and tell us:\n\n{link}\n",
        ),
    ),
    Subject.ACCOUNTS_MERGED: (
        Text(fr="Deux comptes sont réunis – {collectivity}", en="Two accounts were joined – {collectivity}"),
        Text(
            fr="Bonjour,\n\nVotre compte pour les services en ligne de {collectivity} est désormais réuni avec un "
            "autre, comme nous vous l'avions annoncé. Vos moyens d'entrer mènent au compte gardé.\n\nSi vous ne l'avez "
            "pas demandé, prévenez-nous aussitôt : nous regarderons qui l'a fait, et pourquoi.\n",
            en="Hello,\n\nYour account for the online services of {collectivity} is joined with another one from now "
            "on, as we told you. Your ways to sign in lead to the account that was kept.\n\nIf you did not ask for "
            "it, tell us at once: we will look who did it, and why.\n",
        ),
    ),
    Subject.SECOND_FACTOR_RESET_ASKED: (
        Text(fr="Votre second facteur sera retiré – {collectivity}", en="Your second step will go – {collectivity}"),
        Text(
            fr="Bonjour,\n\nUn agent de {collectivity} a vu une pièce d'identité de qui dit avoir perdu l'application "
            "et les codes de secours de votre compte. Le {day}, ils ne seront plus demandés, et toutes vos sessions "
            "seront fermées.\n\nSi c'était vous, ne faites rien. Sinon, empêchez-le par ce lien, ou connectez-vous "
            "avec un code, et prévenez-nous :\n\n{link}\n",
            en="Hello,\n\nAn agent of {collectivity} saw an identity document of somebody who says that the "
            "application and the recovery codes of your account are lost. On {day} they will not be asked for any "
            "more, and all your sessions will end.\n\nIf it was you, do nothing. Otherwise stop it by this link, or "
            "sign in with a code, and tell us:\n\n{link}\n",
        ),
    ),
    Subject.SECOND_FACTOR_RESET: (
        Text(fr="Votre second facteur est retiré – {collectivity}", en="Your second step is gone – {collectivity}"),
        Text(
            fr="Bonjour,\n\nComme nous vous l'avions annoncé, votre compte pour les services en ligne de "
            "{collectivity} ne demande plus de code après le mot de passe, et ses sessions sont fermées. "
            "Connectez-vous et activez-le à nouveau.\n\nSi vous ne l'avez pas demandé, prévenez-nous aussitôt.\n",
            en="Hello,\n\nAs we told you, your account for the online services of {collectivity} asks for no code "
            "after the password any more, and its sessions have ended. Sign in and turn it on again.\n\nIf you did "
            "not ask for it, tell us at once.\n",
        ),
    ),
}


def text_of(subject: Subject, language: str) -> tuple[str, str]:
    """Title and text, with places for ``collectivity``, ``link``, ``minutes``, ``organisation``, ``code``, ``day``."""
    title, text = _TEXTS.get(subject) or ERASURE_LETTERS[subject.name]
    spoken: Language = "en" if language == "en" else "fr"
    return title.in_language(spoken), text.in_language(spoken)
