"""A folder's project is its repository, whatever clone or worktree it lies in."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from memoryos.projects import identity, normal_remote

GIT = shutil.which("git")
needs_git = pytest.mark.skipif(GIT is None, reason="needs git")


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("git@github.com:Owner/Repo.git", "github.com/owner/repo"),
        ("https://user:secret@github.com/owner/repo/", "github.com/owner/repo"),
        ("https://secret@github.com/owner/repo.git?token=secret", "github.com/owner/repo"),
        ("ssh://git@github.com:22/owner/repo.git", "github.com/owner/repo"),
        ("https://Git.Example.com:8443/A/b.git", "git.example.com/A/b"),
        ("git.example.com:A/b", "git.example.com/A/b"),
        ("/srv/git/x.git", "file:/srv/git/x"),
        ("file:" + "///srv/git/x", "file:/srv/git/x"),
        ("C:\\repos\\x", "file:C:/repos/x"),
        ("", None),
        ("https://github.com/", None),
    ],
)
def test_addresses_of_one_repository_are_one_name_without_what_is_secret(address: str, name: str | None) -> None:
    assert normal_remote(address) == name


def test_a_repository_is_named_by_its_origin_also_from_a_folder_in_it(tmp_path: Path) -> None:
    repository(tmp_path, origin="https://user:secret@github.com/owner/repo.git")
    inside = tmp_path / "src" / "deep"
    inside.mkdir(parents=True)

    assert identity(inside) == identity(tmp_path) == "github.com/owner/repo"


@needs_git
def test_a_repository_that_was_sent_starts_no_program_of_its_own(tmp_path: Path) -> None:
    """A partial clone fetches a commit that it lacks, by the program that its configuration names."""
    run = ("git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", str(tmp_path))
    for words in (
        ("init", "-q"),
        ("commit", "-q", "--allow-empty", "-m", "1"),
        ("commit", "-q", "--allow-empty", "-m", "2"),
    ):
        subprocess.run([*run, *words], check=True)
    first = subprocess.run(
        [*run, "rev-list", "--max-parents=0", "HEAD"], check=True, capture_output=True, text=True
    ).stdout.strip()
    (tmp_path / ".git" / "objects" / first[:2] / first[2:]).unlink()
    remote = '[remote "evil"]\n\turl = file:' + "///\n\tpromisor = true\n\tuploadpack = touch {}; false\n"
    (tmp_path / ".git" / "more").write_text(remote.format(tmp_path / "started"))
    for name, value in (
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "evil"),
        ("include.path", "more"),
    ):
        subprocess.run([*run, "config", name, value], check=True)
    environment = {name: value for name, value in os.environ.items() if name != "GIT_ALLOW_PROTOCOL"}
    subprocess.run([*run, "rev-list", "--max-parents=0", "HEAD"], env=environment, capture_output=True, check=False)
    assert (tmp_path / "started").exists()  # git itself does start it
    (tmp_path / "started").unlink()

    assert identity(tmp_path) is None
    assert not (tmp_path / "started").exists()


def test_a_worktree_is_of_the_repository_that_it_was_made_of(tmp_path: Path) -> None:
    main, tree = tmp_path / "main", tmp_path / "tree"
    repository(main, origin="git@github.com:owner/repo.git")
    own = main / ".git" / "worktrees" / "tree"
    own.mkdir(parents=True)
    (own / "commondir").write_text("../..\n")
    tree.mkdir()
    (tree / ".git").write_text(f"gitdir: {own}\n")

    assert identity(tree) == "github.com/owner/repo"


def test_a_folder_of_no_repository_has_no_project(tmp_path: Path) -> None:
    assert identity(tmp_path) is None
    assert identity(tmp_path / "not there") is None


@needs_git
def test_without_a_remote_a_repository_and_its_clone_are_named_by_the_first_commit(tmp_path: Path) -> None:
    first = tmp_path / "first"
    git("init", "-q", str(first))
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    git("-C", str(first), *who, "commit", "-q", "--allow-empty", "-m", "Begin")
    began = git("-C", str(first), "rev-parse", "HEAD").strip()
    git("-C", str(first), *who, "commit", "-q", "--allow-empty", "-m", "Go on")
    git("clone", "-q", str(first), str(tmp_path / "clone"))

    assert identity(first) == identity(tmp_path / "clone") == f"git:{began}"


def repository(folder: Path, *, origin: str) -> None:
    """The files of a repository that tell its remotes."""
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "config").write_text(
        '[core]\n\tbare = false\n[remote "other"]\n\turl = https://example.com/x\n'
        f'[remote "origin"]\n\turl = {origin}\n'
    )


def git(*words: str) -> str:
    """What git says."""
    assert GIT is not None
    return subprocess.run([GIT, *words], check=True, capture_output=True, text=True).stdout
