"""Sentences in which speakers describe themselves, found by the first person of seven languages.

The tables prefer missing a statement to taking a reaction or a figure of speech for one: what is missed stays in its
page, what is taken wrongly is told as knowledge. Patterns meet casefolded sentences with straight apostrophes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from memoryos.words import cjk_share, sentences

MAX_STATEMENT_CHARS: Final = 300
MIN_STATEMENT_WORDS: Final = 3
MIN_STATEMENT_CJK: Final = 5
MAX_USER_CHARS: Final = 2000
"""A longer text is usually pasted, and its first person is somebody else's."""
MAX_AGENT_CHARS: Final = 600
"""Longer replies are an assistant's: drafts in the user's name, stories, lists. People in talk stay below."""


def _any_of(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives))


_RELATIVES = (
    r"(?:wife|husband|spouse|partner|boyfriend|girlfriend|fianc[eé]e?|ex|sons?|daughters?|kids?|child(?:ren)?|baby|twins"
    r"|mom|mum|mother|dad|father|parents|brothers?|sisters?|siblings?|grand(?:ma|mother|pa|father|parents|son|daughter)"
    r"|aunt|uncle|cousins?|niece|nephew|family|roommate|best friend|boss|dogs?|cats?|pupp(?:y|ies)|kittens?|pets?)"
)
_ADVERBS = (
    r"(?:(?:also|really|still|currently|now|always|usually|often|absolutely|totally|just|recently|actually|do|used to"
    r"|mostly|mainly|only|finally|even|definitely|never|both|personally|sometimes|especially|particularly) )*"
)


@dataclass(frozen=True, slots=True)
class Grammar:
    """How one language says something lasting about oneself, and what looks like it but is not."""

    statement: re.Pattern[str]
    no_statement: re.Pattern[str]


