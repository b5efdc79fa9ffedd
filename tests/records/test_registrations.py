"""Trial registration numbers: every registry's, in the registry's own spelling, none of what merely looks like one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.registrations import normal, trials

STATED = [
    ("NCT05550001", "NCT05550001"),
    ("NCT: 05550001", "NCT05550001"),
    ("NCT-05550001", "NCT05550001"),
    ("nct05550001", "NCT05550001"),
    ("ISRCTN 55501234", "ISRCTN55501234"),
    ("ISRCTN5550 1234", "ISRCTN55501234"),
    ("ACTRN12605000123456", "ACTRN12605000123456"),
    ("DRKS-00001234", "DRKS00001234"),
    ("JPRN-UMIN000012345", "UMIN000012345"),
    ("jRCTs031190001", "jRCTs031190001"),
    ("JapicCTI-150001", "JapicCTI150001"),
    ("IRCT20150101012345N2", "IRCT20150101012345N2"),
    ("KCT0001234", "KCT0001234"),
    ("PACTR201500001234567", "PACTR201500001234567"),
    ("SLCTR/2015/009", "SLCTR/2015/009"),
    ("RBR-5abc9d", "RBR-5abc9d"),
    ("TCTR20150101001", "TCTR20150101001"),
    ("LBCTR2015001234", "LBCTR2015001234"),
    ("RPCEC00000123", "RPCEC00000123"),
    ("CTRI/2015/01/001234", "CTRI/2015/01/001234"),
    ("CTRI / 2015 / 01 / 001234", "CTRI/2015/01/001234"),
    ("ChiCTR-IOR-15001234", "ChiCTR-IOR-15001234"),
    ("ChiCTR-2015001234", "ChiCTR2015001234"),
    ("ChiCTR 2015001234", "ChiCTR2015001234"),
    ("NTR5678", "NTR5678"),
    ("NL-OMON12345", "NL-OMON12345"),
    ("Netherlands Trial Register NL5678", "NL5678"),
    ("EudraCT number: 2015-001234-12", "2015-001234-12"),
    ("EU CT number 2022-500123-12-00", "2022-500123-12-00"),
    ("EUCTR2015-001234-12-NL", "EUCTR2015-001234-12-NL"),
]


@pytest.mark.parametrize(("text", "number"), STATED)
def test_a_number_is_found_and_spelt_as_its_registry_spells_it(text, number):
    assert trials([f"The trial was registered ({text}) in time."]) == [number]


OTHERS = [
    "NCT0555000", "XNCT05550001", "NCT055500012", "written in 2015-001234-12", "flight NL5678", "RBR-ABCDEF", "a CT scan",
    "PROSPERO CRD42015001234",  # registers a review
]  # fmt: skip


@pytest.mark.parametrize("text", OTHERS)
def test_what_only_looks_like_a_number_is_none(text):
    assert trials([text]) == []


def test_numbers_come_in_the_order_of_the_text_and_once():
    text = "EudraCT 2015-001234-12, NCT05550002 and NCT05550001, NCT 05550002."
    assert trials([text, "NCT05550001"]) == ["2015-001234-12", "NCT05550002", "NCT05550001"]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_no_text_makes_it_raise_and_a_number_found_is_found_again(text):
    for number in trials([text]):
        assert normal(number) == number
