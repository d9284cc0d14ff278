"""The mean vector that multilingual-e5-small's vectors are centred by: `python -m benchmarks.recall.e5_mean EVAL OUT`.

EVAL is the folder of evaluation conversations, OUT the file to write (`multilingual_e5_mean.npy` beside the embedder).
Every language counts the same: the mean of its texts' vectors, then the mean over languages. Texts of languages that
the conversations lack are the sentences below. LoCoMo is left out: its licence would bind the mean.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from memoryos.embedding.e5_files import find_weights
from memoryos.embedding.multilingual_e5 import MultilingualE5

if TYPE_CHECKING:
    from memoryos.models import Matrix, Vector

SETS: Final = {
    "en": ("realmem", "madial_en"),
    "zh": ("lifebench_zh", "madial_zh", "xpersona_zh"),
    "fr": ("xpersona_fr",),
    "id": ("xpersona_id",),
}
PAGES_OF_A_SET: Final = 100

SENTENCES: Final = {
    "de": """
Ich wohne seit drei Jahren mit meiner Freundin in einer kleinen Wohnung in Leipzig.
Am Wochenende backe ich gern Brot, das Rezept habe ich von meiner Großmutter.
Mein Chef hat mir gestern ein neues Projekt gegeben, es geht um die Abrechnung der Kunden.
Kannst du mir ein gutes Buch über die Geschichte der Römer empfehlen?
Unser Hund musste letzte Woche zum Tierarzt, zum Glück war es nichts Ernstes.
Ich habe mir das Knie beim Fußball verletzt und darf sechs Wochen nicht laufen.
Wir planen im Sommer eine Radtour an der Donau entlang bis nach Wien.
Das Programm stürzt ab, sobald ich die zweite Datei öffne.
Meine Tochter kommt im September in die Schule und freut sich schon sehr.
Klar, ich helfe dir dabei. Wie viel möchtest du im Monat für die Miete ausgeben?
Ich trinke keinen Kaffee mehr, weil ich davon schlecht schlafe.
Der Zug hatte eine Stunde Verspätung, deshalb habe ich den Termin beim Amt verpasst.
""",
    "es": """
Trabajo de enfermera en un hospital de Valencia y casi siempre tengo turno de noche.
El domingo pasado hicimos una paella en casa de mis padres para celebrar su aniversario.
¿Me puedes recomendar una serie corta para ver antes de dormir?
Mi hijo pequeño tiene miedo a los perros desde que uno le ladró en el parque.
Estoy ahorrando para comprar un coche de segunda mano antes de que acabe el año.
No puedo comer gluten, así que busco recetas sencillas de pan sin trigo.
El mes que viene nos mudamos a un piso más grande cerca del río.
Claro, te ayudo con la carta. ¿A quién va dirigida y qué quieres pedir?
He empezado a correr por las mañanas y ya aguanto cinco kilómetros.
La reunión con el cliente se aplazó porque su avión no pudo salir.
Mi abuela me enseñó a tocar la guitarra cuando yo tenía ocho años.
El servidor responde con un error cuando la contraseña lleva acentos.
""",
    "ru": """
Я работаю учителем математики в обычной школе на окраине города.
Вчера мы с братом весь вечер чинили старый велосипед отца.
Посоветуй, пожалуйста, хороший фильм, который можно посмотреть с детьми.
У меня аллергия на кошек, поэтому к сестре я прихожу ненадолго.
Летом собираемся поехать на Байкал и прожить там неделю в палатке.
Мой начальник уволился, и теперь я временно руковожу отделом.
Конечно, помогу. Сколько человек будет на ужине и что они не едят?
Программа не запускается после обновления, пишет, что не найден файл.
Бабушка всегда пекла пироги с капустой, я до сих пор помню их запах.
Я бросил курить два года назад и с тех пор хожу в бассейн.
Сын поступил в университет и переехал в общежитие.
Завтра утром у меня запись к зубному врачу, немного боюсь.
""",
    "ja": """
