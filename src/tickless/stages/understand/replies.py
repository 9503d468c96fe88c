"""What is said to people who write in another language: honestly, in theirs and in English. Pure data."""

from __future__ import annotations

ENGLISH = "I understand English best so far. Could you write it in English, or shall I get a colleague?"
NAMES = {
    "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "nl": "Dutch", "pt": "Portuguese", "pl": "Polish",
    "sv": "Swedish", "da": "Danish", "no": "Norwegian", "fi": "Finnish", "cs": "Czech", "ro": "Romanian", "hu": "Hungarian",
    "tr": "Turkish", "ru": "Russian", "uk": "Ukrainian", "el": "Greek", "ar": "Arabic", "he": "Hebrew", "zh": "Chinese",
    "ja": "Japanese", "ko": "Korean", "th": "Thai", "hi": "Hindi",
}  # fmt: skip
_SORRY = {
    "de": "Es tut mir leid, ich verstehe bisher Englisch am besten. Bitte auf Englisch, oder soll ich jemanden holen?",
    "fr": "Je suis désolé, pour l'instant je comprends mieux l'anglais. Écrivez en anglais, ou j'appelle un collègue ?",
    "es": "Lo siento, por ahora entiendo mejor el inglés. ¿Puede escribirlo en inglés, o aviso a un compañero?",
    "it": "Mi dispiace, per ora capisco meglio l'inglese. Può scriverlo in inglese, o chiamo un collega?",
    "nl": "Het spijt me, ik begrijp Engels het best. Kunt u het in het Engels schrijven, of zal ik een collega halen?",
    "pt": "Lamento, por enquanto entendo melhor o inglês. Pode escrever em inglês, ou chamo um colega?",
    "pl": "Przepraszam, na razie najlepiej rozumiem angielski. Czy może Pan/Pani napisać po angielsku, czy mam wezwać kolegę?",
    "sv": "Tyvärr förstår jag engelska bäst än så länge. Kan du skriva på engelska, eller ska jag hämta en kollega?",
    "da": "Beklager, jeg forstår engelsk bedst indtil videre. Kan du skrive på engelsk, eller skal jeg hente en kollega?",
    "no": "Beklager, jeg forstår engelsk best foreløpig. Kan du skrive på engelsk, eller skal jeg hente en kollega?",
    "fi": "Valitettavasti ymmärrän toistaiseksi parhaiten englantia. Voitko kirjoittaa englanniksi, vai haenko kollegan?",
    "cs": "Omlouvám se, zatím nejlépe rozumím anglicky. Můžete to napsat anglicky, nebo mám zavolat kolegu?",
    "ro": "Îmi pare rău, deocamdată înțeleg cel mai bine engleza. Puteți scrie în engleză sau să chem un coleg?",
    "hu": "Sajnálom, egyelőre angolul értek a legjobban. Le tudná írni angolul, vagy hívjak egy kollégát?",
    "tr": "Üzgünüm, şimdilik en iyi İngilizce anlıyorum. İngilizce yazabilir misiniz, yoksa bir meslektaşımı çağırayım mı?",
    "ru": "Извините, пока я лучше всего понимаю английский. Можете написать по-английски, или позвать коллегу?",
    "uk": "Вибачте, поки що я найкраще розумію англійську. Можете написати англійською, чи покликати колегу?",
    "el": "Λυπάμαι, προς το παρόν καταλαβαίνω καλύτερα αγγλικά. Μπορείτε να γράψετε στα αγγλικά ή να καλέσω έναν συνάδελφο;",
    "ar": "عذرًا، أفهم الإنجليزية بشكل أفضل حتى الآن. هل يمكنك الكتابة بالإنجليزية أم أستدعي زميلًا؟",
    "he": "מצטער, בינתיים אני מבין אנגלית הכי טוב. אפשר לכתוב באנגלית, או שאקרא לעמית?",
    "zh": "抱歉，目前我最懂英语。您可以用英语写吗？或者我请一位同事来帮忙？",
    "ja": "申し訳ありません。今のところ英語が一番よく分かります。英語で書いていただくか、担当者を呼びましょうか。",
    "ko": "죄송합니다. 아직은 영어를 가장 잘 이해합니다. 영어로 써 주시겠어요, 아니면 동료를 불러 드릴까요?",
    "th": "ขออภัย ตอนนี้ฉันเข้าใจภาษาอังกฤษได้ดีที่สุด กรุณาเขียนเป็นภาษาอังกฤษ หรือให้ฉันตามเพื่อนร่วมงานมาช่วย?",
    "hi": "क्षमा करें, अभी मैं अंग्रेज़ी सबसे अच्छी समझता हूँ। क्या आप अंग्रेज़ी में लिख सकते हैं, या मैं किसी सहकर्मी को बुलाऊँ?",
}
_UNDERSTOOD = {
    "de": "Ich habe verstanden, worum es geht; ich antworte auf Englisch.",
    "fr": "J'ai compris de quoi il s'agit ; je réponds en anglais.",
    "es": "He entendido de qué se trata; respondo en inglés.",
    "it": "Ho capito di che si tratta; rispondo in inglese.",
    "nl": "Ik heb begrepen waar het om gaat; ik antwoord in het Engels.",
    "pt": "Entendi do que se trata; respondo em inglês.",
    "pl": "Rozumiem, o co chodzi; odpowiadam po angielsku.",
}


def reply_in(language: str) -> str:
    """To somebody whose message was not understood: in their language, if it is among ours, and in English."""
    own = _SORRY.get(language)
    return f"{own}\n{ENGLISH}" if own else f"I'm sorry, {ENGLISH}"


def understood_in(language: str) -> str:
    """To somebody whose message was understood in another language; empty where there are no words for it."""
    return _UNDERSTOOD.get(language, "")
