"""Retracted works on the page of lists, on cards, on a work's page, in the library, beside the flow and in exports."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from records.models import NoticeList
from reviews import actions
from reviews.models import StageName
from tests import world as worlds

WATCH = (
    "Title,OriginalPaperDOI,OriginalPaperPubMedID,RetractionDOI,RetractionDate,RetractionNature,Reason\n"
    '"Walking",10.5555/jic.alpha,0,10.5555/notice.1,3/14/2023 0:00,Retraction,+Concerns about <b>data</b>;\n'
    "Cleaners,10.5555/jic.echo,0,,1/2/2020,Expression of concern,\n"
)


def send(world, client_for, who="ann", text=WATCH):
    url = reverse("reviews:retractions-add", args=[world.review.pk])
    answer = client_for(who).post(url, {"file": SimpleUploadedFile("watch.csv", text.encode())})
    worlds.read_all(world.library)
    return answer


@pytest.fixture
def look(world, client):
    """What somebody's page holds."""

    def at(name, *more, who="ann", **query):
        client.force_login(world.people[who])
        return client.get(reverse(f"reviews:{name}", args=[world.review.pk, *more]), query).content.decode()

    return at


@pytest.fixture
def client_for(world, client):
    def of(who):
        client.force_login(world.people[who])
        return client

    return of


@pytest.mark.django_db
def test_a_list_is_uploaded_seen_and_taken_back(world, client_for, look):
    assert send(world, client_for, "lib").status_code == 302
    page = look("retractions", who="bo")
    assert "watch.csv" in page and "SHA256" in page.upper() and "Walking groups led by" in page
    assert "Upload a list" not in page and "Take it back" not in page
    assert send(world, client_for).status_code == 400
    listed = NoticeList.objects.get()
    client_for("ann").post(reverse("reviews:retractions-back", args=[world.review.pk, listed.pk]))
    page = look("retractions")
    assert "No work of this review has a notice." in page and "taken back" in page


@pytest.mark.django_db
def test_what_names_no_publication_is_said_to_be_not_understood(world, client_for, look):
    send(world, client_for, text="Title,Year\nWalking,2020\n")
    assert "not understood" in look("retractions")


@pytest.mark.django_db
def test_the_card_and_the_work_say_it_with_day_reason_and_notice(world, client_for, look):
    alpha = world.works["alpha"].pk
    assert "noticed" not in look("work", alpha)
    send(world, client_for)
    for page in (look("work", alpha), look("screen", "title-abstract", work=world.works["echo"].pk)):
        assert 'class="noticed"' in page
    page = look("work", alpha)
    assert "Retracted" in page and "14 March 2023" in page and "10.5555/notice.1" in page
    assert "data&lt;/b&gt;" in page and "<b>data" not in page


@pytest.mark.django_db
def test_a_card_asks_nothing_more_where_the_library_has_no_notice(world, client_for, look):
    url = reverse("reviews:screen", args=[world.review.pk, "title-abstract"])
    client = client_for("ann")

    def asked():
        with CaptureQueriesContext(connection, ) as found:  # fmt: skip
            client.get(url)
        return [each["sql"] for each in found if "records_notice" in each["sql"] and "noticed" not in each["sql"]]

    assert asked() == []
    send(world, client_for)
    assert len(asked()) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "there"), [("retracted", "Walking groups"), ("concern", "Night shifts"), ("noticed", "Night shifts")])  # fmt: skip
def test_the_library_lists_them(world, client_for, look, name, there):
    send(world, client_for)
    page = look("library", list=name)
    assert there in page and "Telephone mentors" not in page


@pytest.mark.django_db
def test_the_flow_is_told_before_it_is_final(world, client_for, look):
    actions.unblind(member=world.members["ann"], stage=StageName.TITLE_ABSTRACT)
    assert "No list of retractions was uploaded" in look("prisma")
    send(world, client_for)
    page = look("prisma")
    assert "1 included work is retracted" in page and "Every work was looked up" in page
    assert "Walking groups" in look("library", list="retracted-included")
    NoticeList.objects.update(at=timezone.now() - timedelta(days=31))
    assert "more than 30 days ago" in look("prisma")


@pytest.mark.django_db
def test_a_blinded_members_flow_tells_of_own_inclusions_only(world, client_for, look):
    send(world, client_for)
    assert "1 included work is retracted" in look("prisma", who="ann")  # her own decision
    assert "included work is retracted" not in look("prisma", who="cy")


@pytest.mark.django_db
def test_exports_have_a_column(world, client_for):
    send(world, client_for)
    url = reverse("reviews:export-file", args=[world.review.pk, "works", "csv"])
    text = b"".join(client_for("ann").get(url).streaming_content).decode()
    assert "Retraction or correction" in text.splitlines()[0]
    assert any("alpha" in line and "retracted" in line for line in text.splitlines())
