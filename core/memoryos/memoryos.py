"""One user's memory: the facade over store, tiers, retriever and background work."""

from __future__ import annotations

import copy
import os
import threading
import weakref
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timezone
from types import TracebackType
from typing import TYPE_CHECKING, Literal

from memoryos import arguments, timestamps
from memoryos.assembly import assemble
from memoryos.config.settings import Config, load_config
from memoryos.errors import InvalidArgumentError, ModelNotConfiguredError, WaitTimeoutError
from memoryos.generation.response import Responder
from memoryos.models import (
    EVERY_PROJECT,
    Added,
    Audit,
    Author,
    Excluded,
    Filter,
    ForgetPreview,
    Forgotten,
    Knowledge,
    Metadata,
    NewPage,
    Profile,
    Recall,
    Scope,
    Segment,
    Selection,
)
from memoryos.retrieval.browsing import Browsing
from memoryos.retrieval.recall import recall
from memoryos.runtime import Runtime
from memoryos.status import Status
from memoryos.tiers.correcting import corrected
from memoryos.updating.reflection import Batch, Reflected, Reflection
from memoryos.walk import Walk

if TYPE_CHECKING:
    from typing_extensions import Self

    from memoryos.tiers.long_term import LongTermMemory


PARKED_SHOWN = 20
"""Pages read without the model that status lists one by one."""

_OPENING_SECONDS = 5.0
_RECALL_SECONDS = 1.0

_BYTES_OF_ANY = 700_000
"""Its connections, their caches and what was read last: a thousand memories of a few pages took so much each."""
"""What an opening and a recall may wait for what hooks left: it takes a second only where another process writes."""

_A_KNOWN_FACT = "the id of a fact that holds, or may hold"

_REPLACED = (
    "replaced: another process opened this memory with the embedding model {} since. This one embeds and groups no "
    "pages any more and finds them by words only; set the same embedding model for both and restart it"
)


