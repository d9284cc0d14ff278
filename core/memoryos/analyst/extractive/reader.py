"""What pages say of the user, sentence by sentence, without a language model: the judge and the model it sees with."""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from memoryos.analyst.extractive.amendments import amended
from memoryos.analyst.statements import (
    OwnSentence,
    QuestionJudge,
    Reading,
    Sought,
    StatementJudge,
    Verdict,
    readings,
    sentences_worth_judging,
    statement_of,
)
from memoryos.analyst.statements.features import VECTOR_DIM
from memoryos.analyst.statements.standing import only_asks, tells_by_itself
from memoryos.analyst.statements.values import introduction
from memoryos.errors import EmbeddingRefusalError
from memoryos.language.words import cjk_share
from memoryos.models import Amendment, Fact, Statements

if TYPE_CHECKING:
    from memoryos.embedding.base import Embedder
    from memoryos.models import Matrix, Owner, Page, Vector

T = TypeVar("T")

MAX_REMEMBERED: Final = 1_000
"""Sentences whose vectors are kept, 1.5 KB each: those of the facts that new ones are compared with; and what the judge
says of as many others at a glimpse. They are kept by
digest: the text of a fact that is forgotten must not stay in memory."""

MAX_AGENT_CHARS: Final = 600
"""A longer reply is an assistant's (a draft in the user's name, a story, a list); people in talk stay below."""
MAX_AGENT_SENTENCES: Final = 4
SURE_OF_AGENT: Final = 0.95
"""What the other side says of itself is kept from this probability on: an assistant's "I" is mostly a manner of
talk."""

SURE_OF_CHANGE: Final = 0.6
"""A sentence that is less likely to be worth keeping than the judge's threshold, and more than this, may still tell
what became of something known: "Me he mudado a Valencia", where the home is known."""

