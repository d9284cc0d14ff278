"""Whom a fact is about: the two speakers, or somebody that the user told of."""

from __future__ import annotations

import re
from typing import Final

from memoryos.language.words import folded

_PEOPLE: Final = {
    "sister": "sister schwester sœur soeur hermana sorella irmã сестра 姐姐 妹妹 姉 妹",
    "brother": "brother bruder frère hermano fratello irmão брат 哥哥 弟弟 兄 弟",
    "mother": "mother mom mum mama mutter mère maman madre mãe мама мать 妈妈 母亲 母",
    "father": "father dad papa vater père padre pai папа отец 爸爸 父亲 父",
    "parents": "parents eltern padres genitori pais родители 父母 両親",
    "wife": "wife frau femme mujer esposa moglie жена 妻子 老婆 太太 妻",
    "husband": "husband mann mari marido esposo marito муж 丈夫 老公 夫",
    "son": "son sohn fils hijo figlio filho сын 儿子 息子",
    "daughter": "daughter tochter fille hija figlia filha дочь 女儿 娘",
    "child": "child kid children kids kind kinder enfant enfants hijos figli filhos дети 孩子 子供",
    "friend": "friend freund freundin ami amie amigo amiga amico amica друг подруга 朋友 友達",
    "roommate": "roommate flatmate mitbewohner mitbewohnerin colocataire 室友 ルームメイト",
    "colleague": "colleague coworker kollege kollegin collègue colega collega коллега 同事 同僚",
    "boss": "boss manager chef chefin patron jefe jefa capo chefe начальник 老板 上司",
    "neighbour": "neighbour neighbor nachbar nachbarin voisin voisine vecino vecina vicino сосед 邻居",
    "cousin": "cousin cousine primo prima cugino cugina 表哥 表姐",
    "grandmother": "grandmother grandma oma abuela nonna avó бабушка 奶奶 外婆 祖母",
    "grandfather": "grandfather grandpa opa abuelo nonno avô дедушка 爷爷 外公 祖父",
    "aunt": "aunt tante tía zia tia тётя",
    "uncle": "uncle onkel oncle tío zio tio дядя",
}
_PERSON: Final = {folded(word): person for person, listed in _PEOPLE.items() for word in listed.split()}
_OWNED: Final = re.compile(
    r"^\W*(?:(?:the )?users?(?:'s?)|l[ae]s? |(?:the )?assistants?'s?|(?:die|der|das) |la |el |il |用户的?"
    r"|ユーザーの)?\s*"
    rf"({'|'.join(sorted(map(re.escape, _PERSON), key=len, reverse=True))})(?![a-zа-я])(?!\s+(?:of|is called|named)\b)"
)
_NAMED: Final = re.compile(r"^([A-Z][a-z]+)(?:'s\b|,| (?:is|has|was|had|lives?|works?|avoids?|likes?|\w+s)\b)")
_SPEAKERS: Final = frozenset("the user users nutzer nutzerin benutzer assistant der die das el la le il l".split())


def subject(fact: str) -> str:
    """One word for whom a fact is about: "sister", a name in small letters, or "" for the speaker it belongs to."""
    owned = _OWNED.match(folded(fact))
    if owned is not None:
        return _PERSON[owned[1]]
    named = _NAMED.match(fact)
    return "" if named is None or named[1].casefold() in _SPEAKERS else named[1].casefold()
