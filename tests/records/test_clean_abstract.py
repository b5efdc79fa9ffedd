"""What hangs on an abstract: statements of rights set apart and kept, marks of cutting read, no word of the text lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records import clean
from records.clean_abstract import abstract, without_rights
from records.readers import Draft

TEXT = "Tea was drunk by forty adults for a year. It helped (n = 9)."
RIGHTS = [
    "© 2020 Kettle House Ltd. All rights reserved.",
    "Copyright © 2019 The Authors. Published by Kettle House Inc.",
    "Crown Copyright © 2013 Published by Kettle House Ltd. All rights reserved.",
    "(C) 2019 by the authors.",
    "(c) The Author(s) 2020.",
    "© The Author(s), under exclusive licence to Kettle House 2021.",
    "The Author(s) 2020. Published by Kettle Press on behalf of the Tea Society.",
    "Copyright 2010 Kettle Periodicals, Inc.",
    "This article is protected by copyright. All rights reserved.",
    "(PsycInfo Database Record (c) 2020 APA, all rights reserved)",
    "( PsycINFO Database Record ( c) 2002 APA, all rights reserved) (journal abstract)",
    "[ABSTRACT FROM AUTHOR]",
    "[copyright] 2012 The Tea Society.",
    "Copyright of Tea Letters is the property of Kettle House and its content may not be copied or emailed to multiple sites.",
    "Published by Kettle House Ltd.",
    "2016 Published by Kettle House B.V.",
    "2020 Kettle House Ltd. All rights reserved.",
]


@pytest.mark.parametrize("rights", RIGHTS)
def test_a_statement_of_rights_at_the_end_is_set_apart_whole(rights):
    assert without_rights(f"{TEXT} {rights}") == (TEXT, rights)


def test_the_older_exports_have_it_at_the_beginning():
    rights = "Copyright © 2009 Kettle House Ltd. All rights reserved."
    assert without_rights(f"{rights} {TEXT}") == (TEXT, rights)
    assert without_rights(f"© 2009 Kettle House Inc. {TEXT} © 2009 Kettle House Inc.")[0] == TEXT


STAYS = [
    "We asked (a) nurses, (b) cooks, (c) the cooks of 2019.",
    "The law of 1911 on copyright was read by forty clerks.",
    "The leaflet, Published by Kettle House, was read aloud.",
    "© 2020 stood on every page. Results: forty pages were read.",  # the text goes on behind it
    "Who holds the Copyright of the leaflets was unknown. We asked the printers.",
    "The authors 2020 times drank tea.",
    "A database record was made for each.",
    "caf\u00c3\u00a9s (\u00c3©g) were asked.",
]


@pytest.mark.parametrize("text", STAYS)
def test_words_about_rights_within_a_text_stay(text):
    assert without_rights(text) == (text, "")


def test_what_was_set_apart_is_kept_once_with_what_the_source_states_apart():
    found = clean.draft(
        Draft(fields={"abstract": [f"{TEXT} © 2020 Kettle House Ltd."], "copyright": ["© 2020 Kettle House Ltd."]})
    )
    assert (found.abstract, found.copyright) == (TEXT, "© 2020 Kettle House Ltd.")
    assert clean.draft(Draft(fields={"copyright": ["Crown copyright 2020."]})).copyright == "Crown copyright 2020."


def test_an_abstract_that_is_cut_off_and_has_rights_says_both():
    assert abstract(f"{TEXT} (ABSTRACT TRUNCATED AT 250 WORDS) © 2020 Kettle House Ltd.") == (
        TEXT,
        True,
        "© 2020 Kettle House Ltd.",
    )


PIECES = st.one_of(
    st.sampled_from([*RIGHTS, TEXT, " ", "\n", "© ", "(c) 2019 ", "All rights reserved"]), st.text(max_size=6)
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=12).map(" ".join))
def test_no_letter_is_lost(text):
    kept, rights = without_rights(text)
    assert sorted("".join(f"{kept}{rights}".split())) == sorted("".join(text.split()))
