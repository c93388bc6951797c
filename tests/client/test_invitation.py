import pytest

from client.invitation import DEFAULT_SERVER, BadInvitation, Invitation, read_invitation


@pytest.mark.parametrize(
    ("join", "server", "expected"),
    [
        ("K7MQ-2RXD", None, Invitation(DEFAULT_SERVER, "K7MQ-2RXD")),
        (" k7mq-2rxd ", "http://h:1/", Invitation("http://h:1", "K7MQ-2RXD")),
        ("K7MQ-2RXD", "school.example:8000", Invitation("http://school.example:8000", "K7MQ-2RXD")),
        ("https://h/join/K7MQ-2RXD", None, Invitation("https://h", "K7MQ-2RXD")),
        ("https://h/room/join/K7MQ-2RXD/?a=1#b", None, Invitation("https://h/room", "K7MQ-2RXD")),
        (
            "https://h/join/K7MQ-2RXD",
            "http://10.0.0.2:8000",
            Invitation("http://10.0.0.2:8000", "K7MQ-2RXD"),
        ),
    ],
)
def test_code_and_address_are_read_from_what_a_student_was_given(join, server, expected):
    assert read_invitation(join, server) == expected


@pytest.mark.parametrize(
    ("join", "server"),
    [
        ("", None),
        ("x" * 21, None),
        ("https://h/dashboard", None),
        ("K7MQ-2RXD", "ftp://h"),
        ("K7MQ-2RXD", "http://"),
        ("K7MQ-2RXD", "http://h:port"),
    ],
)
def test_nonsense_is_refused_with_an_example_of_what_is_meant(join, server):
    with pytest.raises(BadInvitation, match="looks like"):
        read_invitation(join, server)
