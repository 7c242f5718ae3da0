# SPDX-License-Identifier: EUPL-1.2
"""What the pages say about passkeys, in French and English."""

from typing import Final

from parvis_kit.locale import Text

PASSKEY_TEXTS: Final[dict[str, Text]] = {
    "passkey": Text(fr="Clé d'accès", en="Passkey"),
    "passkey-login": Text(fr="Se connecter avec une clé d'accès", en="Sign in with a passkey"),
    "passkey-login-title": Text(fr="Se connecter avec une clé d'accès", en="Sign in with a passkey"),
    "passkey-login-lead": Text(
        fr="Votre appareil vous reconnaît, par votre empreinte, votre visage ou son code, et répond pour vous : ni "
        "adresse, ni mot de passe à taper.",
        en="Your device recognises you, by your fingerprint, your face or its code, and answers for you: no address "
        "and no password to type.",
    ),
    "passkey-or": Text(fr="Avec une clé d'accès", en="With a passkey"),
    "passkey-unscripted": Text(
        fr="Une clé d'accès ne s'utilise que si JavaScript est permis dans ce navigateur. Sans lui, connectez-vous "
        "autrement : par FranceConnect, ou par votre adresse électronique, avec un code à usage unique si votre compte "
        "en demande un.",
        en="A passkey can only be used where JavaScript is allowed in this browser. Without it, sign in another way: "
        "through FranceConnect, or by your e-mail address, with a one-time code where your account asks for one.",
    ),
    "passkey-unsupported": Text(
        fr="Ce navigateur ne connaît pas les clés d'accès. Utilisez-en un autre, ou connectez-vous autrement.",
        en="This browser does not know passkeys. Use another one, or sign in another way.",
    ),
    "passkey-failed": Text(
        fr="L'appareil n'a pas répondu, ou vous avez interrompu. Vous pouvez recommencer.",
        en="The device did not answer, or you stopped. You can start again.",
    ),
    "passkey-wrong": Text(
        fr="Cette clé d'accès n'a pas pu être vérifiée, ou elle n'est pas connue ici. Recommencez, ou choisissez une "
        "autre façon d'entrer.",
        en="This passkey could not be verified, or it is not known here. Start again, or choose another way in.",
    ),
    "passkeys-title": Text(fr="Vos clés d'accès", en="Your passkeys"),
    "passkeys-lead": Text(
        fr="Une clé d'accès (passkey) remplace le mot de passe et le code : votre téléphone, votre ordinateur ou une "
        "clé de sécurité la garde et ne s'en sert qu'après vous avoir reconnu.",
        en="A passkey stands in for password and code: your telephone, your computer or a security key keeps it, and "
        "uses it only once it has recognised you.",
    ),
    "passkeys-none": Text(fr="Vous n'en avez pas encore.", en="You have none yet."),
    "passkey-since": Text(fr="Ajoutée le", en="Added on"),
    "passkey-used": Text(fr="utilisée le", en="used on"),
    "passkey-unused": Text(fr="jamais utilisée", en="never used"),
    "passkey-synced": Text(
        fr="Copiée par son gestionnaire sur vos autres appareils.", en="Copied to your other devices by its manager."
    ),
    "passkey-one-device": Text(fr="Ne quitte pas son appareil.", en="Never leaves its device."),
    "passkey-label": Text(fr="Nom de cette clé", en="Name of this passkey"),
    "passkey-rename": Text(fr="Renommer", en="Rename"),
    "passkey-remove": Text(fr="Retirer", en="Remove"),
    "passkey-new": Text(fr="Ajouter une clé d'accès", en="Add a passkey"),
    "passkey-new-label": Text(
        fr="Nom, pour la reconnaître (par exemple : téléphone)", en="Name, to recognise it by (such as: telephone)"
    ),
    "passkey-add": Text(fr="Créer la clé sur cet appareil", en="Make the passkey on this device"),
    "passkeys-unscripted": Text(
        fr="Pour ajouter une clé d'accès, JavaScript doit être permis dans ce navigateur. Sans lui, protégez votre "
        "compte par la connexion en deux étapes.",
        en="To add a passkey, JavaScript must be allowed in this browser. Without it, protect your account by two-step "
        "sign-in.",
    ),
    "passkeys-stale": Text(
        fr="Vous vous êtes connecté il y a plus de dix minutes. Par sécurité, déconnectez-vous, reconnectez-vous à un "
        "service, puis revenez à cette page pour changer vos clés.",
        en="You signed in more than ten minutes ago. For safety, sign out, sign in to a service again, then come back "
        "to this page to change your passkeys.",
    ),
    "passkeys-full": Text(
        fr="Vous avez déjà vingt clés d'accès. Retirez-en une d'abord.",
        en="You have twenty passkeys already. Remove one first.",
    ),
    "passkey-last": Text(
        fr="Cette clé est votre seule façon d'entrer : ajoutez-en une autre avant de la retirer.",
        en="This passkey is your only way in: add another one before you remove it.",
    ),
    "session-passkey": Text(fr="Par clé d'accès", en="By passkey"),
    "see-second-factor": Text(fr="Connexion en deux étapes", en="Two-step sign-in"),
    "see-passkeys": Text(fr="Clés d'accès", en="Passkeys"),
    "see-sessions": Text(fr="Où vous êtes connecté", en="Where you are signed in"),
}
