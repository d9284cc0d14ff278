"""What a person's sentences say of them, without a language model: a small learned judge and what goes with it.

How an analyst uses it, for each page:

1. `sentences_worth_judging(page.user_input)` gives the user's own sentences; each has `parts`, the whole and its
   clauses. Lines `in_profile` need no judge, they are worth keeping.
2. The shipped model (`OnnxMiniLM`), whatever embedder is configured, embeds the parts of a batch at once, in order.
3. `readings(judge, own, vectors)` gives a `Reading` of each sentence. Load the judge once: `StatementJudge.load()`
   reads 0.7 MB. Without clauses `StatementJudge.read(judged, vectors)` gives a `Verdict` of each sentence.
4. A reading is worth a fact if `is_worth_keeping`; with `clauses_worth_keeping` each of them is. One that is not may
   still tell what became of something known: `verdict.at_its_word()` says what it says if it says anything.
5. `statement_of(text, verdict, said_at)` is what it says, `supersedes(old, new, similarity)` what it does to a known
   statement: "replaces", "ends", "doubtful" or "stands".
6. Where a statement is replaced or ended, `cascade(old, others, cosines)` gives those that stood on it: doubtful, too.

`QuestionJudge.sought(question)` tells what of a person a question asks for.

The weights come from `benchmarks/knowing/train_judge.py`, `train_questions.py` and the sentences beside them, written
by hand for this purpose.
"""

from memoryos.analyst.statements.judge import JudgeWeightsError, StatementJudge, Verdict
from memoryos.analyst.statements.questions import QuestionJudge, Sought
from memoryos.analyst.statements.reading import OwnSentence, sentences_worth_judging
from memoryos.analyst.statements.readings import Reading, readings
from memoryos.analyst.statements.statement import (
    Effect,
    Statement,
    cascade,
    may_outdate,
    shares_a_thing,
    statement_of,
    supersedes,
)

__all__ = [
    "Effect",
    "JudgeWeightsError",
    "OwnSentence",
    "QuestionJudge",
    "Reading",
    "Sought",
    "Statement",
    "StatementJudge",
    "Verdict",
    "cascade",
    "may_outdate",
    "readings",
    "sentences_worth_judging",
    "shares_a_thing",
    "statement_of",
    "supersedes",
]
