"""The containers: what their files say, and the main job through the very commands in them."""

import json
import re
import shutil
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from server.settings import Settings
from tests.containers import (
    DASHBOARD_PORT,
    ROOT,
    SERVER_PORT,
    Container,
    health_check,
    image_environment,
    read_compose,
    read_dockerfile,
    read_image,
    substitute,
)
from tests.pictures import gallery, jpeg
from tests.servers import TOKEN, free_port

SECRETS = ("ROOMTONE_TEACHER_TOKEN", "ROOMTONE_SIGNING_KEY", "POSTGRES_PASSWORD")
VARIABLES = {
    "ROOMTONE_TEACHER_TOKEN": TOKEN,
    "ROOMTONE_SIGNING_KEY": "a key of thirty-two letters or more",
    "POSTGRES_PASSWORD": "any $letters@will/do",
}
SERVICES = read_compose()["services"]


def test_exactly_one_port_is_published_and_it_is_the_servers():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert list(published) == ["server"]
    (port,) = published["server"]
    assert substitute(port, {}) == f"127.0.0.1:{SERVER_PORT}:{SERVER_PORT}"
    assert read_image()["EXPOSE"] == SERVER_PORT
    assert not any(service.get("network_mode") for service in SERVICES.values())


def test_no_secret_stands_in_a_file_and_none_may_be_forgotten():
    text = (ROOT / "docker-compose.yml").read_text()
    for secret in SECRETS:
        assert re.findall(rf"\$\{{{secret}(.)", text), secret
        assert set(re.findall(rf"\$\{{{secret}(..)", text)) == {":?"}, secret
        assert f"\n{secret}=\n" in (ROOT / ".env.example").read_text(), secret
        assert secret not in (ROOT / "Dockerfile").read_text()
    for service in SERVICES.values():
        for name, value in service["environment"].items():
            assert not re.search("TOKEN|KEY|PASSW", name) or re.fullmatch(r"\$\{\w+:\?.*\}", value)
    assert (
        "@" not in SERVICES["server"]["environment"]["ROOMTONE_DATABASE_URL"].split("roomtone@")[1]
    )


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


def test_the_containers_can_change_nothing_but_the_databases_volume():
    assert all(service["read_only"] for service in SERVICES.values())
    assert not {"server", "dashboard"} & {n for n, s in SERVICES.items() if "volumes" in s}
    (volume,) = SERVICES["postgres"]["volumes"]
    assert volume.split(":")[0] in read_compose()["volumes"]
    assert read_image()["VOLUME"] in SERVICES["server"]["tmpfs"]


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


def test_everything_the_program_needs_is_let_into_the_image():
    let_in = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert all((ROOT / name).exists() for name in let_in)
    assert {"alembic", "client", "dashboard", "model", "server", "roomtone.py"} <= let_in
    assert not {"tests", "docs", "data", "runs", ".env", "."} & let_in


def test_compose_itself_accepts_the_file(tmp_path):
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], check=False).returncode:
        pytest.skip("`docker compose` is not installed here")
    env_file = tmp_path / "env"
    env_file.write_text("".join(f"{name}='{value}'\n" for name, value in VARIABLES.items()))
    subprocess.run(
        [docker, "compose", "--env-file", env_file, "config", "--quiet"], cwd=ROOT, check=True
    )


@dataclass
class Composed:
    """The started services, and a visitor at the one published port."""

    server: Container
    dashboard: Container
    url: str
    folder: Path

    @property
    def teacher(self) -> httpx.Client:
        return httpx.Client(
            base_url=self.url, timeout=30, headers={"Authorization": f"Bearer {TOKEN}"}
        )

    @property
    def visitor(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=30)


@pytest.fixture(scope="module")
def composed(postgres, tmp_path_factory):
    """Server and dashboard as the compose file starts them, on an empty PostgreSQL."""
    folder, (database, url) = tmp_path_factory.mktemp("compose"), postgres.create()
    ports = {SERVER_PORT: free_port(), DASHBOARD_PORT: free_port()}
    public = f"http://127.0.0.1:{ports[SERVER_PORT]}"
    variables = {**VARIABLES, "ROOMTONE_PUBLIC_URL": public}
    server = Container("server", folder, ports, variables)
    server.environment |= {"ROOMTONE_PORT": str(ports[SERVER_PORT]), "ROOMTONE_DATABASE_URL": url}
    dashboard = Container("dashboard", folder, ports, variables)
    try:
        server.start()
        dashboard.start()
        yield Composed(server, dashboard, public, folder)
    finally:
        dashboard.end(signal.SIGTERM)
        server.end(signal.SIGTERM)
        postgres.drop(database)


@pytest.fixture(scope="module")
def six_faces():
    return jpeg(gallery(2, 3))