私は大阪の小さな出版社で編集の仕事をしています。
週末は息子と一緒に川へ釣りに行くのが楽しみです。
最近よく眠れないので、寝る前にできる簡単な運動を教えてください。
来月、妹の結婚式があるので、新しいスーツを買わなければなりません。
卵アレルギーがあるので、ケーキはいつも自分で作ります。
昨日の会議では、予算を一割減らすことに決まりました。
もちろんです。何人分の料理を作りたいか教えていただけますか。
祖父は戦後すぐに小さな床屋を始めたそうです。
電車が止まってしまい、駅で二時間も待ちました。
ファイルを開こうとすると、アプリがすぐに落ちてしまいます。
去年からピアノを習い始めて、やっと一曲弾けるようになりました。
犬の散歩の途中で、昔の同級生にばったり会いました。
""",
    "ko": """
저는 부산에서 작은 꽃집을 운영하고 있어요.
주말마다 아버지와 함께 가까운 산에 올라갑니다.
요즘 잠이 잘 안 와서 그러는데, 자기 전에 읽을 만한 책을 추천해 주세요.
다음 달에 회사가 이사를 해서 출근 시간이 한 시간으로 늘어나요.
딸이 올해 초등학교에 입학해서 아침이 아주 바빠졌어요.
우유를 마시면 배가 아파서 두유로 바꿨습니다.
물론이죠. 여행 날짜와 예산을 알려 주시면 계획을 세워 드릴게요.
어제 회의에서 새 제품의 이름을 정했습니다.
할머니께서 담가 주신 김치가 세상에서 제일 맛있어요.
업데이트를 하고 나서 프로그램이 자꾸 멈춥니다.
작년에 다리를 다친 뒤로는 달리기 대신 수영을 해요.
오랜만에 고등학교 친구를 만나서 밤늦게까지 이야기했어요.
""",
    "ar": """
أعمل طبيبة أسنان في عيادة صغيرة بالقرب من بيتي.
في عطلة نهاية الأسبوع نزور جدتي ونطبخ معها الطعام.
هل يمكنك أن تنصحني بكتاب جيد عن تاريخ الأندلس؟
ابني يخاف من الماء ولذلك سجلته في دروس السباحة.
لا آكل السمك لأن عندي حساسية منه منذ الطفولة.
سننتقل الشهر القادم إلى شقة أكبر في الطابق الثالث.
بالتأكيد سأساعدك. كم شخصا سيحضر العشاء؟
تأجل الاجتماع إلى يوم الخميس لأن المدير مسافر.
بدأت أتعلم العزف على العود قبل سنة تقريبا.
البرنامج يتوقف عن العمل كلما حاولت حفظ الملف.
تعطلت سيارتي في الطريق وانتظرت المساعدة ساعتين.
كان أبي يروي لنا القصص كل ليلة قبل النوم.
""",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("eval", type=Path, metavar="EVAL")
    parser.add_argument("out", type=Path, metavar="OUT")
    arguments = parser.parse_args()
    embedder = MultilingualE5(find_weights(), centred=False)
    means = [
        *(_mean(embedder.embed([*_pages(arguments.eval, sets)])) for sets in SETS.values()),
        *(_mean(embedder.embed(text.strip().splitlines())) for text in SENTENCES.values()),
    ]
    np.save(arguments.out, _mean(np.stack(means)))


def _pages(folder: Path, sets: tuple[str, ...]) -> Iterator[str]:
    """Both sides of the same number of pages out of each set, evenly spread over it."""
    for name in sets:
        lines = (folder / f"{name}.jsonl").read_text("utf-8").splitlines()
        pages = [page for line in lines for page in json.loads(line)["pages"]]
        for page in pages[:: max(1, len(pages) // PAGES_OF_A_SET)]:
            yield from filter(None, (page["user_input"], page["agent_response"]))


def _mean(vectors: Matrix) -> Vector:
    mean: Vector = vectors.mean(axis=0)
    return mean


if __name__ == "__main__":
    main()
