# SPDX-License-Identifier: EUPL-1.2
"""What the pages of consents and of what letters announce say, in French and English."""

from typing import Final

from parvis_kit.locale import Text

CONSENT_TEXTS: Final[dict[str, Text]] = {
    "consents-title": Text(fr="Ce que vous avez autorisé", en="What you have allowed"),
    "consents-lead": Text(
        fr="Chaque service ci-dessous agit avec votre accord. Retirez-le quand vous voulez : le service n'accède "
        "aussitôt plus à rien, et vous demandera de nouveau votre accord s'il en a besoin. Ce que vous lui avez déjà "
        "confié n'est pas effacé par là.",
        en="Each service below acts with your consent. Withdraw it whenever you want: the service reaches nothing from "
        "then on, and asks you again where it needs to. What you have already given it is not erased by that.",
    ),
    "consents-none": Text(
        fr="Aucun service n'agit en ce moment avec votre accord.", en="No service acts with your consent now."
    ),
    "consent-since": Text(fr="depuis le", en="since"),
    "consent-can": Text(fr="Ce service peut :", en="This service can:"),
    "consent-withdraw": Text(fr="Retirer mon accord", en="Withdraw my consent"),
    "claim-title": Text(fr="Reprendre avec mon compte", en="Take over with my account"),
    "claim-as": Text(
        fr="Vous êtes connecté en tant que {name}. Ce que la collectivité sait de vous peut rejoindre ce compte.",
        en="You are signed in as {name}. What the local authority knows of you can go into this account.",
    ),
    "claim-lead": Text(
        fr="Vous êtes connecté. Ce que la collectivité sait de vous peut rejoindre ce compte.",
        en="You are signed in. What the local authority knows of you can go into this account.",
    ),
    "claim-submit": Text(fr="Reprendre dans ce compte", en="Take over into this account"),
    "claim-or": Text(fr="Ou ouvrir un compte avec un mot de passe", en="Or open an account with a password"),
    "claim-how": Text(
        fr="Vous entrez par FranceConnect ? Connectez-vous d'abord au service, puis suivez de nouveau le lien du "
        "message dans ce navigateur : vous pourrez reprendre votre compte sans mot de passe.",
        en="You come in through FranceConnect? Sign in to the service first, then follow the link of the message again "
        "in this browser: you can take your account over without a password.",
    ),
    "claimed-title": Text(fr="Votre compte est repris", en="Your account is taken over"),
    "claimed-body": Text(
        fr="Ce que la collectivité savait de vous est désormais dans votre compte. Vérifiez-le à la page "
        "« Mon profil ».",
        en="What the local authority knew of you is in your account now. Check it on the page “My profile”.",
    ),
    "claim-differs-title": Text(fr="Ce n'est pas le même nom", en="Not the same name"),
    "claim-differs-body": Text(
        fr="Ce que la collectivité a apporté porte un autre nom que celui de votre compte, ou a déjà été repris. Rien "
        "n'a changé. Si c'est bien à vous, adressez-vous à l'accueil de la mairie.",
        en="What the local authority brought has another name than your account, or was taken over already. Nothing "
        "has changed. If it is yours, turn to the town hall's counter.",
    ),
    "merge-stop-title": Text(fr="Empêcher la réunion de deux comptes", en="Stop two accounts from being joined"),
    "merge-stop-lead": Text(
        fr="Un agent veut réunir votre compte avec un autre. Si vous ne l'avez pas demandé, ou si l'autre compte n'est "
        "pas à vous, empêchez-le : vos comptes restent comme ils sont.",
        en="An agent wants to join your account with another one. If you did not ask for it, or if the other account "
        "is not yours, stop it: your accounts stay as they are.",
    ),
    "merge-stop": Text(fr="Empêcher la réunion", en="Stop it"),
    "merge-stopped-title": Text(fr="Les comptes restent séparés", en="The accounts stay apart"),
    "merge-stopped": Text(
        fr="Rien ne sera réuni. Si vous ne savez pas pourquoi un agent le voulait, prévenez votre collectivité.",
        en="Nothing will be joined. If you do not know why an agent wanted it, tell your local authority.",
    ),
    "second-factor-reset-stop-title": Text(fr="Garder le second facteur", en="Keep the second factor"),
    "second-factor-reset-stop-lead": Text(
        fr="Un agent va retirer l'application et les codes de secours de votre compte, parce qu'ils seraient perdus. "
        "Si vous ne l'avez pas demandé, ou si vous les avez retrouvés, empêchez-le : rien ne change.",
        en="An agent will have the application and the recovery codes of your account taken away, because they are "
        "said to be lost. If you did not ask for it, or have found them, stop it: nothing changes.",
    ),
    "second-factor-reset-stop": Text(fr="Empêcher le retrait", en="Stop it"),
    "second-factor-reset-stopped-title": Text(fr="Le second facteur reste", en="The second factor stays"),
    "second-factor-reset-stopped": Text(
        fr="Votre compte demande un code comme avant. Si vous n'aviez rien demandé, quelqu'un s'est peut-être fait "
        "passer pour vous : changez votre mot de passe et prévenez votre collectivité.",
        en="Your account asks for a code as before. If you had asked for nothing, somebody may have passed themselves "
        "off as you: change your password and tell your local authority.",
    ),
    "see-consents": Text(fr="Ce que vous avez autorisé", en="What you have allowed"),
}
