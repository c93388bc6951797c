"""The ledger of a server that is stopped in the middle of a storm: every entry is settled."""

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import uvicorn

from server.app import create_app
from server.heads import BoundedHeads
from server.ledger import Reason, Sent
from server.running import bind_port
from server.schemas import Outcome
from server.store.sessions import find_session
from tests.pictures import grey, jpeg
from tests.server.conftest import TOKEN, path_of
from tests.server.test_broken_off import break_off

PICTURE = jpeg(grey())
TEACHER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def serving(settings, pipeline):
    """A server on a socket in a thread, so that its books can be read when it has stopped."""
    app = create_app(settings.model_copy(update={"queue_limit": 4}), pipeline=pipeline)
    listener = bind_port("127.0.0.1", 0)
    server = uvicorn.Server(
        uvicorn.Config(app, http=BoundedHeads, log_config=None, timeout_graceful_shutdown=10)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)

    def stop():
        server.should_exit = True
        thread.join(60)

    yield f"http://127.0.0.1:{listener.getsockname()[1]}", app.state.service, stop
    stop()


@pytest.mark.slow
def test_everything_received_is_settled_when_a_server_stops_in_a_storm(serving):
    url, service, stop = serving
    session = httpx.post(f"{url}/api/v1/sessions", json={"title": "x"}, headers=TEACHER).json()
    with ThreadPoolExecutor(12) as pool:
        storms = [pool.submit(storm, url, session, number) for number in range(12)]
        time.sleep(3)
        stop()
        told = sum((each.result() for each in storms), Counter())
    books = service.metrics.ledger.read()[Sent.FRAME]
    counted = books.taken[Outcome.COUNTED]
    assert books.open == 0
    assert books.received == sum(books.taken.values()) + sum(books.refused.values())
    assert books.refused[Reason.FAULT] == 0
    assert told["counted"] > 0
    assert told["counted"] <= counted <= told["counted"] + told["unheard"]
    assert books.refused[Reason.UNREADABLE] == told["400"]
    assert books.refused[Reason.NOT_SIGNED_IN] == told["401"]
    told_busy = books.refused[Reason.BUSY] - told["429"]
    assert 0 <= told_busy <= told["unheard"]
    assert counted_in(service, session) == service.metrics.committed[Sent.FRAME]._value.get()
    assert counted_in(service, session) >= counted


def counted_in(service, session):
    with service.database.reading() as db:
        return find_session(db, session["session_id"]).frames


def storm(url, session, number):
    """Send all that a sender may do wrong until the server is gone; return what was told.

    “unheard” are those of which no answer came: broken off by us, or by the end.
    """
    chance, told, seq = random.Random(number), Counter(), 0
    joined = httpx.post(f"{url}/api/v1/join", json={"join_code": session["join_code"]}).json()
    token = {"Authorization": f"Bearer {joined['token']}", "Content-Type": "image/jpeg"}
    path = path_of(session, "/frames")
    with httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
        while True:
            seq += 1
            numbered, what = {**token, "Frame-Seq": str(seq)}, chance.random()
            try:
                if what < 0.1:  # hang up in the middle of the body
                    break_off(url, path, numbered, PICTURE[:100])
                    told["unheard"] += 1
                elif what < 0.2:  # hang up before the answer
                    whole = {**numbered, "Content-Length": str(len(PICTURE))}
                    break_off(url, path, whole, PICTURE)
                    told["unheard"] += 1
                else:
                    send(client, path, numbered, what, told)
            except (httpx.HTTPError, OSError):
                told["unheard"] += 1
                return told


def send(client, path, numbered, what, told):
    """Send a picture, nonsense, a wrong token, or the same again; note what is answered."""
    data, headers = PICTURE, numbered
    if what < 0.3:
        data = PICTURE[:50]
    elif what < 0.4:
        headers = {**numbered, "Authorization": "Bearer nobody"}
    elif what < 0.5:
        headers = {**numbered, "Frame-Seq": "1"}
    answer = client.post(path, content=data, headers=headers)
    told[answer.json().get("outcome", str(answer.status_code))] += 1
