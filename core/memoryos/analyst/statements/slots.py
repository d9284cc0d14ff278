"""What of a person a statement is about: which slots hold one value at a time, and what stands on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SINGLE_VALUED: Final = frozenset(
    """name age birthday home origin job employer relationship partner phone email address preferred_language religion
    size favourite budget plan""".split()
)
"""Slots that a person has one value of at a time; of a favourite, a budget or a plan one for each thing."""

VALUED: Final = frozenset("name age birthday phone email".split())
"""Slots of which nothing is said without a value: "Decaf from tomorrow, happy birthday to me" names nobody."""

KEYED: Final = frozenset({"favourite", "budget", "plan", "size", "diet", "tool"})
"""Slots whose values are of something: only statements of the same thing can contradict each other."""

OF_WORK: Final = frozenset({"tool", "plan", "goal", "budget"})
"""Slots about what a person does rather than who it is."""

TOGETHER: Final[Mapping[str, str]] = {
    slot: group
    for group, slots in {
        "work": ("job", "employer"),
        "love": ("relationship", "partner"),
        "home": ("home", "address"),
        "hobby": ("hobby", "sport", "like", "goal"),
        "food": ("diet", "dislike"),
        "body": ("health", "medication", "allergy"),
        "things": ("car", "possession"),
    }.items()
    for slot in slots
}
"""Slots near enough that the end of one may be told as the end of the other."""

DEPENDENTS: Final[Mapping[str, tuple[frozenset[str], tuple[str, ...]]]] = {
    "home": (
        frozenset({"habit", "address", "sport", "hobby", "possession", "budget", "health", "family"}),
        tuple(
            """commute neighbour neighbor landlord flat local nearby corner rent walk bus train tram gym park garden
            balcony roommate flatmate downstairs upstairs street pendl
            arbeitsweg nachbar vermieter ecke miete garten balkon
            trajet voisin propriétaire loyer coin jardin vecino casero alquiler esquina jardín barrio trayecto 通勤 邻居
            房东 附近 房租 楼下 小区 近所 大家 家賃 隣 庭""".split()
        ),
    ),
    "job": (
        frozenset({"habit", "tool", "budget", "plan", "address", "trait", "employer", "family", "goal"}),
        tuple(
            """commute boss colleague coworker manager office team shift salary work desk client company pendl chef
            kolleg
            büro gehalt schicht arbeit patron collègue bureau salaire équipe travail jefe compañer oficina sueldo equipo
            trabajo 通勤 老板 同事 办公室 工资 月薪 公司 上班 上司 同僚 給料 職場 会社""".split()
        ),
    ),
    "pet": (
        frozenset({"habit", "possession", "budget", "pet", "plan", "health", "allergy", "medication"}),
        tuple(
            """vet dog cat puppy kitten walk food leash litter feed kennel hund katze tierarzt futter gassi leine
            chien chat
            vétérinaire croquette laisse perro gato veterinario pienso correa 狗 猫 兽医 遛 犬 獣医 散歩 えさ""".split()
        ),
    ),
    "relationship": (
        frozenset({"habit", "plan", "partner", "family", "home", "possession", "goal", "pet"}),
        tuple(
            """wife husband partner girlfriend boyfriend fiancé wedding in-law mother-in-law anniversary together we our
            frau mann freundin freund hochzeit schwieger jahrestag zusammen femme mari copine copain mariage beau-
            belle-
            ensemble mujer marido novia novio boda suegr aniversario juntos 老婆 老公 女朋友 男朋友 婚礼 岳 婆婆 妻 夫
            彼女
            彼氏
            結婚 義理""".split()
        ),
    ),
    "car": (
        frozenset({"habit", "budget", "plan", "possession"}),
        tuple(
            """drive parking garage insurance fuel petrol tyres parken versicherung conduire coche 停车 保险""".split()
        ),
    ),
    "diet": (
        frozenset({"like", "favourite", "habit", "plan"}),
        tuple("recipe tofu rezept recette receta 菜谱 レシピ".split()),
    ),
}
"""For a slot whose value ended: the slots whose statements may have stood on it, and words by which they say so."""

PEOPLE_OF: Final[Mapping[str, frozenset[str]]] = {
    "home": frozenset({"neighbour", "roommate"}),
    "job": frozenset({"boss", "colleague"}),
    "relationship": frozenset(
        {"wife", "husband", "partner", "girlfriend", "boyfriend", "mother-in-law", "parents-in-law"}
    ),
}
"""The people whom one has by what a slot says: with the job goes the boss."""

DEPENDS_LIKE: Final[Mapping[str, str]] = {"employer": "job", "partner": "relationship", "address": "home"}
"""Slots that others depend on just as on these."""


ANSWERED_BY: Final[Mapping[str, frozenset[str]]] = {
    slot: frozenset(group) - {slot}
    for group in (
        ("home", "address"),
        ("job", "employer"),
        ("relationship", "partner"),
        ("language", "preferred_language"),
        ("hobby", "sport"),
        ("like", "favourite"),
    )
    for slot in group
}
"""Slots whose statements answer a question for another, where there is none of that."""


def is_single(slot: str | None) -> bool:
    """Whether a person has one value of the slot at a time."""
    return slot in SINGLE_VALUED


def are_near(slot: str | None, other: str | None) -> bool:
    """Whether two slots are the same or may stand for each other."""
    if slot is None or other is None:
        return False
    return (
        slot == other
        or {slot, other} == {"like", "dislike"}
        or (slot in TOGETHER and TOGETHER[slot] == TOGETHER.get(other))
    )
