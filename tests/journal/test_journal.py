"""Every repository on both databases: what is put is what is found, in the promised order, or nothing at all."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.journal.samples import NOW, SECOND, case, plan, receipt, run, signal

from tickless.domain.case import Message, Participant
from tickless.domain.decision import ApprovalRequest, Decision, OpenQuestion
from tickless.domain.errors import NotFound, Unreachable
from tickless.domain.finding import Finding
from tickless.domain.history import TicketHistory
from tickless.domain.knowledge import Article
from tickless.domain.measure import Resolution
from tickless.domain.person import App, Device, Person
from tickless.domain.record import Untrusted
from tickless.domain.service import ConfigurationItem, Dependency, Service
from tickless.domain.verdict import ProbeReading, Verdict
from tickless.domain.world import World
from tickless.journal import Journal
from tickless.journal.access import ApiToken, OneTime, Session, User
from tickless.journal.alerts import Alert
from tickless.journal.cases import CaseFilter
from tickless.journal.world import read_world, write_world


def test_a_block_that_raises_leaves_nothing_behind(journal: Journal) -> None:
    with pytest.raises(NotFound), journal.write() as tx:  # noqa: PT012 (the block is what is tested)
        tx.cases.put(case(1))
        tx.audit.append(at=NOW, actor="a", action="b", subject="c", detail={})
        tx.cases.need("case_that_is_not_there")
    with journal.read() as tx:
        assert tx.cases.count() == 0
        assert tx.audit.rows() == []


def test_what_is_read_is_what_was_put(journal: Journal) -> None:
    finding = Finding(id="fin_1", signal="sig_1", kind="incident", need="service_down", confidence=0.5, brain="rules",
                      made_at=NOW, slots={"service": "shop"})  # fmt: skip
    decision = Decision(id="dec_1", case="case_0001", attempt=0, kind="act", plan=plan(), summary="go", decided_at=NOW)
    reading = ProbeReading(uses="health.check", question={"service": "shop"}, answer={"healthy": True},
                           expect="result.healthy", held=True, evidence="200", at=NOW)  # fmt: skip
    verdict = Verdict(id="ver_1", case="case_0001", run="run_1", result="held", readings=(reading,), made_at=NOW)
    asked = ApprovalRequest(id="apr_1", case="case_0001", decision="dec_1", plan_hash=plan().hash, requester="p1",
                            role="manager", approvers=("p2",), title="t", asked_at=NOW, expires_at=NOW + SECOND)  # fmt: skip
    question = OpenQuestion(id="que_1", case="case_0001", conversation="c", about="app", text="which?",
                            waiting="case:1:0", asked_at=NOW)  # fmt: skip
    resolution = Resolution(id="res_1", case="case_0001", outcome="verified", door="machine", seconds=3.5, at=NOW)
    article = Article(id="art_1", title="VPN", text="**how**", reviewed_at=NOW)
    message = Message(id="msg_1", conversation="c", author="person", name="Ann", text=Untrusted("hi\x1b"), at=NOW)
    with journal.write() as tx:
        shelves = ((tx.cases, case(1)), (tx.findings, finding), (tx.decisions, decision), (tx.runs, run()),
                   (tx.receipts, receipt("restart")), (tx.verdicts, verdict), (tx.approvals, asked),
                   (tx.questions, question), (tx.resolutions, resolution), (tx.articles, article),
                   (tx.messages, message))  # fmt: skip
        for shelf, record in shelves:
            shelf.put(record)
            shelf.put(record)
    with journal.read() as tx:
        assert tx.cases.need("case_0001") == case(1)
        assert tx.findings.get("fin_1") == finding
        assert tx.decisions.get("dec_1") == decision
        assert tx.runs.need("run_1") == run()
        assert tx.runs.need("run_1").plan.hash == run().plan_hash
        assert tx.receipts_of("run_1") == [receipt("restart")]
        assert tx.verdicts.get("ver_1") == verdict
        assert tx.approvals.by(case="case_0001", state="pending") == [asked]
        assert tx.questions.by(conversation="c", state="open") == [question]
        assert tx.resolutions.by(outcome="verified") == [resolution]
        assert tx.articles.get("art_1") == article
        assert tx.conversation("c") == [message]
        assert tx.cases.get("another") is None


def test_cases_are_paged_newest_first_without_gap_or_repeat(journal: Journal) -> None:
    with journal.write() as tx:
        for number in range(1, 24):
            tx.cases.put(case(number, state="resolved" if number % 3 == 0 else "open"))
    seen: list[int] = []
    before = None
    with journal.read() as tx:
        while page := tx.cases.page(CaseFilter(live=True), before=before, limit=4):
            seen += [one.number for one in page]
            before = page[-1].number
        assert tx.cases.count_live() == len(seen)
        assert [c.number for c in tx.cases.page(CaseFilter(state="resolved"), limit=3)] == [21, 18, 15]
    assert seen == [number for number in range(23, 0, -1) if number % 3]


def test_questions_that_only_cases_are_asked(journal: Journal) -> None:
    with journal.write() as tx:
        tx.cases.put(case(1, state="resolved"))
        tx.cases.put(case(2, conversation="c"))
        tx.cases.put(case(3, subject="service:mail", service="mail", conversation="c"))
        tx.cases.put(case(4, state="muted", conversation="c"))
        finding = Finding(id="fin_1", signal="sig_1", confidence=1, brain="rules", made_at=NOW)
        tx.findings.put(finding)
        tx.cases.attach_finding(finding, "case_0002")
    with journal.read() as tx:
        about = tx.cases.live_about("service:shop", "service_down")
        last = tx.cases.last_about("service:shop", "service_down")
        numbered = tx.cases.by_number(3)
        assert about
        assert about.number == 2
        assert last
        assert last.number == 4
        assert numbered
        assert numbered.id == "case_0003"
        assert tx.cases.live_about("service:shop", None) is None
        assert [one.number for one in tx.cases.live_of_conversation("c")] == [3, 2]
        assert [one.number for one in tx.cases.live_of_service("mail")] == [3]
        assert [one.id for one in tx.cases.findings_of("case_0002")] == ["fin_1"]
        assert tx.cases.findings_of("case_0003") == []


def test_alerts_have_one_state_each_and_signals_join_once(journal: Journal) -> None:
    alert = Alert("fp", "monitor", "firing", "case_0001", "shop", "service_down", Untrusted("down"), NOW, 1)
    late, early = signal(occurred_at=NOW + SECOND), signal(occurred_at=NOW)
    with journal.write() as tx:
        tx.alerts.put(alert)
        tx.alerts.put(Alert(**{**alert.__dict__, "state": "resolved", "count": 2}))
        assert tx.alerts.join("case_0001", late, why="later")
        assert tx.alerts.join("case_0001", early, why="first")
        assert not tx.alerts.join("case_0001", early, why="again")
        for _ in range(2):
            tx.alerts.add_participant(Participant(case="case_0001", role="affected", ref="p1", since=NOW))
    with journal.read() as tx:
        found = tx.alerts.get("fp", "monitor")
        assert found
        assert (found.state, found.count) == ("resolved", 2)
        assert tx.alerts.get("fp", "another source") is None
        assert [one.why for one in tx.alerts.joined("case_0001")] == ["first", "later"]
        assert tx.alerts.joined_count("case_0001") == 2
        assert [one.ref for one in tx.alerts.participants("case_0001")] == ["p1"]
        assert tx.alerts.of_case("case_0001") == [found]


def test_people_come_in_by_what_they_hold_and_only_while_it_lives(journal: Journal) -> None:
    user = User(id="usr_1", login="ann", person="p1", roles=("operator",))
    token = ApiToken(id="tok_1", name="ci", user="usr_1", scopes=("read",), created_at=NOW, expires_at=NOW + 5 * SECOND)
    secret = OneTime("code_1", "code", "case_0001", "p1", "sealed", 0, NOW, NOW + SECOND)
    with journal.write() as tx:
        tx.access.users.put(user)
        tx.access.add_session("cookie", Session("usr_1", "session", "csrf", NOW, NOW + SECOND))
        tx.access.add_token("tkl_secret", token)
        assert tx.access.add_one_time(secret)
        assert not tx.access.add_one_time(secret)
        tx.access.count_try("code_1")
        tx.access.use_one_time("code_1", at=NOW)
    with journal.write() as tx:
        assert tx.access.user_by_login("ann") == user
        assert tx.access.session("cookie", now=NOW) is not None
        assert tx.access.session("cookie", now=NOW + SECOND) is None
        assert tx.access.session("guess", now=NOW) is None
        assert tx.access.token("tkl_secret", now=NOW) == token
        assert tx.access.token("tkl_secret", now=NOW + 5 * SECOND) is None
        assert tx.access.end_session("cookie")
        assert not tx.access.end_session("cookie")
        found = tx.access.one_time("code_1", lock=True)
        assert found
        assert (found.tries, found.used_at) == (1, NOW)
        assert [one.id for one in tx.access.one_time_of("case_0001", kind="code")] == ["code_1"]
        assert tx.access.tokens() == [token]
        assert tx.access.revoke_token("tok_1")
        assert tx.access.token("tkl_secret", now=NOW) is None


def test_tokens_are_not_stored_as_they_are(journal: Journal) -> None:
    token = ApiToken(id="tok_1", name="ci", user="usr_1", scopes=(), created_at=NOW)
    with journal.write() as tx:
        tx.access.add_token("tkl_canary_token", token)
        tx.access.add_session("canary_cookie", Session("usr_1", "session", "csrf", NOW, NOW + SECOND))
    with journal.engine.connect() as connection:
        stored = [str(tuple(row)) for table in ("api_tokens", "sessions")
                  for row in connection.exec_driver_sql(f"SELECT * FROM {table}")]  # fmt: skip
    assert len(stored) == 2
    assert not [row for row in stored if "canary" in row]


def test_the_world_is_read_as_it_was_written(journal: Journal) -> None:
    person = Person(id="p1", username="ann", name="Ann", email="ann@x.example", department="sales")
    world = World.of(
        people=[person],
        apps=[App(id="crm", name="CRM", group="crm-users")],
        devices=[Device(id="d1", tag="LT-1", kind="laptop", model="m", owner="p1")],
        services=[Service(id="shop", name="Shop"), Service(id="db", name="Database")],
        items=[ConfigurationItem(id="i1", kind="process", name="shop-web", service="shop")],
        dependencies=[Dependency(service="shop", needs="db", source="test", last_seen=NOW)],
    )
    with journal.write() as tx:
        write_world(tx, world)
        write_world(tx, world)
    with journal.read() as tx:
        assert read_world(tx) == world


def test_numbers_have_no_gap_and_no_twin_with_many_writers(journal: Journal) -> None:
    def take(_: int) -> int:
        with journal.write() as tx:
            return tx.coordination.next_number("case")

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(take, range(40))) == list(range(1, 41))


def test_letters_are_posted_once_and_gone_when_delivered(journal: Journal) -> None:
    with journal.write() as tx:
        tx.coordination.post("a", workflow="w", message={"type": "answer"})
        tx.coordination.post("a", workflow="w", message={"type": "something else"})
        tx.coordination.post("b" * 300, workflow="w", message=None)
    with journal.write() as tx:
        letters = tx.coordination.posted()
        assert [(one.workflow, one.message) for one in letters] == [("w", {"type": "answer"}), ("w", None)]
        for one in letters:
            tx.coordination.delivered(one.key)
        assert tx.coordination.posted() == []


def test_switches_rungs_cursors_and_nodes_are_overwritten_in_place(journal: Journal) -> None:
    with journal.write() as tx:
        for on in (True, False):
            tx.coordination.set_switch("all", on=on, by="ann", reason="fire", at=NOW)
        for rung in ("auto", "approve"):
            tx.coordination.set_rung("service.restart", rung=rung, by="ann", at=NOW)
        assert tx.coordination.cursor("intake") == 0
        tx.coordination.move_cursor("intake", 7)
        tx.coordination.move_cursor("intake", 9)
        tx.coordination.beat("n1", role="all", now=NOW)
        tx.coordination.beat("n1", role="all", now=NOW + SECOND)
        tx.coordination.beat("n2", role="door", now=NOW)
        tx.coordination.forget_node("n2")
    with journal.read() as tx:
        assert [(one.name, one.on) for one in tx.coordination.switches()] == [("all", False)]
        assert tx.coordination.rungs() == {"service.restart": "approve"}
        assert tx.coordination.cursor("intake") == 9
        assert [(n.id, n.started_at, n.beat_at) for n in tx.coordination.nodes()] == [("n1", NOW, NOW + SECOND)]


def test_times_keep_their_microseconds_and_naive_ones_are_refused(journal: Journal) -> None:
    odd = dt.datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=dt.UTC)
    with journal.write() as tx:
        tx.coordination.beat("n1", role="all", now=odd)
        assert tx.coordination.nodes()[0].beat_at == odd
    with pytest.raises(Exception, match="aware"), journal.write() as tx:
        tx.coordination.beat("n2", role="all", now=odd.replace(tzinfo=None))


LONG = "x" * 700
HOSTILE = ["a\x00b", LONG, LONG + "y", "'; DROP TABLE cases; --", "\u202e\ufeff", "é" * 400]


@pytest.mark.parametrize("text", HOSTILE, ids=["nul", "long", "longer", "sql", "bidi", "wide"])
def test_hostile_words_are_stored_and_found_on_either_database(journal: Journal, text: str) -> None:
    """What a sender may choose (labels, titles, conversations) must never stop a transaction of the intake."""
    heard = signal(title=Untrusted(text), fingerprint=text[:200])
    with journal.write() as tx:
        tx.cases.put(case(1, subject=text, need=text, conversation=text, service=text))
        tx.alerts.put(Alert(text, "monitor", "firing", "case_0001", text, text, Untrusted(text), NOW, 1))
        tx.alerts.join("case_0001", heard, why=text)
        tx.alerts.add_participant(
            Participant(case="case_0001", role="affected", ref=text, conversation=text, since=NOW)
        )
        tx.audit.append(at=NOW, actor=text, action="case.open", subject=text, case="case_0001", detail={"why": text})
        tx.coordination.post(text, workflow="w", message={"text": text})
        tx.messages.put(
            Message(id="msg_1", conversation=text, author="person", name=text, text=Untrusted(text), at=NOW)
        )
    with journal.read() as tx:
        found = tx.cases.live_about(text, text)
        assert found
        assert found.subject == text
        assert len(tx.conversation(text)) == 1
        alert = tx.alerts.get(text, "monitor")
        assert alert
        assert alert.case == "case_0001"
        assert tx.audit.verify().broken_at is None


def test_two_long_keys_that_begin_alike_stay_two(journal: Journal) -> None:
    with journal.write() as tx:
        tx.cases.put(case(1, subject=LONG + "a"))
        tx.cases.put(case(2, subject=LONG + "b"))
    with journal.read() as tx:
        found = tx.cases.live_about(LONG + "a", "service_down")
    assert found
    assert found.number == 1


def test_a_database_that_is_away_is_unreachable(tmp_path: Path) -> None:
    """Callers tell it from a defect: what they hold is tried again later."""
    for url in (
        f"sqlite:///{tmp_path}/no/such/folder.db",
        "postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=2",
    ):
        journal = Journal(main_url=url, log_url=url)
        with pytest.raises(Unreachable), journal.read() as tx:
            tx.cases.count()
        with pytest.raises(Unreachable), journal.write() as tx:
            tx.cases.count()
        journal.close()


def test_what_a_key_begins_with_is_found_and_nothing_else(journal: Journal) -> None:
    """On PostgreSQL without comparing: where words are in the order of a language, a range of them holds something else."""
    with journal.write() as tx:
        for number, place in enumerate(("slack:U1:a", "slack:U1:b", "slack:U10:a", "slack:U1%:a", "slack:U1:~c"), 1):
            tx.cases.put(case(number).model_copy(update={"conversation": place}))
        code = OneTime(
            id="otp_1", kind="code", person="p1", case="case_0001", cipher="x", created_at=NOW, expires_at=NOW, tries=0
        )
        tx.access.add_one_time(code)
    with journal.read() as tx:
        here = tx.cases.begins("conversation", "slack:U1:")
        assert [one.number for one in tx.cases.where(here)] == [1, 2, 5]
        assert [one.number for one in tx.cases.where(tx.cases.begins("conversation", "slack:U1%"))] == [4]
        assert tx.access.codes_since(NOW, conversations="slack:U1:")[0] == 1
        assert tx.access.codes_since(NOW, conversations="slack:U2:")[0] == 0
        if tx.connection.dialect.name == "postgresql":
            asked = str(here.compile(tx.connection.engine))
            assert "LIKE" in asked
            assert not set("<>") & set(asked)


def test_many_tickets_of_the_past_are_put_at_once_and_overwritten(journal: Journal) -> None:
    """More than one statement holds, and what a driver could stumble over: a cell with NUL, a percent sign, a long key."""
    made = [TicketHistory(id=f"hist_{n:04d}", source="desk", number=str(n), kind="incident", title="100 % \x00 full",
                          opened_at=NOW + n * SECOND, team="T" * 300) for n in range(250)]  # fmt: skip
    with journal.write() as tx:
        tx.put_histories(made)
    newer = [one.model_copy(update={"state": "closed"}) for one in made[:3]]
    with journal.write() as tx:
        tx.put_histories(newer)
    with journal.read() as tx:
        assert list(tx.histories()) == [*newer, *made[3:]]
        table = tx.history_tickets.table.c
        assert tx.history_tickets.count(table.state == "closed", table.team == "T" * 300) == 3
