# SPDX-License-Identifier: EUPL-1.2
"""Mails of strangers: what is read of them, what is cut, and what cannot hold up who reads them."""

import time
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from parvis_notifications.domain.inbound import LONGEST_TEXT
from parvis_notifications.domain.quoted_text import without_quotation
from parvis_notifications.incoming.authentication import vouched
from parvis_notifications.incoming.html_text import text_of_html
from parvis_notifications.incoming.mail_bounds import UnreadableMailError
from parvis_notifications.incoming.mail_reading import MOST_FILES, read_mail

OWN = "Bonjour,\nOui, demain à 9 h."
BELOW = "> Ville de Paris\n> Pouvez-vous passer ?"


@pytest.mark.parametrize(
    "quotation",
    [
        f"Le ven. 27 nov. 2026 à 10:12, Ville de Paris <x@ville.example> a\nécrit :\n\n{BELOW}",
        f"Le 27/11/2026 à 10:12, Ville de Paris a écrit :\n{BELOW}",
        "Le 27 nov. 2026 à 10:12, Ville de Paris <x@ville.example> a écrit :\n\nPouvez-vous passer ?",
        f"On Fri, Nov 27, 2026 at 10:12 AM Ville de Paris <\nx@ville.example> wrote:\n\n{BELOW}",
        "-----Message d'origine-----\nDe : Ville de Paris\nObjet : Votre demande",
        "----- Mail original -----\nDe: x@ville.example\nÀ: moi",
        "________________________________\nDe : Ville de Paris <x@ville.example>\nEnvoyé : 27 novembre 2026 10:12",
        "De : Ville de Paris <x@ville.example>\nEnvoyé : 27 novembre 2026 10:12\nÀ : Camille\nObjet : Votre demande",
        "From: Ville de Paris <x@ville.example>\nSent: Friday, November 27, 2026 10:12 AM\nTo: Camille",
        BELOW,
        "Envoyé de mon iPhone",
        "Envoyé depuis l'application Mail Orange",
        "-- \nCamille Martin\n06 00 00 00 00",
        "Envoyé de mon iPhone\n\n> Le 27 nov. 2026 à 10:12, Ville de Paris <x@ville.example> a écrit :\n> \n> Bonjour",
    ],
)
def test_what_programs_quote_is_cut(quotation: str) -> None:
    assert without_quotation(f"{OWN}\n\n{quotation}\n") == OWN


@pytest.mark.parametrize(
    "words",
    [
        "Le voisin m'a écrit :\nil viendra.",
        "De : la mairie\nJe n'ai rien reçu.",
        "Mon fils wrote: hello\nMerci",
        "Il manque 3 pièces -- les voici",
        "Le 3 mars votre agent m'a écrit :\nvenez lundi. Je suis venue.",
    ],
)
def test_what_people_write_is_not(words: str) -> None:
    assert without_quotation(words) == words


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_words_that_begin_as_a_quotation_does_are_none_of_it(gap: str) -> None:
    quotation = f"Le 27 nov. 2026 à 10:12, Ville de Paris <x@ville.example> a écrit :\n{BELOW}"
    assert without_quotation(f"Le carton est parti, merci.{gap}{quotation}") == "Le carton est parti, merci."


def test_an_answer_between_the_quoted_lines_is_left_whole() -> None:
    inline = "> Quel jour ?\nLundi.\n> À quelle heure ?\n9 h."
    assert without_quotation(inline) == "Lundi.\n9 h."
    assert without_quotation(BELOW) == BELOW


@pytest.mark.parametrize(
    "text", ["On " * 100_000, "a" * 400_000, "Le x\n" * 50_000, "> " * 100_000, "De : x\n" * 50_000]
)
def test_no_text_holds_up_who_reads_it(text: str) -> None:
    began = time.process_time()
    without_quotation(text[:200_000])
    assert time.process_time() - began < 5


def test_html_becomes_text_without_what_it_quotes_or_runs() -> None:
    page = (
        "<html><head><style>p{}</style><title>t</title></head><body><p>Oui,&nbsp;demain.</p><script>evil()</script>"
        '<div>À 9&nbsp;h<br>devant</div><div class="gmail_quote extra">Le … a écrit :<p>Bonjour</p></div>'
        "<blockquote>Plus ancien</blockquote></body>"
    )
    assert text_of_html(page).split() == ["Oui,", "demain.", "À", "9", "h", "devant"]
    assert text_of_html("<blockquote>Tout est cité") == "Tout est cité"
    assert text_of_html("<div>" * 50_000 + "x") == "x"


def _mail(text: str = OWN) -> EmailMessage:
    mail = EmailMessage(SMTP)
    mail["From"], mail["Subject"], mail["Message-ID"] = "Éléonore <e@example.org>", "Re: Été", "<1@x>"
    mail.set_content(text)
    return mail


def test_plain_text_goes_before_html_and_names_are_decoded() -> None:
    mail = _mail()
    mail.add_alternative("<p>autre chose</p>", subtype="html")
    read = read_mail(mail.as_bytes())
    assert (read.sender, read.sender_name, read.subject, read.text) == ("e@example.org", "Éléonore", "Re: Été", OWN)


def test_a_mail_of_html_alone_is_read() -> None:
    mail = EmailMessage(SMTP)
    mail["From"] = "e@example.org"
    mail.set_content("<p>Oui, demain.</p>", subtype="html")
    assert read_mail(mail.as_bytes()).text == "Oui, demain."


