"""Whom a statement is about: the user, the user and theirs together, or one of the user's people.

A table beats the judge here: people name their relatives with few words, and which relative it is decides whether two
statements can contradict each other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

USER: Final = "user"
WE: Final = "we"

ABOUT_THE_USER: Final = frozenset({"partner", "children", "family", "pet", "relationship", "plan"})
"""Slots of the user's own that name other people or animals: "my son is called Max" is the user's fact."""

_KIN: Final[Mapping[str, str]] = {
    word: person
    for person, words in {
        "sister": "sister schwester sœur soeur hermana sorella irmã сестра",
        "brother": "brother bruder frère hermano fratello irmão брат",
        "mother": "mother mom mum mama mutter mère maman madre mãe мама мать",
        "father": "father dad papa vater père padre pai папа отец",
        "parents": "parents folks eltern padres genitori pais родители",
        "wife": "wife frau femme mujer esposa moglie жена",
        "husband": "husband mann mari marido esposo marito муж",
        "partner": "partner partnerin spouse pareja compagno compagna conjoint conjointe",
        "girlfriend": "girlfriend freundin copine novia fidanzata namorada девушка",
        "boyfriend": "boyfriend freund copain novio fidanzato namorado парень fiancé fiancée fiance",
        "son": "son sohn fils hijo figlio filho сын boy",
        "daughter": "daughter tochter fille hija figlia filha дочь girl",
        "children": "kids children kinder enfants hijos figli filhos дети twins",
        "grandmother": "grandmother grandma oma großmutter grand-mère mamie abuela nonna avó бабушка",
        "grandfather": "grandfather grandpa opa großvater grand-père papi abuelo nonno avô дедушка",
        "uncle": "uncle onkel oncle tío zio tio дядя",
        "aunt": "aunt tante tía zia tia тётя",
        "cousin": "cousin cousine primo prima cugino cugina",
        "niece": "niece nichte nièce sobrina nipote sobrinha",
        "nephew": "nephew neffe neveu sobrino sobrinho",
        "friend": "friend buddy ami amie amigo amiga amico amica друг подруга",
        "roommate": "roommate flatmate housemate mitbewohner mitbewohnerin coloc colocataire compañero compañera",
        "boss": "boss manager chef chefin patron patronne jefe jefa capo chefe начальник",
        "colleague": "colleague coworker kollege kollegin collègue colega collega коллега",
        "neighbour": "neighbour neighbor nachbar nachbarin voisin voisine vecino vecina vizinho vizinha сосед",
        "parents-in-law": "in-laws schwiegereltern beaux-parents suegros",
        "mother-in-law": "mother-in-law schwiegermutter belle-mère suegra",
    }.items()
    for word in words.split()
}
_CJK_KIN: Final[Mapping[str, str]] = {
    word: person
    for person, words in {
        "sister": "姐姐 妹妹 姐 妹 姉 누나 언니 여동생",
        "brother": "哥哥 弟弟 哥 弟 兄 오빠 형 남동생",
        "mother": "妈妈 母亲 老妈 妈 母 お母さん 엄마 어머니",
        "father": "爸爸 父亲 老爸 爸 父 お父さん 아빠 아버지",
        "parents": "爸妈 父母 両親 부모님",
        "wife": "老婆 妻子 太太 妻 嫁 아내",
        "husband": "老公 丈夫 先生 夫 旦那 남편",
        "girlfriend": "女朋友 彼女 여자친구",
        "boyfriend": "男朋友 彼氏 남자친구",
        "son": "儿子 息子 아들",
        "daughter": "女儿 娘 딸",
        "children": "孩子 小孩 子供 아이",
        "grandmother": "奶奶 外婆 姥姥 祖母 할머니",
        "grandfather": "爷爷 外公 姥爷 祖父 할아버지",
        "friend": "朋友 友達 友人 친구",
        "roommate": "室友 ルームメイト",
        "boss": "老板 上司 상사",
        "colleague": "同事 同僚 동료",
    }.items()
    for word in words.split()
}
_MY: Final = (
    "my our mein meine unser unsere mon ma mes notre nos mi mis nuestro nuestra meu minha meus mio mia miei мой моя мои"
).split()
_POSSESSED: Final = re.compile(
    rf"(?:^|[,;:.!?] ?|\b(?:and|but|so|because|und|aber|et|mais|y|pero) )(?:{'|'.join(_MY)}|il mio|la mia)"
    rf" (?:[\w-]{{2,12}} ){{0,2}}?({'|'.join(sorted(map(re.escape, _KIN), key=len, reverse=True))})\b"
    rf"(?! (?:and|und|et|y|e|и) (?:i|ich|moi|yo|io|eu|я)\b)",
    re.IGNORECASE,
)
_ASKED_OF: Final = re.compile(
    rf"\b(?:{'|'.join(_MY)}|(?:the )?user['’]?s?) (?:[\w-]{{2,12}} ){{0,2}}?"
    rf"({'|'.join(sorted(map(re.escape, _KIN), key=len, reverse=True))})\b"
    rf"|(?:[我私僕]|うち|用户|用戶|ユーザー|내|제|우리)[的の]? ?({'|'.join(sorted(_CJK_KIN, key=len, reverse=True))})",
    re.IGNORECASE,
)
_BARE_KIN: Final = re.compile(
    r"^(?:so |oh |and |sadly |well )?(mum|mom|dad|papa|mama|grandma|grandpa|oma|opa|maman|mamie|papi|abuela"
    r"|abuelo|nonna"
    r"|nonno|мама|папа|бабушка|дедушка)\b",
    re.IGNORECASE,
)
"""Kin that people name without "my"."""
_CJK_SUBJECT: Final = re.compile(
    rf"(?:^|[，。、,！])(?:[我私僕]的?の?|제 |우리 "
    rf"|うちの)?({'|'.join(sorted(_CJK_KIN, key=len, reverse=True))})(?=[^我私と和跟]"
    rf"|$)"
)
_SELF: Final = re.compile(
    r"\b(?:i|i'm|i've|ich|je|j'[a-zé]+|yo|soy|estoy|tengo|vivo|eu|io)\b|^(?:我(?![们的]?[爸妈哥姐弟妹老父母]))",
    re.IGNORECASE,
)
_WE: Final = re.compile(
    r"\b(?:we|we're|we've|our|wir|unser|nous|on|nuestr[oa]|nosotros)\b|我们|咱们|私たち|우리", re.IGNORECASE
)


def subject_of(sentence: str, slot: str | None) -> str:
    """`USER`, `WE` or one of the user's people in English, as "sister"."""
    plain = sentence.translate(str.maketrans("’‘ʼ", "'''"))
    self_at = _at(_SELF, plain)
    person = _POSSESSED.search(plain) or _BARE_KIN.search(plain) or _CJK_SUBJECT.search(plain)
    if person and person.start() <= self_at and slot not in ABOUT_THE_USER:
        word = person.group(1).casefold()
        return _KIN.get(word) or _CJK_KIN[word]
    return WE if self_at == len(plain) and _WE.search(plain) else USER


def subject_asked_of(question: str, slot: str) -> str:
    """`USER`, or one of the user's people in English, of whom a question asks for a slot."""
    person = None if slot in ABOUT_THE_USER else _ASKED_OF.search(question)
    if person is None:
        return USER
    word = (person[1] or person[2]).casefold()
    return _KIN.get(word) or _CJK_KIN[word]


def _at(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.search(text)
    return found.start() if found else len(text)