_ENGLISH = Grammar(
    _any_of(
        r"\bmy (?:full |first |last |nick)?name(?:'s| is)\b",
        r"\b(?:just|please|can|everyone|friends|people) calls? me\b",
        r"\bi(?:'m| am) " + _ADVERBS + r"an? (?!bit|little|lot|tad|mess|firm believer|sucker)",
        r"\bi(?:'m| am) (?:originally )?from\b",
        r"\bi(?:'m| am) (?:almost |nearly |now |only |about )?\d{1,3}(?: years old\b| now\b|[.!,]|$)",
        r"\bi(?:'m| am) "
        + _ADVERBS
        + r"(?:married|single|divorced|widowed|engaged|pregnant|retired|unemployed|vegan|vegetarian|pescatarian"
        r"|lactose|gluten|allergic|diabetic|autistic|dyslexic|left-handed|colou?r-?blind|deaf|blind|gay|lesbian"
        r"|bisexual|transgender|trans|non-?binary|bilingual|fluent|afraid of|scared of|terrified of|into|fond of"
        r"|passionate about|interested in|obsessed with|addicted to|keen on|good at|bad at|terrible at"
        r"|based in|living|working (?:as|at|for|in|from|on my|on a)|studying|majoring|renting|raising|dating|learning"
        r"|training|volunteering|saving|planning|hoping to|trying to (?:learn|lose|quit|eat|save|cut)|self-employed"
        r"|a fan|not a fan|my own|in (?:college|school|university|high school|\w+ grade))\b",
        r"\bi(?:'m| am) not (?:a|an|into|married|much of|good at|fond of)\b",
        r"\bi " + _ADVERBS + r"(?:lived? (?:in|at|on|near|with|alone|by|about|next)|grew up|was (?:born|raised|diagnosed)"
        r"|moved (?:to|from|here|in|out|back|away)|come from|immigrated|emigrated)\b",
        r"\bi " + _ADVERBS + r"(?:work(?:ed)? (?:as|at|for|in|from|with|full|part|on|night|remotely|two|there)|stud(?:y|ied)"
        r"|teach|taught|graduated|majored|minored|retired|run (?:a|an|my|our)|own(?:ed)?|freelance|manage (?:a|an|my)"
        r"|volunteer(?:ed)?|coach(?:ed)?|speak (?!to|with|for|up)|collect|play(?:ed)? (?!it|that|this|them)|breed)\b",
        r"\bi " + _ADVERBS + r"(?:suffer from|take (?:medication|insulin|pills|supplements)|have to avoid|need glasses"
        r"|wear (?:glasses|contacts|hearing)|can't (?:eat|drink|stand|tolerate|swim|drive|have)"
        r"|(?:don't|do not) (?:eat|drink|smoke|like|enjoy|drive|own|speak|watch|read|cook|celebrate))\b"
        r"(?! (?:that|this|it|the|your|you|how|when you|them|to (?:worry|bother|be))\b)",
        r"\bi " + _ADVERBS + r"(?:love|like|enjoy|adore|prefer|hate|dislike|cherish)"
        r" (?!that|this|it\b|it's|its|you\b|you're|your|how|the|them|those|these|what|when|where|where's|every|him|her\b"
        r"|his|their|to hear|hearing|to see|seeing|chatting|talking to you|being able|who|all|about)\w",
        r"\bi(?:'ve| have) " + _ADVERBS + r"(?:loved|hated|lived|worked|owned|been (?:playing|working (?:as|at|for|in)"
        r"|living|learning|studying|practi[cs]ing|training|volunteering|teaching|collecting|painting|writing|married"
        r"|single|sober|running|doing|into|interested|diagnosed|vegan|vegetarian|a|an)|had (?:my|a|an) \w+ (?:since|for)"
        r"|got (?:an?|two|three|four|five|my own))\b(?! (?:bit|lot|few|while|feeling|question|idea|great|tough|long|rough))",
        r"\bi have (?:(?:an?|one|two|three|four|five|six|seven|eight|ten|twins|several|many|only|no|\d+)\b"
        r"(?! (?:lot|few|bit|feeling|question|idea|problem|hunch|doubt|request|choice|point|look|chance|meeting|call|favor"
        r"|great|hard|good|long|moment|plan|ton|couple|tough|big|clue|clear|more|time|energy|nomikai|new|message|note)\b"
        r"|.*\bin common)|(?:asthma|diabetes|anxiety|adhd|arthritis|migraines|insomnia|allergies|depression|celiac)\b)",
        r"\bi " + _ADVERBS + r"(?:start(?:ed)? (?:a|an|my|doing|taking|working|learning|playing|at|as|going to)|joined|quit"
        r"|adopted|bought|enrolled|signed up|open(?:ed)? (?:a|an|my|up my)|launched|got (?:married|engaged|promoted|hired"
        r"|fired|laid off|divorced|accepted|a (?:new )?(?:job|dog|cat|puppy|kitten|car|bike|house|promotion|degree|tattoo))"
        r"|lost my (?:job|wife|husband|mom|mother|mum|dad|father|dog|cat|house|home)|switched (?:jobs|careers|to)"
        r"|turn(?:ed)? \d\d)\b(?! (?:it|that|this|them)\b)",
        r"\bi (?:plan to|(?:really |just |also )?want to (?:become|learn|open my|start (?:a|my)|study|travel|move"
        r"|adopt|publish)|dream (?:of|about)|decided to|aim to|intend to)\b",
        r"\bmy (?:\w+ )?" + _RELATIVES + r"(?:,? \w+,?)?(?:'s| is| are| was| were| has| have| had| loves?| likes?| hates?"
        r"| lives?| works?| worked| plays?| goes| studies| teaches| owns?| runs?| passed away| died| moved| turned| turns"
        r"| speaks?| suffers?| cooks?| enjoys?)\b",
        r"\bmy (?:dream|goal|plan|job|career|hobby|hobbies|birthday|anniversary|major|degree|address|email|phone number"
        r"|age|budget|salary|commute|diet|blood type|allergy|allergies|daily routine|hometown|mother tongue"
        r"|native language|favou?rite [\w -]{2,40}?)(?:'s| is| are| was| include)\b",
        r"\b(?:is|are|was) (?:my (?:all-time )?favou?rite|one of my favou?rites?)\b",
        r"\bi [a-z]+ .*\b(?:every (?:day|morning|evening|night|week|weekend|month|year|sunday|monday|tuesday|wednesday"
        r"|thursday|friday|saturday)|on (?:the )?weekends|(?:once|twice|three times) a (?:day|week|month)"
        r"|in my (?:free|spare) time)\b",
    ),
    _any_of(
        r"\bi(?:'m| am) (?:so |really |very |super |just |truly |always )*(?:glad|happy|sorry|sure|excited|proud|thankful"
        r"|grateful|impressed|here for|not sure|curious|looking forward|honou?red|touched|jealous|amazed|stoked|pumped)\b",
        r"\bi(?:'d| would| could| should| might|'ll| will| wish| hope| guess| bet| wonder| think| believe)\b(?!.*\bi am\b)",
        r"\b(?:if|unless|imagine|suppose|pretend|act as|whether) (?:i|i'm|i've|my|you|you're)\b",
        r"\bi have to (?:say|admit|go)\b",
        r"\b(?:i like|i love|i enjoy|i hate) (?:to think|saying)\b",
        r"^(?:congrat|thank|wow|glad|happy|sounds|great|good luck)",
    ),
)
_FRENCH = Grammar(
    _any_of(
        r"\bje m'appelle\b|\bmon (?:pré)?nom est\b",
        r"\bje suis (?:aussi |actuellement |encore |désormais )?(?:une? (?!peu)|née?\b|originaire|marié|célibataire|divorcé|fiancé|veu(?:f|ve)"
        r"|enceinte|retraité|à la retraite|au chômage|végétari|végan|vegan|allergique|étudiant|professeur|enseignant|infirmi"
        r"|médecin|avocat|ingénieur|chauffeur|directeur|fan d|passionnée? (?:de|par)|spécialisée?\b|mère|père|maman|papa)",
        r"\bj'ai (?:environ |maintenant |presque )?\d+ ans\b",
        r"\bj'ai (?:(?:aussi|également|seulement) )?(?:une?|deux|trois|quatre|cinq|six|plusieurs|\d+|des) (?!peu|question|idée|problème|doute|impression|fois"
        r"|bon|bonne|choses|mal|envie)",
        r"\bj'(?:habite|étudie|enseigne|élève|ai grandi|ai déménagé|ai (?:aussi )?travaillé (?:comme|dans|pour|chez)|ai toujours (?:aimé|voulu|vécu))\b",
        r"\bje (?:vis|travaille|possède|collectionne|joue (?:de|du|des|au|aux|à)|parle (?:couramment|français|anglais|espagnol"
        r"|allemand|italien)|fais (?:souvent |aussi )?(?:du|de la|de l'|des études)|mange (?:pas|souvent|beaucoup|seulement)|conduis|cuisine"
        r"|enseigne|étudie|déteste|préfère|prévois|suis né)\b(?! (?:ça|cela|ton|ta|tes|votre|vos|que))",
        r"\bje viens (?:de la |du |des |de |d')(?!\w+(?:er|ir|re)\b)\w",
        r"\bj'(?:aime|adore)(?: (?:beaucoup|bien|vraiment|aussi|surtout|trop|tellement))*"
        r" (?!ça|ce\b|cela|cet|ton|ta\b|tes|votre|vos|quand|comment|le fait|que|qu'|aussi|bien|pas)\w",
        r"\bje n'(?:aime|ai) pas (?!ça|cela|ce\b|encore|besoin|envie|le temps|compris|vu|de problème|tellement|vraiment|peur)\w",
        r"\b(?:mon|ma|mes) (?:\w+ )?(?:femme|mari|époux|épouse|copine?|fils|filles?|enfants?|mère|père|maman|papa|parents|frères?|sœurs?|soeurs?"
        r"|grands?-(?:mère|père|parents)|oncle|tante|cousine?s?|famille|chiens?|chats?|patron|métier|travail|passe-temps|anniversaire|rêve)"
        r"(?: et moi)? (?:est|sont|était|étaient|a|ont|avait|s'appellent?|travaillent?|travaillait|aiment?|adorent?|vit|vivent|jouent?|vient|fait)\b",
        r"\b(?:mon|ma|mes) \w+ (?:préférée?s?|favorite?s?) (?:est|sont)\b|\best (?:mon|ma) .{0,20}(?:préférée?|favorite?)\b",
    ),
    _any_of(r"\bsi (?:j|je|mon|ma)\b", r"\bje suis (?:un peu|désolée?|contente?|heureu|ravie?|sûre?|d'accord)\b", r"\bj'aimerais\b"),
)
_SPANISH = Grammar(
    _any_of(
        r"\bme llamo\b|\bmi nombre es\b",
        r"\bsoy (?:(?:también|actualmente) )?(?:una? |de |del |vegetarian|vegan|alérgic|celíac|diabétic|madre|padre|viud|solter|estudiante"
        r"|\w+(?:ero|era|ista|dora?|sora?|ogad[oa]|édic[oa]|nier[oa])\b)",
        r"\b(?:vivo|nací|crecí|me crie|me mudé|vengo de|trabajo (?:en|como|de|para|con)|trabajé (?:en|como|de)|estudio|estudié|me gradué"
        r"|enseño|colecciono|juego (?:al?|en)|toco (?:el|la|en)|hablo (?:español|inglés|francés|alemán|italiano)|odio|prefiero|detesto)\b"
        r"(?! (?:eso|esto|esta|este|tu|que)\b)",
        r"\btengo (?:una?|dos|tres|cuatro|cinco|varios|\d+) (?!poco|pregunta|idea|problema|duda)",
        r"\bestoy (?:casad|divorciad|solter|embarazad|jubilad|estudiando|aprendiendo|trabajando (?:en|como|de))",
        r"\b(?:no )?me (?:gustan?|encantan?|fascinan?)(?: (?:mucho|también))? (?!eso|esto|esta|este|tu|cómo|que|la idea)\w",
        r"\bmis? (?:espos[oa]|mujer|marido|novi[oa]|pareja|hij[oa]s?|madre|padre|mamá|papá|padres|herman[oa]s?|abuel[oa]s?|tí[oa]|prim[oa]s?"
        r"|familia|perr[oa]s?|gat[oa]s?|trabajo|sueño|cumpleaños|pasatiempo|\w+ favorit[oa]s?) (?:es|son|está|están|era|tienen?|se llaman?|trabajan?|viven?)\b",
    ),
    _any_of(r"\bsi (?:yo|tengo|mi|soy)\b", r"\bme gustaría\b", r"\bestoy (?:segur|content|feliz)"),
)
_GERMAN = Grammar(
    _any_of(
        r"\bich heiße\b|\bmein name ist\b",
        r"\bich bin (?:auch |noch |jetzt |gerade |seit .{2,20} )?(?:eine? (?!bisschen|wenig)|\d+ jahre|verheiratet|ledig|single|geschieden|verwitwet|schwanger"
        r"|rentner|veganer|vegetarier|allergisch|linkshänder|selbstständig|arbeitslos|in .{2,25} (?:geboren|aufgewachsen)|nach .{2,25} gezogen"
        r"|(?:von beruf )?\w{3,}(?:erin|ler|rer|ter|ker|ner|istin|ist|ingenieurin?|studentin?|ärztin|arzt)\b)",
        r"\bich (?:wohne|lebe|arbeite|komme (?:ursprünglich )?aus|studiere|unterrichte|spiele|sammle|lerne|mag|liebe|hasse|bevorzuge|plane|besitze"
        r"|esse (?:kein|gern|nur)|trinke (?:kein|gern|nur)|spreche (?:deutsch|englisch|französisch|spanisch))\b"
        r"(?! (?:das|es|dein|deine|deinen|ihr|ihre|die idee|gerade)\b)",
        r"\bich habe (?:auch |noch )?(?:einen|eine|ein|zwei|drei|vier|fünf|mehrere|\d+) (?!frage|idee|problem|bisschen|paar|gute|bitte)",
        r"\bmeine? (?:\w+ )?(?:frau|mann|freundin|freund|partnerin?|sohn|söhne|tochter|töchter|kinder|kind|mutter|vater|eltern|bruder|schwester|oma|opa|familie"
        r"|hund|katze|beruf|job|hobby|hobbys|traum|geburtstag|lieblings\w+) (?:ist|sind|war|hat|haben|heißt|heißen|arbeitet|wohnt|mag|liebt|spielt)\b",
    ),
    _any_of(r"\bwenn (?:ich|mein)\b", r"\bich (?:würde|hätte|möchte|könnte|hoffe|glaube)\b", r"\bich bin (?:so |sehr )?(?:froh|sicher|gespannt)\b"),
)
_INDONESIAN_ADVERBS = r"(?:(?:adalah|juga|masih|sekarang|dulu|pernah|sudah|baru saja|baru|selalu|sering|biasanya|sangat|benar-benar|sebenarnya|hanya|saat ini|sedang|memang|cukup) )*"
_INDONESIAN = Grammar(
    _any_of(
        r"\bnama (?:saya|aku|panggilan saya)\b",
        r"\b(?:saya|aku|kami) " + _INDONESIAN_ADVERBS + r"(?:seorang|tinggal|bekerja|kerja|lahir|kuliah|berasal|menikah|bercerai|lajang|hamil|pensiun|dibesarkan"
        r"|mengajar|mengumpulkan|mengoleksi|pindah|lulus|lulusan|mahasiswa|mahasiswi|guru|dokter|perawat|pelajar|vegetarian|vegan|alergi"
        r"|berencana|bercita-cita|bermain|berusia|berumur|tidak makan|tidak minum|tidak bisa makan|belajar|menderita)\b(?! (?:itu|ini)\b)",
        r"\b(?:saya|aku) " + _INDONESIAN_ADVERBS + r"\d+ tahun\b",
        r"\b(?:saya|aku|kami) " + _INDONESIAN_ADVERBS + r"(?:punya|memiliki|mempunyai) (?!ide|pertanyaan|waktu|masalah|kesempatan|itu|perasaan|yang|rencana)\w",
        r"\b(?:saya|aku) " + _INDONESIAN_ADVERBS + r"(?:lebih |tidak |kurang |paling |begitu )*(?:suka|menyukai|mencintai|membenci|benci|gemar|takut) "
        r"(?!itu|ini|ide|anda|kamu|mendengar|kalau|ketika|bahwa|dengan (?:itu|ide))\w",
        r"\b(?:istri|suami|pacar|tunangan|mantan|anak|anak-anak|putra|putri|ibu|ayah|orang ?tua|kakak|adik|saudara|nenek|kakek|paman|bibi|keluarga|anjing|kucing"
        r"|bos|pekerjaan|hobi|impian|ulang tahun) (?:perempuan |laki-laki |tiri |pertama )?(?:saya|ku)\b \w",
        r"\bfavorit saya (?:adalah|itu)\b|\badalah \w+ favorit saya\b",
    ),
    _any_of(r"\b(?:kalau|jika|seandainya|andai) (?:saya|aku)\b", r"\bsaya (?:yakin|harap|pikir|kira|rasa|akan|bertaruh|tidak tahu|tahu|ingin tahu)\b"),
)
_CHINESE_ADVERBS = r"(?:也|还|现在|目前|今年|一直|从小|从来|真的|非常|很|最|平时|经常|通常|就|都|已经|刚刚|刚|曾经|以前|曾|其实|确实|主要|只|特别|比较|更|实际上|有时|总是|自己)*"
_CHINESE = Grammar(
    _any_of(
        r"我(?:叫|姓|名叫|的名字)",
        r"我" + _CHINESE_ADVERBS + r"是(?:一?[个名位只]|[^，,。！!的吗说因不在从想否]{0,10}(?:师|员|生|人|家|手|者|工|民|医|迷|岁|长|教徒|族)(?=[，,。！!、 ]|$))",
        r"我" + _CHINESE_ADVERBS + r"(?:住在|住的|来自|出生|毕业|结婚|已婚|离婚|单身|怀孕|退休|\d+岁|[一二三四五六七八九十]+岁|养了|养着|搬到|搬家|学过|教(?=[^训会])|打算|计划|从事|不吃|不喝|吃素|收集|擅长)",
        r"我" + _CHINESE_ADVERBS + r"在[^，,。！!]{1,14}(?:工作|上班|上学|读书|长大|出生|打工|任职|当老师|住)",
        r"我" + _CHINESE_ADVERBS + r"(?:没)?有(?:了)?(?:一|两|二|三|四|五|六|七|八|九|十|几|好几|\d+)[^，,。！!]{0,2}[^，,。！!问点些想种次会件直天]",
        r"我" + _CHINESE_ADVERBS + r"(?:不|不太|不怎么)?(?:喜欢|热爱|讨厌|爱(?=[吃喝看听玩好做])|害怕|迷恋)(?!这|那|它|你|他|她|。|！|，|吗|$| )[^，,。！!]{1,}",
        r"我" + _CHINESE_ADVERBS + r"对[^，,。！!]{1,12}(?:过敏|感兴趣|有兴趣)",
        r"我" + _CHINESE_ADVERBS + r"(?:想成为|想当|会说|会弹|会拉|梦想)",
        r"我的?(?:妻子|老婆|太太|丈夫|老公|男朋友|女朋友|男友|女友|儿子|女儿|孩子|孩子们|妈妈|母亲|爸爸|父亲|父母|爸妈|哥哥|弟弟|姐姐|妹妹|爷爷|奶奶|外公|外婆|叔叔|阿姨|家人|狗|猫|宠物|老板|工作|职业|爱好|梦想|生日|专业"
        r"|最爱|目标|老家|家乡)(?:们)?[^，,。！!]{0,4}(?:是|有|在|叫|喜欢|爱|去世|过世|住|上|教|做|曾|也是|都是|今年|\d)",
        r"(?:是我最喜欢的|我最喜欢的|我最爱的|我家有|我家在|我家住)",
    ),
    _any_of(
        r"我(?:是说|是不是|是否|觉得|认为|猜|希望|想知道|会为你|有一?个(?:问题|想法|建议|疑问)|有(?:一点|一些|一次|点))",
        r"(?:如果|假如|要是|假设)[^，。]{0,6}我",
        r"[为替]你(?:感到)?(?:高兴|骄傲)",
    ),
)
_JAPANESE = Grammar(
    _any_of(
        r"(?:名前は|と申します|といいます)",
        r"(?:私|僕|俺|わたし|ぼく|自分)(?:は|も|の)[^。]{0,40}(?:住んで|働いて|勤めて|生まれ|出身|育ち|育った|好き|嫌い|苦手|アレルギー|飼って|歳|才|結婚して|独身|専攻"
        r"|大学生|高校生|会社員|エンジニア|教師|先生です|看護師|医者|学生です|趣味|夢は|引っ越し)",
        r"(?:に住んでいます|に住んでいる|で働いています|に勤めています|を飼っています|出身です|アレルギーがあります|が(?:大)?好きです|が(?:苦手|嫌い)です|趣味は)",
        r"(?:妻|夫|息子|娘|子供|母|父|両親|兄|弟|姉|妹|祖母|祖父|彼女|彼氏|うちの犬|うちの猫)(?:は|が)[^。]{1,30}(?:です|ます|でした|ました|います)",
        r"\d+(?:歳|才)です",
    ),
    _any_of(r"か(?:[。？?]|$)", r"(?:もし|だったら|たら、)", r"(?:と思います|でしょう|ですよね|ですね)[。！]?$"),
)
_GRAMMARS: Final = (_ENGLISH, _FRENCH, _SPANISH, _GERMAN, _INDONESIAN, _CHINESE, _JAPANESE)

