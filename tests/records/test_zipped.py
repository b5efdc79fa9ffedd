"""ZIP archives: each member by its own reader, and whatever is not read is named with the reason."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records import clean
from records.readers import Draft, Notice, Rejected, Source, archive, read, sniff, zipped

RIS = "TY  - JOUR\nTI  - Tea\nER  - \n\nTY  - JOUR\nTI  - Rest\nER  - \n"
NBIB = "PMID- 90000041\nTI  - Naps.\nFAU - Cole, Dee\n"


def packed(members, *, packing=zipfile.ZIP_DEFLATED):
    """The bytes of an archive; members as pairs, since a name may come twice."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as files:
        for name, data in members:
            files.writestr(zipfile.ZipInfo(name), data, packing)
    return out.getvalue()


def everything(data):
    return list(read(Source.of(data)))


def titles(data):
    return [each.fields["title"][0] for each in everything(data) if isinstance(each, Draft)]


def notices(data):
    return [each.text for each in everything(data) if isinstance(each, Notice)]


def reasons(data):
    return [each.reason for each in everything(data) if isinstance(each, Rejected)]


def test_an_archive_is_known_by_its_bytes():
    assert sniff(Source.of(packed([("a", RIS)]))) is zipped
    assert sniff(Source.of(packed([]))) is zipped


def test_each_member_is_read_by_its_own_reader_and_every_entry_names_it():
    found = [each for each in everything(packed([("x/a.txt", RIS), ("b", NBIB)])) if isinstance(each, Draft)]
    assert [each.lines for each in found] == [(1, 3), (5, 7), (1, 3)]
    assert [each.notices[-1] for each in found] == ["from x/a.txt in the archive"] * 2 + ["from b in the archive"]
    assert found[0].raw == [("TY", "JOUR", 1), ("TI", "Tea", 2)]


def test_what_each_member_was_read_as_is_said():
    assert notices(packed([("a", RIS), ("b", NBIB)])) == [
        "a was read as RIS: 2 entries",
        "b was read as PubMed nbib: 1 entry",
    ]


OUT = ["../evil.ris", "a/../../evil.ris", "/etc/evil.ris", "C:/evil.ris", "..\\evil.ris", "\\\\host\\evil.ris"]


@pytest.mark.parametrize("name", OUT)
def test_a_name_that_leads_out_is_refused_and_named(name):
    data = packed([(name, RIS), ("good", NBIB)])
    assert titles(data) == ["Naps."]
    assert notices(data)[0] == f"{name} was refused: its name leads out of the archive"


def test_a_name_with_dots_inside_stays():
    assert titles(packed([("results..2024/a...ris", RIS)])) == ["Tea", "Rest"]


FURNITURE = ["__MACOSX/._a.ris", "a/.DS_Store", "Thumbs.db", "README.md", "x/readme", "LICENSE.txt", "._a.ris"]


@pytest.mark.parametrize("name", FURNITURE)
def test_furniture_and_read_me_files_are_passed_over_and_named(name):
    data = packed([(name, RIS), ("good", NBIB)])
    assert titles(data) == ["Naps."]
    assert notices(data)[0] == f"{name} was passed over: it holds no records"


def test_an_archive_inside_is_named_and_not_opened():
    data = packed([("inner.zip", packed([("a", RIS)])), ("good", NBIB)])
    assert titles(data) == ["Naps."]
    assert reasons(data) == ["inner.zip was not read: an archive inside an archive is not opened"]


def test_a_member_that_nobody_understands_is_named():
    (reason,) = reasons(packed([("a", RIS), ("notes", "nothing that is a record\n")]))
    assert reason.startswith("in notes: not understood")


@pytest.mark.parametrize("members", [[], [("readme", "x")], [("../a", RIS)], [("a/", "")], [("a", "")]])
def test_an_archive_without_records_is_no_empty_success(members):
    assert reasons(packed(members)) == ["the ZIP holds no file with records"]


def test_two_members_of_one_name_are_both_read():
    with pytest.warns(UserWarning, match="Duplicate"):
        data = packed([("a", RIS), ("a", NBIB)])
    assert titles(data) == ["Tea", "Rest", "Naps."]


def test_a_member_that_would_swell_is_refused():
    data = packed([("bomb.ris", b"\0" * 50_000_000), ("good", NBIB)])
    assert titles(data) == ["Naps."]
    assert "swell" in reasons(data)[0]


def test_an_archive_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(archive, "MOST_UNPACKED", 10)
    assert "unpack" in reasons(packed([("a", RIS)]))[0]


def test_an_archive_of_too_many_members_is_refused(monkeypatch):
    monkeypatch.setattr(archive, "MOST_MEMBERS", 2)
    assert "3 files" in reasons(packed([(name, RIS) for name in "abc"]))[0]


def test_a_member_is_never_unpacked_beyond_what_it_says():
    stream = archive.Limited(io.BytesIO(b"x" * 100), 10)
    with pytest.raises(archive.Refused):
        stream.read()


def test_a_locked_member_is_named():
    data = bytearray(packed([("a", RIS)], packing=zipfile.ZIP_STORED))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    assert "password" in reasons(bytes(data))[0]


def test_a_damaged_member_is_read_as_far_as_it_goes_and_named():
    data = packed([("a", RIS)], packing=zipfile.ZIP_STORED).replace(b"TI  - Rest", b"TI  - Test")
    assert titles(data) == ["Tea", "Test"]
    assert "damaged" in reasons(data)[0]


def test_an_archive_cut_off_is_named():
    data = packed([("a", RIS)])
    assert "damaged or cut off" in reasons(data[:-10])[0]


def test_an_office_document_is_named_for_what_it_is():
    assert "Word" in reasons(packed([("word/document.xml", "<x/>")]))[0]


SAMPLE = packed([("a", RIS * 5), ("x/b", NBIB), ("readme", "x")])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(SAMPLE) - 1), st.integers(0, 255)), min_size=1, max_size=12))
def test_damaged_bytes_never_raise(damage):
    data = bytearray(SAMPLE)
    for place, byte in damage:
        data[place] = byte
    found = everything(bytes(data))
    assert any(isinstance(each, Draft | Rejected) for each in found)
    for each in found:
        if isinstance(each, Draft):
            clean.draft(each)


def test_a_member_without_a_name_is_refused_and_named_not_raised():
    """A damaged archive's directory may say that a member has no name at all."""
    data = bytearray(packed([("a", RIS)]))
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 28 : directory + 30] = b"\x00\x00"  # the length of its name
    assert any(isinstance(each, Rejected) for each in everything(bytes(data)))
