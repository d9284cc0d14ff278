"""What servers are run from: the files by their schemas, and the image by doing what its Dockerfile says."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import kubernetes_validate
import pytest
import yaml
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from tool_calls import called
from waiting import until

from memoryos.config.settings import load_config
from memoryos.storage.paths import memory_file
from memoryos_mcp.auth.sign_in import sign_in
from memoryos_mcp.observing.names import check_observable
from memoryos_mcp.server import build_server
from memoryos_mcp.session import MemorySession
from memoryos_mcp.settings import load_server_config

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
DATABASE = yaml.safe_load((DEPLOY / "compose.database.yaml").read_text(encoding="utf-8"))
KUSTOMIZATION = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text(encoding="utf-8"))
MANIFESTS = {
    name: yaml.safe_load((KUBERNETES / name).read_text(encoding="utf-8")) for name in KUSTOMIZATION["resources"]
}
CONFIGURATIONS = {"compose": DEPLOY / "config.json", "kubernetes": KUBERNETES / "config.json"}
SINCE = "1.30"
"""The oldest Kubernetes that the manifests are for: from it on a pod can wait before it ends, without a shell."""

PATIENCE_SECONDS = 120

HOST = {"MEMORY_HOST": "memory.example"}


def command(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, check=False, capture_output=True, text=True, **options)


# Files by their schemas


@pytest.mark.parametrize("name", ["compose.yaml", "compose.database.yaml"])
def test_the_services_fit_the_schema_of_compose(name: str) -> None:
    found = command(
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        str(DEPLOY / name),
    )
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize("version", [SINCE, kubernetes_validate.latest_version()])
@pytest.mark.parametrize("name", MANIFESTS)
def test_each_manifest_fits_the_schema_of_kubernetes(name: str, version: str) -> None:
    kubernetes_validate.validate(MANIFESTS[name], version, strict=True)


def test_every_manifest_and_no_other_is_in_the_kustomization() -> None:
    files = {path.name for path in KUBERNETES.iterdir()} - {"kustomization.yaml"}
    generated = {file for each in KUSTOMIZATION["configMapGenerator"] for file in each["files"]}
    assert files == {*KUSTOMIZATION["resources"], *generated}


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not here")
def test_what_kustomize_makes_of_them_fits_the_schema_and_belongs_together() -> None:
    made = command("kubectl", "kustomize", str(KUBERNETES))
    assert made.returncode == 0, made.stderr
    objects = {found["kind"]: found for found in yaml.safe_load_all(made.stdout)}
    for found in objects.values():
        kubernetes_validate.validate(found, SINCE, strict=True)
    assert list(objects) == ["Namespace", "ConfigMap", "Service", "StatefulSet", "Ingress", "NetworkPolicy"]
    pods = objects["StatefulSet"]["spec"]["template"]
    assert objects["Service"]["spec"]["selector"] == pods["metadata"]["labels"]
    assert pods["spec"]["volumes"][0]["configMap"]["name"] == objects["ConfigMap"]["metadata"]["name"]


@pytest.mark.skipif(shutil.which("caddy") is None, reason="caddy is not here")
def test_the_proxy_reads_its_file() -> None:
    found = command(
        "caddy", "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile"), env={**os.environ, **HOST}
    )
    assert found.returncode == 0, found.stderr


# What they let the server do


def test_in_a_pod_the_server_is_nobody_in_particular_and_writes_to_its_volumes_only() -> None:
    pod = MANIFESTS["statefulset.yaml"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 10001,
        "runAsGroup": 10001,
        "fsGroup": 10001,
        "fsGroupChangePolicy": "OnRootMismatch",
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    writable = {mount["mountPath"] for mount in container["volumeMounts"] if not mount.get("readOnly")}
    assert (writable, pod["automountServiceAccountToken"]) == ({"/data", "/tmp"}, False)
    assert MANIFESTS["namespace.yaml"]["metadata"]["labels"] == {"pod-security.kubernetes.io/enforce": "restricted"}


def test_every_service_runs_with_a_read_only_root_and_few_rights() -> None:
    rights = {name: (s["read_only"], s["cap_drop"], s["security_opt"]) for name, s in COMPOSE["services"].items()}
    assert rights == dict.fromkeys(("memory", "proxy"), (True, ["ALL"], ["no-new-privileges:true"]))
    assert (COMPOSE["services"]["memory"]["volumes"], COMPOSE["services"]["memory"]["deploy"]["replicas"]) == (
        ["memories:/data"],
        2,
    )
    assert [name for name, service in COMPOSE["services"].items() if "ports" in service] == ["proxy"]


def test_no_server_comes_to_the_database_as_who_owns_the_tables() -> None:
    services = DATABASE["services"]
    roles = {name: services[name]["environment"]["MEMORYOS_DATABASE_URL"] for name in ("memory", "tables")}
    assert roles == {
        "memory": "postgresql://memoryos_app@database/memories",
        "tables": "postgresql://memoryos_owner@database/memories",
    }
    assert services["memory"]["depends_on"] == {"tables": {"condition": "service_completed_successfully"}}
    assert services["tables"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert [name for name, service in services.items() if "ports" in service] == []
    assert DATABASE["configs"]["roles"]["file"] == "database.sql"


def test_in_a_cluster_nobody_reaches_a_server_but_who_is_named() -> None:
    """Its configuration takes the word of a whole network of pods."""
    (rule,) = MANIFESTS["networkpolicy.yaml"]["spec"]["ingress"]
    ((whom, by),) = ((list(each), each["namespaceSelector"]) for each in rule["from"])
    (named,) = by["matchExpressions"]
    assert (whom, named["key"], named["operator"]) == (["namespaceSelector"], "kubernetes.io/metadata.name", "In")
    assert named["values"] == ["ingress-nginx", "monitoring"]


def test_a_server_has_longer_to_end_than_it_takes() -> None:
    """It answers for ten seconds what is being asked; Kubernetes counts the five before that, too."""
    pod = MANIFESTS["statefulset.yaml"]["spec"]["template"]["spec"]
    assert pod["terminationGracePeriodSeconds"] > 10 + pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert COMPOSE["services"]["memory"]["stop_grace_period"] == "15s"


@pytest.mark.parametrize(
    "path", [DEPLOY / "config.json", KUBERNETES / "config.json"], ids=lambda path: path.parent.name
)
def test_the_configurations_can_be_served(path: Path) -> None:
    config = load_server_config(path, environ=HOST)
    check_observable(config)
    server = build_server(MemorySession(config), sign_in=sign_in(config))
    assert (server.refuses_user, config.auth, config.public_url) == (True, "tokens", "https://memory.example/mcp")
    assert (config.data_storage_path, config.host, config.port) == ("/data", "0.0.0.0", 8765)


def test_the_servers_take_the_proxys_word_and_nobody_elses() -> None:
    config = load_config(DEPLOY / "config.json", environ=HOST)
    inside = COMPOSE["services"]["proxy"]["networks"]["inside"]["ipv4_address"]
    (network,) = COMPOSE["networks"]["inside"]["ipam"]["config"]
    assert (config.trusted_proxies, config.metrics_readers) == ((inside,), (network["subnet"],))


# The image


def instructions() -> list[tuple[str, str]]:
    """The lines of the Dockerfile, each as its word and what follows."""
    text = re.sub(r"^#.*\n", "", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines if line)]


def said(word: str) -> str:
    """What the last instruction of this kind says."""
    return [rest for found, rest in instructions() if found == word][-1]


def test_only_what_the_package_is_made_of_gets_into_an_image(tmp_path: Path) -> None:
    for name in ("config.json", "memoryos_data/users/memory.db", ".env", "tls/key.pem", ".git/config", "core/a.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    assert [path.name for path in sent(tmp_path)] == ["a.py"]


def sent(folder: Path) -> list[Path]:
    """The files of a folder that the .dockerignore lets through: it names all, and then what is let through."""
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    first, *rest = [line for line in lines if line and not line.startswith("#")]
    let_through = {line[1:] for line in rest if line.startswith("!")}
    left_out = [line for line in rest if not line.startswith("!")]
    assert (first, left_out) == ("*", ["**/__pycache__"])
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return sorted(path for path in files if path.relative_to(folder).parts[0] in let_through)


def test_the_image_is_run_by_nobody_in_particular_and_says_how_it_fares() -> None:
    assert said("USER") == "10001:10001"
    assert said("VOLUME") == "/data"
    assert "http://127.0.0.1:8765/healthz" in said("HEALTHCHECK")
    assert "root" not in said("ENTRYPOINT")


MAKES_NOTHING = set("FROM WORKDIR COPY ENV USER VOLUME EXPOSE STOPSIGNAL HEALTHCHECK ENTRYPOINT".split())


class Image:
    """What the Dockerfile makes, in a folder: its paths are those of the image, seen from below the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        return self.folder / name.strip("/")

    def here(self, text: str) -> str:
        """A text of the Dockerfile with the image's paths as they are here."""
        return re.sub(r"(?<![\w./])/(opt/memoryos|src|data|etc/memoryos|tmp)\b", f"{self.folder}/\\1", text)

    def build(self) -> None:
        """Do every instruction that makes files; raises where one fails."""
        for word, rest in instructions():
            if word == "COPY" and rest == ". .":
                for path in sent(ROOT):
                    target = self.path("src") / path.relative_to(ROOT)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(path, target)
            elif word == "RUN":
                run = self.here(rest).replace("python -m venv", f"{sys.executable} -m venv", 1)
                made = command("sh", "-ec", run, cwd=self.path("src"))
                assert made.returncode == 0, (rest, made.stdout, made.stderr)
            else:
                assert word in MAKES_NOTHING, word
        assert [rest for word, rest in instructions() if word == "COPY"] == [
            ". .",
            "--from=build /opt/memoryos /opt/memoryos",
        ]

    def environment(self) -> dict[str, str]:
        """The variables of the image, and nothing else."""
        return dict(pair.split("=", 1) for pair in shlex.split(self.here(said("ENV")))) | HOST

    def words(self, instruction: str) -> list[str]:
        words: list[str] = json.loads(self.here(said(instruction).rpartition("CMD ")[2]))
        return words