# How the user wants to be answered; only the user's side can say it.
_WISH: Final = _any_of(
    r"\b(?:from now on|in (?:the )?future|please (?:always|never)|always|never)\b.*\b(?:answer|reply|respond|use|call me|write|speak|explain)\b",
    r"\bkeep (?:your |the )?(?:answers?|repl(?:y|ies)|responses?|messages)\b",
    r"\b(?:please )?remember (?:that )?(?:i|i'm|my)\b",
    r"\bi (?:prefer|want|like) (?:short|brief|concise|detailed|long|simple|direct) (?:answers?|repl|responses?|explanations?)",
    r"(?:以后|今后|请)(?:都|总是|一律)?(?:用|别|不要|叫我|称呼我)",
    r"\b(?:désormais|à l'avenir|ab jetzt|in zukunft|a partir de ahora|mulai sekarang)\b",
)
# What only a machine in service says: its replies describe no person.
_ASSISTANT_VOICE: Final = _any_of(
    r"\bas an ai\b|\blanguage model\b|\bi(?:'m| am) (?:an? )?(?:ai|virtual|digital) ?assistant\b",
    r"\bi can (?:certainly |definitely |also )?(?:help|assist|provide|offer|suggest|recommend|walk you|guide)\b",
    r"\bi(?:'d| would) (?:suggest|recommend|be happy to)\b|\bi (?:recommend|suggest)\b|\bi apologi[sz]e\b|\bmy apologies\b",
    r"\bi (?:completely |totally |fully )?understand\b|\bi(?:'ll| will) (?:remember|make a note|keep (?:that|this) in mind)\b",
    r"\bwould you like me to\b|\bhow (?:can|may) i (?:help|assist)\b|\bi recall\b|\bi don't have (?:access|personal|feelings)\b",
    r"(?:作为(?:一个)?(?:ai|人工智能)|我(?:可以|能)(?:帮|为)您?|您|我建议|我理解)",
    r"\b(?:en tant qu'ia|je peux vous aider|je vous (?:recommande|suggère|conseille)|als ki|ich kann (?:ihnen|dir) helfen|puedo ayudar(?:te|le))\b",
)
_LAYOUT: Final = re.compile(r"```|^\s*(?:[-*•#>|]|\d+[.)])\s", re.MULTILINE)
_QUOTED: Final = re.compile(r"^[\"“«'*#>|•「-]|\?|？")
_APOSTROPHES: Final = str.maketrans("’‘ʼ", "'''")
_WORDS: Final = re.compile(r"[^\W_]+")


