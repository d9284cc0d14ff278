"""What users of the library may rely on; a change here is a change of the product."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import memoryos
from memoryos import Memoryos, errors

PUBLIC = {
    "Added",
    "Audit",
    "ClaimLostError",
    "Config",
    "ConfigError",
    "Counts",
    "EmbeddingError",
    "EmbeddingRefusalError",
    "Excluded",
    "ExcludedError",
    "Failure",
    "ForgetPreview",
    "Forgotten",
    "InvalidArgumentError",
    "Knowledge",
    "KnowledgeChangedError",
    "MemoryOSError",
    "Memoryos",
    "MissingDependencyError",
    "MissingMemoryError",
    "ModelBudgetError",
    "ModelError",
    "ModelLengthError",
    "ModelNotConfiguredError",
    "ModelReplyError",
    "ModelUnavailableError",
    "Page",
    "Pending",
    "Profile",
    "RankedKnowledge",
    "RankedPage",
    "Recall",
    "RedirectedError",
    "Runtime",
    "Segment",
    "Selection",
    "Status",
    "StoreBusyError",
    "StoreDamagedError",
    "StoreError",
    "StoreFullError",
    "StoreGoneError",
    "StoreReadOnlyError",
    "StoreVersionError",
    "Trait",
    "WaitTimeoutError",
    "load_config",
}

CALLS = {
    "__init__": (
        "(user_id, openai_api_key='', data_storage_path='', openai_base_url=None,"
        " assistant_id='default_assistant_profile', short_term_capacity=10, mid_term_capacity=2000,"
        " long_term_knowledge_capacity=100, retrieval_queue_capacity=7, mid_term_heat_threshold=5.0,"
        " mid_term_similarity_threshold=0.6, llm_model='gpt-4o-mini', embedding_model_name='all-MiniLM-L6-v2',"
        " **settings)"
    ),
    "open": "(config, runtime=None, *, works=True)",
    "add_memory": "(user_input, agent_response, timestamp=None, meta_data=None, facts=(), *, project=None)",
    "retrieve": (
        "(query, max_results=None, *, now=None, as_of=None, project=None, after=None, before=None, meta_data=None, "
        "cursor=None)"
    ),
    "forget": "(page_ids)",
    "correct_fact": "(fact_id, text, *, author='person')",
    "undo_correction": "(fact_id, *, actor='person')",
    "retire_fact": "(fact_id, *, actor='person')",
    "pin_fact": "(fact_id, *, pinned=True, actor='person')",
    "exclude": "(about, *, actor='person')",
    "allow": "(about, *, actor='person')",
    "exclusions": "()",
    "prepare": "()",
    "preview_forgetting": "(selection)",
    "forget_selected": "(selection, *, token=None, actor='person')",
    "audit": "(limit=100)",
    "reflect": "()",
    "left_to_reflect": "()",
    "commit_reflection": "(token, reflection)",
    "undo_replacement": "(fact_id)",
    "profile": "(*, as_of=None, project=None)",
    "user_knowledge": "(*, as_of=None, project=None)",
    "assistant_knowledge": "(*, as_of=None, project=None)",
    "doubtful_knowledge": "(*, project=None)",
    "segments": "(*, project=None)",
    "get_response": ("(query, relationship_with_user='friend', style_hint='', user_conversation_meta_data=None)"),
    "get_user_profile_summary": "()",
    "get_assistant_knowledge_summary": "()",
    "force_mid_term_analysis": "()",
    "status": "(*, heat=True)",
    "wait_until_idle": "(timeout=60.0)",
    "for_person": "(*, project=None)",
    "has_work": "()",
    "held_bytes": "()",
    "file_is_gone": "()",
    "close": "()",
}


def test_the_package_exports_what_is_public_and_no_more() -> None:
    assert set(memoryos.__all__) == PUBLIC
    assert [name for name in memoryos.__all__ if not hasattr(memoryos, name)] == []


def test_every_error_is_public_and_in_one_tree() -> None:
    tree = {name for name, kind in vars(errors).items() if isinstance(kind, type)}

    assert tree <= PUBLIC
    assert {name for name in tree if not issubclass(getattr(errors, name), memoryos.MemoryOSError)} == set()


@pytest.mark.parametrize("call", CALLS)
def test_a_call_of_memoryos_keeps_its_arguments_in_their_order(call: str) -> None:
    """The constructor and the calls of the reference are among them; its users pass arguments by position, too."""
    signature = inspect.signature(getattr(Memoryos, call))
    bare = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for name, parameter in signature.parameters.items()
        if name != "self"
    ]

    assert str(inspect.Signature(bare)) == CALLS[call]


def test_memoryos_has_no_other_public_calls() -> None:
    public = {name for name in vars(Memoryos) if not name.startswith("_")}

    assert public == set(CALLS) - {"__init__"} | {"browsing"}


def test_importing_the_package_loads_nothing_heavy() -> None:
    """A server's first answer must not wait for these."""
    heavy = ("numpy", "faiss", "onnxruntime", "tokenizers", "openai")
    script = f"import sys, memoryos; sys.exit(', '.join(name for name in {heavy!r} if name in sys.modules))"

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)

    assert done.stderr.strip() == ""


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'memoryos' has no attribute 'Memory'"):
        _ = memoryos.Memory


_NEVER_CLOSED = """
import sys
from pathlib import Path
from memoryos import Memoryos

memory = Memoryos("tom", data_storage_path=sys.argv[1])
for number in range(20):
    memory.add_memory(f"I moved to Bern {number}, " + "and I like it very much, " * 20, "How is it?")
memory.retrieve("Where do I live?")
"""


def test_a_script_that_never_closes_its_memory_ends_well(tmp_path: Path) -> None:
    """A background thread that was inside a native library when the interpreter ended aborted the process."""
    ended = subprocess.run([sys.executable, "-c", _NEVER_CLOSED, str(tmp_path)], capture_output=True, check=False)

    assert (ended.returncode, ended.stderr) == (0, b"")