class Memoryos:
    """The memory of one user, durable on disk and safe to use from several threads and processes.

    `settings` are any further keys of `Config`. Raises `ConfigError` and `StoreError`.
    """

    # A default is not a wish: it gives way to the environment, and naming no model switches none on.
    def __init__(
        self,
        user_id: str,
        openai_api_key: str = "",
        data_storage_path: str = "",
        openai_base_url: str | None = None,
        assistant_id: str = arguments.default("default_assistant_profile"),
        short_term_capacity: int = arguments.default(10),
        mid_term_capacity: int = arguments.default(2000),
        long_term_knowledge_capacity: int = arguments.default(100),
        retrieval_queue_capacity: int = arguments.default(7),
        mid_term_heat_threshold: float = arguments.default(5.0),
        mid_term_similarity_threshold: float = arguments.default(0.6),
        llm_model: str = arguments.default("gpt-4o-mini"),
        embedding_model_name: str = arguments.default("all-MiniLM-L6-v2"),
        **settings: object,
    ) -> None:
        given: dict[str, object] = {
            "user_id": user_id,
            "openai_api_key": openai_api_key,
            "data_storage_path": data_storage_path,
            "openai_base_url": openai_base_url or "",
            "assistant_id": assistant_id,
            "short_term_capacity": short_term_capacity,
            "mid_term_capacity": mid_term_capacity,
            "long_term_knowledge_capacity": long_term_knowledge_capacity,
            "retrieval_queue_capacity": retrieval_queue_capacity,
            "mid_term_heat_threshold": mid_term_heat_threshold,
            "mid_term_similarity_threshold": mid_term_similarity_threshold,
            "llm_model": llm_model,
            "embedding_model_name": embedding_model_name,
        }
        chosen = {key: value for key, value in given.items() if arguments.is_given(value)}
        self._open(load_config(None, environ=os.environ, arguments={**chosen, **settings}), None, works=True)

    @classmethod
    def open(cls, config: Config, runtime: Runtime | None = None, *, works: bool = True) -> Self:
        """The memory that a configuration names.

        It shares `runtime` with the other memories of the process; without one it has its own, closed with it. One that
        is only looked at does without background work (`works`): it sends no dialogue to a model, takes in nothing that
        hooks left before it is asked, and is searched by meaning once `prepare` was called.
        """
        memory = cls.__new__(cls)
        memory._open(config, runtime, works=works)
        return memory

    def _open(self, config: Config, runtime: Runtime | None, *, works: bool) -> None:
        self.config = config
        self._zone = timestamps.zone(config.timezone)
        self._lock = threading.Lock()  # guards _closing
        self._closing = ExitStack()
        self._runtime = runtime or Runtime()
        with ExitStack() as unless_open:
            unless_open.callback(self.close)
            if runtime is None:
                self._closing.callback(self._runtime.close)
            self._parts = assemble(config, self._runtime, _now)
            self._closing.callback(self._parts.close)
            self._runtime.enter(self)
            unless_open.pop_all()
        weakref.finalize(self, self._parts.work.end)  # also when the process ends and nobody closed the memory
        if works:
            self._parts.arrivals.take_in_within(_OPENING_SECONDS)
            self._parts.work.start()

    def add_memory(
        self,
        user_input: str,
        agent_response: str,
        timestamp: str | None = None,
        meta_data: Metadata | None = None,
        facts: Sequence[str] = (),
        *,
        project: str | None = None,
    ) -> Added:
        """The stored page: on disk and found by `retrieve` from now on; thinking about it happens later.

        `timestamp` is "YYYY-MM-DD HH:MM:SS", ISO 8601 or what else `timestamps.parse` reads, in the configured zone
        where it has none; None means now. `facts` are sentences about the user that this exchange tells, at most 20;
        one that begins with "replaces ID: " puts a known fact right. They are queued with the page and checked later,
        like those of a model; what a person said to be so they do not replace. The page belongs to `project`, None
        standing for the configured one; with "" it is personal.
        Raises, with nothing stored, `InvalidArgumentError`, `ExcludedError` for what is never to be remembered, and
        `StoreError`.
        """
        user_input, agent_response = arguments.page_texts(user_input, agent_response)
        now = _now()
        timestamp = (timestamp or "").strip()
        happened_at = timestamps.parse(timestamp, self._zone) if timestamp else now
        if timestamps.is_epoch(timestamp):
            timestamp = timestamps.written(happened_at, self._zone)
        meta, told = arguments.meta_data(meta_data), arguments.facts(facts)
        of_project = self._scope(None).project if project is None else arguments.project(project)
        page = NewPage(
            user_input,
            agent_response,
            happened_at,
            timestamp or None,
            meta,
            self.config.assistant_id,
            told,
            project=of_project,
        )
        shown = timestamp or timestamps.written(now, self._zone)
        added = self._parts.store.add_page(page, timestamp=shown, now=now)
        self._parts.work.wake()
        return added

    def retrieve(
        self,
        query: str,
        max_results: int | None = None,
        *,
        now: str | None = None,
        as_of: str | None = None,
        project: str | None = None,
        after: str | None = None,
        before: str | None = None,
        meta_data: Mapping[str, str] | None = None,
        cursor: str | None = None,
    ) -> Recall:
        """What the memory brings to a query: ranked pages and facts, short-term memory, the user's profile.

        `max_results` pages at most, `retrieval_queue_capacity` by default. "Yesterday" and the like are seen from
        `now`, written as a timestamp of `add_memory`; None is the present. With `as_of` it
        brings what it would have at that time: neither pages nor facts that came later, and facts that held then; it
        is also `now` unless that is given. It sees the pages of `project` and the personal ones, with "*" those of all
        projects, with "" the personal ones alone; None is the configured project. Pages and facts are of the time
        from `after` until `before`, timestamps of which a date alone means the whole day, and of pages whose meta_data
        has these keys with these values as text. A query of page ids and nothing else, with spaces or commas between
        them, brings these pages and nothing else.

        `cursor`, of the recall before (`Recall.cursor`) for the same query of the same pages, brings what bears on it
        and was not brought yet, each page once, none that was added since. Raises `InvalidArgumentError`.
        """
        query = arguments.query(query)
        limit = self.config.retrieval_queue_capacity if max_results is None else max_results
        limit = arguments.within("max_results", limit, 1, arguments.MAX_RESULTS)
        then = self._time("as_of", as_of)
        wanted = Filter(
            self._scope(project),
            self._time("after", after),
            timestamps.end_of(before, self._zone, argument="before") if before else None,
            tuple((meta_data or {}).items()),
        )
        asked = repr((self.config.user_id, query, wanted, then))
        walk = Walk.read(cursor, asked) if cursor else Walk(asked)
        present = self._time("now", now) or then or _now()
        if self._parts.arrivals.take_in_within(_RECALL_SECONDS):
            self._parts.work.wake()
        return recall(self._parts.recall, query, limit, now=present, as_of=then, wanted=wanted, walk=walk)

    def forget(self, page_ids: Sequence[str]) -> Forgotten:
        """Delete pages for good, with the facts and traits that stand on them and every summary they are part of.

        The other pages of their topics are grouped again in the background. What is deleted is overwritten in the file,
        at once or, while somebody reads it, by the next maintenance; copies of the file are not reached. Raises
        `InvalidArgumentError`, with nothing deleted, unless these are ids of 1 to 500 stored pages or the last
        letters of one, six at least, and `StoreError`.
        """
        ids = self._whole_ids(arguments.page_ids(page_ids))
        forgotten = self._parts.store.forget_pages(ids, self._scope(None))
        self._parts.work.wake()
        return forgotten

    def undo_replacement(self, fact_id: str) -> Knowledge:
        """The fact as it holds again, which another one had taken the place of; the other one stays as well.

        Raises `InvalidArgumentError`, with nothing changed, where that is no replaced fact's id, and `StoreError`.
        """
        id_ = fact_id.strip().upper()
        if id_ not in self._facts() or not self._parts.store.undo_replacement(id_, self.config.assistant_id):
            raise InvalidArgumentError("fact_id", repr(fact_id), "the id of a fact that another one replaced")
        self._parts.work.wake()
        return self._facts()[id_]

    def _facts(self) -> dict[str, Knowledge]:
        """The facts in scope, by id."""
        store, scope = self._parts.store, self._scope(None)
        about_user = store.all_knowledge("user", None, scope)
        about_assistant = store.all_knowledge("assistant", self.config.assistant_id, scope)
        return {fact.id: fact for fact in (*about_user, *about_assistant)}

    def _scope(self, project: str | None) -> Scope:
        return arguments.scope(project, self.config.project)

    def correct_fact(self, fact_id: str, text: str, *, author: Literal["person", "agent"] = "person") -> Knowledge:
        """The fact as a person puts it from now on, in the place of a known one, which is kept as history.

        It stands above what models and agents say, on the pages of the one that it replaces, and is as old as this
        call; a text that is that of the known fact confirms it. An `agent` cannot correct a person's word. Raises
        `InvalidArgumentError`, with nothing changed, where no such fact holds or is doubtful, and `StoreError`.
        """
        text, id_, store, now = arguments.fact_text(text), arguments.fact_id(fact_id), self._parts.store, _now()
        old = self.browsing.fact(id_)
        if old is not None and old.author == "person" and author != "person":
            raise InvalidArgumentError("fact_id", repr(fact_id), "a fact that is not the person's own word")
        if old is None:
            raise InvalidArgumentError("fact_id", repr(fact_id), _A_KNOWN_FACT)
        new = corrected(old, text, author, timestamps.written(now, self._zone), now)
        if not store.correct_fact(id_, new, author, now=now):
            raise InvalidArgumentError("fact_id", repr(fact_id), _A_KNOWN_FACT)
        self._parts.work.wake()
        return new

    def undo_correction(self, fact_id: str, *, actor: Author = "person") -> None:
        """Take a fact of `correct_fact` back: what it took the place of holds again.

        Raises `InvalidArgumentError`, with nothing changed, where that is no correction's id, and `StoreError`.
        """
        id_ = self._seen_fact(fact_id)
        if id_ is None or not self._parts.store.undo_correction(id_, actor, now=_now()):
            raise InvalidArgumentError("fact_id", repr(fact_id), "the id of a fact that corrected another one")
        self._parts.work.wake()

    def retire_fact(self, fact_id: str, *, actor: Author = "person") -> None:
        """Take a fact back for good: it is not learned again from its pages, and what it had replaced holds again.

        Raises `InvalidArgumentError`, with nothing changed, where there is no such fact, and `StoreError`.
        """
        id_ = self._seen_fact(fact_id)
        if id_ is None or not self._parts.store.retire_fact(id_, actor, now=_now()):
            raise InvalidArgumentError("fact_id", repr(fact_id), "the id of a fact that was not taken back yet")
        self._parts.work.wake()

    def pin_fact(self, fact_id: str, *, pinned: bool = True, actor: Author = "person") -> None:
        """Let a fact always stand in the profile, before all others, or no more.

        Raises `InvalidArgumentError`, with nothing changed, where no such fact holds, and `StoreError`.
        """
        id_ = self._seen_fact(fact_id)
        if id_ is None or not self._parts.store.pin_fact(id_, actor, pinned=pinned, now=_now()):
            raise InvalidArgumentError("fact_id", repr(fact_id), _A_KNOWN_FACT)

    def exclude(self, about: str, *, actor: Author = "person") -> Excluded:
        """Never remember anything about some words: what was dropped for it, and what is stored already.

        From now on a page with a sentence that holds all of these words, in any form, is refused by `add_memory` with
        `ExcludedError` and passed over by imports, and no fact or trait about them is learned; those that are known are
        deleted. With "project:acme" that is so for all that belongs to the project acme. Pages that are stored stay
        until they are forgotten: `Selection(about=...)` names them. Raises `InvalidArgumentError` and `StoreError`.
        """
        about = arguments.excluded(about)
        excluded = self._parts.store.exclude(about, actor, now=_now())
        self._parts.arrivals.drop_excluded(about)
        self._parts.work.wake()
        return excluded

    def allow(self, about: str, *, actor: Author = "person") -> None:
        """Lift a rule of `exclude`; raises `InvalidArgumentError` where there is none for these words."""
        if not self._parts.store.allow(arguments.excluded(about), actor, now=_now()):
            raise InvalidArgumentError("about", repr(about), "words that are excluded, as `exclusions` gives them")

    def exclusions(self) -> tuple[str, ...]:
        """What is never to be remembered, in the words of `exclude`."""
        return self._parts.store.exclusions()

    def preview_forgetting(self, selection: Selection) -> ForgetPreview:
        """What `forget_selected` would take, exactly, as of now. Raises `InvalidArgumentError` and `StoreError`."""
        self._parts.arrivals.take_in_within(_RECALL_SECONDS)  # what hooks left is forgotten with the rest
        return self._parts.store.preview_forgetting(self._selection(selection), self._scope(None))

    def forget_selected(self, selection: Selection, *, token: str | None = None, actor: Author = "person") -> Forgotten:
        """Forget the pages that a selection names, as `forget` does.

        With the `token` of a preview it takes what that showed, and nothing else. Raises `InvalidArgumentError`, with
        nothing deleted, for an unknown id, and where what would go is not what the preview showed; and `StoreError`.
        """
        if token is None:
            self._parts.arrivals.take_in_within(_RECALL_SECONDS)
        chosen, scope = self._selection(selection), self._scope(None)
        forgotten = self._parts.store.forget_selected(chosen, token, actor, scope, now=_now())
        self._parts.arrivals.drop(chosen, scope)
        self._parts.work.wake()
        return forgotten

    def audit(self, limit: int = 100) -> tuple[Audit, ...]:
        """Who corrected, took back, pinned, excluded or forgot what, the last first; never the text of it."""
        return self._parts.store.audit(arguments.within("limit", limit, 1, 10_000))

    def for_person(self, *, project: str | None = None) -> Self:
        """This memory as its person looks at it: they see what is seen from `project`, None standing for the configured
        one or else for all, and what they look up warms no topic: it says nothing of what their talks return to.

        It lasts as long as this one, which is the one to close.
        """
        seen = copy.copy(self)
        seen_from = (self.config.project or EVERY_PROJECT) if project is None else project
        seen.config = self.config.model_copy(update={"project": seen_from})
        seen._parts = replace(self._parts, recall=replace(self._parts.recall, count_visits=None))
        seen._closing = ExitStack()
        return seen

    @property
    def browsing(self) -> Browsing:
        """The memory to be leafed through: pages and facts as they are stored, a bit at a time."""
        scope = self._scope(None)
        long_term = self._parts.long_term.within(scope)
        return Browsing(self._parts.store, self._parts.mid_term, long_term, self._zone, scope)

    def _seen_fact(self, fact_id: str) -> str | None:
        id_ = arguments.fact_id(fact_id)
        return None if self.browsing.fact(id_) is None else id_

    def _selection(self, selection: Selection) -> Selection:
        selection = arguments.selection(selection)
        if not selection.pages:
            return selection
        return replace(selection, pages=tuple(self._whole_ids(arguments.page_ids(selection.pages))))

    def reflect(self) -> Batch | None:
        """The next pages that wait for a model, handed out for ten minutes to whoever reads them in its place.

        They are all of one project that is seen from the configured one. None where none wait, or another one has them.
        Raises `StoreError`.
        """
        return self._reflection.hand_out()

    def left_to_reflect(self) -> int:
        """How many pages wait for a model, as far as `reflect` hands them out here."""
        return self._reflection.left()

    @property
    def _reflection(self) -> Reflection:
        return Reflection(self._parts.updater, self._scope(None))

    def commit_reflection(self, token: str, reflection: str) -> Reflected:
        """What is kept of what was read in a batch of `reflect`: JSON text as `prompts.REFLECTION` wants it.

        Raises, with nothing stored, `InvalidArgumentError` for a token whose batch is held no more, `ModelReplyError`
        for what cannot be used (the batch is still held then), `EmbeddingError` and `StoreError`.
        """
        reflected = self._reflection.commit(token, reflection)
        self._parts.work.wake()
        return reflected

    def profile(self, *, as_of: str | None = None, project: str | None = None) -> Profile:
        """The user as known so far, or as known at a time, written as a timestamp of `add_memory`.

        It is seen from `project` like what `retrieve` brings; so are the facts below.
        """
        return self._long_term(project).profile(self._time("as_of", as_of))

    def _long_term(self, project: str | None) -> LongTermMemory:
        return self._parts.long_term.within(self._scope(project))

    def _whole_ids(self, ids: Sequence[str]) -> list[str]:
        """The ids that these are, or are the ends of; one that is no page's stays as it is."""
        ends = [id_ for id_ in ids if len(id_) >= arguments.SHORTEST_ID]
        found = self._parts.store.pages_ending(ends, self._scope(None))
        for end, pages in found.items():
            if len(pages) > 1:
                raise InvalidArgumentError("page_ids", end, "the end of one page's id, and not of several")
        return [found[id_][0].id if id_ in found else id_ for id_ in ids]

    def user_knowledge(self, *, as_of: str | None = None, project: str | None = None) -> tuple[Knowledge, ...]:
        """Current facts about the user, oldest first; or those that were known at a time, and held then."""
        return self._long_term(project).user_knowledge(self._time("as_of", as_of))

    def assistant_knowledge(self, *, as_of: str | None = None, project: str | None = None) -> tuple[Knowledge, ...]:
        """Current facts about the assistant, oldest first; or those that were known at a time, and held then."""
        return self._long_term(project).assistant_knowledge(self._time("as_of", as_of))

    def doubtful_knowledge(self, *, project: str | None = None) -> tuple[Knowledge, ...]:
        """Facts about the user of which nobody knows whether they still hold, oldest first."""
        return self._long_term(project).doubtful_knowledge()

    def _time(self, argument: str, timestamp: str | None) -> datetime | None:
        return timestamps.parse(timestamp, self._zone, argument=argument) if timestamp else None

    def segments(self, *, project: str | None = None) -> tuple[tuple[Segment, float], ...]:
        """The segments of mid-term memory that are seen from a project, with their heat as of now, hottest first."""
        heat, now, scope = self._parts.mid_term.heat, _now(), self._scope(project)
        segments = (segment for segment in self._parts.store.segments() if scope.sees(segment.project))
        heated = [(segment, heat(segment, now)) for segment in segments]
        return tuple(sorted(heated, key=lambda pair: (-pair[1], pair[0].id)))

    def get_response(
        self,
        query: str,
        relationship_with_user: str = "friend",
        style_hint: str = "",
        user_conversation_meta_data: Metadata | None = None,
    ) -> str:
        """An answer out of memory by the configured language model, in the language of the query.

        It speaks as the user's `relationship_with_user`, in the manner of `style_hint`; query and answer are then added
        as a page with `user_conversation_meta_data`. Raises `ModelNotConfiguredError` where there is no model and
        `ModelError` where it gives no answer; nothing is stored then.
        """
        model = self._parts.model
        if model is None:
            raise ModelNotConfiguredError(
                "get_response needs a language model: set openai_base_url (and openai_api_key where it wants one) "
                "and llm_model, or llm_command, in the configuration"
            )
        meta_data = arguments.meta_data(user_conversation_meta_data)
        answer = Responder(model).answer(
            self.retrieve(query),
            relationship_with_user=relationship_with_user,
            style_hint=style_hint,
            meta_data=meta_data,
            now=_now(),
            local=self._zone,
        )
        self.add_memory(query, answer, meta_data=meta_data)
        return answer

    def get_user_profile_summary(self) -> str:
        """The user's profile and the facts known about the user, as text."""
        lines = [self.profile().text, *(_fact_line(fact) for fact in self.user_knowledge())]
        return "\n".join(line for line in lines if line)

    def get_assistant_knowledge_summary(self) -> str:
        """The facts known about the assistant, as text."""
        return "\n".join(_fact_line(fact) for fact in self.assistant_knowledge())

    def force_mid_term_analysis(self) -> None:
        """Analyse now every segment that has pages not analysed yet, whatever its heat; returns when done.

        Raises `WaitTimeoutError` where another process is at it or a failure's waiting time runs, and what the
        analysis raises.
        """
        updater = self._parts.updater
        while updater.analyse(whatever_heat=True):
            pass
        if left := len(self._parts.mid_term.to_analyse(now=_now())):
            raise WaitTimeoutError(
                f"{left} segments are left to analyse: another process is at it, or the last try failed and waits "
                "for its repetition; status() tells"
            )

    def status(self, *, heat: bool = True) -> Status:
        """Counts, pending work and failures as of now; and `heat`, for which all topics are looked at."""
        parts = self._parts
        counts, other = parts.store.counts(self.config.assistant_id), parts.store.other_embedder()
        return Status(
            user_id=self.config.user_id,
            assistant_id=self.config.assistant_id,
            data_path=str(parts.store.path),
            schema_version=parts.store.schema_version,
            counts=replace(counts, short_term=min(counts.pages, self.config.short_term_capacity)),
            pending=parts.updater.pending(),
            failures=parts.store.failures(),
            embedder=parts.embedder.id,
            embedder_state=parts.embedder.state if other is None else _REPLACED.format(other),
            analyst=parts.updater.analyst.kind,
            model=None if parts.model is None else parts.model.state(),
            parked_pages=len(parts.store.parked_pages()),
            parked=parts.store.parked(PARKED_SHOWN),
            heat=parts.mid_term.state(now=_now()) if heat else None,
            refused=tuple(sorted(parts.store.refused_facts().items(), key=lambda pair: (-pair[1], pair[0]))),
        )

    def prepare(self) -> None:
        """Load what searching by meaning needs, which background work otherwise does. Raises `EmbeddingError`."""
        self._parts.retriever.prepare()

    def wait_until_idle(self, timeout: float = 60.0) -> None:
        """Return once no background work is pending, batches that are not full included.

        Raises `WaitTimeoutError` after `timeout` seconds.
        """
        with self._parts.updater.waiters:
            self._parts.work.wait_until_idle(timeout)

    def has_work(self) -> bool:
        """Whether background work waits, also such as will be due only later. Raises `StoreError`."""
        return bool(self._parts.updater.pending())

    def held_bytes(self) -> int:
        """How many bytes it takes of the process: what is kept of each page to find it, and what any memory takes.

        What memories share, as the embedding model, is not counted.
        """
        retriever = self._parts.retriever
        return _BYTES_OF_ANY + retriever.outlines.held_bytes + retriever.index.held_bytes

    def file_is_gone(self) -> bool:
        """Whether the file was deleted, moved away or replaced: all calls raise `StoreGoneError`; open it again."""
        return self._parts.store.file_is_gone()

    def close(self) -> None:
        """Stop the background work and release the file; what is pending goes on at the next opening.

        A step that is under way is waited for, a second at most.
        """
        self._runtime.leave(self)
        with self._lock:
            self._closing.pop_all().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _fact_line(fact: Knowledge) -> str:
    return f"- {fact.text} ({fact.timestamp})"
