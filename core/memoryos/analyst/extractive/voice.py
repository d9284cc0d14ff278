"""Patterns that tell whose words a sentence is: the speaker's own, somebody else's, or an AI assistant's. Data only.

All but `NAMED` are matched against casefolded text with straight apostrophes.
"""

from __future__ import annotations

from typing import Final

from memoryos.language.grammar import any_of

_ME = r"[^.]*[\s,:'\"](?:i|i'm|i've|my)\b"
_PLEASE = (
    r"^(?:(?:hey|hi|so|and|now|then|also|please|just|(?:can|could|would|will) you|peux-tu|pouvez-vous|s'il (?:te|vous)"
    r" plaît|bitte|kannst du|können sie|por favor|puedes|tolong|mohon),? )*"
)
OTHERS_WORDS: Final = any_of(
    rf"(?:(?<!\bi )(?<!\bi've )\b(?:said|says|thinks|thought|claims|claimed|told|asks|asked|believes|believed|wrote)"
    rf"|\b(?:they|people|you|we|others|friends|parents|some) (?:all )?(?:say|think|claim|believe|tell))\b{_ME}",
    r"\b(?:(?:not|n't|never) (?:be )?true|suppos(?:e|ing)|imagine|assum(?:e|ing)|pretend|let's say|what if|as if|nobody"
    rf"|as though|^if|if only|wish|dream(?:ed|t)|hypothetically|in my (?:dreams?|novel|story|game))\b{_ME}",
    rf"{_PLEASE}(?:translate|rewrite|draft"
    r"|rephrase|paraphrase|fix|correct|edit|improve|summari[sz]e|proofread|convert|write|spell|repeat|explain|check"
    r"|tell me|say|do|does|did|have|has|are|is|was|were|should|traduis|corrige|übersetze?|traduce|terjemahkan)\b(?!')",
    rf"\b(?:translate|rewrite|sentence|phrase|text|example|lyrics|quote)\b[^:]*:{_ME}|[\"“«„].*\b(?:i|i'm|i've|my|je"
    r"|j'|mon|ma|ich|saya|soy|mi|tengo)\b|['‘](?:i|i'm|my)\b.*'|「.*[私僕俺]|[“「『].*我|^[^\"]*\"[^\"]*$|^[^“„]*”",
    r"\b(?:ils?|elles?|on) (?:m')?a?(?: ?dit|pense|croit)|\b(?:er|sie|man) (?:sagte?|meint|denkt)|\b(?:dice|dijo) que"
    r"|\b(?:dia|mereka) (?:bilang|kata)|[他她人师妈爸友]们?都?(?:说|认为|觉得|以为|问)[^，。]*我|叫什么|^请?翻译|訳し",
)
"""Sentences that quote others, suppose, deny, ask without a question mark, or hand over a text."""

_REWORK = (
    r"(?:translate|rewrite|rephrase|paraphrase|correct|fix|edit|improve|proofread|summari[sz]e|tradui(?:s|sez|re)"
    r"|corrige[rz]?|reformule[rz]?|übersetzen?|korrigieren?|traduc(?:e|ir)|corregir|terjemahkan|perbaiki)"
)
_THIS_TEXT = (
    r"(?: (?:this|these|the|following|text|sentences?|phrases?|paragraphs?|passage|message|e-?mail|letter|below|ceci"
    r"|cela|ce|cette|la|le|les|suivante?s?|texte|das|dies|diesen?|den|die|folgenden?|folgendes|sätze?|satz|esto|est[ea]"
    r"|el|lo|siguientes?|texto|frases?|ini|berikut|kalimat|teks))+(?: (?:in|into|to|for|please|en|pour|al|para|ins|auf"
    r"|bitte|ke|dalam|untuk)\b.*)?[.!]*$"
)
HANDS_OVER: Final = any_of(
    rf"{_PLEASE}{_REWORK}(?:\b[^:]*:|{_THIS_TEXT})",
    r"^(?:请|麻烦|帮我|你|能)*(?:(?:翻译|修改|润色|改写|纠正|校对)(?:一下)?(?:以下|下面|下列|这)"
    r"|[把将](?:以下|下面|下列|这)[^，。]{0,8}(?:翻译|改|润色))",
)
"""Requests to rework a text that follows; nothing of that text is the speaker's own."""

