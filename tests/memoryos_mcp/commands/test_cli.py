"""The command line: its help, its errors in one line, and the entries that clients start it with."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import CONFIG_ERROR, PATIENCE_SECONDS, run
from mcp import Client, StdioServerParameters
from mcp.client.stdio import get_default_environment, stdio_client
from mcp_types import TextContent

import memoryos_mcp
from memoryos_mcp import __version__

ROOT = Path(__file__).parents[3]


def test_help_names_every_subcommand_and_option(tmp_path: Path) -> None:
    ended = run("--help", cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    words = ["--config", "--transport", "--host", "--port", "--version", "stdio"]
    words += [
        "install",
        "uninstall",
        "clients",
        "mcp-json",
        "demo",
        "reanalyse",
        "forget",
        "recover",
        "export",
        "import",
    ]
    assert [word for word in words if word not in ended.stdout] == []


@pytest.mark.parametrize(
    "command",
    [
        "mcp-json",
        "demo",
        "reanalyse",
        "forget",
        "recover",
        "export",
        "import",
        "install",
        "uninstall",
        "clients",
        "token",
    ],
)
def test_every_subcommand_has_help(tmp_path: Path, command: str) -> None:
    ended = run(command, "--help", cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith(f"usage: python -m memoryos_mcp {command}")


def test_the_version_is_the_distributions(tmp_path: Path) -> None:
    ended = run("--version", cwd=tmp_path)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"memoryos-mcp-server {__version__}\n", "")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('{"user_id": "tom",}', "line 1, column "),
        ('["tom"]', "the top level is not an object; "),
        ('{"user_idd": "tom"}', 'unknown key "user_idd"; did you mean "user_id"?'),
        ('{"port": "eighty"}', 'port: got "eighty"; accepted: whole number, 0 to 65535, without quotes'),
        ('{"user_id": "to\\u0007m"}', 'user_id: got "to\\u0007m"; accepted: text without control characters'),
        ('{"openai_api_key": "${NOT_DEFINED_ANYWHERE}"}', "openai_api_key: ${NOT_DEFINED_ANYWHERE} is not defined; "),
        ('{"port": 70000, "log_level": "LOUD"}', "(1 more problem)"),
    ],
)
def test_a_config_that_is_wrong_ends_the_start_with_one_line_that_names_the_fix(
    tmp_path: Path, content: str, problem: str
) -> None:
    config = tmp_path / "config.json"
    config.write_text(content)
    refused_in_one_line(run("--config", str(config), cwd=tmp_path), f"{config}: ", problem)


def test_a_config_that_is_missing_is_named_with_its_full_path(tmp_path: Path) -> None:
    refused_in_one_line(run("--config", "none.json", cwd=tmp_path), f"{tmp_path / 'none.json'}: no such file; ")


def test_an_embedding_model_whose_package_is_missing_ends_the_start_with_its_install_line(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['sentence_transformers'] = None\n")
    config = tmp_path / "config.json"
    config.write_text('{"embedding_model_name": "BAAI/bge-m3"}')
    refused_in_one_line(
        run("--config", str(config), cwd=tmp_path, PYTHONPATH=str(tmp_path)),
        "embedding_model_name: BAAI/bge-m3 needs sentence_transformers, which is not installed; ",
        "pip install '.[sentence-transformers]' (known: all-MiniLM-L6-v2, ",
    )


def test_postgresql_without_its_extra_ends_the_start_with_its_install_line(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['psycopg'] = None\n")
    config = tmp_path / "config.json"
    config.write_text('{"database_url": "postgresql://tom:hunter2@db.example/m"}')
    refused_in_one_line(
        run("--config", str(config), cwd=tmp_path, PYTHONPATH=str(tmp_path)),
        "memoryos: database_url: postgresql: needs psycopg, not installed; pip install '.[postgres]'",
    )


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"database_url": "mysql://tom:hunter2@db.example/m"}, "database_url: got 'mysql'; known: sqlite, "),
        ({"reranker": "bge"}, "reranker: got 'bge'; known: none; "),
    ],
)
def test_a_name_that_nothing_installed_brings_ends_the_start(
    tmp_path: Path, settings: dict[str, str], problem: str
) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps(settings))
    refused_in_one_line(run("--config", str(config), cwd=tmp_path), f"memoryos: {problem}")


def test_a_file_of_weights_that_is_missing_ends_the_start(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text('{"embedding_model_file": "model.onnx"}')
    refused_in_one_line(
        run("--config", str(config), cwd=tmp_path), f"embedding_model_file: {tmp_path / 'model.onnx'} is no file; "
    )


def test_no_entry_is_printed_for_a_config_that_is_wrong(tmp_path: Path) -> None:
    refused_in_one_line(run("mcp-json", "--config", "none.json", cwd=tmp_path), "no such file; ")


def test_no_entry_is_printed_for_a_config_that_lacks_its_model(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text('{"embedding_model_file": "model.onnx"}')
    refused_in_one_line(
        run("mcp-json", "--config", str(config), cwd=tmp_path),
        f"embedding_model_file: {tmp_path / 'model.onnx'} is no file; ",
    )


def refused_in_one_line(ended: subprocess.CompletedProcess[str], *parts: str) -> None:
    assert (ended.returncode, ended.stdout) == (CONFIG_ERROR, "")
    (line,) = ended.stderr.splitlines()
    assert line.startswith("memoryos: ")
    assert [part for part in parts if part not in line] == [], line


@pytest.mark.parametrize(
    ("arguments", "idle"),
    [
        (("--config", "config.json", "demo"), "demo takes no --config"),
        (("--config", "config.json", "recover", "memory.db"), "recover takes no --config"),
        (("--transport", "sse", "--port", "0", "mcp-json"), "mcp-json takes no --transport and no --port"),
        (("--host", "::1", "reanalyse"), "reanalyse takes no --host"),
        (("--port", "0", "export"), "export takes no --port"),
    ],
)
def test_an_option_that_a_subcommand_would_pass_over_is_refused(
    tmp_path: Path, arguments: tuple[str, ...], idle: str
) -> None:
    ended = run(*arguments, cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (CONFIG_ERROR, "")
    assert ended.stderr.endswith(f"error: {idle}\n")


def test_a_command_that_is_none_is_answered_with_those_there_are(tmp_path: Path) -> None:
    ended = run("frobnicate", cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (CONFIG_ERROR, "")
    assert "error: argument COMMAND: invalid choice: 'frobnicate'" in ended.stderr


# Output


@pytest.mark.parametrize(("command", "closed"), [("", "<&-"), ("", "2>&-"), ("mcp-json", ">&-")])
@pytest.mark.skipif(sys.platform == "win32", reason="its shell has no words for it")
def test_a_process_without_one_of_its_standard_streams_ends_well(tmp_path: Path, command: str, closed: str) -> None:
    ended = subprocess.run(
        ["sh", "-c", f'"$0" -m memoryos_mcp {command} {closed}', sys.executable],
        cwd=tmp_path,
        env={**get_default_environment(), "MEMORYOS_DATA_STORAGE_PATH": str(tmp_path / "data")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert (ended.returncode, "Traceback" in ended.stderr) == (0, False)


INTERRUPTED = """
import sys
import memoryos_mcp.__main__ as entry

