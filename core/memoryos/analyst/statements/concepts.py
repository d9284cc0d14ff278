"""Words of ten languages that mean the same, so that what the judge learns in one language helps it in the others.

A word counts by its longest beginning that is listed; one that ends in "=" has to be the whole word. In scripts without
spaces, and in Korean, whose words grow endings, it counts wherever it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

_CONCEPTS: Final[Mapping[str, str]] = {
    "i": """i= i'm= i've= i'd= i'll= im= ive= ich= je= j'ai= j'= yo= io= eu= я= 我 私 僕 俺 저는 나는 제가 내가 난=
    전=""",
    "my": """my= mein mon= ma= mes= mi= mis= mio= mia= miei= mie= meu= minha= meus= minhas= мой= моя= моё= мои=
    моего= моей= мою= 我的 我家 私の うちの 제= 내= 나의""",
    "me": """me= mich= mir= moi= m' mí= mim= мне= меня= у= 나를 저를 나한테""",
    "we": """we= we're= we've= wir= uns= nous= on= nosotr nos= noi= ci= nós= gente= мы= нас= нам= 我们 咱 私たち
    うち 우리 저희""",
    "our": """our= unser notre= nos= nuestr nostr noss наш 우리""",
    "you": """you= your= you're= du= dich= dein dir= sie= ihr tu= te= toi= ton= ta= tes= vous= votre= vos= usted ti=
    tuo= você= seu= ты= тебя= тебе= вы= вас= твой= 你 您 あなた 君 당신 너=""",
    "he": """he= she= they= his= her= their= er= il= elle= ils= lui= él= ella= ellos= egli= lei= ele= ela= eles= он=
    она= они= его= её= 他 她 他们 彼は 彼女は 彼らは 그는 그녀""",
    "now": """now= nowadays= jetzt= nun= inzwischen= mittlerweile= maintenant= désormais= ahora= adesso= ora= ormai=
    agora= теперь= сейчас= 现在 如今 今は 今では いまは 이제 지금 요즘 최근""",
    "no_more": """anymore= longer= mehr= plus= más= più= mais= больше= 不再 再也不 もう もはや 더=""",
    "not": """not= n't don't= doesn't= isn't= wasn't= can't= cannot= never= no= kein nicht= nie= ne= pas= n' jamais=
    no= nunca= non= mai= não= не= нет= нельзя= 不 没 別 ない ません じゃな ではな 안= 못 아니 않""",
    "again": """again= back= wieder= zurück= nouveau= reviens de_nouveau otra= vuelto volví vuelvo nuovo= ricomincia
    tornat voltei novo= снова= опять= вернул 又 再 重新 また 再び 다시""",
    "move": """moved= moving= move= relocat umgezog umzieh umzug zog= gezogen= eingezog ausgezog déménag emménag
    mudamos= mudad mudar mudé= mudei= trasfer transloc переех переезж перебра 搬 引っ越 引越 転居 이사""",
    "live": """live= lives= living= lived= resid settle wohn leb habit habite vis= vit= vivons= vivo= vive= viv abit
    mor moro= mora= moramos= жив 住 定居 暮ら 살고 살아 살=""",
    "home": """flat= apartment house= home= lease= landlord wohnung haus= maison= appart logement piso= casa=
    departamento apartamento appartamento apê= квартир дом= 房 公寓 家= 家に 部屋 マンション 집을 집에 아파트 월세
    전세""",
    "from": """from= aus= de= desde= da= dal= из= родом= 来自 出身 출신""",
    "work": """work works= working= worked= job jobs= employ arbeit job= travail boulot= bosse= taf= trabaj lavor
    trabalh emprego работ 工作 上班 打工 任职 働 勤 仕事 일하 일해 일을 다녀 근무 출근 직장""",
    "quit": """quit= quitting= resign kündig gekündigt hingeschmissen geschmissen démission renunci dimess
    licenziato demissão demiti уволил уволен уволь 辞 离职 退职 辞め 退職 그만뒀 그만두 퇴사""",
    "fired": """fired= laid= redundant= sacked= rausgeworfen entlass viré licenci echaron despid licenziat demit
    сократили уволили 裁 解雇 开除 クビ リストラ 해고 잘렸 잘려""",
    "hired": """joined= join= joining= hired= promot befördert angefangen commenc promu ascend contrat assunto
    assunta promoss promovid устрои нанял повысил 入职 升职 跳槽 加入 入社 転職 昇進 입사 이직 승진 취직""",
    "retire": """retire rente= pensioniert retraite jubil pension aposent пенси 退休 定年 은퇴 퇴직""",
    "stop": """stopped= stop= quit= gave= given= dropped= ditched= cancel aufgehört aufgegeben abgemeldet gekündigt
    arrêt abandonn lâch laiss résili dejé= deje= abandon smess lascia mollat disdett parei= larguei= desist cancel
    бросил забросил перестал отказал завязал 戒 停 退 放弃 やめ 辞め 解約 諦 끊었 끊었 포기 그만""",
    "switch": """switch swapped= replaced= changed= instead= migrat umgestieg gewechsel statt= statt chang remplac
    passé= au_lieu cambi vez= pasé= cambiat posto= passat troc mudei= перешёл перешла перешли вместо= сменил поменял
    换 改 换成 改用 変え 乗り換 切り替 に変 바꿨 바꾸 바뀌 갈아 옮겼 대신""",
    "break_up": """broke= split= divorc separat dumped= breakup= ex= getrennt trennung= geschieden scheidung= sépar
    rompu rupture divorcé terminamos= rompimos= rompí lasciat divorzi separat terminei separamos расста развел
    развод 分手 离婚 分了 甩 別れ 離婚 振られ 헤어 이혼 차였""",
    "marry": """married= marry engaged= wedding= hitched= knot= propos verheiratet geheiratet heirat verlobt
    hochzeit mari épous fianc casad casamos casé casar comprometi bod sposat sposo fidanzat matrimonio casad casei
    casamento noiv замуж женат женился поженил свадьб обручил помолв 结婚 领证 订婚 婚礼 結婚 入籍 婚約 결혼 약혼""",
    "dating": """dating= seeing= girlfriend boyfriend single= freundin= partner partnerin solo= célibataire copain
    copine sors= novi solter salgo= single= ragazz namor solteir встреча парень= девушк холост 女朋友 男朋友 单身
    谈恋爱 对象 彼女が 彼氏 独身 付き合 여자친구 남자친구 솔로 사귀 미혼""",
    "die": """died= passed= death= dead= buried= lost= gestorben tot= starb= einschläfer verstorben mort= morte=
    décéd décès murió= muri fallec sacrific mort morto= morta= sopprim morreu= morr falec faleceu умер умерла
    скончал усыпи 死 去世 走了 过世 没了 安乐死 死に 死ん 亡くな 天国 죽었 죽어 돌아가 세상을 무지개""",
    "born": """born= birth birthday= geboren geburt naiss né= née= naci cumpleaños nato= nata= compleanno nasc
    nasceu anivers родил рожд 出生 生日 生まれ 誕生 태어 생일""",
    "baby": """baby= pregnant= expecting= twins= schwanger kind= kinder= enceinte= bébé= enfant embaraz bebé= hij
    incinta= figli grávida= filh беремен ребён ребен дет дочк сын 怀孕 孩子 宝宝 儿子 女儿 妊娠 子供 赤ちゃん 息子
    娘 임신 아이 아들 딸""",
    "pet": """dog= dogs= cat= cats= puppy= kitten= hamster= rabbit= pet= hund katze kater= welpe= chien chat= chats=
    chatte= chiot= lapin= perr gat gato= cachorr mascota= can= cane= gatt cucciol coniglio gat cachorr filhote=
    собак кошк кот= кота= щен котён 狗 猫 宠物 仓鼠 犬 ねこ ペット ハムスター 강아지 고양이 개를= 반려""",
    "kin": """sister brother mother father mum= mom= dad= parents= wife= husband= grandma grandmother grandpa aunt=
    uncle= cousin son= daughter schwester bruder mutter= vater= eltern= frau= mann= oma= opa= tante= onkel= sohn=
    tochter= sœur frère mère= père= parents= femme= mari= grand-mère tante= oncle= fils= fille= hermana hermano
    madre= padre= padres= mujer= marido= espos abuel tía= tío= sorell fratell mamma= papà= mogli marit nonn zia=
    zio= irmã irmão mãe= pai= avó= avô= tia= tio= сестр брат мама= мать= маму= папа= отец= отца= родител жен= жену=
    муж= бабушк дедушк 姐 妹 哥 弟 妈 爸 父母 老婆 老公 妻子 丈夫 奶奶 爷爷 姉 妹 兄 弟 母 父 両親 妻 夫 祖母 祖父
    누나 언니 오빠 형= 동생 엄마 아빠 어머니 아버지 부모 아내 남편 할머니 할아버지""",
    "allergy": """allerg intoleran unverträg vertrage= аллерг 过敏 不耐受 アレルギー 알레르기 알러지""",
    "eat": """eat= eating= eats= ate= diet= ess= esse= essen= isst= mange mang com= como= comer= comía= mangi=
    mangio= mangiare= como= comer= ем= есть= ест= 吃 食べ 먹어 먹고 먹지 먹는 먹= 먹""",
    "drink": """drink drinking= alcohol sober= coffee= trink alkohol kaffee bois= boire= alcool café= beb bebo= bev
    bevo= beber= алкогол пью= пить= 喝 酒 咖啡 お酒 飲 コーヒー 마셔 마시 술을 술= 커피""",
    "smoke": """smok cigarette vape rauch zigarett fum fumer clope fumo= fumar= cigarr сигарет кур 烟 抽烟 タバコ
    禁煙 담배 흡연""",
    "vegan": """vegan vegetari veggie= meat= végan végét végé viande vegetarian carne= вега вегет мяс 素 肉
    ベジタリアン ヴィーガン 채식 비건 고기""",
    "ill": """diagnos disease asthma diabet migraine cancer surgery illness krank krebs op= operation diagnost
    maladie opérat enferm operaci cáncer malatt operazion doenç cirurgia болезн болен больна операци диагноз 病 手术
    症 病気 手術 持病 병= 병이 수술 진단""",
    "doctor": """doctor= doctors= doc= vet= dentist= therapist arzt ärzt zahnarzt médecin= docteur= dentiste= médic
    dentista medic врач доктор 医生 医院 医者 病院 의사 병원""",
    "pills": """pills= medication med= meds= tablet insulin tablett médicament pastill medicin compress remédio
    таблет лекарств принима 药 薬 약을 약=""",
    "car": """car= cars= drive= drives= driving= bike= motorbike auto= wagen= fahre= fahr= voiture= conduis= roule=
    coche= carro= conduzco= moto= macchina= guido= dirijo= машин езжу= вожу= 车 开车 车子 車 クルマ 運転 차를 운전
    몰아""",
    "sold": """sold= sell= verkauft vendu vend vendí venduto vendi= продал 卖 売っ 売り 팔았 팔고""",
    "bought": """bought= buy= purchas gekauft kauf acheté achet compr compré comprat comprei compramos купил 买 購入
    買っ 買い 샀어 샀= 사서""",
    "got": """got= adopted= have= has= had= own= hab habe= haben= hat= j'ai= ai= a= tengo= tenemos= tiene= ho=
    abbiamo= ha= tenho= temos= tem= есть= 有 养 持って 飼 있어 있습 키워 있=""",
    "love": """love= loves= like= likes= enjoy= adore= prefer= fan= favourite= favorite= lieb lieblings mag= gern=
    aime adore préfér favori gust encant favorit prefier ama= amo= adoro= piace= preferit gosto= prefiro= люблю=
    любим обожаю= нравит 喜欢 爱 最爱 好き 大好き お気に入り 좋아 최애""",
    "hate": """hate= hates= dislike= stand= hasse= hass détest déteste supporte odi odio= soporto= detest sopporto=
    aguento= ненавижу= терпеть 讨厌 烦 嫌い 苦手 싫어""",
    "speak": """speak= speaks= learning= fluent= spreche= lerne= parle= apprends= hablo= aprend parlo= imparando=
    falo= aprendendo= говорю= учу= изучаю= 会说 在学 话せ 勉強 할 줄 배우 배워""",
    "study": """study= studying= student= uni= degree= phd= studier studium= étudi fac= estudi univers studio= estud
    facul учусь= студент универс 大学 学生 专业 研究生 学生です 専攻 대학 전공 공부""",
    "play": """play= plays= run= running= gym= swim= train= spiele= laufe= joue= cours= juego= corro= gioco= suono=
    jogo= toco= играю= бегаю= плава 打球 跑步 健身 弹 弾 走っ ジム 운동 헬스 달려""",
    "called": """called= named= name= names= heiß heiße= heißt= nenn namens= appelle s'appelle nom= llam nombre=
    chiam nome= chamo= chama= зовут= имя= назвали= 叫 名字 名前 呼 といいます 申します 이름 불러 라고""",
    "age_years": """years= old= jahre= alt= ans= años= anni= anos= лет= года= 岁 歳 살이 살입""",
    "job_person": """nurse= teacher= engineer= developer= driver= lawyer= lehrer ingenieur krankenpfleg infirm
    professeur ingénieur profesor ingenier enfermer insegnant infermier ingegnere profess engenheir учител инженер
    врачом 老师 护士 工程师 司机 医生 教師 看護師 エンジニア 運転手 교사 간호사 개발자 기사""",
    "boss": """boss= manager= colleague team= chef= kolleg patron= collègue équipe jefe= jefa= compañer capo= colleg
    chefe= colega начальник коллег 老板 同事 上司 同僚 상사 동료 팀장""",
    "plan": """flight= trip= appointment= wedding= exam= interview= concert= vacation= holiday= flug reise= termin=
    prüfung vol= voyage= rendez-vous= rdv= examen= concert= vuelo= viaje= cita= examen= concierto= volo= viaggio=
    appuntament esame= concerto= voo= viagem= consulta= prova= show= рейс= поездк запись= экзамен концерт 航班 机票
    旅行 预约 考试 演唱会 フライト 旅行 予約 試験 コンサート 비행기 여행 예약 시험 콘서트""",
    "postponed": """postpon reschedul pushed= cancelled= canceled= called= verschoben verlegt abgesagt repouss décal
    report annul aplaz movieron cancel rimandat spostat annullat adiad remarc cancelad перенес перенос отмен сдвину
    改到 改签 推迟 取消 延 延期 中止 変更 미뤄 연기 취소 변경""",
    "turned_out": """turns= actually= tests= results= doch= eigentlich= stellt finalement= fait= resulta= final=
    realidad= realtà= fine= verdade= fim= оказал 其实 原来 结果 实际 実は 結局 알고 사실 검사""",
    "always": """always= every= everyday= usually= immer= jed toujours= chaque= tous= siempre= todos= cada= sempre=
    ogni= всегда= кажд 每天 总是 一直 经常 毎 いつも 항상 매일 매주 마다""",
    "answer": """answer= reply= respond= write= use= keep= please= antworte= schreib bitte= réponds= écris=
    responde= escribe= rispondi= scrivi= responda= escreva= отвечай= пиши= пожалуйста= 回答 回复 请 答えて 返事
    ください 대답 답해 주세요""",
    "want": """want= hope= goal= saving= dream= plan= möchte= will= ziel= spare= veux= voudrais= rêve quiero= ahorr
    sueño= voglio= vorrei= sogno= quero= sonho= хочу= мечта коплю= 想 打算 梦想 目标 たい 目標 夢は 싶어 목표 꿈""",
    "ask": """what= how= why= when= where= can= could= should= was= wie= warum= wann= wo= kann= kannst= soll= quoi=
    comment= pourquoi= quand= où= est-ce= peux-tu= qué= cómo= por_qué= cuándo= dónde= puedes= cosa= come= perché=
    quando= dove= puoi= que= como= quanto= pode= что= как= почему= когда= где= можно= сколько= 吗 呢 什么 怎么
    为什么 哪 か？ 何 どう なぜ 어떻게 왜 뭐 무엇 나요 까요""",
    "code": """code= bug= error= file= server= function= test= tests= commit= branch= api= datei fehler= funktion=
    zeile= fichier= erreur= ligne= archivo= código= fila= línea= codice= riga= arquivo= linha= erro= файл код= ошибк
    строк сервер 代码 文件 报错 服务器 函数 分支 コード ファイル サーバー 関数 エラー 코드 파일 서버 오류 에러""",
    "story": """character= film= movie= novel= story= hero= game= figur= roman= spiel= personnage= histoire= jeu=
    héros= personaje= película= novela= historia= juego= personaggio= romanzo= gioco= personagem= filme= jogo=
    история= персонаж фильм роман= геро игр 小说 电影 角色 游戏 男主 女主 小説 映画 キャラ 主人公 ゲーム 소설 영화
    캐릭터 주인공 게임""",
    "if": """if= imagine= suppose= wenn= falls= stell= si= imagine= supposons= imagina= se= immagina= если=
    представь 如果 要是 假如 假设 もし たら 仮に 만약 라면""",
    "today_only": """today= tonight= yesterday= this= morning= heute= gestern= aujourd'hui= hier= ce= hoy= ayer=
    oggi= ieri= stasera= hoje= ontem= сегодня= вчера= 今天 昨天 今晚 今日 昨日 今夜 오늘 어제""",
}


