"""Messages that keep a talk going and ask for nothing: greetings, thanks, assent."""

from __future__ import annotations

from typing import Final

from memoryos.language.words import words

_MOST_WORDS: Final = 8
"""Longer messages say something beside the greeting."""

_SAID: Final = (
    "hi hey hello hiya yo howdy greetings good morning afternoon evening night day there again everyone "
    "thanks thank you thx ty so much very a lot cheers please welcome bye goodbye see later soon take care "
    "ok okay k sure yes yeah yep yup no nope nah right great nice cool fine perfect awesome wonderful lol haha hm hmm "
    "oh wow got it how are what's up sup s well done alright sounds",
    "hallo guten tag morgen abend moin servus danke schön vielen dank bitte tschüss ja nein gut super alles klar",
    "bonjour salut bonsoir merci beaucoup au revoir oui non d accord bien parfait coucou",
    "hola buenos días buenas tardes noches gracias muchas adiós sí vale bueno qué tal",
    "ciao buongiorno buonasera grazie mille prego arrivederci sì va bene",
    "olá oi bom dia boa tarde noite obrigado obrigada tchau sim não tudo bem",
    "hoi goedemorgen goedemiddag dank je wel bedankt dag nee goed prima",
    "cześć dzień dobry dziękuję dzięki tak nie dobrze pa",
    "привет здравствуйте доброе утро добрый день вечер спасибо большое пока да нет хорошо ладно",
    "merhaba selam günaydın teşekkürler teşekkür ederim sağ ol evet hayır tamam",
    "halo selamat pagi siang malam terima kasih makasih ya tidak baik oke",
    "مرحبا السلام عليكم شكرا نعم لا حسنا",
    "नमस्ते धन्यवाद शुक्रिया हाँ नहीं ठीक है",
)
_WHOLE: Final = frozenset(
    "你好 您好 早上好 下午好 晚上好 晚安 早 嗨 哈喽 谢谢 谢谢你 多谢 感谢 不客气 好 好的 是 是的 嗯 行 再见 拜拜 "
    "こんにちは おはよう おはようございます こんばんは ありがとう ありがとうございます はい いいえ うん またね "
    "안녕 안녕하세요 감사합니다 고마워 고마워요 네 아니요 응 좋아요 잘 가".split()
)
_WORDS: Final = frozenset(word for line in _SAID for word in words(line))
_MARKS: Final = " \t\r\n.,!?;:~…。，！？、；：～'\"“”‘’()-👋🙏😊🙂👍❤️😀😄🎉"


def is_phatic(text: str) -> bool:
    """Whether a message is a greeting, a thank-you or a yes and nothing more."""
    plain = text.strip(_MARKS)
    if not plain or plain in _WHOLE:
        return True
    if all(part.strip(_MARKS) in _WHOLE for part in plain.replace("，", " ").replace("！", " ").split()):
        return True
    said = words(plain)
    return 0 < len(said) <= _MOST_WORDS and all(word in _WORDS for word in said) and not _is_asking(text)


def _is_asking(text: str) -> bool:
    """ "What's up?" greets; "are you there again?" may ask for something, and is looked up."""
    return text.rstrip().endswith("?") and len(words(text)) > len(("how", "are", "you", "there"))