def main():
    sys.stdout.write("as far as it came")
    raise KeyboardInterrupt

entry.main = main
entry.run()
"""


def test_what_was_printed_before_ctrl_c_comes_out() -> None:
    command, env = [sys.executable, "-c", INTERRUPTED], get_default_environment()  # in which Python keeps a buffer
    ended = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "as far as it came", "")


def test_a_reader_that_goes_before_the_end_gets_no_traceback(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "memoryos_mcp", "mcp-json"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=get_default_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        _, words = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, words) == (1, b"")


# Entries for clients


async def test_the_printed_entry_serves_its_config_from_any_folder(tmp_path: Path) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir()
    elsewhere.mkdir()
    (home / "my config.json").write_text('{"user_id": "tom", "data_storage_path": "data"}')
    printed = run("mcp-json", "--config", "my config.json", cwd=home)
    assert (printed.returncode, printed.stderr) == (0, "")
    entry = json.loads(printed.stdout)
    assert entry == {
        "mcpServers": {
            "memoryos": {
                "command": sys.executable,
                "args": ["-m", "memoryos_mcp", "--config", str((home / "my config.json").resolve())],
            }
        }
    }
    await serves(StdioServerParameters(**entry["mcpServers"]["memoryos"], cwd=elsewhere))
    assert len(list((home / "data").rglob("memory.db"))) == 1


def test_the_entry_names_the_file_in_the_home_folder_that_was_checked(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    printed = run("mcp-json", "--config", "~/config.json", cwd=tmp_path, HOME=str(tmp_path), USERPROFILE=str(tmp_path))
    assert config_of(printed) == str(tmp_path / "config.json")


@pytest.mark.skipif(sys.platform == "win32", reason="links take a privilege there")
def test_the_entry_names_a_link_as_it_was_given_and_as_it_was_checked(tmp_path: Path) -> None:
    for folder, content in (("old", "{}"), ("new", '{"user_idd": "tom"}')):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "config.json").write_text(content)
    link = tmp_path / "current.json"
    link.symlink_to(tmp_path / "old" / "config.json")
    assert config_of(run("mcp-json", "--config", str(link), cwd=tmp_path)) == str(link)
    link.unlink()
    link.symlink_to(tmp_path / "new" / "config.json")
    refused_in_one_line(run("mcp-json", "--config", str(link), cwd=tmp_path), f"{link}: unknown key ")


def config_of(printed: subprocess.CompletedProcess[str]) -> object:
    """The path of the config in an entry."""
    assert (printed.returncode, printed.stderr) == (0, "")
    *_, option, path = json.loads(printed.stdout)["mcpServers"]["memoryos"]["args"]
    assert option == "--config"
    return path


def test_the_entry_of_a_config_that_serves_over_http_starts_a_server_on_stdio(tmp_path: Path) -> None:
    """What a client starts itself it talks to over standard input and output."""
    (tmp_path / "config.json").write_text('{"transport": "streamable-http"}')
    printed = run("mcp-json", "--config", "config.json", cwd=tmp_path)
    assert (printed.returncode, printed.stderr) == (0, "")
    *_, option, transport = json.loads(printed.stdout)["mcpServers"]["memoryos"]["args"]
    assert (option, transport) == ("--transport", "stdio")


def test_the_entry_without_a_config_names_none(tmp_path: Path) -> None:
    printed = run("mcp-json", cwd=tmp_path)
    assert json.loads(printed.stdout) == {
        "mcpServers": {"memoryos": {"command": sys.executable, "args": ["-m", "memoryos_mcp"]}}
    }


async def test_the_shipped_entry_serves_where_python_is_the_installations(tmp_path: Path) -> None:
    entry = json.loads((ROOT / "mcp.json").read_text())
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    await serves(
        StdioServerParameters(
            **entry["mcpServers"]["memoryos"],
            cwd=tmp_path,
            env={"PATH": path, "MEMORYOS_DATA_STORAGE_PATH": str(tmp_path / "data")},
        )
    )
    assert len(list((tmp_path / "data").rglob("memory.db"))) == 1


async def serves(entry: StdioServerParameters) -> None:
    """Check that what an entry starts remembers and recalls."""
    with (Path(str(entry.cwd)) / "stderr.txt").open("w") as errors:
        async with Client(stdio_client(entry, errlog=errors)) as client:
            added = await client.call_tool("add_memory", {"user_input": "Oolong", "agent_response": "Yes"})
            recall = await client.call_tool("retrieve_memory", {"query": "oolong"})
    (told,), (brought,) = added.content, recall.content
    assert isinstance(told, TextContent)
    assert isinstance(brought, TextContent)
    found = [page["id"] for page in json.loads(brought.text)["retrieved_pages"]]
    assert found == [json.loads(told.text)["details"]["id"]]


def test_a_checkout_that_is_not_installed_says_so_in_a_line(tmp_path: Path) -> None:
    """A bare interpreter ended in a traceback that named a package."""
    shutil.copytree(Path(memoryos_mcp.__path__[0]), tmp_path / "memoryos_mcp")

    done = subprocess.run(
        [sys.executable, "-S", "-m", "memoryos_mcp"],  # without what is installed beside it
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "memoryos: this checkout is not installed; run `python -m pip install .` in it, or start it with "
        "`uvx --from . memoryos-mcp-server`\n"
    )
