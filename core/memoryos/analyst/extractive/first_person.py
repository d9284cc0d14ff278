"""How people say something lasting about themselves: patterns of seven languages, data only.

They are matched against casefolded clauses with straight apostrophes. Each table rather misses a statement than takes
a reaction or a figure of speech for one: a missed statement stays on its page, a wrong one is told as knowledge.
"""

from __future__ import annotations

from typing import Final

from memoryos.language.grammar import Grammar, any_of

_KIN = (
    r"(?:wife|husband|spouse|partner|boyfriend|girlfriend|fianc[eé]e?|ex|sons?|daughters?|kids?|child(?:ren)?|baby"
    r"|twins|mom|mum|mother|dad|father|parents|brothers?|sisters?|siblings?|grand(?:ma|mother|pa|father|parents|son"
    r"|daughter)|aunt|uncle|cousins?|niece|nephew|family|roommate|best friend|boss|dogs?|cats?|pupp(?:y|ies)|kittens?"
    r"|pets?)"
)
_OFTEN = (
    r"(?:(?:also|really|still|currently|now|always|usually|often|absolutely|totally|just|recently|actually|do|used to"
    r"|mostly|mainly|only|finally|even|definitely|never|no longer|both|personally|sometimes|especially|particularly) )*"
)
_I_AM = rf"\bi(?:'m| am) {_OFTEN}"
_I = rf"\bi(?:'ve)? {_OFTEN}"
_I_HAVE = rf"\bi(?:'ve| have) {_OFTEN}"

