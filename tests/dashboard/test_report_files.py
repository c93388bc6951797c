"""The report's files come through the gate: opened or saved, and what goes wrong is told."""

import pytest

KINDS = {
    "pdf": "application/pdf", "html": "text/html; charset=utf-8", "json": "application/json",
    "csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet",
}  # fmt: skip


@pytest.fixture
def ended(fake):
    return fake.add("Biology", minutes_ago=50, ended_minutes_ago=5)


@pytest.fixture
def ask(signed_in, ended):
    def ask(name, session=ended, **more):
        return signed_in.http.get(f"/dashboard/session/{session.session_id}/{name}", **more)

    return ask


@pytest.mark.parametrize("kind", KINDS)
def test_each_format_is_saved_under_a_name_with_its_own_type(ask, kind):
    answer = ask(f"report.{kind}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == KINDS[kind]
    said = answer.headers["content-disposition"]
    assert said.startswith("attachment; filename=")
    assert said.endswith(f'.{kind}"')
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.content


def test_the_report_is_opened_as_a_page_without_a_network_or_the_teachers_cookie(ask):
    answer = ask("report")
    assert "A report" in answer.text
    assert answer.headers["content-disposition"] == "inline"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-same-origin" not in policy
    assert "connect-src" not in policy


def test_other_pages_keep_their_own_policy(signed_in):
    policy = signed_in.http.get("/dashboard/").headers["content-security-policy"]
    assert "sandbox" not in policy
    assert "default-src 'self'" in policy


def test_the_report_speaks_the_viewers_language(ask, fake, ended):
    ask("report.pdf", headers={"Accept-Language": "de-CH"})
    ask("report.pdf", headers={"Accept-Language": "en"})
    assert fake.lessons[ended.session_id].after.languages == ["de", "en"]


def test_times_on_paper_are_in_the_viewers_zone(ask, fake, ended, signed_in):
    ask("report.pdf")
    signed_in.http.cookies.set("roomtone_zone", "Europe%2FRome", path="/dashboard")
    ask("report.pdf")
    assert fake.lessons[ended.session_id].after.zones == [None, "Europe/Rome"]


def test_a_session_that_runs_has_no_report_and_a_page_says_so(ask, fake):
    answer = ask("report.pdf", fake.add("Latin", minutes_ago=5))
    assert answer.status_code == 409
    assert answer.headers["content-type"].startswith("text/html")
    assert "still running" in answer.text
    assert "Try again" not in answer.text


def test_a_session_that_is_gone_leads_back_to_the_list(ask, fake, ended):
    del fake.lessons[ended.session_id]
    answer = ask("report")
    assert answer.status_code == 404
    assert 'href="/dashboard/"' in answer.text


@pytest.mark.parametrize("name", ["report", "report.pdf"])
def test_a_report_that_can_not_be_had_may_be_asked_for_again(ask, fake, ended, name):
    fake.lessons[ended.session_id].after.broken = True
    answer = ask(name)
    assert answer.status_code == 503
    assert "The database can&#x27;t be read." in answer.text
    assert f'href="/dashboard/session/{ended.session_id}/{name}"' in answer.text
    fake.failing = True
    assert "The server answered 502" in ask(name).text


def test_a_server_that_is_away_is_said_on_a_page(ask, fake):
    ask("report")  # the token is trusted for some seconds
    fake.down = True
    answer = ask("report")
    assert answer.status_code == 503
    assert "can’t be reached" in answer.text


def test_whoever_is_signed_out_signs_in_and_gets_what_was_asked_for(browser, ended):
    at = f"/dashboard/session/{ended.session_id}/report.pdf"
    answer = browser.http.get(at)
    assert answer.status_code == 401
    assert f'value="{at}"' in answer.text
    form = {"token": "a-good-token_for-tests", "next": at}
    led = browser.http.post("/dashboard/sign-in", data=form, follow_redirects=False)
    assert led.headers["location"] == at
    assert browser.http.get(at).content.startswith(b"%PDF")


@pytest.mark.parametrize("name", ["report.exe", "report.", "report/pdf", "reports", "report.PDF"])
def test_no_other_address_is_a_report(ask, name):
    assert ask(name).status_code == 404


def test_it_is_only_read(signed_in, ended):
    at = f"/dashboard/session/{ended.session_id}/report"
    assert signed_in.http.post(at).status_code == 404
