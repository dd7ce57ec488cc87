"""Networks that count as one."""

from __future__ import annotations

import pytest

from skill.client_network import client_household, client_network, client_networks


@pytest.mark.parametrize(
    ("one", "two", "shared"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", 3),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", 2),
        ("2001:db8:1:2::1", "2001:db8:1:ff03::1", 1),
        ("2001:db8:1:2::1", "2001:db8:2:2::1", 0),
        ("::ffff:1.2.3.4", "1.2.3.4", 1),
        ("64:ff9b::1.2.3.4", "1.2.3.4", 1),
        ("2002:102:304::1", "1.2.3.4", 1),
        ("fe80::1%eth0", "fe80::2", 3),
        ("nonsense", "other nonsense", 1),
        ("1.2.3.4", "1.2.3.5", 0),
    ],
)
def test_what_two_addresses_share(one: str, two: str, shared: int) -> None:
    assert len(set(client_networks(one)) & set(client_networks(two))) == shared
    assert (client_network(one) == client_network(two)) is (shared in {1, 3} and len(client_networks(one)) == shared)


def test_from_the_smallest() -> None:
    assert [network.partition("/")[2] for network in client_networks("2001:db8::1")] == ["64", "56", "48"]


@pytest.mark.parametrize(("address", "household"), [("1.2.3.4", "1.2.3.4"), ("nonsense", "unknown")])
def test_a_household_of_one_address(address: str, household: str) -> None:
    assert client_household(address) == household


def test_a_household_has_many_addresses() -> None:
    assert client_household("2001:db8:1:aa01::1") == client_household("2001:db8:1:aaff::1")
    assert client_household("2001:db8:1:aa01::1") != client_household("2001:db8:1:ab01::1")
