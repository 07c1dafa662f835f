"""What is kept for visitors: bounded, and displaced by nobody who brings nothing."""

from dataclasses import replace

import pytest

from webpage.session import Session
from webpage.storage import Files
from webpage.visits import Visits


def come(visits: Visits, name: str, session: Session | None = None) -> Session | None:
    """A request; gives the photo that was there before."""
    with visits.visit(name) as visit:
        before = visit.session
        if session is not None:
            visit.open(replace(session, files=Files()))
    return before


def test_invented_sessions_displace_nobody(session):
    visits = Visits(memory=2 * session.memory)
    come(visits, "active", session)
    for i in range(1000):
        come(visits, f"invented {i}")
    assert len(visits) == 1
    assert come(visits, "active") is not None


@pytest.mark.parametrize("limit", ["memory", "disk"])
def test_the_longest_unused_make_room(session, limit):
    session.files.keep(bytes(1000), "a")
    visits = Visits(**{limit: 3500 if limit == "disk" else int(3.5 * session.memory)})
    for name in "abcd":
        with visits.visit(name) as visit:
            visit.open(replace(session, files=Files()))
            visit.session.files.keep(bytes(1000), "a")
        if name == "c":
            come(visits, "a")
    assert len(visits) == 3
    assert [come(visits, name) is not None for name in "abcd"] == [True, False, True, True]


def test_visits_end_by_age(session):
    visits = Visits()
    come(visits, "old", session)
    visits.sweep(60)
    assert len(visits) == 1
    visits.sweep(0)
    assert len(visits) == 0


def test_two_requests_at_a_time_share_a_visit(session):
    visits = Visits()
    with visits.visit("one") as first, visits.visit("one") as second:
        assert first is second


def test_an_uploaded_photo_counts_with_its_predictions(session):
    assert session.memory > replace(session, example="coffee").memory > 2 * 3 * 90 * 60 - 1
