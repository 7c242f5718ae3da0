# SPDX-License-Identifier: EUPL-1.2
"""What people read when FranceConnect or ProConnect sends them back without an answer that lets them in."""

from typing import Final

from parvis_identity.api.texts import RefusalText
from parvis_identity.domain.errors import Refusal
from parvis_kit.locale import Text

_ANOTHER_WAY: Final = "another-way"
_FRANCECONNECT: Final = "franceconnect"

PROVIDER_REFUSALS: Final[dict[Refusal, RefusalText]] = {
    Refusal.PROVIDER_UNREACHABLE: RefusalText(
        503,
        Text(fr="Le fournisseur d'identité ne répond pas", en="The identity provider does not answer"),
        Text(
            fr="FranceConnect ou ProConnect ne répond pas pour le moment. Réessayez dans quelques minutes.",
            en="FranceConnect or ProConnect does not answer for now. Try again in a few minutes.",
        ),
    ),
    Refusal.PROVIDER_FAILED: RefusalText(
        502,
        Text(fr="La connexion n'a pas abouti", en="Signing in did not work"),
        Text(
            fr="Le fournisseur d'identité a rencontré un problème technique. Réessayez ; si cela continue, choisissez "
            "un autre compte chez lui.",
            en="The identity provider had a technical problem. Try again; if it goes on, choose another account there.",
        ),
    ),
    Refusal.PROVIDER_MISCONFIGURED: RefusalText(
        502,
        Text(fr="La connexion est mal réglée", en="Signing in is misconfigured"),
        Text(
            fr="Le fournisseur d'identité a refusé notre demande. Ce n'est pas de votre fait : prévenez votre "
            "collectivité, en citant la référence ci-dessous.",
            en="The identity provider refused our request. It is not your doing: tell your local authority, and quote "
            "the reference below.",
        ),
        retry=_ANOTHER_WAY,
    ),
    Refusal.PROVIDER_UNTRUSTED: RefusalText(
        502,
        Text(fr="Réponse refusée", en="Answer refused"),
        Text(
            fr="La réponse du fournisseur d'identité n'a pas pu être vérifiée. Par sécurité, vous n'êtes pas "
            "connecté. Réessayez.",
            en="The answer of the identity provider could not be verified. For your safety, you are not signed in. "
            "Try again.",
        ),
    ),
    Refusal.PROVIDER_SESSION_LOST: RefusalText(
        400,
        Text(fr="Votre passage s'est interrompu", en="Your visit there was interrupted"),
        Text(
            fr="Le fournisseur d'identité a perdu le fil : trop de temps a passé, ou la page a été ouverte deux fois. "
            "Réessayez dans un seul onglet, sans revenir en arrière ; vos cookies doivent être acceptés.",
            en="The identity provider lost track: too much time went by, or the page was opened twice. Try again in a "
            "single tab, without going back; cookies must be allowed.",
        ),
    ),
    Refusal.PROVIDER_ACCOUNT_FAILED: RefusalText(
        502,
        Text(fr="Le compte choisi n'a pas répondu", en="The chosen account did not answer"),
        Text(
            fr="Le compte que vous avez choisi chez FranceConnect (impôts, assurance maladie, La Poste…) n'a pas pu "
            "vous identifier. Réessayez, ou choisissez-en un autre.",
            en="The account that you chose at FranceConnect (taxes, health insurance, La Poste…) could not identify "
            "you. Try again, or choose another one.",
        ),
    ),
    Refusal.PROVIDER_ACCOUNT_BLOCKED: RefusalText(
        403,
        Text(fr="Vous avez bloqué ce compte", en="You have blocked this account"),
        Text(
            fr="Dans vos préférences FranceConnect, vous avez refusé l'usage de ce compte. Choisissez-en un autre, ou "
            "changez vos préférences sur le site de FranceConnect.",
            en="In your FranceConnect preferences, you have refused the use of this account. Choose another one, or "
            "change your preferences on the website of FranceConnect.",
        ),
        ask=_FRANCECONNECT,
    ),
    Refusal.PROVIDER_ACCESS_CLOSED: RefusalText(
        403,
        Text(fr="Votre accès FranceConnect est désactivé", en="Your FranceConnect access is disabled"),
        Text(
            fr="FranceConnect l'a désactivé à votre demande. Pour le rouvrir, écrivez à son assistance ; en attendant, "
            "vous pouvez vous connecter autrement ou vous adresser à l'accueil de votre collectivité.",
            en="FranceConnect disabled it at your request. To have it opened again, write to its support; meanwhile, "
            "you can sign in another way, or turn to the counter of your local authority.",
        ),
        retry=_ANOTHER_WAY,
        ask=_FRANCECONNECT,
    ),
    Refusal.CIVIL_STATUS_NOT_FOUND: RefusalText(
        403,
        Text(fr="Votre état civil n'a pas été retrouvé", en="Your civil status was not found"),
        Text(
            fr="FranceConnect n'a pas retrouvé au registre national les nom, prénoms, date et lieu de naissance du "
            "compte choisi. Corrigez-les dans ce compte ou choisissez-en un autre ; vous pouvez aussi vous connecter "
            "autrement.",
            en="FranceConnect did not find in the national register the name, first names, date and place of birth of "
            "the chosen account. Correct them in that account or choose another one; you can also sign in another way.",
        ),
        retry=_ANOTHER_WAY,
        ask=_FRANCECONNECT,
    ),
    Refusal.CIVIL_STATUS_CLOSED: RefusalText(
        403,
        Text(fr="FranceConnect ne peut pas vous identifier", en="FranceConnect cannot identify you"),
        Text(
            fr="Le registre national de l'état civil ne permet pas cette connexion. S'il s'agit d'une erreur, votre "
            "mairie ou l'Insee peut la faire corriger : présentez-vous à l'accueil avec une pièce d'identité. En "
            "attendant, vous pouvez vous connecter autrement.",
            en="The national register of civil status does not allow this sign-in. If that is a mistake, your town "
            "hall or Insee can have it corrected: come to the counter with an identity document. Meanwhile, you can "
            "sign in another way.",
        ),
        retry=_ANOTHER_WAY,
        ask=_FRANCECONNECT,
    ),
    Refusal.LEVEL_TOO_LOW: RefusalText(
        403,
        Text(fr="Niveau de garantie insuffisant", en="Level of assurance too low"),
        Text(
            fr="Ce service demande une identité mieux vérifiée. Recommencez en choisissant un autre compte.",
            en="This service needs an identity that is better verified. Start again with another account.",
        ),
    ),
}