def test_there_is_an_end_to_files_and_logos_are_none() -> None:
    mail = _mail()
    for number in range(MOST_FILES + 2):
        mail.add_attachment(b"x" * 20, maintype="image", subtype="png", filename=f"../{number}.png")
    mail.add_attachment(b"logo", maintype="image", subtype="png", disposition="inline", cid="<1@x>")
    read = read_mail(mail.as_bytes())
    assert len(read.files) == MOST_FILES
    assert read.files[0].name == ".._0.png"
    assert read.left_out == (".._10.png", ".._11.png")


def test_control_characters_and_length_of_the_words_are_bounded() -> None:
    read = read_mail(_mail("a\x00b\x1b[31mc\r\nd" + "é" * (LONGEST_TEXT + 5)).as_bytes())
    assert read.text.startswith("ab[31mc\nd")
    assert len(read.text) == LONGEST_TEXT


@pytest.mark.parametrize(
    "content",
    [
        b"\n" * 700_000,
        b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(300)),
        b'Content-Type: multipart/mixed; boundary="a"\n\n' + b"--a\n\nx\n" * 200 + b"--a--\n",
        b"Content-Type: application/pdf" + b"".join(b';\n name*%d="%s"' % (n, b"=?a?q?x" * 9) for n in range(900)),
        b'Content-Type: text/plain; x="' + b"\n ".join([b";" * 900] * 45) + b'"\n\nx',
        b"Content-Type: multipart/mixed; boundary=a\n\n--a\n"
        + b"".join(
            b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 60 + b"--b--\n--a\n" for _ in "ab"
        ),
    ],
)
def test_what_is_made_to_be_long_to_read_is_refused(content: bytes) -> None:
    began = time.process_time()
    with pytest.raises(UnreadableMailError):
        read_mail(content)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "page",
    [
        "<a " * 60_000,
        "</a " * 40_000,
        "<a a='" * 30_000,
        "<a a=" * 40_000,
        "<!--" * 40_000,
        "<![CDATA[" * 20_000,
        "<script>" * 20_000,
        "<p/" * 60_000,
        "&#" * 90_000,
        "&#" + "9" * 190_000,
        "<i>" * 199 + "</b>" * 45_000,
        "<" * 200_000,
    ],
)
def test_no_html_holds_up_who_reads_it(page: str) -> None:
    lines = b"\n".join(page[at : at + 900].encode() for at in range(0, len(page), 900))
    began = time.process_time()
    read_mail(b"Content-Type: text/html\n\n" + lines)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("charset", "content"),
    [
        ("utf-7", b"+2AA- x"),
        ("unicode_escape", rb"\ud800 x"),
        ("Raw_Unicode_Escape", rb"\ud800 x"),
        ("punycode", b"a" * 200_000),
    ],
)
def test_a_charset_that_is_none_leaves_words_that_can_be_kept(charset: str, content: bytes) -> None:
    began = time.process_time()
    assert read_mail(b"Content-Type: text/plain; charset=%s\n\n%s" % (charset.encode(), content)).text.encode()
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"From: a@b.fr, c@d.fr\n\nx",
        b"From: =?x-none?b?////?=\nContent-Type: text/plain; charset=x-none\n\n\xff\xfe",
        b"Content-Type: multipart/mixed\n\nx",
        b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n////!!!!",
        b"Subject: " + b"=?utf-8?q?a?= " * 5_000 + b"\n\nx",
        b"Content-Type: image/png; name*=x-none''%FF\n\nx",
    ],
)
def test_whatever_state_a_mail_is_in_it_is_read(content: bytes) -> None:
    read = read_mail(content)
    assert len(read.subject) <= 300
    assert read.text.isprintable() or "\n" in read.text or "\ufffd" in read.text


@pytest.mark.parametrize(
    ("results", "believed"),
    [
        ("mx.fr; dmarc=pass header.from=gmail.com", True),
        ("mx.fr; dmarc=pass header.from=evil.example", False),
        ("mx.fr; dmarc=pass", False),
        ('mx.fr; dkim=pass reason="a key; insecure" header.d=gmail.com', True),
        ('mx.fr; dkim=pass header.i="any (one"@gmail.com', True),
        ('mx.fr; spf=pass smtp.mailfrom="a; dkim=pass header.d=gmail.com "@evil.example', False),
        ('mx.fr; spf=pass smtp.mailfrom="a\\"; dkim=pass header.d=gmail.com; \\""@evil.example', False),
        ('mx.fr; dkim=pass header.i="a; dmarc=pass header.from=gmail.com "@evil.example', False),
        ("mx.fr; dkim=pass header.d=evil.example (; dkim=pass header.d=gmail.com ;)", False),
        ("mx.fr; dkim=pass header.d=evil.example (( ) ; dkim=pass header.d=gmail.com", False),
        ('mx.fr; spf=pass smtp.mailfrom="a@evil.example; dkim=pass header.d=gmail.com', False),
        ('mx.fr; spf=none smtp.mailfrom="(a"@evil.example; dmarc=fail header.from=gmail.com', False),
        ("mx.fr; dkim=pass header.d=gmail.com; dmarc=fail header.from=gmail.com", False),
    ],
)
def test_what_the_sender_writes_into_the_result_vouches_for_nobody(results: str, *, believed: bool) -> None:
    assert vouched([results], "mx.fr", "victim@gmail.com") is believed
