"""What the containers' files say: one port, no secret, no rights, nothing forgotten."""

import json
import re
import shutil
import subprocess
import sys
import tomllib

import httpx
import pytest

from server.settings import Settings
from tests.containers import (
    ROOT,
    SERVER_PORT,
    VARIABLES,
    read_compose,
    read_dockerfile,
    read_dockerignore,
    read_image,
    substitute,
)

SECRETS = ("ROOMTONE_TEACHER_TOKEN", "ROOMTONE_SIGNING_KEY", "POSTGRES_PASSWORD")
SERVICES = read_compose()["services"]


def test_exactly_one_port_is_published_and_it_is_the_servers():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert list(published) == ["server"]
    (port,) = published["server"]
    assert substitute(port, {}) == f"127.0.0.1:{SERVER_PORT}:{SERVER_PORT}"
    assert read_image()["EXPOSE"] == SERVER_PORT
    assert not any(service.get("network_mode") for service in SERVICES.values())


def test_no_secret_stands_in_a_file_and_none_may_be_forgotten():
    for service in SERVICES.values():
        for name, value in service["environment"].items():
            if re.search("TOKEN|KEY|PASSWORD", name):
                assert re.fullmatch(rf"\$\{{({'|'.join(SECRETS)}):\?[^}}]+\}}", value), name
    for secret in SECRETS:
        assert f"\n{secret}=\n" in (ROOT / ".env.example").read_text()
        assert secret not in (ROOT / "Dockerfile").read_text()
    assert httpx.URL(SERVICES["server"]["environment"]["ROOMTONE_DATABASE_URL"]).password == ""


def test_only_the_server_holds_the_teachers_secrets_and_reaches_the_database():
    for secret in SECRETS:
        assert secret not in str(SERVICES["dashboard"])
    assert set(SERVICES["dashboard"]["networks"]).isdisjoint(SERVICES["postgres"]["networks"])
    assert set(SERVICES["server"]["networks"]) & set(SERVICES["postgres"]["networks"])


def test_server_and_database_agree_on_names():
    wanted = httpx.URL(SERVICES["server"]["environment"]["ROOMTONE_DATABASE_URL"])
    given = SERVICES["postgres"]["environment"]
    assert (wanted.host, wanted.port) == ("postgres", 5432)
    assert (wanted.username, wanted.path) == (given["POSTGRES_USER"], f"/{given['POSTGRES_DB']}")
    assert SERVICES["server"]["environment"]["PGPASSWORD"] == given["POSTGRES_PASSWORD"]


def test_every_setting_in_the_files_is_one_that_roomtone_knows():
    known = {f"ROOMTONE_{name.upper()}" for name in Settings.model_fields}
    for file in ("docker-compose.yml", "Dockerfile", ".env.example", "docs/deploy.md"):
        found = set(re.findall(r"\bROOMTONE_[A-Z_]+", (ROOT / file).read_text()))
        assert found <= known, file


def test_every_variable_that_compose_asks_for_is_explained():
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    example, guide = (ROOT / ".env.example").read_text(), (ROOT / "docs/deploy.md").read_text()
    assert asked == set(re.findall(r"^(\w+)=", example, re.MULTILINE))
    assert all(f"`{name}`" in guide for name in asked)


def test_a_service_starts_when_what_it_needs_is_healthy_and_is_started_again_when_it_ends():
    waits = {name: set(service.get("depends_on", {})) for name, service in SERVICES.items()}
    assert waits == {"server": {"postgres"}, "dashboard": {"server"}, "postgres": set()}
    for service in SERVICES.values():
        assert service["restart"] == "unless-stopped"
        for condition in service.get("depends_on", {}).values():
            assert condition == {"condition": "service_healthy"}


def test_the_containers_can_change_nothing_but_the_database_and_recordings_on_their_way():
    assert all(service["read_only"] for service in SERVICES.values())
    assert "volumes" not in SERVICES["dashboard"]
    (tables,), (recordings,) = (SERVICES[name]["volumes"] for name in ("postgres", "server"))
    assert {one.split(":")[0] for one in (tables, recordings)} == set(read_compose()["volumes"])
    assert recordings.split(":")[1] == read_image()["VOLUME"]
    assert read_image()["VOLUME"] not in SERVICES["server"]["tmpfs"]


def test_the_image_runs_as_a_user_without_rights():
    user, _, group = read_image()["USER"].partition(":")
    assert int(user) > 0
    assert int(group) > 0


def test_the_image_is_pinned_and_brings_what_opencv_needs():
    bases = {arguments.split()[0] for name, arguments in read_dockerfile() if name == "FROM"}
    assert len(bases) == 1
    assert re.fullmatch(r"python:3\.\d+-slim-\w+", bases.pop())
    installed = next(a for name, a in reversed(read_dockerfile()) if "apt-get install" in a)
    assert {"libgl1", "libglib2.0-0"} <= set(installed.split())
    assert json.loads(read_image()["CMD"]) == ["roomtone", "serve"]


def test_every_package_is_let_into_the_image_and_nothing_private():
    packing = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    packages = {name.rstrip("*") for name in packing["packages"]["find"]["include"]}
    let_in, _ = read_dockerignore()
    assert packages | {"alembic", "pyproject.toml", "assembly.py", "roomtone.py"} == let_in


@pytest.mark.slow
def test_the_program_runs_on_what_is_let_into_the_image(tmp_path):
    let_in, left_out = read_dockerignore()
    image, elsewhere = tmp_path / "image", tmp_path / "elsewhere"
    for name in (image, elsewhere):
        name.mkdir()
    for name in let_in:
        if (ROOT / name).is_file():
            shutil.copy(ROOT / name, image)
        else:
            shutil.copytree(ROOT / name, image / name)
    for pattern in left_out:
        for path in list(image.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    environment = {"PYTHONPATH": str(image), "ROOMTONE_DATA_DIR": str(tmp_path / "data")}
    ended = subprocess.run(
        [sys.executable, "-c", _MIGRATE], cwd=elsewhere, env=environment, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert str(image) in ended.stdout
    assert (tmp_path / "data" / "roomtone.db").exists()


_MIGRATE = """
import roomtone, sys
print(roomtone.__file__)
sys.argv = ["roomtone", "migrate"]
roomtone.main()
"""


def test_compose_itself_accepts_the_file(tmp_path):
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], check=False).returncode:
        pytest.skip("`docker compose` is not installed here")
    env_file = tmp_path / "env"
    env_file.write_text("".join(f"{name}='{value}'\n" for name, value in VARIABLES.items()))
    subprocess.run(
        [docker, "compose", "--env-file", env_file, "config", "--quiet"], cwd=ROOT, check=True
    )
