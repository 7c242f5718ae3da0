# SPDX-License-Identifier: EUPL-1.2
"""What the page of one's own profile says, in French and English."""

from typing import Final

from parvis_kit.locale import Text

PROFILE_TEXTS: Final[dict[str, Text]] = {
    "see-profile": Text(fr="Mon profil", en="My profile"),
    "profile-title": Text(fr="Mon profil", en="My profile"),
    "profile-lead": Text(
        fr="Ce que nous savons de vous, et ce que vous pouvez en changer.",
        en="What we know of you, and what of it you can change.",
    ),
    "profile-about": Text(fr="Vous", en="You"),
    "profile-declared": Text(
        fr="Vous avez indiqué ces noms vous-même : corrigez-les s'il le faut.",
        en="You gave these names yourself: correct them if need be.",
    ),
    "profile-provider": Text(
        fr="FranceConnect garantit vos nom et prénoms. Pour les faire corriger, adressez-vous à l'Insee ou à votre "
        "mairie de naissance, ou présentez à l'accueil une pièce d'identité plus récente.",
        en="FranceConnect vouches for your names. To have them corrected, turn to Insee or the town hall where you "
        "were born, or show a more recent identity document at the counter.",
    ),
    "profile-document": Text(
        fr="Un agent a vu une pièce d'identité à ces nom et prénoms. Pour les faire corriger, présentez à l'accueil "
        "une pièce à jour.",
        en="An agent saw an identity document with these names. To have them corrected, show an up-to-date one at "
        "the counter.",
    ),
    "preferred-name": Text(fr="Nom d'usage, si vous en avez un", en="Name that you use, if it is another one"),
    "language": Text(fr="Langue dans laquelle nous vous écrivons", en="Language in which we write to you"),
    "language-fr": Text(fr="français", en="French"),
    "language-en": Text(fr="anglais", en="English"),
    "phone": Text(
        fr="Téléphone (06 12 34 56 78, ou avec l'indicatif du pays)",
        en="Telephone (06 12 34 56 78, or with its country code)",
    ),
    "phone-unverified": Text(
        fr="Ce numéro n'est pas vérifié : nous n'y envoyons pas de SMS. Un agent peut le vérifier à l'accueil.",
        en="This number is not verified: we send it no text messages. An agent can verify it at the counter.",
    ),
    "phone-to-verify": Text(
        fr="Ce numéro n'est pas vérifié : nous n'y envoyons pas encore de SMS. Vérifiez-le ci-dessous, ou à l'accueil.",
        en="This number is not verified: we send it no text messages yet. Verify it below, or at the counter.",
    ),
    "phone-verified": Text(fr="Ce numéro est vérifié.", en="This number is verified."),
    "phone-title": Text(fr="Vérifier mon téléphone", en="Verify my telephone"),
    "phone-lead": Text(
        fr="Nous envoyons par SMS un code à 6 chiffres au {phone}.",
        en="We send a 6-digit code by text message to {phone}.",
    ),
    "phone-send": Text(fr="Recevoir un code par SMS", en="Send me a code by text message"),
    "phone-send-again": Text(fr="Recevoir un autre code", en="Send me another code"),
    "phone-waiting": Text(
        fr="Un code part vers le {phone}. Il est valable 10 minutes.",
        en="A code goes to {phone}. It works for 10 minutes.",
    ),
    "phone-confirm": Text(fr="Vérifier ce numéro", en="Verify this number"),
    "phone-stale": Text(
        fr="Votre numéro a changé entre-temps, ou il est déjà vérifié. Le voici.",
        en="Your number has changed meanwhile, or is verified already. Here it is.",
    ),
    "phone-fixed": Text(
        fr="Aucun SMS ne peut être envoyé à ce numéro. Un agent peut le vérifier à l'accueil.",
        en="No text message can be sent to this number. An agent can verify it at the counter.",
    ),
    "profile-save": Text(fr="Enregistrer", en="Save"),
    "profile-email": Text(fr="Adresse électronique", en="E-mail address"),
    "email-none": Text(fr="Vous n'en avez pas indiqué.", en="You have given none."),
    "email-verified": Text(fr="vérifiée", en="verified"),
    "email-unverified": Text(fr="non vérifiée", en="not verified"),
    "email-new": Text(fr="Votre adresse (nom@exemple.fr)", en="Your address (name@example.org)"),
    "email-send": Text(fr="Recevoir un code à cette adresse", en="Send a code to this address"),
    "email-remove": Text(fr="Retirer mon adresse", en="Take my address out"),
    "email-waiting": Text(
        fr="Un code part vers {email}. Il est valable 15 minutes ; regardez aussi parmi les indésirables.",
        en="A code goes to {email}. It works for 15 minutes; look among the junk mail, too.",
    ),
    "email-code": Text(fr="Code à 6 chiffres", en="6-digit code"),
    "email-confirm": Text(fr="Confirmer cette adresse", en="Confirm this address"),
    "email-stale": Text(
        fr="Vous vous êtes connecté il y a plus de dix minutes. Par sécurité, déconnectez-vous, reconnectez-vous à un "
        "service, puis revenez à cette page pour changer d'adresse électronique.",
        en="You signed in more than ten minutes ago. For safety, sign out, sign in to a service again, then come back "
        "to this page to change your e-mail address.",
    ),
    "profile-addresses": Text(fr="Adresses postales", en="Postal addresses"),
    "address-home": Text(fr="Domicile", en="Home"),
    "address-other": Text(fr="Autre adresse", en="Other address"),
    "address-change": Text(fr="Modifier cette adresse", en="Change this address"),
    "address-remove": Text(fr="Retirer cette adresse", en="Take this address out"),
    "address-add": Text(fr="Ajouter une adresse", en="Add an address"),
    "address-kind": Text(fr="Quelle adresse", en="Which address"),
    "address-number": Text(fr="Numéro (12 bis)", en="Number (12 bis)"),
    "address-street": Text(fr="Rue ou lieu-dit", en="Street or place"),
    "address-complement": Text(fr="Bâtiment, étage, chez qui", en="Building, floor, care of"),
    "address-postcode": Text(fr="Code postal", en="Postcode"),
    "address-city": Text(fr="Commune", en="Town"),
    "profile-saved": Text(fr="C'est enregistré.", en="It is saved."),
    "profile-code-sent": Text(fr="Un code vous est envoyé.", en="A code is on its way to you."),
    "profile-email-changed": Text(
        fr="Votre adresse électronique est changée et vérifiée.", en="Your e-mail address is changed and verified."
    ),
    "profile-phone-changed": Text(fr="Votre téléphone est vérifié.", en="Your telephone is verified."),
    "names-refused": Text(
        fr="Un nom ou un prénom ne convient pas : il ne peut pas être vide, ni dépasser 200 caractères.",
        en="A first or last name does not do: it cannot be empty, nor be longer than 200 characters.",
    ),
    "phone-refused": Text(
        fr="Ce n'est pas un numéro de téléphone : écrivez-le comme 06 12 34 56 78 ou +32 470 12 34 56.",
        en="This is no telephone number: write it as 06 12 34 56 78 or +32 470 12 34 56.",
    ),
    "certified-refused": Text(
        fr="Vos nom et prénoms sont désormais certifiés : ils ne se changent plus ici.",
        en="Your names are certified by now: they cannot be changed here any more.",
    ),
    "code-refused": Text(
        fr="Ce n'est pas le bon code. Relisez le message et recommencez.",
        en="This is not the right code. Read the letter again and try once more.",
    ),
    "code-ended": Text(
        fr="Aucun code n'est attendu : il a servi, il est trop ancien, ou trop de mauvais codes ont été essayés. "
        "Demandez-en un autre.",
        en="No code is waited for: it was used, it is too old, or too many wrong ones were tried. Ask for another one.",
    ),
    "email-taken": Text(
        fr="Un autre compte se connecte avec cette adresse. S'il est à vous, l'accueil de la mairie peut réunir les "
        "deux.",
        en="Another account is signed in to with this address. If it is yours, the town hall's counter can join the "
        "two.",
    ),
    "email-signs-in": Text(
        fr="Vous vous connectez avec cette adresse : vous pouvez la changer, pas la retirer.",
        en="You sign in with this address: you can change it, not take it out.",
    ),
    "address-refused": Text(
        fr="Cette adresse n'est pas complète : il lui faut au moins une rue ou un lieu-dit, un code postal de cinq "
        "chiffres et une commune.",
        en="This address is not complete: it needs a street or a place, a postcode of five digits and a town at least.",
    ),
    "address-stale": Text(
        fr="Cette adresse a changé entre-temps, dans une autre fenêtre. La voici.",
        en="This address has changed meanwhile, in another window. Here it is.",
    ),
    "addresses-full": Text(
        fr="Vous avez déjà cinq adresses. Retirez-en une d'abord.",
        en="You have five addresses already. Take one out first.",
    ),
    "home-known": Text(
        fr="Vous avez déjà indiqué un domicile : modifiez-le, ou choisissez « Autre adresse ».",
        en="You have given a home already: change it, or choose “Other address”.",
    ),
}
