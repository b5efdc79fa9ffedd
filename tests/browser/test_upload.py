"""Files in a real browser: dropped, chosen, too large for one request, a line that breaks; and the look before storing."""

import pytest
from playwright.sync_api import expect

from records.models import Dump, Upload
from tests import world as worlds

LARGE = 9 * 1024 * 1024


@pytest.fixture
def alone(transactional_db):
    return worlds.empty_world()


@pytest.fixture
def large(tmp_path):
    """One record, and lines that make the file too large for one request."""
    path = tmp_path / "large.ris"
    path.write_text(worlds.ris("alpha") + (" " * 65535 + "\n") * (LARGE // 65536))
    return path


def form(visitor, world, look=True):
    page = visitor.go(f"/reviews/{world.review.pk}/import/")
    page.get_by_label("Where did you search?").fill("Fictional Index")
    if look:
        page.get_by_label("Look at it before it is stored").check()
    return page


def send(page):
    page.get_by_role("button", name="Import", exact=True).click()


def test_a_large_file_goes_up_in_pieces_and_a_broken_line_is_mended(alone, large, visitors):
    ann = visitors(alone.people["ann"])
    page = form(ann, alone)
    pieces = []

    def line(route):
        """The second piece is lost on its way there, the answer to the third on its way back."""
        pieces.append(route.request.headers["upload-offset"])
        if len(pieces) == 2:
            route.abort()
        elif len(pieces) == 3:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route(lambda url: "/import/uploads/" in url and not url.endswith("/uploads/"), line)
    page.locator("#id_files").set_input_files(large)
    send(page)
    expect(page.get_by_role("heading", name="How it is read")).to_be_visible(timeout=20_000)
    assert pieces == ["0", "4194304", "4194304", "4194304", "8388608"]
    dump = Dump.objects.get()
    assert dump.file.open("rb").read() == large.read_bytes() and not Upload.objects.exists()


def test_after_a_reload_the_same_file_goes_on_where_it_stopped(alone, large, visitors):
    ann = visitors(alone.people["ann"])
    page = form(ann, alone)
    pieces = []

    def line(route):
        pieces.append(route.request.headers.get("upload-offset"))
        route.continue_() if len(pieces) < 2 else route.abort()

    where = lambda url: "/import/uploads/" in url and not url.endswith("/uploads/")  # noqa: E731
    page.route(where, line)
    page.locator("#id_files").set_input_files(large)
    send(page)
    ann.told("The line is broken; trying again…")
    page.unroute(where)
    page = form(ann, alone)
    page.locator("#id_files").set_input_files(large)
    with page.expect_request(lambda request: request.method == "HEAD"):
        send(page)
    expect(page.get_by_role("heading", name="How it is read")).to_be_visible(timeout=20_000)
    assert Dump.objects.get().file.open("rb").read() == large.read_bytes()


def test_a_file_larger_than_the_site_takes_is_refused_in_words_and_the_form_stays(alone, large, visitors, settings):
    settings.MAX_DUMP_BYTES = LARGE - 1
    ann = visitors(alone.people["ann"])
    page = form(ann, alone)
    page.locator("#id_files").set_input_files(large)
    send(page)
    ann.told("large.ris is larger than this site takes")
    expect(page.get_by_role("button", name="Import", exact=True)).to_be_enabled()
    expect(page.get_by_label("Where did you search?")).to_have_value("Fictional Index")


def test_small_files_beside_a_large_one_go_with_the_form(alone, large, visitors, tmp_path):
    small = tmp_path / "small.ris"
    small.write_text(worlds.ris("bravo"))
    ann = visitors(alone.people["ann"])
    page = form(ann, alone)
    page.locator("#id_files").set_input_files([small, large])
    send(page)
    expect(page.get_by_text("2 more wait for your look.")).to_be_visible(timeout=20_000)
    assert sorted(Dump.objects.values_list("name", flat=True)) == ["large.ris", "small.ris"]
    assert ann.faults == []


def test_a_dropped_file_is_listed_and_can_be_taken_out_again(alone, visitors):
    ann = visitors(alone.people["ann"])
    page = form(ann, alone)
    page.evaluate(
        """() => {
        const held = new DataTransfer();
        for (const name of ["one.ris", "two.ris"]) held.items.add(new File(["TY  - JOUR"], name));
        document.querySelector("[data-drop]").dispatchEvent(new DragEvent("drop", { dataTransfer: held, bubbles: true }));
    }"""
    )
    expect(page.locator("[data-chosen] .name")).to_have_text(["one.ris", "two.ris"])
    page.get_by_role("button", name="Remove: one.ris").click()
    expect(page.locator("[data-chosen] .name")).to_have_text(["two.ris"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_look_changes_at_once_with_the_encoding_and_axe_finds_nothing(alone, visitors, tmp_path, scheme):
    path = tmp_path / "table.csv"
    path.write_bytes('Title,Authors,Year,Remark\nСад для всех,"Ames, Ada",2001,gut\nx,,,\n,,2001,\n'.encode("cp1251"))
    ann = visitors(alone.people["ann"], width=390, scheme=scheme)
    page = form(ann, alone)
    page.locator("#id_files").set_input_files(path)
    send(page)
    expect(page.get_by_role("heading", name="How it is read")).to_be_visible()
    page.get_by_label("Encoding").select_option("cp1251")
    expect(page.get_by_role("heading", name="Сад для всех")).to_be_visible()
    ann.told("Read again; nothing is stored yet.")
    page.get_by_label("Field for the column Remark").select_option("journal")
    expect(page.locator("cite")).to_have_text("gut")
    assert (ann.axe(), ann.overflow(), ann.faults) == ([], 0, [])
    page.get_by_role("button", name="Read it like this").click()
    expect(page.get_by_role("heading", name="What came in")).to_be_visible()
    dump = Dump.objects.get()
    assert dump.options["encoding"] == "cp1251" and dump.options["columns"]["Remark"] == "journal"


def test_without_javascript_the_look_and_a_file_work_too(alone, visitors, tmp_path):
    path = tmp_path / "records.ris"
    path.write_bytes(worlds.ris_entry("alpha", title="Сад для всех").encode("cp1251"))
    ann = visitors(alone.people["ann"], java_script_enabled=False)
    page = form(ann, alone)
    page.locator("#id_files").set_input_files(path)
    send(page)
    page.get_by_label("Encoding").select_option("cp1251")
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_role("heading", name="Сад для всех")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_earlier_decisions_is_sound_and_takes_them_over(alone, visitors, scheme):
    said = 'RAYYAN-INCLUSION: {"Maria"=>"Included", "A very long name of somebody who screened"=>"Excluded"}'
    dump = worlds.import_text(alone.review, alone.people["ann"], worlds.ris_entry("alpha", N1=said))
    ann = visitors(alone.people["ann"], width=320, scheme=scheme)
    page = ann.go(f"/reviews/{alone.review.pk}/dumps/{dump.pk}/decisions/")
    page.get_by_label("Member for Maria").select_option("Ann")
    assert (ann.axe(), ann.overflow(), ann.faults) == ([], 0, [])
    page.get_by_role("button", name="Take them over").click()
    expect(page.get_by_role("button", name="Take all of them back")).to_be_visible()
    assert (ann.axe(), ann.overflow(), ann.faults) == ([], 0, [])
