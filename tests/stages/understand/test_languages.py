"""Other languages: recognised, understood where a glossary makes the need clear, and told honestly otherwise."""

import pytest

from tickless.ai.teaching import shipped_examples
from tickless.stages.understand.foreign import glossaries
from tickless.stages.understand.language import foreign_language
from tickless.stages.understand.replies import NAMES, reply_in, understood_in

SAID = {
    "de": [
        "Mein Konto ist gesperrt",
        "ich komme nicht ins VPN rein",
        "Drucker kaputt, bitte um Hilfe",
        "Wie ist das Wetter heute?",
    ],
    "fr": ["mon compte est bloqué", "je n'arrive pas à ouvrir ma boîte mail", "bonjour, pouvez-vous m'aider"],
    "es": ["no puedo conectarme a la vpn", "olvidé mi contraseña", "¿cuándo abre la cafetería?"],
    "it": ["ho dimenticato la password", "non riesco ad accedere", "il mio portatile è lento"],
    "nl": ["wachtwoord vergeten", "mijn account is geblokkeerd", "ik kan niet inloggen"],
    "pt": ["esqueci minha senha", "a minha conta está bloqueada", "não consigo entrar"],
    "pl": ["zapomniałem hasła", "nie mogę się zalogować", "konto zablokowane"],
    "sv": ["jag har glömt mitt lösenord", "kan någon hjälpa mig med kontot, det är låst"],
    "da": ["jeg har glemt mit kodeord", "min konto er låst, kan nogen hjælpe"],
    "tr": ["şifremi unuttum", "hesabım kilitlendi yardım"],
    "ru": ["не могу войти в систему"],
    "uk": ["не можу увійти, допоможіть її відкрити"],
    "ja": ["パスワードを忘れました"],
    "zh": ["我的账户被锁定了"],
    "ko": ["비밀번호를 잊어버렸어요"],
    "el": ["ξέχασα τον κωδικό μου"],
    "ar": ["نسيت كلمة المرور"],
}
WRITTEN = [(text, language) for language, texts in SAID.items() for text in texts]


@pytest.mark.parametrize(("text", "language"), WRITTEN)
def test_the_language_is_recognised(text, language):
    assert foreign_language(text) == language


def test_english_is_never_taken_for_another_language():
    written = [one.text for one in shipped_examples() if one.text != "merci"]
    assert [text for text in written if foreign_language(text)] == []


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("Guten Morgen, ich habe mein Passwort vergessen", "password_reset"),
        ("Mi cuenta está bloqueada, ¿me pueden ayudar por favor?", "account_unlock"),
        ("le vpn ne marche plus depuis ce matin", "vpn_trouble"),
        ("A minha caixa de correio está cheia", "mailbox_quota"),
        ("konto zablokowane, proszę odblokować", "account_unlock"),
        ("bitte Figma auf meinem Laptop installieren", "software_install"),
    ],
)
def test_a_clear_need_is_understood_and_the_language_told(say, text, need):
    (finding,) = say(text)
    assert finding.need == need
    assert any(one.text.startswith("language: ") for one in finding.evidence)


def test_for_whom_it_is_holds_in_every_language(say):
    (finding,) = say("bitte das Passwort von Maria Gonzalez zurücksetzen")
    assert finding.slots == {"for": "p004", "person": "p004"}
    (finding,) = say("bitte das Konto von Tom entsperren")
    assert finding.slots == {"for": "?"}


@pytest.mark.parametrize(
    "text", ["Wie wird das Wetter heute?", "не могу войти в систему", "jag har glömt mitt lösenord"]
)
def test_what_is_not_clear_is_not_guessed(say, text):
    (finding,) = say(text)
    assert (finding.act, finding.need) == ("out_of_scope", None)
    assert finding.evidence[0].text.startswith("language: ")


def test_every_language_that_can_be_told_has_its_sentence():
    for language in NAMES:
        assert "English" in reply_in(language)
        assert reply_in(language) != reply_in("xx")
    assert all(understood_in(language) for language in glossaries())
