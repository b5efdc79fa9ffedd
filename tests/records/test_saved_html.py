"""Pages saved from a browser: what the head says to machines first, then the visible text; nothing runs, nothing is fetched."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.readers import Draft, Rejected, Source, read, saved_html, sniff
from records.readers.html_text import document
from tests.records.test_readers import DUMPS, TEXTS, cleaned, everything, sound

HEAD = '<meta name="citation_title" content="Tea on the ward"><meta name="citation_doi" content="10.5555/tea.7">'
ABSTRACT = "We listened to forty rounds of tea and wrote down what was said while it was poured."


def html(head="", body=""):
    return f"<!DOCTYPE html><html><head><title>A site</title>{head}</head><body>{body}</body></html>"


def test_tags_of_the_head_are_believed_before_visible_text():
    (found,) = cleaned(html(HEAD, "<h1>Another title that is shown</h1><p>DOI: 10.5555/tea.9</p>"))
    assert (found["title"], found["doi"]) == ("Tea on the ward", "10.5555/tea.7")


def test_what_no_tag_says_stays_empty():
    (found,) = cleaned(html(HEAD, "<footer>© 2020 The Press</footer>"))
    assert [found[name] for name in ("authors", "year", "journal", "volume", "abstract")] == [
        [],
        None,
        None,
        None,
        None,
    ]


def test_an_abstract_is_read_from_visible_text_where_the_tags_have_none():
    (found,) = cleaned(
        html(HEAD, f"<h1>Tea on the ward</h1><h2>Abstract</h2><p>{ABSTRACT}</p><h2>Introduction</h2><p>Tea is old.</p>")
    )
    assert found["abstract"] == ABSTRACT


def test_the_date_of_the_issue_comes_before_the_date_online():
    dates = '<meta name="citation_online_date" content="2019/12/01"><meta name="citation_publication_date" content="2020/03">'
    assert cleaned(html(HEAD + dates))[0]["year"] == 2020


@pytest.mark.parametrize("hidden", ["script", "style", "nav", "footer", "noscript", "template"])
def test_hidden_parts_of_a_page_are_no_text(hidden):
    text = html("", f"<p>Tea</p><{hidden}>Title: Not this one</{hidden}><p>Cup</p>")
    assert [line for _number, line in document(text).lines if line] == ["Tea", "Cup"]


def test_what_an_article_cites_is_no_record():
    (found,) = cleaned((DUMPS / "saved_html" / "linked_data_only.html").read_bytes())
    assert found["title"] == "Stairwells as meeting places"


def test_a_page_of_results_gives_a_record_each_with_its_lines():
    drafts = [
        each
        for each in everything((DUMPS / "saved_html" / "results_with_coins.html").read_bytes())
        if isinstance(each, Draft)
    ]
    assert [draft.lines for draft in drafts] == [(5, 5), (7, 7)]


def test_lines_are_those_of_the_file():
    text = "<html>\n<body>\n<p>Tea\nand</p>\n\n<p>cups</p></body></html>"
    assert [row for row in document(text).lines if row[1]] == [(3, "Tea and"), (6, "cups")]


def test_a_page_without_a_record_is_rejected_not_a_success():
    (found,) = everything(html("", "<p>Page not found</p>"))
    assert isinstance(found, Rejected) and found.reason == "this is a web page, and no record was found on it"


@pytest.mark.parametrize("charset", ["windows-1251", "big5", "shift_jis", "koi8-r"])
def test_a_declared_character_set_helps_where_the_bytes_do_not_say(charset):
    title = {"windows-1251": "Чай в палате", "koi8-r": "Чай в палате", "big5": "病房裡的茶", "shift_jis": "病室のお茶"}[
        charset
    ]
    data = html(f'<meta charset="{charset}"><meta name="citation_title" content="{title}">').encode(charset)
    assert [each["title"] for each in cleaned(data)] == [title]


def test_a_chinese_page_is_read_whatever_it_declares():
    page = html(
        '<meta charset="utf-8"><meta name="citation_title" content="社区茶室对独居老人孤独感的影响">',
        "<p>目的 了解独居老人的体验</p>",
    )
    assert cleaned(page.encode("gb18030"))[0]["title"] == "社区茶室对独居老人孤独感的影响"


def test_entities_and_external_files_are_never_opened(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    text = (
        f'<!DOCTYPE html [<!ENTITY x SYSTEM "file://{secret}">]><html><head>{HEAD}</head><body><p>&x;</p></body></html>'
    )
    assert all(
        "the secret" not in value
        for each in everything(text)
        if isinstance(each, Draft)
        for _tag, value, _line in each.raw
    )


def test_deep_and_huge_pages_come_to_an_end():
    sound(("<html><body>" + "<div>" * 20_000 + "x").encode())
    sound(("<html><body>" + "<p>Ada Ames, <a" * 5_000).encode())


@pytest.mark.parametrize(
    "sample", [p for p in TEXTS if p.parent.name != "saved_html"], ids=lambda p: f"{p.parent.name}-{p.name}"
)
def test_no_sample_of_another_format_is_taken_for_html(sample):
    assert sniff(Source.of(sample.read_bytes())) is not saved_html


PIECES = ["<html>", "<body>", "<p>", "</p>", "<meta name='citation_title' content='Tea'>", "<script>", "</script>", "<div", ">", "&#0;", "&amp;", "\n",
          '<script type="application/ld+json">{"@type": "ScholarlyArticle", "name": "Tea"}</script>', "<!--", "-->", "<![CDATA[", "Abstract", "<pre>TY  - JOUR",
          "Keywords: a; b", "<span class='Z3988' title='rft.atitle=Tea&amp;rft.au=A'>", "</div>", "\x00", "<?xml version='1.0'?>", "é", "DOI: 10.5555/tea.7"]  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_mixture_of_tags_is_read_or_named(text):
    sound(text.encode(), saved_html)
    assert any(isinstance(each, Draft | Rejected) for each in read(Source.of(text.encode())))
