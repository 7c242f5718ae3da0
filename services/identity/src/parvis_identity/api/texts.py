# SPDX-License-Identifier: EUPL-1.2
"""What the pages say, in French and English."""

from dataclasses import dataclass
from typing import Final

from parvis_identity.domain.errors import Refusal
from parvis_kit.locale import Text

TEXTS: Final[dict[str, Text]] = {
    "other-language": Text(fr="English", en="Français"),
    "login-title": Text(fr="Se connecter", en="Sign in"),
    "login-lead": Text(fr="pour continuer vers « {client} »", en="to continue to {client}"),
    "login-citizen": Text(
        fr="FranceConnect est la solution proposée par l'État pour sécuriser et simplifier la connexion à vos "
        "services en ligne.",
        en="FranceConnect is the French State's solution to secure and simplify signing in to online services.",
    ),
    "login-agent": Text(
        fr="Utilisez votre compte professionnel. Seuls les agents de la collectivité peuvent entrer.",
        en="Use your professional account. Only staff of the local authority may enter.",
    ),
    "login-franceconnect": Text(fr="S'identifier avec FranceConnect", en="Sign in with FranceConnect"),
    "login-franceconnect-plus": Text(fr="S'identifier avec FranceConnect+", en="Sign in with FranceConnect+"),
    "login-proconnect": Text(fr="S'identifier avec ProConnect", en="Sign in with ProConnect"),
    "about-franceconnect": Text(fr="Qu'est-ce que FranceConnect ?", en="What is FranceConnect?"),
    "about-franceconnect-plus": Text(fr="Qu'est-ce que FranceConnect+ ?", en="What is FranceConnect+?"),
    "about-proconnect": Text(fr="Qu'est-ce que ProConnect ?", en="What is ProConnect?"),
    "login-unavailable": Text(
        fr="La connexion n'est pas encore ouverte ici : aucun fournisseur d'identité n'est configuré.",
        en="Signing in is not open here yet: no identity provider is configured.",
    ),
    "notice-cancelled": Text(
        fr="Vous avez interrompu la connexion. Vous pouvez recommencer, ou revenir au service.",
        en="You stopped signing in. You can start again, or go back to the service.",
    ),
    "back-to-client": Text(fr="Revenir à « {client} »", en="Back to {client}"),
    "consent-title": Text(fr="Autoriser l'accès", en="Allow access"),
    "consent-lead": Text(fr="« {client} » ({collectivity}) demande à :", en="{client} ({collectivity}) asks to:"),
    "consent-you": Text(fr="Vous êtes connecté en tant que {name}.", en="You are signed in as {name}."),
    "consent-not-you": Text(fr="Ce n'est pas vous ? Se déconnecter", en="Not you? Sign out"),
    "consent-remember": Text(fr="Ne plus me le demander pour ce service", en="Do not ask me again for this service"),
    "consent-allow": Text(fr="Autoriser", en="Allow"),
    "consent-deny": Text(fr="Refuser", en="Refuse"),
    "logout-title": Text(fr="Se déconnecter", en="Sign out"),
    "logout-question": Text(
        fr="Voulez-vous vous déconnecter ? Les services ouverts avec ce compte vous demanderont de vous identifier à "
        "nouveau.",
        en="Do you want to sign out? Services that you opened with this account will ask you to sign in again.",
    ),
    "logout-confirm": Text(fr="Me déconnecter", en="Sign me out"),
    "signed-out-title": Text(fr="Vous êtes déconnecté", en="You are signed out"),
    "signed-out-body": Text(
        fr="Vous pouvez fermer cette page. Sur un ordinateur partagé, fermez aussi le navigateur.",
        en="You can close this page. On a shared computer, close the browser too.",
    ),
    "back": Text(fr="Revenir au service", en="Back to the service"),
    "reference": Text(fr="Référence à citer si vous nous écrivez :", en="Reference to quote if you write to us:"),
    "retry": Text(fr="Réessayer", en="Try again"),
    "another-way": Text(fr="Se connecter autrement", en="Sign in another way"),
    "see-identities": Text(fr="Revenir à mes identités", en="Back to my identities"),
    "ask-franceconnect": Text(fr="Aide de FranceConnect", en="Help of FranceConnect (in French)"),
}


@dataclass(frozen=True, slots=True)
class RefusalText:
    """The page of one refusal: its status, what happened, and what the person can do.

    ``retry`` names what the link says that leads to the sign-in page; ``ask`` is whose help is offered besides, if any.
    """

    status: int
    title: Text
    body: Text
    retry: str = "retry"
    ask: str | None = None


