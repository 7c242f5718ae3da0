# SPDX-License-Identifier: EUPL-1.2
"""What the page of consents says, in French and English."""

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
    "see-consents": Text(fr="Ce que vous avez autorisé", en="What you have allowed"),
}
