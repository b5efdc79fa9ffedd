"""Conflicts by keyboard in a real browser: a note, a ruling, the way there and back, a second look; and axe finds nothing."""

from playwright.sync_api import expect

from reviews.models import Adjudication, SendingBack
from tests.world import SUBJECTS


def test_conflicts_are_settled_talked_over_and_sent_back_without_a_mouse(screened, visitors):
    screened.decide("bo", "charlie", "exclude", reason=screened.reason("design"))
    cy = visitors(screened.people["cy"])
    page = cy.go(f"/reviews/{screened.review.pk}/conflicts/title-abstract/")
    title = page.locator(".work-title")
    expect(title).to_have_text(SUBJECTS["bravo"])
    cy.press("j")
    expect(title).to_have_text(SUBJECTS["charlie"])
    cy.press("k")
    expect(title).to_have_text(SUBJECTS["bravo"])

    cy.press("t")
    expect(page.locator("#say-title-abstract")).to_be_focused()
    page.keyboard.type("i e 1: letters are letters")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    cy.told("Said.")
    expect(page.locator(".thread")).to_contain_text("letters are letters")

    cy.press("n")
    expect(page.locator("#note")).to_be_focused()
    page.keyboard.type("Carers are in the protocol")
    page.keyboard.press("Escape")
    cy.press("i")
    cy.told("Settled as include")
    expect(title).to_have_text(SUBJECTS["charlie"])
    expect(title).to_be_focused()
    ruling = Adjudication.objects.get()
    assert (ruling.verdict, ruling.note, ruling.work.title) == (
        "include",
        "Carers are in the protocol",
        SUBJECTS["bravo"],
    )

    cy.press("z")
    cy.told("open again")
    cy.press("Shift+Z")
    cy.told("Settled as include")
    expect(title).to_have_text(SUBJECTS["charlie"])

    cy.press("b", "Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#why")).to_be_focused()
    page.keyboard.type("Is this a class or a group?")
    assert cy.axe() == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    cy.told("Sent back")
    expect(page.get_by_role("heading", name="No conflict")).to_be_focused()
    assert SendingBack.objects.get().why == "Is this a class or a group?"
    assert cy.faults == []