REFUSALS: Final[dict[Refusal, RefusalText]] = {
    Refusal.UNKNOWN_CLIENT: RefusalText(
        400,
        Text(fr="Service inconnu", en="Unknown service"),
        Text(
            fr="Le lien que vous avez suivi vient d'un service qui n'est pas enregistré ici. Revenez au site de votre "
            "collectivité.",
            en="The link that you followed comes from a service that is not registered here. Go back to the website "
            "of your local authority.",
        ),
    ),
    Refusal.UNREGISTERED_REDIRECT: RefusalText(
        400,
        Text(fr="Adresse de retour non autorisée", en="Return address not allowed"),
        Text(
            fr="Le service veut vous renvoyer vers une adresse qui n'est pas la sienne. Par sécurité, nous nous "
            "arrêtons là.",
            en="The service wants to send you to an address that is not its own. For your safety, we stop here.",
        ),
    ),
    Refusal.EXPIRED: RefusalText(
        400,
        Text(fr="Cette page n'est plus valable", en="This page is no longer valid"),
        Text(
            fr="La connexion a commencé il y a trop longtemps, ou dans un autre navigateur. Revenez au service et "
            "recommencez ; vos cookies doivent être acceptés.",
            en="Signing in began too long ago, or in another browser. Go back to the service and start again; cookies "
            "must be allowed.",
        ),
    ),
    Refusal.FOREIGN_ORGANISATION: RefusalText(
        403,
        Text(fr="Cet organisme n'est pas celui attendu", en="Not the expected organisation"),
        Text(
            fr="Votre compte professionnel est rattaché à un organisme qui n'appartient pas à cette collectivité. "
            "Choisissez le bon organisme chez ProConnect.",
            en="Your professional account belongs to an organisation that is not part of this local authority. "
            "Choose the right organisation at ProConnect.",
        ),
    ),
    Refusal.NO_MEMBERSHIP: RefusalText(
        403,
        Text(fr="Vous n'avez pas encore accès", en="You have no access yet"),
        Text(
            fr="Votre identité est reconnue, mais personne ne vous a encore inscrit parmi les agents de ce service. "
            "Demandez-le à l'administrateur de votre collectivité.",
            en="Your identity is recognised, but nobody has made you an agent of this service yet. Ask the "
            "administrator of your local authority.",
        ),
    ),
    Refusal.ERASED: RefusalText(
        403,
        Text(fr="Ce compte a été effacé", en="This account was erased"),
        Text(
            fr="Les données de ce compte ont été effacées à votre demande. Écrivez à votre collectivité pour en "
            "ouvrir un autre.",
            en="The data of this account were erased at your request. Write to your local authority to open another.",
        ),
    ),
    Refusal.LINK_USED: RefusalText(
        400,
        Text(fr="Ce lien ne sert plus", en="This link works no more"),
        Text(
            fr="Il a déjà servi, ou il est trop ancien. Revenez au service et demandez-en un autre.",
            en="It was used already, or it is too old. Go back to the service and ask for another one.",
        ),
    ),
    Refusal.TOO_MANY_ATTEMPTS: RefusalText(
        429,
        Text(fr="Trop d'essais", en="Too many attempts"),
        Text(
            fr="Par sécurité, attendez un peu avant de recommencer. Votre compte n'est pas bloqué.",
            en="For safety, wait a little before you try again. Your account is not locked.",
        ),
    ),
    Refusal.NOT_SIGNED_IN: RefusalText(
        401,
        Text(fr="Vous n'êtes pas connecté", en="You are not signed in"),
        Text(
            fr="Connectez-vous d'abord à un service avec votre compte, puis revenez à cette page.",
            en="First sign in to a service with your account, then come back to this page.",
        ),
    ),
    Refusal.NO_PASSWORD: RefusalText(
        403,
        Text(fr="Votre compte n'a pas de mot de passe", en="Your account has no password"),
        Text(
            fr="Cette page règle les comptes à mot de passe. Vous entrez par une identité vérifiée, FranceConnect par "
            "exemple ; pour plus de sécurité, ajoutez une clé d'accès.",
            en="This page is for accounts with a password. You come in by a verified identity such as FranceConnect; "
            "for more safety, add a passkey.",
        ),
    ),
    Refusal.NOT_RECENT: RefusalText(
        401,
        Text(fr="Connexion trop ancienne", en="Signed in too long ago"),
        Text(
            fr="Par sécurité, cela n'est possible que dans les dix minutes qui suivent la connexion. Déconnectez-vous, "
            "reconnectez-vous, puis revenez à cette page.",
            en="For safety, this is possible within ten minutes of signing in only. Sign out, sign in again, then come "
            "back to this page.",
        ),
    ),
    Refusal.IDENTITY_TAKEN: RefusalText(
        409,
        Text(fr="Cette identité a déjà un compte", en="This identity has an account already"),
        Text(
            fr="Vous avez déjà utilisé cette identité ici, et un autre compte en est né. Demandez à votre collectivité "
            "de réunir les deux.",
            en="You have used this identity here before, and another account came of it. Ask your local authority to "
            "join the two.",
        ),
    ),
    Refusal.IDENTITY_DIFFERS: RefusalText(
        409,
        Text(fr="Ce n'est pas la même identité", en="Not the same identity"),
        Text(
            fr="L'état civil de cette identité n'est pas celui qui a été vérifié pour votre compte. S'il a changé, "
            "présentez une pièce d'identité à l'accueil de votre collectivité.",
            en="The civil status of this identity is not the one that was verified for your account. If it has "
            "changed, show an identity document to your local authority.",
        ),
    ),
    Refusal.LAST_WAY_IN: RefusalText(
        409,
        Text(fr="C'est votre dernier moyen d'entrer", en="This is your last way in"),
        Text(
            fr="Sans cette identité, vous n'entreriez plus dans votre compte.",
            en="Without this identity you could not enter your account any more.",
        ),
    ),
}
