"""The ledger of a real server, whose senders hang up in the middle: it agrees with the database."""

from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.pictures import grey, jpeg
from tests.server.conftest import path_of
from tests.server.test_broken_off import break_off
from tests.server.test_ledger import balanced
from tests.servers import running_server

SMALL = jpeg(grey())


def test_a_real_server_under_mixed_load_with_broken_bodies_balances_and_agrees_with_its_answers(
    tmp_path,
):
    with running_server(tmp_path, ROOMTONE_QUEUE_LIMIT="2", ROOMTONE_WORKERS="1") as server:
        session = server.teacher.post("/api/v1/sessions", json={"title": "x"}).json()
        path = path_of(session)
        statuses: dict[str, int] = {}

        def be_a_source(number):
            joined = httpx.post(
                f"{server.url}/api/v1/join", json={"join_code": session["join_code"]}
            ).json()
            token = {"Authorization": f"Bearer {joined['token']}"}
            frame = {**token, "Content-Type": "image/jpeg"}
            answers = []
            with httpx.Client(base_url=server.url, timeout=30, trust_env=False) as client:
                for seq in range(1, 9):
                    numbered = {**frame, "Frame-Seq": str(seq)}
                    data = SMALL[:50] if seq == 4 else SMALL
                    answers.append(client.post(f"{path}/frames", content=data, headers=numbered))
                    if seq in (2, 5):  # under a number that is still free
                        free = {**frame, "Frame-Seq": str(seq + 1)}
                        break_off(server.url, f"{path}/frames", free, SMALL)
                    if seq == 6:  # whole, but nobody waits for the answer
                        hang_up(server.url, f"{path}/frames", {**frame, "Frame-Seq": "100"})
                    balanced(httpx.get(f"{server.url}/metrics").text)
            return answers

        def hang_up(url, address, headers):
            broken = {**headers, "Content-Length": str(len(SMALL))}
            break_off(url, address, broken, SMALL)

        with ThreadPoolExecutor(6) as pool:
            for answers in pool.map(be_a_source, range(6)):
                for answer in answers:
                    told = answer.json().get("outcome", str(answer.status_code))
                    statuses[told] = statuses.get(told, 0) + 1
        found = {}
        for _ in range(200):
            found = balanced(httpx.get(f"{server.url}/metrics").text)["frame"]
            if found["received"] == 6 * 11 and found["open"] == 0:
                break
        assert (found["received"], found["open"]) == (66, 0)
        assert found["refused"]["broke_off"] <= 12
        assert found["refused"]["unreadable"] == statuses.get("400", 0)
        unseen = found["counted"] + found["duplicate"] - statuses.get("counted", 0)
        assert 0 <= unseen - statuses.get("duplicate", 0) <= 6  # those whose sender hung up
        in_database = server.teacher.get(path).json()["frames"]
        assert in_database == found["counted"] == found["committed"]
