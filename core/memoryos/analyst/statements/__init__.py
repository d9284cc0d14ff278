"""What a person's sentences say of them, without a language model: a small learned judge and what goes with it.

How an analyst uses it, for each page:

1. `sentences_worth_judging(page.user_input)` gives the user's own sentences; each has `parts`, the whole and its
   clauses. Lines `in_profile` need no judge, they are worth keeping.
2. The shipped model (`OnnxMiniLM`), whatever embedder is configured, embeds the parts of a batch at once, in order.
3. `readings(judge, own, vectors)` gives a `Reading` of each sentence. Load the judge once: `StatementJudge.load()`
   reads 0.7 MB. Without clauses `StatementJudge.read(judged, vectors)` gives a `Verdict` of each sentence.
4. `updates_of(reading, known, said_at, similarities)` says what it does to each known statement: "replaces", "ends",
   "doubtful". `similarities` are the cosines of `reading.vector` to their vectors.
5. A sentence is worth a fact if `reading.is_worth_keeping` or it has an update. Its text is `reading.sentence.text`,
   what to keep beside it is `reading.statement(said_at)`, of one that is kept only for its update `update.statement`.
6. `correction_of(sentence, just_said, said_at)` for sentences that follow in the same talk: "typo, I meant 34" gives
   the older sentence put right (`text`), "forget that" ends it. Such a sentence is no fact itself.
7. Where a statement is replaced or ended, `cascade(old, others, cosines)` gives those that stood on it: doubtful, too.

`statement_of` and `supersedes` are the steps below these, for statements that did not come from a reading.

The weights come from `benchmarks/knowing/train_judge.py` and the sentences beside it, written by hand for this purpose.
"""

from memoryos.analyst.statements.judge import JudgeWeightsError, StatementJudge, Verdict
from memoryos.analyst.statements.reading import OwnSentence, sentences_worth_judging
from memoryos.analyst.statements.readings import Reading, readings
from memoryos.analyst.statements.statement import Effect, Statement, cascade, statement_of, supersedes
from memoryos.analyst.statements.updates import Update, correction_of, taken_at_its_word, update_of, updates_of

__all__ = [
    "Effect",
    "JudgeWeightsError",
    "OwnSentence",
    "Reading",
    "Statement",
    "StatementJudge",
    "Update",
    "Verdict",
    "cascade",
    "correction_of",
    "readings",
    "sentences_worth_judging",
    "statement_of",
    "supersedes",
    "taken_at_its_word",
    "update_of",
    "updates_of",
]