@pytest.fixture
def image() -> Iterator[Image]:
    """Not in pytest's own folder, which is closed to others than its owner."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield Image(folder)
    shutil.rmtree(folder)


ALONE = """
mount --make-rprivate /
if [ -n "$CLOSED" ]; then
    mkdir -p "$FOLDER/interpreter"
    mount --bind "$INTERPRETER" "$FOLDER/interpreter"
    mount -t tmpfs -o mode=755 tmpfs "$CLOSED"
    mkdir -p "$INTERPRETER"
    mount --bind "$FOLDER/interpreter" "$INTERPRETER"
fi
mount --bind "$FOLDER/data" "$FOLDER/data"
mount --bind "$FOLDER/tmp" "$FOLDER/tmp"
mount -o remount,bind,ro /
cd "$FOLDER/data"
exec setpriv --reuid 10001 --regid 10001 --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs \
    env --ignore-environment "$@"
"""
"""What a container does: a file system of its own that is read-only but for two folders, another user, no rights.

Where the interpreter lies in a folder that is closed to others (CLOSED), they see it there, and nothing beside it.
"""


class Container:
    """A program of the image, alone as in a container."""

    def __init__(self, image: Image) -> None:
        self._image = image
        self._environment = image.environment() | {"TMPDIR": str(image.path("tmp"))}

    def start(self, *words: str) -> subprocess.Popen[str]:
        variables = [f"{name}={value}" for name, value in self._environment.items()]
        return subprocess.Popen(
            ["unshare", "--mount", "sh", "-ec", ALONE, "sh", *variables, *words],
            env={
                "PATH": os.environ["PATH"],
                "FOLDER": str(self._image.folder),
                "INTERPRETER": sys.base_prefix,
                "CLOSED": str(closed_folder(Path(sys.base_prefix)) or ""),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str) -> tuple[int, str]:
        """The exit code, and what was printed; what was complained of is shown where a test fails."""
        ended = self.start(*words)
        printed, complained = ended.communicate(timeout=PATIENCE_SECONDS)
        sys.stderr.write(complained)
        return ended.returncode, printed


def closed_folder(path: Path) -> Path | None:
    """The first folder on the way to a path that others may not enter."""
    return next((folder for folder in reversed(path.parents) if not folder.stat().st_mode & 0o001), None)


def can_be_alone() -> bool:
    if not sys.platform.startswith("linux") or os.geteuid() or shutil.which("setpriv") is None:
        return False
    return command("unshare", "--mount", "mount", "--make-rprivate", "/").returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not can_be_alone(), reason="it takes Linux, root, and namespaces of mounts")
async def test_the_image_serves_as_another_user_with_a_read_only_root(image: Image) -> None:
    port = free_port()
    image.build()
    image.path("tmp").mkdir(mode=0o777)
    image.path("tmp").chmod(0o777)
    config = json.loads((DEPLOY / "config.json").read_text(encoding="utf-8"))
    served = {**config, "data_storage_path": str(image.path("data")), "port": port, "$schema": ""}
    image.path("etc/memoryos").mkdir(parents=True)
    image.path("etc/memoryos/config.json").write_text(json.dumps(served))
    container, health = Container(image), [word.replace("8765", str(port)) for word in image.words("HEALTHCHECK")]

    code, token = container.run(*image.words("ENTRYPOINT"), "token", "create", "--user", "alice")
    assert code == 0
    server = container.start(*image.words("ENTRYPOINT"))
    assert server.stderr is not None
    try:
        until(lambda: container.run(*health)[0] == 0 or server.poll() is not None)
        async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {token.strip()}"}) as connection:
            client = Client(streamable_http_client(f"http://127.0.0.1:{port}/mcp", http_client=connection))
            async with client:
                await called(client, "add_memory", user_input="I like green tea.", agent_response="Noted.")
                assert (await called(client, "retrieve_memory", query="tea"))["total_pages_found"] == 1
        server.send_signal(signal.SIGTERM)
        _, complained = server.communicate(timeout=PATIENCE_SECONDS)
    finally:
        server.kill()
        server.wait()
    sys.stderr.write(complained)
    assert (server.returncode in (0, -signal.SIGTERM), "Traceback" in complained) == (True, False)
    assert container.run(*health)[0] != 0
    owners = {path.stat().st_uid for path in image.path("data").rglob("*")}
    rights = {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in image.path("data").rglob("*")}
    assert (owners, rights, memory_file(image.path("data"), "alice").is_file()) == ({10001}, {0}, True)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port
