"""What a person's sentences say of them, without a language model: a small learned judge and what goes with it.

How an analyst uses it, for each page:

1. `sentences_worth_judging(page.user_input)` gives the user's own sentences. Lines `in_profile` need no judge.
2. The shipped model (`OnnxMiniLM`), whatever embedder is configured, embeds all `judged` texts of a batch at once.
3. `StatementJudge.read(judged, vectors)` gives a `Verdict` each; those that are worth keeping become facts, the fact's
   text is the sentence's `text`. Load the judge once: `StatementJudge.load()` reads 0.7 MB.
4. `statement_of(text, verdict, page.happened_at)` gives the `Statement` to keep with the fact: slot, value, subject,
state.
5. For each known statement of the owner `supersedes(old, new, cosine)`: "replaces" names the older as replaced, "ends"
   closes it, "doubtful" marks it. Where one is replaced or ended, `cascade(old, others, cosines)` gives those that
   stood
   on it: they are doubtful, too.

The weights come from `benchmarks/knowing/train_judge.py` and the sentences beside it, written by hand for this purpose.
"""

from memoryos.analyst.statements.judge import JudgeWeightsError, StatementJudge, Verdict
from memoryos.analyst.statements.reading import OwnSentence, sentences_worth_judging
from memoryos.analyst.statements.readings import Reading, readings
from memoryos.analyst.statements.statement import Effect, Statement, cascade, statement_of, supersedes
from memoryos.analyst.statements.updates import Update, correction_of, update_of, updates_of

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
    "update_of",
    "updates_of",
]