def user_statements(text: str) -> tuple[str, ...]:
    """What the user says of themself and of how they want to be answered, sentence by sentence, verbatim."""
    if len(text) > MAX_USER_CHARS or "```" in text:
        return ()
    return tuple(s for s in sentences(text) if _is_statement(s, with_wishes=True))


def agent_statements(text: str) -> tuple[str, ...]:
    """What the other speaker says of themself, verbatim; nothing where an assistant in service speaks."""
    if len(text) > MAX_AGENT_CHARS or _LAYOUT.search(text) or _ASSISTANT_VOICE.search(_plain(text)):
        return ()
    return tuple(s for s in sentences(text) if _is_statement(s, with_wishes=False))


def _is_statement(sentence: str, *, with_wishes: bool) -> bool:
    if not _has_fit_length(sentence) or _QUOTED.search(sentence):
        return False
    plain = _plain(sentence)
    if with_wishes and _WISH.search(plain):
        return True
    return any(g.statement.search(plain) and not g.no_statement.search(plain) for g in _GRAMMARS)


def _has_fit_length(sentence: str) -> bool:
    if len(sentence) > MAX_STATEMENT_CHARS:
        return False
    if cjk_share(sentence) > 0.5:
        return len(sentence) >= MIN_STATEMENT_CJK
    return len(_WORDS.findall(sentence)) >= MIN_STATEMENT_WORDS


def _plain(text: str) -> str:
    return text.translate(_APOSTROPHES).casefold()
