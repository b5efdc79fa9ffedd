"""The staff's page: people, and nothing of their reviews."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import actions
from accounts.models import User
from tests.accounts.conftest import OTHER, PASSWORD, signed_in

pytestmark = pytest.mark.django_db


def acts(person):
    return [f"/staff/people/{person.public_id}/{act}/" for act in ("reset-link", "deactivate", "reactivate")]


def test_others_find_nothing_there(as_bo, client, ann, bo):
    assert as_bo.get("/staff/").status_code == 404
    assert client.get("/staff/")["Location"] == "/accounts/login/?next=/staff/"
    for path in acts(ann):
        assert as_bo.post(path).status_code == 404
        assert client.post(path).status_code == 302
    ann.refresh_from_db()
    assert ann.is_active


def test_staff_see_people(as_ann, bo):
    page = as_ann.get("/staff/").content.decode()
    assert "bo@example.org" in page and "Ann Vermeer" in page


def test_the_page_reads_accounts_and_nothing_else(as_ann, bo):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        as_ann.get("/staff/")
    tables = set(re.findall(r'FROM "(\w+)"', " ".join(query["sql"] for query in seen)))
    assert tables <= {"django_session", "accounts_user"}


def test_fifty_people_a_page_at_the_same_cost(as_ann, django_assert_num_queries):
    User.objects.bulk_create(User(email=f"p{n}@example.org", name=f"P {n}") for n in range(120))
    found, url = [], "/staff/"
    while url:
        with django_assert_num_queries(3):
            page = as_ann.get(url)
        found += [person.email for person in page.context["people"]]
        following = page.context["following"]
        url = f"/staff/?before={following}" if following else ""
    assert len(found) == len(set(found)) == 121


def test_people_are_found_by_words(as_ann, bo):
    assert [p.email for p in as_ann.get("/staff/?q=LIND bo@").context["people"]] == ["bo@example.org"]
    assert "Nobody fits" in as_ann.get("/staff/?q=zzz").content.decode()


@pytest.mark.parametrize("query", ["before=x", "before=-1", "before=" + "9" * 40, "before=²", "q=%00", "q=%25"])
def test_odd_addresses_do_no_harm(as_ann, query):
    assert as_ann.get("/staff/?" + query).status_code == 200


def test_a_deactivated_person_is_out_at_once_and_comes_back(as_ann, as_bo, bo):
    link, off, on = acts(bo)
    assert as_ann.post(off)["Location"] == "/staff/"
    assert not signed_in(as_bo)
    assert as_ann.post(link)["Location"] == "/staff/"
    as_ann.post(on)
    bo.refresh_from_db()
    assert bo.is_active and bo.check_password(PASSWORD)


def test_staff_cannot_lock_themselves_out(as_ann, ann):
    as_ann.post(acts(ann)[1])
    ann.refresh_from_db()
    assert ann.is_active
    with pytest.raises(actions.NotYours):
        actions.set_active(by=ann, of=ann, active=False)


def test_somebody_switched_off_meanwhile_switches_nobody_off(ann, bo):
    User.objects.filter(pk=ann.pk).update(is_active=False)
    with pytest.raises(actions.NotYours):
        actions.set_active(by=ann, of=bo, active=False)


def test_a_reset_link_is_shown_once_and_works(as_ann, client, bo):
    page = as_ann.post(acts(bo)[0])
    assert "no-store" in page["Cache-Control"]
    link = re.search(r'value="http://127\.0\.0\.1:8000(/accounts/reset/[^"]+)"', page.content.decode())[1]
    assert link not in as_ann.get("/staff/").content.decode()
    client.post(link, {"password": OTHER})
    bo.refresh_from_db()
    assert bo.check_password(OTHER)


def test_acts_take_a_post(as_ann, bo):
    assert [as_ann.get(path).status_code for path in acts(bo)] == [405] * 3


def test_an_unknown_person_is_not_found(as_ann):
    assert as_ann.post("/staff/people/00000000-0000-4000-8000-000000000000/deactivate/").status_code == 404
