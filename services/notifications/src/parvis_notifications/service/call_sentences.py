# SPDX-License-Identifier: EUPL-1.2
"""What calls say beside their message, in each language of which there is a voice: a call is in one language."""

from dataclasses import dataclass
from typing import Final

from parvis_notifications.domain.languages import REFERENCE


@dataclass(frozen=True, slots=True)
class CallSentences:
    """In one language; ``opening`` has a place for ``sender``."""

    opening: str
    there: str
    rest: str
    heard: str
    listen: str
    again: str
    no_more: str
    thanks: str
    stopped: str


SENTENCES: Final = {
    "fr": CallSentences(
        "Bonjour. Ici {sender}.",
        "Ce message est dans votre boîte de réception, en ligne.",
        "Vous trouverez la suite dans votre boîte de réception, en ligne.",
        "Pour confirmer que vous avez entendu ce message, appuyez sur 1.",
        "Pour l’écouter maintenant, appuyez sur 1.",
        "Pour l’écouter encore, appuyez sur 1.",
        "Pour ne plus être appelé pour vos messages, appuyez sur 9.",
        "Merci, c’est noté.",
        "C’est noté. Vos messages seront dans votre boîte de réception, en ligne.",
    ),
    "en": CallSentences(
        "Hello. This is {sender}.",
        "This message is in your inbox, online.",
        "You will find the rest in your inbox, online.",
        "To confirm that you heard this message, press 1.",
        "To listen to it now, press 1.",
        "To listen to it again, press 1.",
        "To have no more calls for messages, press 9.",
        "Thank you, that is noted.",
        "That is noted. Your messages will be in your inbox, online.",
    ),
    "de": CallSentences(
        "Guten Tag. Hier ist {sender}.",
        "Diese Nachricht finden Sie online in Ihrem Posteingang.",
        "Den Rest finden Sie online in Ihrem Posteingang.",
        "Um zu bestätigen, dass Sie diese Nachricht gehört haben, drücken Sie die 1.",
        "Um sie jetzt anzuhören, drücken Sie die 1.",
        "Um sie noch einmal anzuhören, drücken Sie die 1.",
        "Wenn Sie wegen Ihrer Nachrichten nicht mehr angerufen werden möchten, drücken Sie die 9.",
        "Danke, das ist vermerkt.",
        "Das ist vermerkt. Ihre Nachrichten finden Sie online in Ihrem Posteingang.",
    ),
    "es": CallSentences(
        "Buenos días. Le llama {sender}.",
        "Este mensaje está en su buzón, en línea.",
        "Encontrará el resto en su buzón, en línea.",
        "Para confirmar que ha oído este mensaje, pulse 1.",
        "Para escucharlo ahora, pulse 1.",
        "Para volver a escucharlo, pulse 1.",
        "Para no recibir más llamadas por sus mensajes, pulse 9.",
        "Gracias, queda anotado.",
        "Queda anotado. Sus mensajes estarán en su buzón, en línea.",
    ),
    "it": CallSentences(
        "Buongiorno. Qui {sender}.",
        "Questo messaggio è nella sua casella, online.",
        "Troverà il seguito nella sua casella, online.",
        "Per confermare di aver ascoltato questo messaggio, prema 1.",
        "Per ascoltarlo ora, prema 1.",
        "Per riascoltarlo, prema 1.",
        "Per non ricevere più chiamate per i suoi messaggi, prema 9.",
        "Grazie, abbiamo preso nota.",
        "Abbiamo preso nota. Troverà i suoi messaggi nella sua casella, online.",
    ),
    "nl": CallSentences(
        "Goedendag. U spreekt met {sender}.",
        "Dit bericht staat online in uw postvak.",
        "De rest vindt u online in uw postvak.",
        "Druk op 1 om te bevestigen dat u dit bericht hebt gehoord.",
        "Druk op 1 om het nu te beluisteren.",
        "Druk op 1 om het nog eens te beluisteren.",
        "Druk op 9 als u niet meer gebeld wilt worden voor uw berichten.",
        "Dank u, het is genoteerd.",
        "Het is genoteerd. Uw berichten staan online in uw postvak.",
    ),
    "pl": CallSentences(
        "Dzień dobry. Tu {sender}.",
        "Ta wiadomość jest w Państwa skrzynce odbiorczej w internecie.",
        "Dalszy ciąg znajdą Państwo w swojej skrzynce odbiorczej w internecie.",
        "Aby potwierdzić wysłuchanie tej wiadomości, proszę nacisnąć 1.",
        "Aby jej teraz wysłuchać, proszę nacisnąć 1.",
        "Aby wysłuchać jej ponownie, proszę nacisnąć 1.",
        "Aby nie otrzymywać więcej telefonów z wiadomościami, proszę nacisnąć 9.",
        "Dziękujemy, zapisano.",
        "Zapisano. Wiadomości będą czekać w skrzynce odbiorczej w internecie.",
    ),
    "pt": CallSentences(
        "Bom dia. Fala {sender}.",
        "Esta mensagem está na sua caixa de entrada, em linha.",
        "Encontrará o resto na sua caixa de entrada, em linha.",
        "Para confirmar que ouviu esta mensagem, prima 1.",
        "Para a ouvir agora, prima 1.",
        "Para a ouvir de novo, prima 1.",
        "Para não receber mais chamadas sobre as suas mensagens, prima 9.",
        "Obrigado, fica registado.",
        "Fica registado. As suas mensagens estarão na sua caixa de entrada, em linha.",
    ),
    "ru": CallSentences(
        "Здравствуйте. Говорит {sender}.",
        "Это сообщение есть на сайте, в ваших сообщениях.",
        "Продолжение вы найдёте в своих сообщениях на сайте.",
        "Чтобы подтвердить, что вы прослушали это сообщение, нажмите 1.",
        "Чтобы прослушать его сейчас, нажмите 1.",
        "Чтобы прослушать его ещё раз, нажмите 1.",
        "Чтобы больше не получать звонки о сообщениях, нажмите 9.",
        "Спасибо, записано.",
        "Записано. Сообщения будут ждать вас на сайте.",
    ),
}
"""By the languages of ``domain.voice.SPOKEN_AS``."""


def voice_of(language: str) -> str:
    """In which of them a call to somebody who is written to in that language (BCP 47) is made; French for the rest."""
    base = language.partition("-")[0]
    return base if base in SENTENCES else REFERENCE
