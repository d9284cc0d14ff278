"""What a person steers from within a project: that project's and the personal, and nothing of another one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pytest

from memoryos import Config, InvalidArgumentError, Knowledge, Memoryos, Page, Selection

OURS, THEIRS = "github.com/ann/boat", "github.com/ann/house"


@pytest.fixture
def memories(make_config: Callable[..., Config]) -> Iterator[tuple[Memoryos, Memoryos]]:
    """A file opened from a project, and by somebody who sees all: two projects and the person have a page, a fact."""
    with Memoryos.open(make_config(project=OURS)) as ours, Memoryos.open(make_config(project="*")) as every:
        for project, walrus in ((OURS, "Ada"), (THEIRS, "Bob"), ("", "Cleo")):
            every.add_memory(f"I use Emacs for the walrus {walrus}.", "", project=project)
        every.wait_until_idle(60)
        yield ours, every


def fact(memory: Memoryos, walrus: str) -> Knowledge:
    return next(each for each in memory.browsing.facts() if walrus in each.text)


def named(pages: Iterable[Page]) -> set[str]:
    """The walruses that pages name."""
    return {page.user_input.split()[-1].rstrip(".") for page in pages}


def test_lists_show_nothing_of_another_project(memories: tuple[Memoryos, Memoryos]) -> None:
    ours, every = memories
    for memory, shown in ((ours, {"Ada", "Cleo"}), (every, {"Ada", "Cleo", "Bob"})):
        pages = named(memory.browsing.pages(20).pages)
        about = named(memory.browsing.pages_about("walrus", 20))
        assert (pages, about) == (shown, shown)
    page = every.browsing.pages_about("Bob", 1)[0]
    assert ours.browsing.page(page.id) is None


def test_a_fact_of_another_project_is_as_one_that_there_is_not(memories: tuple[Memoryos, Memoryos]) -> None:
    ours, every = memories
    theirs = fact(every, "Bob")
    assert ours.browsing.fact(theirs.id) is None
    for change in (ours.retire_fact, ours.pin_fact, lambda id_: ours.correct_fact(id_, "I use nothing.")):
        with pytest.raises(InvalidArgumentError):
            change(theirs.id)
    assert fact(every, "Bob") == theirs
    assert fact(ours, "Ada").project == OURS


@pytest.mark.parametrize("selection", [Selection(about="walrus"), Selection(everything=True)])
def test_forgetting_leaves_another_project_alone(memories: tuple[Memoryos, Memoryos], selection: Selection) -> None:
    ours, every = memories
    preview = ours.preview_forgetting(selection)
    assert named(preview.shown) == {"Ada", "Cleo"}

    assert ours.forget_selected(selection, token=preview.token).pages == 2

    assert named(every.browsing.pages(20).pages) == {"Bob"}
    assert fact(every, "Bob").project == THEIRS


def test_a_page_of_another_project_cannot_be_forgotten_by_its_id(memories: tuple[Memoryos, Memoryos]) -> None:
    ours, every = memories
    page = every.browsing.pages_about("Bob", 1)[0]
    for id_ in (page.id, page.id[-10:]):
        with pytest.raises(InvalidArgumentError):
            ours.forget_selected(Selection(pages=(id_,)))


def test_no_error_names_what_belongs_to_another_project(memories: tuple[Memoryos, Memoryos]) -> None:
    ours, every = memories
    theirs = fact(every, "Bob")
    (page,) = theirs.sources
    for given in (theirs.id, page[-10:]):
        with pytest.raises(InvalidArgumentError) as refused:
            ours.forget([given])
        with pytest.raises(InvalidArgumentError) as previewed:
            ours.preview_forgetting(Selection(pages=(given,)))
        assert page not in f"{refused.value} {previewed.value}"
    assert every.forget([page[-10:]]).pages == 1
