"""The file of peers is never harmed: what is not ours stays line for line, and what cannot be read is no peer."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.wireguard.dump import Live, read_dump
from tickless.connectors.wireguard.peers import Peer, peer_of, read_peers, renewed, with_peer, write_peers
from tickless.connectors.wireguard.probes import why_not

KEY = "A" * 43 + "="
ANNA = f"# tickless: anna until 2027-01-31\n[Peer]\nPublicKey = {KEY}\nAllowedIPs = 10.8.0.7/32, fd00::7/128\n"
LINES = st.sampled_from(
    ["# tickless: anna until 2027-01-31",
     "# tickless: ben until 2027-02-31", "[Peer]", "#off [Peer]", "", "PublicKey = x", "  ",
     "# tickless: ../x until 2027-01-31", f"#off PublicKey = {KEY}", "AllowedIPs = $(id)", "[Interface]"]
)  # fmt: skip
FILES = st.lists(LINES, max_size=14).map("\n".join) | st.text()
NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


@given(FILES)
def test_reading_and_writing_leaves_the_file_as_it_was(text: str) -> None:
    assert write_peers(read_peers(text)) == text


@given(FILES, st.booleans())
def test_changing_one_peer_leaves_every_other_line_as_it_was(text: str, enabled: bool) -> None:
    parts = read_peers(f"{ANNA}\n{text}")
    peer = peer_of(parts, "anna")
    if peer is None:
        return
    after = read_peers(write_peers(with_peer(parts, renewed(peer, until=dt.date(2030, 1, 1)))))
    assert [part for part in after if isinstance(part, str)] == [part for part in parts if isinstance(part, str)]
    found = peer_of(after, "anna")
    assert found is not None
    assert (found.enabled, found.until, found.lines) == (True, dt.date(2030, 1, 1), peer.lines)


def test_a_peer_has_its_key_and_addresses() -> None:
    peer = peer_of(read_peers(ANNA), "anna")
    assert peer is not None
    assert (peer.public_key, peer.addresses) == (KEY, "10.8.0.7/32,fd00::7/128")


def test_odd_keys_and_addresses_are_none() -> None:
    peer = Peer("anna", dt.date(2027, 1, 1), True, ("PublicKey = $(id)", "AllowedIPs = 10.0.0.1; id"))
    assert (peer.public_key, peer.addresses) == ("", "")


def test_two_peers_of_one_name_are_refused_rather_than_guessed() -> None:
    assert peer_of(read_peers(f"{ANNA}\n{ANNA}"), "anna") is None


@given(st.text())
def test_any_text_is_a_dump_and_the_private_key_is_not_kept(text: str) -> None:
    live = read_dump(f"secret\tpublic\t1\toff\n{text}")
    assert "secret" not in live.handshakes


def test_the_first_reason_that_stands_in_the_way_is_told() -> None:
    peer = peer_of(read_peers(ANNA), "anna")
    assert peer is not None
    lately, long_ago = int(NOW.timestamp()) - 10, int(NOW.timestamp()) - 900
    told = [
        why_not(peer, None, now=NOW, quiet=180),
        why_not(None, Live({}), now=NOW, quiet=180),
        why_not(peer, Live({KEY: lately}), now=dt.datetime(2027, 2, 1, tzinfo=dt.UTC), quiet=180),
        why_not(peer, Live({}), now=NOW, quiet=180),
        why_not(peer, Live({KEY: long_ago}), now=NOW, quiet=180),
        why_not(peer, Live({KEY: lately}), now=NOW, quiet=180),
    ]
    assert told == ["gateway_down", "no_profile", "profile_expired", "profile_off", "no_handshake", ""]