_LABELLED: Final = re.compile(r"^([^\W\d_][\w .'-]{0,24}?)\s?[:：]\s*(\S.*)$")
_LAYOUT: Final = re.compile(r"```|\*\*|^\s*(?:[-*•#>|]|\d+[.)])\s", re.MULTILINE)
_SPEAKS_OF_SELF: Final = re.compile(
    r"\b(?:i|i'm|i've|my|ich|mein\w*|je|j'|mon|ma|mes|yo|soy|mi|mis|tengo|vivo|eu|meu|minha|io|mio|mia|я|мой|моя|ik|mijn)\b"
    r"|我|私|僕|俺|저는|제 ",
    re.IGNORECASE,
)
_IS_ASSISTANT: Final = re.compile(
    r"\b(?:as an ai|i'?m (?:just )?an? (?:ai|assistant|language model)|let me know|i(?:'d| would) be happy to"
    r"|i can help"
    r"|i(?:'ll| will) (?:remember|note|keep)|i(?:'ve| have) (?:noted|saved|added|updated"
    r"|integrated|prepared|created|drafted|revised|included|listed|adjusted)|here(?:'s| is| are)|feel free"
    r"|als ki|gerne? helfe|en tant qu'ia|como (?:una )?ia)\b|作为(?:一个)?(?:ai|人工智能)|よろしければ|お手伝い",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A sentence, as it is judged, and where it stands."""

    page: int
    owner: Owner
    sentence: OwnSentence


class StatementReader:
    """Reads pages for statements with the shipped embedding model, whatever a memory is configured with.

    Thread-safe; the model and the judge are loaded at the first use. One serves all memories of a process.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._lock = threading.Lock()  # guards all below
        self._judge: StatementJudge | None = None
        self._questions: QuestionJudge | None = None
        self._meanings: OrderedDict[bytes, Vector | None] = OrderedDict()
        self._glimpses: OrderedDict[bytes, Verdict] = OrderedDict()

    def read(self, pages: Sequence[Page], most: int) -> tuple[Statements, int]:
        """The statements of the first pages, and how many pages these are: about `most` sentences, a page at least.

        Raises `EmbeddingError` where the model cannot be loaded.
        """
        found: list[_Spoken | Amendment] = []
        judged = taken = 0
        for position, page in enumerate(pages):
            if judged >= most:
                break
            of_page = list(_spoken(position, page))
            found += of_page
            judged += len(of_page)
            taken += 1
        heard = iter(self._heard([each.sentence for each in found if isinstance(each, _Spoken)]))
        told: list[Fact | Amendment] = []
        for each in found:
            if isinstance(each, Amendment):
                told.append(each)
            else:
                told += _told(each, next(heard), pages[each.page])
        return Statements(tuple(told)), taken

    def described(self, facts: Sequence[Fact], pages: Sequence[Page]) -> tuple[Fact, ...]:
        """Facts that somebody else put into words, with slot, value and subject where the judge tells them."""
        texts = [_as_said(fact.text) for fact in facts]
        vectors = self._vectors(texts)
        verdicts = self._loaded().read(texts, vectors) if texts else []
        return tuple(map(_described, facts, verdicts, vectors, [pages] * len(facts)))

    def meanings(self, texts: Sequence[str]) -> list[Vector | None]:
        """The vectors of sentences; None for one that the model refuses."""
        return self._remembered(self._meanings, texts, self._embedded)

    def glimpsed(self, texts: Sequence[str]) -> list[Verdict]:
        """What sentences say if they say anything, by their words alone: no model is asked, it takes 0.2 ms each."""
        return self._remembered(self._glimpses, texts, self._judged_by_words)

    def sought(self, question: str) -> Sought | None:
        """What of a person a question asks for, by its words alone; None where it asks for nothing of anybody's."""
        return self._of_questions().sought(question)

    def prepare(self) -> bool:
        """Load what a recall asks of it, 35 ms that none has to wait for then; False, for nothing is left to do."""
        self._loaded()
        self._of_questions()
        return False

    def _judged_by_words(self, texts: Sequence[str]) -> list[Verdict]:
        return self._loaded().read(texts, np.zeros((len(texts), VECTOR_DIM), dtype=np.float32))

    def _remembered(
        self, cache: OrderedDict[bytes, T], texts: Sequence[str], made: Callable[[Sequence[str]], Sequence[T]]
    ) -> list[T]:
        """What is made of each text, from the cache where it is there."""
        keys = {text: hashlib.blake2b(text.encode(), digest_size=16).digest() for text in texts}
        with self._lock:
            known = {text: cache[key] for text, key in keys.items() if key in cache}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(zip(new, made(new), strict=True))
        with self._lock:
            for text, key in keys.items():
                cache[key] = known[text]
                cache.move_to_end(key)
            while len(cache) > MAX_REMEMBERED:
                cache.popitem(last=False)
        return [known[text] for text in texts]

    def _heard(self, sentences: Sequence[OwnSentence]) -> list[Reading]:
        vectors = self._vectors([part for sentence in sentences for part in sentence.parts])
        return readings(self._loaded(), sentences, vectors) if sentences else []

    def _vectors(self, texts: Sequence[str]) -> Matrix:
        """float32[n, dim]; zeros for a text that the model refuses."""
        blank = np.zeros(self._embedder.dim, dtype=np.float32)
        vectors = [blank if vector is None else vector for vector in self._embedded(texts)]
        return np.stack(vectors) if vectors else np.empty((0, self._embedder.dim), dtype=np.float32)

    def _embedded(self, texts: Sequence[str]) -> list[Vector | None]:
        if not texts:
            return []
        try:
            return [*self._embedder.embed(texts)]
        except EmbeddingRefusalError:
            return [self._embedded([text])[0] for text in texts] if len(texts) > 1 else [None]

    def _of_questions(self) -> QuestionJudge:
        with self._lock:
            if self._questions is None:
                self._questions = QuestionJudge.load()
            return self._questions

    def _loaded(self) -> StatementJudge:
        with self._lock:
            if self._judge is None:
                self._judge = StatementJudge.load()
            return self._judge


def _spoken(position: int, page: Page) -> Iterator[_Spoken | Amendment]:
    for sentence in sentences_worth_judging(page.user_input):
        if change := amended(sentence.judged):
            yield Amendment(position, sentence.text, change.value)
        else:
            yield _Spoken(position, "user", replace(sentence, judged=_as_sentence(sentence)))
    agent = page.agent_response
    if not agent or len(agent) > MAX_AGENT_CHARS or _LAYOUT.search(agent) or _IS_ASSISTANT.search(agent):
        return
    of_self = [each for each in sentences_worth_judging(agent) if _SPEAKS_OF_SELF.search(each.judged)]
    for sentence in of_self[:MAX_AGENT_SENTENCES]:
        yield _Spoken(position, "assistant", sentence)


def _as_sentence(sentence: OwnSentence) -> str:
    """What is judged of a sentence; a labelled line of a profile as if it were said in one."""
    labelled = _LABELLED.match(sentence.judged) if sentence.in_profile else None
    if labelled is None:
        return sentence.judged
    label, value = labelled.groups()
    return f"我的{label}是{value}" if cjk_share(label) > 0.5 else f"My {label.lower()} is {value}"


def _told(spoken: _Spoken, heard: Reading, page: Page) -> list[Fact]:
    """What a sentence tells, and who its speaker is where it says that beside: "Hi, I'm Jonas, I live in Ghent"."""
    facts = [*_facts(spoken, heard, page)]
    found = introduction(heard.sentence.judged) if spoken.owner == "user" else None
    if found is None or any(fact.slot == "name" and fact.sure for fact in facts):
        return facts
    words, name = found
    introduced = replace(_fact(spoken, words, _INTRODUCES, heard.vector, page), text=words, slot="name", value=name)
    return [introduced, *(fact for fact in facts if fact.slot is not None and fact.text != words)]


_INTRODUCES: Final = Verdict("lasting", 1.0, "name", "holds", "user")


def _facts(spoken: _Spoken, heard: Reading, page: Page) -> Iterator[Fact]:
    """What a sentence tells: one fact, or one of each clause; none where it says nothing of anybody."""
    text, whole = heard.sentence.judged, heard.whole
    if spoken.owner == "assistant":
        if whole.kind == "lasting" and whole.probability >= SURE_OF_AGENT and whole.subject == "user":
            yield _fact(spoken, text, whole, heard.vector, page)
    elif heard.sentence.in_profile:
        yield _fact(spoken, text, replace(_at_its_word(whole), kind="lasting"), heard.vector, page)
    elif heard.is_worth_keeping and tells_by_itself(text, heard.verdict.kind):
        if clauses := heard.clauses_worth_keeping:
            for clause, verdict, vector in clauses:
                if tells_by_itself(clause, verdict.kind):
                    yield replace(_fact(spoken, clause, verdict, vector, page), text=clause)
        else:
            yield _fact(spoken, text, heard.verdict, heard.vector, page)
    elif only_asks(text):
        return
    elif changes := [_at_its_word(verdict) for _, verdict in heard.heard() if _at_its_word(verdict).slot]:
        surest = max(changes, key=lambda verdict: verdict.probability)
        yield replace(_fact(spoken, text, surest, heard.vector, page), sure=False)


def _at_its_word(verdict: Verdict) -> Verdict:
    """The verdict, that of what is likely to say something as if it did."""
    return verdict.at_its_word() if verdict.probability >= SURE_OF_CHANGE else verdict


def _fact(spoken: _Spoken, text: str, verdict: Verdict, vector: Vector, page: Page) -> Fact:
    said = statement_of(text, verdict, page.happened_at)
    return Fact(
        spoken.owner,
        spoken.sentence.text,
        (spoken.page,),
        slot=said.slot,
        value=said.value,
        subject=said.subject,
        change=said.state,
        held_from=said.held_from,
        held_until=said.held_until,
        meaning=_meaning(vector),
    )


def _meaning(vector: Vector) -> Vector | None:
    return vector if vector.any() else None


_THIRD_PERSON: Final = (
    (re.compile(r"^(?:the )?user(?:'s|’s)\b", re.IGNORECASE), "My"),
    (re.compile(r"^(?:the )?user (?:is|was)\b", re.IGNORECASE), "I am"),
    (re.compile(r"^(?:the )?user has\b", re.IGNORECASE), "I have"),
    (re.compile(r"^(?:the )?user (?:doesn't|does not)\b", re.IGNORECASE), "I don't"),
    (re.compile(r"^(?:the )?user (\w+?)(?<!s)s\b", re.IGNORECASE), r"I \1"),
    (re.compile(r"^(?:the )?user\b", re.IGNORECASE), "I"),
    (re.compile(r"^用户的?"), "我"),
    (re.compile(r"^ユーザーは"), "私は"),
    (re.compile(r"^(?:der|die) nutzer(?:in)? (?:ist|hat)\b", re.IGNORECASE), "Ich bin"),
    (re.compile(r"^(?:der|die) nutzer(?:in)?\b", re.IGNORECASE), "Ich"),
    (re.compile(r"^l'utilisat(?:eur|rice)\b", re.IGNORECASE), "Je"),
    (re.compile(r"^(?:el|la) usuari[oa]\b", re.IGNORECASE), "Yo"),
)
"""How a model speaks of the user, and how the user would say it: the judge has learned from what people say."""


def _as_said(text: str) -> str:
    for pattern, first_person in _THIRD_PERSON:
        if pattern.search(text):
            return pattern.sub(first_person, text, count=1)
    return text


def _described(fact: Fact, verdict: Verdict, vector: Vector, pages: Sequence[Page]) -> Fact:
    judged = _at_its_word(verdict)
    if fact.owner == "assistant" or not judged.is_worth_keeping:
        return replace(fact, meaning=_meaning(vector))
    said_at = max(pages[position].happened_at for position in fact.pages)
    said = statement_of(_as_said(fact.text), judged, said_at)
    return replace(
        fact,
        slot=said.slot,
        value=said.value,
        subject=said.subject,
        change=said.state,
        held_from=said.held_from,
        held_until=said.held_until,
        meaning=_meaning(vector),
    )
