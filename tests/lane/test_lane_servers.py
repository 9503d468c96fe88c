"""The real servers do what the other tests rely on: they break, and they can be mended."""

import urllib.request

from tests.servers.dovecot import Dovecot
from tests.servers.nginx import Nginx
from tests.servers.prometheus import StartMonitoring
from tests.servers.scim import Scim
from tests.servers.slapd import Slapd
from tests.servers.sshd import Sshd
from tests.servers.supervisord import Supervisord
from tests.servers.webhook import Inbox


def test_three_failed_sign_ins_lock_the_account(slapd: Slapd) -> None:
    assert slapd.can_sign_in("anna")
    slapd.lock_out("anna")
    assert slapd.attribute(slapd.dn("anna"), "pwdAccountLockedTime")
    assert slapd.can_sign_in("ben")


def test_the_next_test_finds_nobody_locked(slapd: Slapd) -> None:
    assert all(slapd.can_sign_in(username) for username in slapd.people)


def test_sshd_speaks_and_takes_keys_only(sshd: Sshd) -> None:
    assert sshd.key_path.exists()
    assert f"[{sshd.host}]:{sshd.port}" in sshd.known_hosts.read_text()


def test_supervisord_leaves_a_killed_program_down(supervisord: Supervisord) -> None:
    supervisord.kill()
    assert supervisord.info()["statename"] == "EXITED"
    assert not supervisord.serves()


def test_supervisord_program_runs_again_in_the_next_test(supervisord: Supervisord) -> None:
    assert supervisord.serves()


def test_nginx_serves_dies_and_comes_back(nginx: Nginx) -> None:
    with urllib.request.urlopen(nginx.url, timeout=5) as answer:
        assert answer.read() == b"ok\n"
    nginx.kill()
    assert not nginx.serves()
    nginx.start()
    assert nginx.serves()


def test_the_full_mailbox_takes_no_mail_until_its_quota_grows(dovecot: Dovecot) -> None:
    assert dovecot.accepts_mail("pia")
    assert not dovecot.accepts_mail(dovecot.over_quota)
    with dovecot.sign_in(dovecot.over_quota) as connection:
        assert b"QUOTA" in connection.capability()[1][0].split()
    used, allowed = dovecot.storage(dovecot.over_quota)
    assert used > allowed == 1024
    dovecot.set_quota(dovecot.over_quota, 8)
    assert dovecot.accepts_mail(dovecot.over_quota)
    dovecot.set_quota(dovecot.over_quota, 1)


def test_scim_knows_people_and_members(scim: Scim) -> None:
    assert scim.read(f"Users/{scim.people['anna']}")["displayName"] == "Anna Schmidt"
    assert scim.members("vpn-users") == {scim.people["anna"]}


def test_monitoring_sees_a_service(prometheus_stack: StartMonitoring, nginx: Nginx, webhook_inbox: Inbox) -> None:
    monitoring = prometheus_stack(webhook_inbox.url, probes={"shop": nginx.url})
    assert monitoring.up("shop")
    assert webhook_inbox.bodies == []
