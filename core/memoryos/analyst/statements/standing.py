"""Whether an English sentence tells something by itself: who speaks, and of what.

The judge weighs words; it takes "Maybe a small tea house" for a home and "Can you look into some options?" for a job.
What is left out here says nothing without the sentences around it, or is nobody's own. Other languages leave out their
subjects more freely, and nothing of them is left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from memoryos.analyst.statements.features import ENGLISH, language_group
from memoryos.language.words import content_words

if TYPE_CHECKING:
    from memoryos.analyst.statements.judge import Kind

LONG_CHARS: Final = 80
"""A longer sentence in which nobody speaks of themselves or theirs is pasted: an article, a contract, an itinerary."""

_OWN: Final = re.compile(
    r"\b(?:i|i'm|i've|i'd|i'll|im|ive|me|my|mine|myself|we|we're|we've|we'd|we'll|us|our|ours|mom|mum|dad|grandma"
    r"|grandpa)\b",
    re.IGNORECASE,
)
_ASKS: Final = re.compile(
    r"^\W*(?:and |but |so |also |ok(?:ay)?,? |please,? )*(?!did (?:my|our)\b[^?]*$)(?:(?:can|could|would|should|shall) \w"
    r"|(?:do|does|did|is|are|am|was|were|will|may) (?:you|i|we|they|it|he|she|the|there|this|that|these|those|my|our)\b"
    r"|remind me (?:what|who|where|when|which|how)\b"
    r"|(?:what|how|why|when|where|which|who|whose)(?:'s|(?: \w+)? (?:is|are|was|were|do|does|did|can|could|would|will"
    r"|should|might|has|have))\b)",
    re.IGNORECASE,
)
_TELLS_WHILE_ASKING: Final = re.compile(
    r"(?<!\bdo )(?<!\bdid )(?<!\bwould )\bi(?:'m| am|'ve| have| was| work| live)\b"
    r"|\b(?:as an?|since|because|given that)\b|, (?:he|she|it|they)(?:'s|'re| is| are| has| have)\b"
    r"|\b(?:my|our)(?: \w+){1,2}(?: who)? (?:is|are|has|have|can't|hates?|loves?)\b",
    re.IGNORECASE,
)
"""What a question says besides asking: "Since I'm diabetic, what can I bake?". What is asked for is no fact."""
_POINTS_BACK: Final = re.compile(
    r"^\W*(?:(?:i|we) (?:just |really |do |don't |also |still |always )*\w+ (?:it|them|this|that|these|those|so)\W*$"
    r"|(?:it|this|that|these|those) (?!is\b|has\b|had\b|was\b|took\b|turn|mean|isn't|wasn't)"
    r"(?!.*\b(?:i|i'm|i've|we)\b)"
    r"|they(?:'ve been|'re|'ll| really| always| also| all| are| were| help| take| keep| seem| look)\b)",
    re.IGNORECASE,
)
"""What is said of something in a sentence before: "I hate them.", "It acknowledges my role."."""
_OF_THE_TASK: Final = re.compile(
    r"^\W*(?:(?:and|but|so|also|then|now|ok(?:ay)?|yes|well),? )*"
    r"(?:for (?:this|these|that|the)\b(?! (?:last|past|time|reason))|the (?:other|latter|former)\b"
    r"|the (?:first|second|last|next) (?:one|option|two|part)\b|another\b|i see (?:that|\w+ (?:is|are))\b"
    r"|in this (?:article|section|chapter|post|guide)\b|you (?:promised|said|forgot|gave|didn't|did not|missed)\b"
    r"|(?:i|we) (?:also )?(?:want|need|would like|'d like) to (?:know|ask|see|understand|check|confirm)\b"
    r"|as (?:i|we) (?:mentioned|said)\b|that(?:'s| is| was) (?:when|why|what|how|where)\b)"
    r"|^\(.*\)\W*$|^\W*and \w+ing\b|\b(?:we|you)(?:'ve| have)? (?:just )?(?:discussed|talked about)\b",
    re.IGNORECASE,
)
"""What is said to the work at hand: a choice between what the assistant offered, a complaint, what to look at next."""
_ONCE: Final = re.compile(
    r"^\W*(?:(?:and|but|so|now|then|ok(?:ay)?|please|just|also),? )*(?:(?:tell|give|show|send|get|find|open|list|make|let|help"
    r"|let's|look|check|explain|write|create|consider|continue|go)\b|(?:no|not|more|less|don't (?:want|need))\b)",
    re.IGNORECASE,
)
_TELL_ME: Final = re.compile(r"^\W*(?:(?:please|just|now|so|but|and),? )*(?:tell|give|show|send) me\b", re.IGNORECASE)
_FROM_NOW_ON: Final = re.compile(
    r"\b(?:always|never|from now on|from here on|in (?:the )?future|whenever|every|each|all (?:your|my)|by default|going forward"
    r"|any ?more|in (?:english|german|french|spanish|chinese|japanese|italian)|style|tone|format|short|brief|concise|simple"
    r"|bullets?|tables?|emojis?|units?|metric|formal|informal|comments?|replies|answers?|responses?|code|commit\w*)\b",
    re.IGNORECASE,
)
"""What makes a request more than one for the next reply."""
_TURNS_OVER: Final = re.compile(r"^\W*(?:maybe|perhaps|ah|hmm+)\b(?!.*\b(?:i|i'm|i've|my|we|our)\b)", re.IGNORECASE)
"""What somebody thinks aloud of: "Maybe a peaceful alley."."""
_OF_THE_MOMENT: Final = re.compile(
    r"\b(?:tired|exhausted|drained|worn out|burnt out|fried|a blur|overwhelmed|struggling|sleepy|hungry|bored|sick of"
    r"|feels? (?:impossible|heavy|so far)|heavy from|long day|recovered from|feeling (?:better|worse|off)|right now"
    r"|tonight)\b",
    re.IGNORECASE,
)
_FOR_LONG: Final = re.compile(
    r"\b(?:always|usually|often|every|all the time|chronic\w*|since|for (?:years|months|weeks|ages)|years|diagnosed|never|new"
    r"|quit|left|mov(?:ed|ing)|started|joined|born|died|married|engaged|divorced|hired|fired|bought|sold|got|no longer"
    r"|any ?more|now)\b",
    re.IGNORECASE,
)
"""What makes more of it than a mood or a plan for the evening."""
_EMPTY: Final = frozenset(
    "more have still yes yeah okay well thing things something anything lot like want need".split()
)


def tells_by_itself(sentence: str, kind: Kind) -> bool:
    """Whether a sentence that the judge would keep can be understood alone, is somebody's own, and outlasts the day."""
    plain = sentence.replace("’", "'")
    if language_group(plain) != ENGLISH:
        return True
    if not any(word not in _EMPTY for word in content_words(plain)):
        return False
    if _OF_THE_TASK.search(plain):
        return False
    if _asks_for_the_next_reply(plain, kind):
        return False
    if kind == "instruction":
        return True
    if any(pattern.search(plain) for pattern in (_POINTS_BACK, _TURNS_OVER)) or _is_of_the_moment(plain):
        return False
    if _ASKS.match(plain):
        return not only_asks(plain) and not plain.endswith(":")
    return _OWN.search(plain) is not None or (
        len(plain) < LONG_CHARS and not plain.rstrip(" \"'").endswith(("...", "…", "?", ":"))
    )


def only_asks(sentence: str) -> bool:
    """Whether an English sentence is a question that says nothing besides: "Do I have any allergies?"."""
    plain = sentence.replace("’", "'")
    return _ASKS.match(plain) is not None and _TELLS_WHILE_ASKING.search(plain) is None


def _asks_for_the_next_reply(sentence: str, kind: Kind) -> bool:
    asks = _ONCE.match(sentence) if kind == "instruction" else _TELL_ME.match(sentence)
    return asks is not None and _FROM_NOW_ON.search(sentence) is None


def _is_of_the_moment(sentence: str) -> bool:
    return _OF_THE_MOMENT.search(sentence) is not None and _FOR_LONG.search(sentence) is None