REACTION: Final = (
    r"^(?:congrat|thank|wow|glad|happy|sounds?\b|good luck|here(?:'s)?\b|look|check|remind|hope|no worries|you're|your)"
)
"""The beginnings of English reactions ("Congrats"); nothing in such a sentence describes the speaker."""

CLAUSE_END: Final = r"[,，;；:：–—()]\s*| - | (?:but|so|because|since|'?cause|and (?=i\b|i'|my\b)|mais|pero|aber|tapi) "
"""Where a clause ends. Each clause is judged by itself, so that "I think so, my son plays chess" counts."""

NAMED: Final = r"\bI(?:'m| am) (?!Not\b|So\b|Sure\b|Ok)[A-Z][a-z]+(?: [A-Z][a-z]+)?(?=[,.!]|$| and | from )"
"""English "I'm Tom" or "I'm Italian" in the sentence as written: only the capital tells them from "I'm tired"."""

WISH: Final = any_of(
    r"\b(?:from now on|in (?:the )?future)\b.*\b(?:answer|reply|respond|use|call|write|speak|explain|keep)\b",
    r"^(?:please )?(?:always|never) (?:answer|reply|respond|use|call|write|speak|explain|give|ask|address)\b",
    r"\bkeep (?:your |the )?(?:answers?|repl(?:y|ies)|responses?|messages) \w",
    r"^(?:(?:and|also|so|please),? )*remember,? (?:that )?(?:i|i'm|my)\b",
    r"\b(?:désormais|à l'avenir|ab jetzt|in zukunft|a partir de ahora|mulai sekarang)\b.*\b(?:répond|appelle|antworte"
    r"|nenn|respond|llám|jawab|panggil)",
    r"(?:以后|今后)(?:请|都|总是|一律)?(?:用|别|不要|叫我|称呼我|回答)|请(?:叫|称呼)我",
    r"(?:これから|今後)は[^。]*(?:答え|返事|書いて|話して|呼んで)",
)
"""How the user wants to be answered."""

ASSISTANT_VOICE: Final = any_of(
    r"\bas an ai\b|\blanguage model\b|\bi(?:'m| am) (?:an? )?(?:ai|virtual|digital) ?assistant\b|\bi recall\b",
    r"\bi can (?:certainly |definitely |also )?(?:help|assist|provide|offer|suggest|recommend|walk you|guide)\b",
    r"\bi(?:'d| would) (?:suggest|recommend|be happy to)\b|\bi (?:recommend|suggest)\b|\bi apologi[sz]e\b"
    r"|\bmy apologies\b",
    r"\bi (?:completely |totally |fully )?understand\b|\bi(?:'ll| will) (?:remember|make a note|keep (?:that"
    r"|this) in mind)\b",
    r"\bwould you like me to\b|\bhow (?:can|may) i (?:help|assist)\b|\bi don't have (?:access|personal|feelings)\b",
    r"\bour (?:conversation|chat)s?\b",
    r"作为(?:一个)?(?:ai|人工智能)|我(?:可以|能)(?:帮|为)|我建议|我理解",
    r"\ben tant qu'ia\b|\bje peux vous aider\b|\bje vous (?:recommande|suggère|conseille)\b",
    r"\bals ki\b|\bich kann (?:ihnen|dir) helfen\b|\bpuedo ayudar(?:te|le)\b|\bsaya (?:bisa|dapat) membantu\b|お手伝い",
)
"""What an AI assistant says and a person rarely does; beside it no sentence describes a person."""
