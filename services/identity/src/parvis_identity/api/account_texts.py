# SPDX-License-Identifier: EUPL-1.2
"""What the pages of our own accounts say, in French and English."""

from typing import Final

from parvis_kit.locale import Text

ACCOUNT_TEXTS: Final[dict[str, Text]] = {
    "login-without": Text(fr="Sans FranceConnect", en="Without FranceConnect"),
    "login-local-why": Text(
        fr="Vous pouvez aussi utiliser un compte propre à ces services, avec votre adresse électronique.",
        en="You can also use an account of these services' own, with your e-mail address.",
    ),
    "login-local": Text(fr="Continuer avec mon adresse électronique", en="Continue with my e-mail address"),
    "local-title": Text(fr="Se connecter avec son compte", en="Sign in with your account"),
    "local-submit": Text(fr="Se connecter", en="Sign in"),
    "local-wrong": Text(
        fr="L'adresse ou le mot de passe n'est pas le bon. Vérifiez-les, ou choisissez un autre mot de passe par "
        "« Mot de passe oublié ».",
        en="The address or the password is not the right one. Check them, or choose another password by “Forgotten "
        "password”.",
    ),
    "email": Text(fr="Adresse électronique (nom@exemple.fr)", en="E-mail address (name@example.org)"),
    "email-wrong": Text(
        fr="Cette adresse n'a pas la forme attendue, par exemple nom@exemple.fr.",
        en="This address does not have the expected form, such as name@example.org.",
    ),
    "password": Text(fr="Mot de passe", en="Password"),
    "forgotten": Text(fr="Mot de passe oublié", en="Forgotten password"),
    "no-account": Text(fr="Ouvrir un compte", en="Open an account"),
    "other-ways": Text(fr="Autres façons de se connecter", en="Other ways to sign in"),
    "back-to-login": Text(fr="Revenir à la connexion", en="Back to signing in"),
    "ask-registration-title": Text(fr="Ouvrir un compte", en="Open an account"),
    "ask-registration": Text(
        fr="Indiquez votre adresse électronique : nous y envoyons un lien qui permet de choisir un mot de passe.",
        en="Give your e-mail address: we send a link to it with which to choose a password.",
    ),
    "ask-recovery-title": Text(fr="Mot de passe oublié", en="Forgotten password"),
    "ask-recovery": Text(
        fr="Indiquez l'adresse de votre compte : nous y envoyons un lien qui permet de choisir un autre mot de passe.",
        en="Give the address of your account: we send a link to it with which to choose another password.",
    ),
    "ask-submit": Text(fr="Recevoir le lien", en="Send me the link"),
    "letter-sent-title": Text(fr="Regardez votre messagerie", en="Look into your mail"),
    "letter-sent-registration": Text(
        fr="Un message part vers l'adresse indiquée. Suivez le lien qu'il contient, de préférence sur cet appareil ; "
        "il est valable {minutes} minutes. Rien reçu ? Regardez parmi les indésirables, puis recommencez.",
        en="A message goes to the address that you gave. Follow the link in it, on this device if you can; it works "
        "for {minutes} minutes. Nothing came? Look among the junk mail, then start again.",
    ),
    "letter-sent-recovery": Text(
        fr="Si cette adresse a un compte, un message part vers elle. Suivez le lien qu'il contient ; il est valable "
        "{minutes} minutes. Rien reçu ? Regardez parmi les indésirables, ou essayez une autre de vos adresses.",
        en="If this address has an account, a message goes to it. Follow the link in it; it works for {minutes} "
        "minutes. Nothing came? Look among the junk mail, or try another of your addresses.",
    ),
    "register-title": Text(fr="Terminer l'ouverture du compte", en="Finish opening the account"),
    "register-lead": Text(
        fr="Votre adresse {email} est vérifiée. Tous les champs sont obligatoires.",
        en="Your address {email} is verified. All fields are required.",
    ),
    "register-submit": Text(fr="Ouvrir mon compte", en="Open my account"),
    "given-names": Text(fr="Prénoms", en="First names"),
    "family-name": Text(fr="Nom", en="Last name"),
    "names-wrong": Text(
        fr="Indiquez vos prénoms et votre nom, de 100 caractères au plus chacun.",
        en="Give your first names and your last name, of at most 100 characters each.",
    ),
    "password-rules": Text(
        fr="Au moins 12 caractères. Une suite de quelques mots sans lien entre eux est facile à retenir et difficile à "
        "deviner ; majuscules, chiffres et signes ne sont pas exigés.",
        en="At least 12 characters. A few words that have nothing to do with each other are easy to remember and hard "
        "to guess; capitals, digits and signs are not required.",
    ),
    "weak-too-short": Text(
        fr="Ce mot de passe est trop court : il lui faut au moins 12 caractères.",
        en="This password is too short: it needs at least 12 characters.",
    ),
    "weak-too-long": Text(
        fr="Ce mot de passe est trop long : 128 caractères au plus.",
        en="This password is too long: at most 128 characters.",
    ),
    "weak-guessable": Text(
        fr="Ce mot de passe se devine trop facilement : il est fait de mots de passe connus, de répétitions, ou de ce "
        "que l'on sait de vous. Choisissez-en un autre.",
        en="This password is too easy to guess: it is made of known passwords, of repetitions, or of what is known "
        "about you. Choose another one.",
    ),
    "weak-breached": Text(
        fr="Ce mot de passe figure dans une liste de mots de passe volés sur d'autres sites : qui attaque les comptes "
        "l'essaie parmi les premiers. Choisissez-en un autre, et changez-le là où vous vous en servez.",
        en="This password is on a list of passwords that were stolen from other sites: whoever attacks accounts tries "
        "it among the first. Choose another one, and change it wherever you use it.",
    ),
    "second-title": Text(fr="Deuxième étape", en="Second step"),
    "second-lead": Text(
        fr="Indiquez le code à 6 chiffres de votre application, ou un de vos codes de secours.",
        en="Give the 6-digit code of your application, or one of your recovery codes.",
    ),
    "second-wrong": Text(
        fr="Ce code n'est pas le bon, ou il a déjà servi. Attendez le suivant et réessayez.",
        en="This code is not the right one, or it was used already. Wait for the next one and try again.",
    ),
    "code": Text(fr="Code", en="Code"),
    "factor-title": Text(fr="Connexion en deux étapes", en="Two-step sign-in"),
    "factor-off": Text(
        fr="Votre compte est protégé par un mot de passe seul. Avec une application de codes sur votre téléphone, "
        "personne n'entre sans lui.",
        en="Your account is protected by a password alone. With a code application on your telephone, nobody comes in "
        "without it.",
    ),
    "factor-on": Text(
        fr="Votre compte demande, après le mot de passe, un code de votre application. Il vous reste {left} codes de "
        "secours.",
        en="After the password, your account asks for a code of your application. You have {left} recovery codes left.",
    ),
    "factor-scan": Text(
        fr="Photographiez ce dessin avec une application de codes, ou tapez-y la clé :",
        en="Photograph this drawing with a code application, or type the key into it:",
    ),
    "factor-drawing": Text(fr="Clé sous forme de code QR", en="The key as a QR code"),
    "factor-confirm": Text(
        fr="Puis indiquez votre mot de passe et le code que l'application affiche.",
        en="Then give your password and the code that the application shows.",
    ),
    "factor-wrong": Text(
        fr="Le mot de passe ou le code n'est pas le bon.", en="The password or the code is not the right one."
    ),
    "factor-add": Text(fr="Activer", en="Turn on"),
    "factor-remove": Text(fr="Désactiver", en="Turn off"),
    "factor-removed-title": Text(fr="Connexion en deux étapes désactivée", en="Two-step sign-in is off"),
    "factor-removed-body": Text(
        fr="Votre compte ne demande plus que le mot de passe.", en="Your account asks for the password alone."
    ),
    "codes-title": Text(fr="Vos codes de secours", en="Your recovery codes"),
    "codes-lead": Text(
        fr="La connexion en deux étapes est activée. Notez ces codes et gardez-les loin de votre téléphone : chacun "
        "remplace l'application une fois. Ils ne seront plus affichés.",
        en="Two-step sign-in is on. Write these codes down and keep them away from your telephone: each stands in for "
        "the application once. They are not shown again.",
    ),
    "sessions-title": Text(fr="Où vous êtes connecté", en="Where you are signed in"),
    "sessions-lead": Text(
        fr="Chaque navigateur dans lequel vous êtes connecté. Si vous n'en reconnaissez pas un, fermez-le et changez "
        "de mot de passe.",
        en="Each browser in which you are signed in. If you do not recognise one, end it and change your password.",
    ),
    "session-franceconnect-plus": Text(fr="Par FranceConnect+", en="Through FranceConnect+"),
    "session-franceconnect": Text(fr="Par FranceConnect", en="Through FranceConnect"),
    "session-proconnect": Text(fr="Par ProConnect", en="Through ProConnect"),
    "session-local": Text(fr="Par adresse électronique", en="By e-mail address"),
    "session-here": Text(fr="ce navigateur", en="this browser"),
    "session-since": Text(fr="depuis le", en="since"),
    "session-seen": Text(fr="utilisé le", en="used on"),
    "session-end": Text(fr="Fermer cette session", en="End this session"),
    "sessions-end-all": Text(fr="Tout fermer", en="End all"),
    "registered-title": Text(fr="Votre compte est ouvert", en="Your account is open"),
    "registered-body": Text(
        fr="Revenez au service d'où vous venez et connectez-vous avec votre adresse et votre mot de passe.",
        en="Go back to the service that you came from and sign in with your address and your password.",
    ),
    "new-password-title": Text(fr="Choisir un autre mot de passe", en="Choose another password"),
    "new-password-for": Text(fr="Pour le compte {email}.", en="For the account {email}."),
    "new-password-lead": Text(
        fr="Vous serez déconnecté partout, puis vous vous connecterez avec le nouveau.",
        en="You will be signed out everywhere, then you sign in with the new one.",
    ),
    "new-password": Text(fr="Nouveau mot de passe", en="New password"),
    "present-password": Text(fr="Mot de passe actuel", en="Present password"),
    "present-wrong": Text(
        fr="Le mot de passe actuel n'est pas le bon.", en="The present password is not the right one."
    ),
    "new-password-submit": Text(fr="Changer le mot de passe", en="Change the password"),
    "password-changed-title": Text(fr="Votre mot de passe est changé", en="Your password is changed"),
    "password-changed-body": Text(
        fr="Toutes vos sessions sont fermées. Revenez au service et connectez-vous avec le nouveau mot de passe.",
        en="All your sessions have ended. Go back to the service and sign in with the new password.",
    ),
    "identities-title": Text(fr="Mes identités", en="My identities"),
    "identities-lead": Text(
        fr="Vous entrez dans votre compte par les identités ci-dessous, et par votre mot de passe si vous en avez un.",
        en="You enter your account by the identities below, and by your password if you have one.",
    ),
    "identities-linked": Text(
        fr="FranceConnect ouvre désormais ce compte.", en="FranceConnect now opens this account."
    ),
    "identities-unlinked": Text(
        fr="Cette identité n'ouvre plus ce compte.", en="This identity no longer opens this account."
    ),
    "identities-cancelled": Text(
        fr="Vous avez interrompu l'association ; rien n'a changé.", en="You stopped linking; nothing has changed."
    ),
    "identity-franceconnect-plus": Text(fr="FranceConnect+", en="FranceConnect+"),
    "identity-franceconnect": Text(fr="FranceConnect", en="FranceConnect"),
    "identity-proconnect": Text(fr="ProConnect", en="ProConnect"),
    "identity-former": Text(fr="Un fournisseur qui ne sert plus", en="A provider that is not used any more"),
    "identity-since": Text(fr="associée le", en="linked on"),
    "identity-unlink": Text(fr="Dissocier", en="Unlink"),
    "identity-why": Text(
        fr="Associez FranceConnect pour entrer aussi par lui, et pour que votre identité soit vérifiée.",
        en="Link FranceConnect to come in through it, too, and to have your identity verified.",
    ),
    "identity-link": Text(fr="Associer FranceConnect", en="Link FranceConnect"),
}