def _by_start() -> tuple[Mapping[str, str], Mapping[str, str], Mapping[str, str]]:
    """Whole words, beginnings, and what counts anywhere."""
    whole: dict[str, str] = {}
    starts: dict[str, str] = {}
    anywhere: dict[str, str] = {}
    for concept, words in _CONCEPTS.items():
        for word in words.split():
            plain = word.rstrip("=").replace("_", " ")
            table = anywhere if _is_unspaced(plain) else whole if word.endswith("=") else starts
            table.setdefault(plain, concept)
    return whole, starts, anywhere


def _is_unspaced(word: str) -> bool:
    return "\u3040" <= word[0] <= "\u9fff" or "\uac00" <= word[0] <= "\ud7a3"


_WHOLE, _STARTS, _ANYWHERE = _by_start()
_LONGEST: Final = 12
_LONGEST_UNSPACED: Final = 5


def concepts(tokens: Sequence[str]) -> list[str]:
    """The concepts of casefolded words, in their order."""
    found: list[str] = []
    for token in tokens:
        found.extend(_unspaced(token) if _is_unspaced(token) else _spaced(token))
    return found


def _spaced(word: str) -> Iterator[str]:
    if word in _WHOLE:
        yield _WHOLE[word]
        return
    if word.endswith("n't"):
        yield "not"
        return
    for length in range(min(len(word), _LONGEST), 1, -1):
        if word[:length] in _STARTS:
            yield _STARTS[word[:length]]
            return


def _unspaced(run: str) -> Iterator[str]:
    at = 0
    while at < len(run):
        for length in range(min(_LONGEST_UNSPACED, len(run) - at), 0, -1):
            if run[at : at + length] in _ANYWHERE:
                yield _ANYWHERE[run[at : at + length]]
                at += length
                break
        else:
            at += 1