class Lesson:
    """A session with one source that sends the same frame again and again."""

    def __init__(self, composed, frame):
        self.teacher, self._frame = composed.teacher, frame
        made = self.teacher.post("/api/v1/sessions", json={"title": "Through one port"})
        assert made.status_code == 201, made.text
        self.session = made.json()
        self.path = f"/api/v1/sessions/{self.session['session_id']}"
        joined = composed.visitor.post(
            "/api/v1/join", json={"join_code": self.session["join_code"]}
        )
        self._source = httpx.Client(
            base_url=composed.url,
            headers={
                "Authorization": f"Bearer {joined.json()['token']}",
                "Content-Type": "image/jpeg",
            },
            timeout=30,
        )

    def send(self, seq):
        answer = self._source.post(
            f"{self.path}/frames", content=self._frame, headers={"Frame-Seq": str(seq)}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def mood(self):
        return self.teacher.get(f"{self.path}/mood").json()


@pytest.mark.slow
def test_the_main_job_goes_through_the_one_port(composed, six_faces):
    lesson = Lesson(composed, six_faces)
    answers = [lesson.send(seq) for seq in (1, 2, 3)]
    assert [len(answer["faces"]) for answer in answers] == [6, 6, 6]
    now = lesson.mood()["now"]
    assert (now["frames"], now["faces"], now["visible"], now["enough"]) == (3, 18, 6, True)
    assert sum(now["counts"].values()) == 18


@pytest.mark.slow
def test_the_dashboard_of_its_own_is_seen_through_the_same_port(composed, six_faces):
    lesson, visitor = Lesson(composed, six_faces), composed.visitor
    page = f"/dashboard/session/{lesson.session['session_id']}"
    assert visitor.get(page).status_code == 401
    signed_in = visitor.get(f"{page}?token={TOKEN}")
    assert (signed_in.status_code, signed_in.headers["location"]) == (303, page)
    assert "HttpOnly" in signed_in.headers["set-cookie"]
    shown = visitor.get(page)
    assert shown.status_code == 200
    for asset in set(re.findall(r'(?:src|href)="(/dashboard/[^"]+\.(?:js|css)[^"]*)"', shown.text)):
        answer = visitor.get(asset.replace("&amp;", "&"))
        assert answer.status_code == 200, asset
        assert len(answer.content) == int(answer.headers["content-length"]) > 0
    told = visitor.post("/dashboard/_dash-update-component", json=_asking_for(page))
    assert told.status_code == 200, told.text
    assert lesson.session["session_id"] in told.text
    assert composed.visitor.post("/dashboard/_dash-update-component", json={}).status_code == 401


@pytest.mark.slow
def test_a_websocket_is_refused_so_that_the_page_polls(composed):
    asking = (
        "GET /dashboard/_dash-ws-callback HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\n"
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    address = httpx.URL(composed.url)
    with socket.create_connection((address.host, address.port), timeout=10) as line:
        line.sendall(asking.encode())
        assert line.recv(1024).startswith(b"HTTP/1.1 403 ")


@pytest.mark.slow
def test_a_killed_server_comes_back_with_every_answered_frame(composed, six_faces):
    lesson = Lesson(composed, six_faces)
    told = [lesson.send(seq) for seq in range(1, 6)]
    composed.server.end(signal.SIGKILL)
    assert not composed.server.is_healthy()
    composed.server.start()
    assert lesson.send(5)["outcome"] == "duplicate"
    assert lesson.send(6)["outcome"] == "counted"
    session = lesson.mood()["session"]
    assert (session["frames"], session["faces"]) == (6, sum(len(a["faces"]) for a in told) + 6)


@pytest.mark.slow
def test_a_stopped_dashboard_is_told_and_comes_back(composed):
    visitor = composed.visitor
    visitor.get(f"/dashboard/?token={TOKEN}")
    composed.dashboard.end(signal.SIGTERM)
    gone = visitor.get("/dashboard/")
    assert gone.status_code == 503
    assert gone.headers["content-type"] == "application/problem+json"
    assert composed.server.is_healthy()
    composed.dashboard.start()
    assert visitor.get("/dashboard/").status_code == 200


@pytest.mark.slow
def test_a_stop_is_clean_and_nothing_is_left_in_the_container(composed):
    composed.server.end(signal.SIGTERM)
    try:
        printed = composed.server.log.read_text()
        assert "every answered frame is in the database" in printed
        assert "Traceback" not in printed + composed.dashboard.log.read_text()
        assert list(composed.server.home.iterdir()) == []
        assert list(composed.dashboard.home.iterdir()) == []
    finally:
        composed.server.start()


def _asking_for(page: str) -> dict:
    """Return what Dash's page sends to learn what to show at an address."""
    return {
        "output": "page.children",
        "outputs": {"id": "page", "property": "children"},
        "changedPropIds": ["url.pathname"],
        "inputs": [{"id": "url", "property": "pathname", "value": page}],
        "state": [],
    }