_ENGLISH: Final = Grammar(
    r"\b(?:i|my|me)\b",
    any_of(
        r"\bmy (?:full |first |last |nick)?name(?:'s| is| isn't)\b"
        r"|\b(?:just|please|can|everyone|friends|people) calls? me\b",
        rf"{_I_AM}an? (?!bit|little|lot|tad|mess|firm believer|sucker)|\bi(?:'m| am) (?:originally )?from\b",
        r"\bi(?:'m| am) (?:almost |nearly |now |only |about )?\d{1,3}(?: years old\b| now\b|[.!,]|$)",
        rf"{_I_AM}(?:married|single|divorced|widowed|engaged|pregnant|retired|unemployed|self-employed|vegan|vegetarian"
        r"|pescatarian|lactose|gluten|allergic|diabetic|autistic|dyslexic|left-handed|colou?r-?blind|deaf|blind|gay"
        r"|lesbian|bisexual|trans|transgender|non-?binary|bilingual|fluent|afraid of|scared of|terrified of|into"
        r"|fond of|passionate about|interested in|obsessed with|addicted to|keen on|(?:good|bad|terrible) at|based in"
        r"|living|working (?:as|at|for|in|from|on (?:my|a))|studying|majoring|renting|raising|dating|learning|training"
        r"|volunteering|saving|planning (?:to|on)|hoping to|taking an? (?:\w+ )*(?:course|class)"
        r"|taking (?:\w+ )*(?:lessons|classes)|trying to (?:learn|lose|quit|eat|save|cut)|in (?:college|school"
        r"|university|high school|\w+ grade))\b",
        r"\bi(?:'m| am) not (?:an?|into|married|much of|good at|fond of)\b",
        rf"{_I}(?:lived? (?:in|at|on|near|with|alone|by|about|next)|grew up|was (?:born|raised|diagnosed)|come from"
        r"|moved (?:to|from|here|in|out|back|away)|\w*migrated|(?:don't|do not)(?=.*\bany ?more\b)"
        r" (?:live|work|have))\b",
        rf"{_I}(?:work(?:ed)? (?:as|at|for|in)|work (?:from|with|full|part|on|night|remotely|two|there)|stud(?:y|ied)"
        r"|teach|taught|graduated|majored|minored|retired|run (?:an?|my|our)|own(?:ed)?|freelance|manage (?:an?|my)"
        r"|mentor|volunteer(?:ed)?|coach(?:ed)?|speak (?!(?:to|with|for|up|about|at|of|out)\b)\w+|collect"
        r"|play (?!(?:it|that|this|them)\b)\w+"
        r"|breed)\b",
        rf"{_I}(?:suffer from|take (?:medication|insulin|pills|supplements)|have to avoid|wear (?:glasses|contacts"
        r"|hearing)|can't (?:eat|drink|stand|tolerate|swim|drive|have)|(?:don't|do not) (?:eat|drink|smoke|like|enjoy"
        r"|drive|own|speak|watch|read|cook|celebrate))\b(?! (?:that|this|it|the|your|you|how|when you|them)\b)",
        rf"{_I}(?:love|like|enjoy|adore|prefer|hate|dislike|cherish) (?!(?:that|this|it|it's|its|you|you're|your|how"
        r"|the|them|those|these|what|when|where|where's|every|him|her|his|their|who|all|about|option|hearing|seeing"
        r"|chatting|to (?:hear|see)|talking to you|being able)\b|to[.!]*$)\w",
        rf"{_I_HAVE}(?:loved|hated|lived|worked|owned|had (?:my|an?) \w+ (?:since|for)|got (?:an?|two|three|four|five"
        r"|my own)|been (?:into|interested|diagnosed|married|single|sober|vegan|vegetarian|an?|(?!(?:think|feel|wonder"
        r"|try|want|mean|look|wait|hav|go|deal|do|tell|say|ask|talk|chat|hop|miss)ing)\w+ing))\b(?! (?:bit|lot|few"
        r"|while|feeling|question|idea|great|tough|long|rough|busy|crazy|wild)\b)",
        rf"{_I}have (?:(?:an?|one|two|three|four|five|six|seven|eight|ten|twins|several|many|only|no|\d+) (?!(?:lot|few"
        r"|bit|feeling|questions?|idea|problem|hunch|doubt|request|choice|point|look|chance|meeting|call|favor|great"
        r"|hard|good|long|moment|plan|ton|couple|tough|big|huge|clue|clear|more|time|energy|new|message|note|mandatory"
        r"|high|picture|photo|pic|room|interview)\b)\w|(?:asthma|diabetes|anxiety|adhd|arthritis|migraines|insomnia"
        r"|allergies|depression|celiac)\b)",
        rf"{_I}(?:start(?:ed)? (?:an?|my|this|doing|taking|working|learning|playing|volunteering|at|as|going to)|joined"
        r"|quit|adopted|bought|enrolled|signed up|open(?:ed)? (?:an?|my|up my)|launched|lost my (?:job|home|house"
        rf"|{_KIN})|switched (?:jobs|careers|to)|turn(?:ed)? \d\d|got (?:married|engaged|promoted|hired|fired|laid off"
        r"|divorced|accepted|(?:a|another) (?:new )?(?:job|dog|cat|puppy|kitten|car|bike|house|promotion|degree"
        r"|tattoo)))\b(?! (?:it|that|this|them)\b)",
        r"\bi (?:plan to|(?:really |just |also )?want to (?:become|learn|open my|start (?:a|my)|study|travel|move|adopt"
        r"|publish)|dream (?:of|about)|decided to|aim to|intend to)\b",
        rf"^(?:\w+ ){{0,3}}my (?:\w+ )?{_KIN}(?: (?!to\b|for\b|in\b|on\b|at\b|and\b)\w+)?(?:'s (?:an?|the|been|not|from"
        r"|\w+ing|now|always|\d)| is| are| was| were| has| have| had| loves?| likes?| hates?| lives?| works?| worked"
        r"| plays?| goes| studies| teaches| owns?| runs?| passed away| died| moved| turned| turns| speaks?| suffers?"
        r"| cooks?| enjoys?)\b(?! (?:so|awesome|amazing|great|right|like)\b)",
        r"\bmy (?:dream|goal|plan|job|career|hobby|hobbies|birthday|anniversary|major|degree|address|e-?mail"
        r"|phone number|age|budget|salary|commute|diet|blood type|allerg(?:y|ies)|daily routine|hometown|mother tongue"
        r"|native language|favou?rite [\w -]{2,40}?)(?: for now)?(?:'s| is| are| was| include)\b",
        r"\bmy (?:\w+ ){1,5}(?:is|are|costs?) (?:about |around |now |another )?[¥$€£]?\d",
        r"\b(?:is|are|was) (?:my (?:all-time )?favou?rite|one of my favou?rites?)\b",
        r"\bi [a-z]+ .*\b(?:every (?:day|morning|evening|night|week|weekend|month|year|(?:sun|mon|tues|wednes|thurs|fri"
        r"|satur)day)|on (?:the )?weekends|(?:once|twice|three times) a (?:day|week|month)|in my (?:free"
        r"|spare) time)\b",
    ),
    any_of(
        r"\bi(?:'m| am) (?:so |really |very |super |just |truly |always )*(?:glad|happy|sorry|sure|excited|proud"
        r"|thankful|grateful|impressed|here for|curious|looking forward|honou?red|touched|jealous|amazed|stoked"
        r"|pumped)\b",
        r"\bi(?:'d| would| could| should| might|'ll| will| wish| hope| guess| bet| wonder| think| believe"
        r"| have to say)\b",
        r"\b(?:if|unless|imagine|suppose|pretend|act as|whether) (?:i|i'm|i've|my|you|you're)\b|\b(?:what|why|how|where"
        r"|when) (?:do |can |should )?i\b|make sure|take a look",
        r"^(?:it|that|this)(?:'s| is| reminds| made)\b.*\bi\b.*(?:\b(?:in|about|of|for|to|with)[.!]*$|\b(?:love"
        r"|like)\b)|\b(?:with|of|on|in|to|under) my (?:full |last )?name\b",
        r"\b(?:tonight|tomorrow|later today|this (?:morning|afternoon|evening|week|weekend))\b|\bi have (?:one|two),",
    ),
)
_FRENCH: Final = Grammar(
    r"\b(?:je|mon|ma|mes)\b|\bj'",
    any_of(
        r"\bje (?:ne )?m'appelle\b|\bmon (?:pré)?nom (?:n')?est\b|\bj'ai (?:environ |maintenant |presque )?\d+ ans\b",
        r"\bje (?:suis|ne suis plus) (?:aussi |actuellement |encore |désormais |maintenant )?(?:une? (?!peu)|née?\b"
        r"|originaire|marié|divorcé|célibataire|fiancé|veu(?:f|ve)|enceinte|retraité|à la retraite|au chômage"
        r"|végétari|végan|vegan|allergique|étudiant|professeur|enseignant|infirmi|médecin|avocat|ingénieur|chauffeur"
        r"|directeur|fan d|passionnée? (?:de|par)|spécialisée?\b|mère|père|maman|papa)",
        r"\bj'ai (?:(?:aussi|également|seulement) )?(?:une?|deux|trois|quatre|cinq|six|plusieurs|\d+|des) (?!peu"
        r"|question|idée|problème|doute|impression|fois|bon|bonne|choses|mal|envie)",
        r"\bj'(?:habite|étudie|enseigne|élève|ai grandi|ai déménagé|ai (?:aussi )?travaillé (?:comme|dans|pour|chez)"
        r"|ai toujours (?:aimé|voulu|vécu))\b",
        r"\bje (?:vis|travaille|possède|collectionne|joue (?:de|du|des|au|aux|à)|fais (?:souvent |aussi )?(?:du|de la"
        r"|de l'|des études)|parle (?:couramment|français|anglais|espagnol|allemand|italien)|déteste|préfère|prévois"
        r"|mange (?:pas|souvent|beaucoup|seulement)|conduis|cuisine)\b(?! (?:ça|cela|ton|ta|tes|votre|vos|que)\b)",
        r"\bje (?:n'habite|ne (?:vis|travaille|fume)) plus\b",
        r"\bje viens (?:de la |du |des |de |d')(?!\w+(?:er|ir|re)\b)\w",
        r"\bj'(?:aime|adore)(?: (?:beaucoup|bien|vraiment|aussi|surtout|trop|tellement))* (?!(?:ça|ce|cela|cet|ton|ta"
        r"|tes|votre|vos|quand|comment|le fait|que|aussi|bien|pas)\b|qu')\w",
        r"\bje n'(?:aime (?:pas|plus)|ai pas) (?!(?:ça|cela|ce|encore|besoin|envie|le temps|compris|vu|de problème"
        r"|tellement|vraiment|peur)\b)\w",
        r"\b(?:mon|ma|mes) (?:\w+ )?(?:femme|mari|époux|épouse|copine?|fils|filles?|enfants?|mère|père|maman|papa"
        r"|parents|frères?|sœurs?|soeurs?|grands?-(?:mère|père|parents)|oncle|tante|cousine?s?|famille|chiens?|chats?"
        r"|patron|métier|travail|passe-temps|anniversaire|rêve)(?: et moi)? (?:est|sont|était|étaient|a|ont|avait|vit"
        r"|vivent|s'appellent?|travaillent?|travaillait|aiment?|adorent?|jouent?|vient|fait)\b",
        r"\b(?:mon|ma|mes) \w+ (?:préférée?s?|favorite?s?) (?:est|sont)\b|\best (?:mon|ma) .{0,20}(?:préférée?"
        r"|favorite?)\b",
    ),
    any_of(
        r"\bsi (?:j'|je|mon|ma)\b|\bj'aimerais\b",
        r"\bje suis (?:si |très |vraiment )?(?:un peu|désolée?|contente?|heureu|ravie?|sûre?|d'accord)\b",
    ),
)
_SPANISH: Final = Grammar(
    r"\b(?:soy|me|mis?|vivo|nací|crecí|vengo|trabaj|estudi|enseño|colecciono|juego|toco|hablo|odio|prefiero|detesto"
    r"|tengo|estoy)",
    any_of(
        r"\bme llamo\b|\bmi nombre (?:no )?es\b|\btengo (?:ya )?\d+ años\b",
        r"\bsoy (?:(?:también|actualmente|ahora) )?(?:una? |del? |vegetarian|vegan|alérgic|celíac|diabétic|madre|padre"
        r"|viud|solter|estudiante|\w+(?:ero|era|ista|dora?|sora?|ogad[oa]|édic[oa]|nier[oa])\b)",
        r"\b(?:vivo|nací|crecí|me crie|me mudé|vengo de|trabajo (?:ahora )?(?:en|como|de|para|con)|trabajé (?:en|como"
        r"|de)|estudio|estudié|me gradué|enseño|colecciono|juego (?:al?|en)|toco (?:el|la|en)|odio|prefiero|detesto"
        r"|hablo (?:español|inglés|francés|alemán|italiano))\b(?! (?:eso|esto|esta|este|tu|que)\b)",
        r"\btengo (?:una?|dos|tres|cuatro|cinco|varios|\d+) (?!poco|pregunta|idea|problema|duda)",
        r"\bestoy (?:casad|divorciad|solter|embarazad|jubilad|estudiando|aprendiendo|trabajando (?:en|como|de))",
        r"\b(?:no )?me (?:gustan?|encantan?|fascinan?)(?: (?:mucho|también))? (?!(?:eso|esto|esta|este|tu|cómo|que"
        r"|la idea|mucho|también)\b)\w",
        r"\bmis? (?:espos[oa]|mujer|marido|novi[oa]|pareja|hij[oa]s?|madre|padre|mamá|papá|padres|herman[oa]s?"
        r"|abuel[oa]s?|tí[oa]|prim[oa]s?|familia|perr[oa]s?|gat[oa]s?|trabajo|sueño|cumpleaños|pasatiempo"
        r"|\w+ favorit[oa]s?) (?:es|son|está|están|era|tienen?|se llaman?|trabajan?|viven?)\b",
    ),
    any_of(r"\bsi (?:yo|tengo|mi|soy)\b|\bme gustaría\b|\bestoy (?:segur|content|feliz)"),
)
_GERMAN: Final = Grammar(
    r"\bich\b|\bmeine?\b",
    any_of(
        r"\bich heisse\b|\bmein name ist\b",
        r"\bich bin (?:auch |noch |jetzt |gerade |nicht mehr |seit .{2,20} )?(?:eine? (?!bisschen|wenig)|\d+ jahre"
        r"|verheiratet|ledig|single|geschieden|verwitwet|schwanger|rentner|veganer|vegetarier|allergisch|linkshänder"
        r"|selbstständig|arbeitslos|in .{2,25} (?:geboren|aufgewachsen)|(?:(?:von|aus) .{2,25} )?nach .{2,25} gezogen"
        r"|(?:von beruf )?\w{3,}"
        r"(?:erin|ler|rer|ter|ker|ner|istin|ist|ingenieurin?|studentin?|ärztin|arzt)\b)",
        r"\bich (?:wohne|lebe|arbeite|komme (?:ursprünglich )?aus|studiere|unterrichte|spiele|sammle|lerne|mag|liebe"
        r"|hasse|bevorzuge|plane|besitze|esse (?:kein|gern|nur)|trinke (?:kein|gern|nur)|spreche (?:deutsch|englisch"
        r"|französisch|spanisch))\w*\b(?! (?:das|es|dein|deine|deinen|ihr|ihre|die idee|gerade)\b)",
        r"\bich habe (?:auch |noch )?(?:einen|eine|ein|zwei|drei|vier|fünf|mehrere|\d+) (?!frage|idee|problem|bisschen"
        r"|paar|gute|bitte)",
        r"\bmeine? (?:\w+ )?(?:frau|mann|freundin|freund|partnerin?|sohn|söhne|tochter|töchter|kinder|kind|mutter|vater"
        r"|eltern|bruder|schwester|oma|opa|familie|hund|katze|beruf|job|hobby|hobbys|traum|geburtstag"
        r"|lieblings\w+) (?:ist|sind|war|hat|haben|heisst|heissen|arbeitet|wohnt|mag|liebt|spielt)\b",
    ),
    any_of(
        r"\bwenn (?:ich|mein)\b|\bich (?:würde|hätte|möchte|könnte|hoffe|glaube)\b",
        r"\bich bin (?:so |sehr )?(?:froh|sicher|gespannt)\b",
    ),
)
_SAYA = (
    r"\b(?:saya|aku) (?:(?:adalah|juga|masih|sekarang|dulu|pernah|sudah|baru saja|baru|selalu|sering|biasanya|sangat"
    r"|benar-benar|sebenarnya|hanya|saat ini|sedang|memang|cukup|lebih|tidak(?: lagi)?|kurang|paling) )*"
)
_INDONESIAN: Final = Grammar(
    r"\b(?:saya|aku|favorit)\b",
    any_of(
        rf"^(?:\w+ ){{0,2}}nama (?:panggilan )?(?:saya|aku) \w|{_SAYA}\d+ tahun\b",
        rf"{_SAYA}(?:seorang|tinggal|bekerja|kerja|lahir|kuliah|berasal|menikah|bercerai|lajang|hamil|pensiun"
        r"|dibesarkan|mengajar|mengumpulkan|mengoleksi|pindah|lulus|lulusan|mahasiswa|mahasiswi|guru|dokter|perawat"
        r"|pelajar|vegetarian|vegan|alergi|berencana|bercita-cita|bermain|berusia|berumur|makan|minum|bisa makan"
        r"|belajar|menderita)\b(?! (?:itu|ini)\b)",
        rf"{_SAYA}(?:punya|memiliki|mempunyai) (?!ide|pertanyaan|waktu|masalah|kesempatan|itu|perasaan|yang|rencana"
        r"|semua)\w",
        rf"{_SAYA}(?:suka|menyukai|mencintai|membenci|benci|gemar|takut) (?!(?:itu|ini|ide|anda|kamu|mendengar|kalau"
        r"|ketika|bahwa|dengan (?:itu|ide))\b)\w",
        r"\b(?:istri|suami|pacar|tunangan|mantan|anak|anak-anak|putra|putri|ibu|ayah|orang ?tua|kakak|adik|saudara"
        r"|nenek|kakek|paman|bibi|keluarga|anjing|kucing|bos|pekerjaan|hobi|impian|ulang tahun) (?:perempuan "
        r"|laki-laki |tiri |pertama )?saya (?:adalah|seorang|punya|memiliki|bekerja|tinggal|suka|selalu|masih|sudah"
        r"|dulu|sering|meninggal|bernama|namanya|juga|tidak|\d)",
        r"\bfavorit saya (?:adalah|itu)\b|\badalah \w+ favorit saya\b",
    ),
    any_of(
        r"\b(?:kalau|jika|seandainya|andai) (?:saya|aku)\b",
        r"\bsaya (?:yakin|harap|pikir|kira|rasa|akan|bertaruh|tidak tahu|tahu|ingin tahu)\b",
    ),
)
_WO = (
    r"我(?:也|还|现在|目前|今年|一直|从小|从来|真的|非常|很|最|平时|经常|通常|就|都|已经|刚刚|刚|曾经|以前|曾|其实"
    r"|确实|主要|只|特别|比较|更|实际上|有时|总是|自己|不再|不(?=住在|在))*"
)
_CHINESE: Final = Grammar(
    r"我",
    any_of(
        rf"我(?:不?叫(?![他她你上了着过车外])|姓|名叫|的名字)|{_WO}(?:\d+|[一二三四五六七八九十]+)岁",
        rf"{_WO}是(?:一?[个名位只]|[^，,。！!的吗说因不在从想否]{{0,10}}(?:师|员|生|人|家|手|者|工|民|医|迷|教徒"
        r"|族)(?=[，,。！!、 ]|$))",
        rf"{_WO}(?:住在|来自|出生|毕业|结婚|已婚|离婚|单身|怀孕|退休|养了|养着|搬到|搬家|学过|打算|计划|从事|不吃|不喝"
        r"|吃素|收集|擅长|想成为|想当|会说|会弹|会拉|梦想|教(?=[^训会]))",
        rf"{_WO}在[^，,。！!]{{1,14}}(?:工作|上班|上学|读书|长大|出生|打工|任职|当老师|住)",
        rf"{_WO}没?有了?(?:一|两|二|三|四|五|六|七|八|九|十|几|好几|\d+)[^，,。！!]?[^，,。！!问点些想种次会件直天]",
        rf"{_WO}(?:不|不太|不怎么)?(?:喜欢|热爱|讨厌|爱(?=[吃喝看听玩好做])|害怕|迷恋)(?!这|那|它|你|他|她|。|！|，|吗"
        r"|$| )[^，,。！!]",
        rf"{_WO}对[^，,。！!]{{1,12}}(?:过敏|感兴趣|有兴趣)",
        r"我的?(?:妻子|老婆|太太|丈夫|老公|男朋友|女朋友|男友|女友|儿子|女儿|孩子|妈妈|母亲|爸爸|父亲|父母|爸妈|哥哥"
        r"|弟弟|姐姐|妹妹|爷爷|奶奶|外公|外婆|叔叔|阿姨|家人|狗|猫|宠物|老板)们?[^，,。！!总]{0,4}(?:是|有|叫|喜欢|爱"
        r"|去世|过世|住|上班|上学|教|\d)|我的?(?:妻子|老婆|丈夫|老公|儿子|女儿|孩子|妈妈|爸爸)们?在(?!这|那|家)",
        r"我的?(?:工作|职业|爱好|梦想|生日|专业|最爱|目标|老家|家乡)(?:就|也)?(?:是|在)|是我最喜欢的|我最(?:喜欢|爱)的"
        r"|我家[有在住]",
    ),
    any_of(
        r"我(?:是说|是不是|是否|觉得|认为|猜|希望|想知道|会为你|有一?个(?:问题|想法|建议|疑问)|有(?:一点|一些|一次"
        r"|点))",
        r"(?:如果|假如|要是|假设)[^，。]{0,6}我|[为替]你(?:感到)?(?:高兴|骄傲)",
        r"打算[^，。]{0,3}(?:今天|今晚|明天|这个?周末|下次|下周)",
    ),
)
_JAPANESE: Final = Grammar(
    r"[\u3041-\u3096]",
    any_of(
        r"名前は|と申します|といいます|\d+(?:歳|才)です|趣味は|誕生日は\d"
        r"|^(?:最近|先月|去年|今年|昨日|もう|、)*(?:結婚|離婚)しました",
        r"(?:私|僕|俺|わたし|ぼく|自分)[はもの][^。]{0,40}(?:住んで|働いて|勤めて|生まれ|出身|育[ちっ]|好き|嫌い|苦手"
        r"|飼って|アレルギー|歳|才|結婚して|独身|専攻|大学生|高校生|会社員|エンジニア|教師|先生です|看護師|医者"
        r"|学生です|夢は|引っ越し)",
        r"に(?:は|もう)*(?:住んで|勤めて)い|で(?:は|もう)*働いてい|[をは]飼ってい(?!た|まし)|に引っ越し(?:まし)?た|出身です"
        r"|アレルギー(?:があり|はありません)|が(?:大)?好きです|が(?:苦手|嫌い)です",
        r"(?:妻|夫|息子|娘|子供|母|父|両親|兄|弟|姉|妹|祖母|祖父|うちの犬|うちの猫)[はが][^。]{1,30}(?:です|ます|でした"
        r"|ました)",
    ),
    any_of(r"か(?:[。？?]|$)|もし|(?:と思います|でしょう|ですよね|ですね)[。！]?$"),
)
GRAMMARS: Final = (_ENGLISH, _FRENCH, _SPANISH, _GERMAN, _INDONESIAN, _CHINESE, _JAPANESE)
