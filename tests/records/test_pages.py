"""Pages copied from the web: what is content and what is furniture, citation lines from the right, several pages in one file."""

import json

import pytest

from records.readers import Draft, Notice, Rejected, Source, read, sniff
from records.readers.pages import bilingual_portal, citation_line, scholar_json, several_pages, wos_mirror_cn
from records.readers.pages.page import Page, chinese
from tests.records.test_readers import DUMPS, cleaned

CITATIONS = [
    ("[J]. TEA RESEARCH, 2021, 30 (19-20) : 2924 - 2934", ("TEA RESEARCH", "2021", "30", "19-20", "2924-2934")),
    ("Tea Research, 2021, 30 (19-20): 2924-2934", ("Tea Research", "2021", "30", "19-20", "2924-2934")),
    (
        "[J]. TEA, KETTLES & ENVIRONMENT, 1996, 58 (01): 23 - 38",
        ("TEA, KETTLES & ENVIRONMENT", "1996", "58", "1", "23-38"),
    ),
    ("TEA RESEARCH, 2018, 46 (03): : 450 - 463", ("TEA RESEARCH", "2018", "46", "3", "450-463")),
    ("TEA RESEARCH, 2015, 12 : S245 - S245", ("TEA RESEARCH", "2015", "12", "", "S245-S245")),
    ("TEA RESEARCH, 2019, 68", ("TEA RESEARCH", "2019", "68", "", "")),
    ("TEA RESEARCH, 2016, 1863", ("TEA RESEARCH", "2016", "1863", "", "")),
    ("Tea Research Systems, 6", ("Tea Research Systems", "", "6", "", "")),
    ("TEA RESEARCH, 2012", ("TEA RESEARCH", "2012", "", "", "")),
    ("TEA RESEARCH, 2012, 9 (SUPPL)", ("TEA RESEARCH", "2012", "9", "SUPPL", "")),
    ("TEA RESEARCH, 2012, 9 : e1017", ("TEA RESEARCH", "2012", "9", "", "e1017")),
    ("TEA (LONDON), 2012, 9 (2) : 5 - 9", ("TEA (LONDON)", "2012", "9", "2", "5-9")),
]


@pytest.mark.parametrize(("line", "parts"), CITATIONS)
def test_a_citation_line_is_split_from_the_right(line, parts):
    assert citation_line.split(line) == citation_line.Citation(*parts)


@pytest.mark.parametrize("line", ["Ames, Bea", "Wang, Li", "Ames, C", "Bea Ames", "", "x" * 500 + ", 2012"])
def test_an_author_is_no_citation_line(line):
    assert citation_line.split(line) is None


# The citation index's mirror

HEAD = ["A tea trial", "被引:6", "|", "作者", "Ames, Bea [1 ]", "摘要", "Tea was drunk."]
ITEM = ["  • [1] Kettles", "    Cole, Dee", "    [J]. TEA RESEARCH, 2021, 30 (2) : 5 - 9"]


def mirror(*rows):
    return cleaned("\n".join([*HEAD, *rows]))


def test_what_the_mirror_does_not_state_stays_empty():
    primary, related = mirror("相关论文", "共 50 条", *ITEM)
    assert [primary[name] for name in ("year", "journal", "volume", "issue", "pages", "doi")] == [None] * 6
    assert [related[name] for name in ("year", "volume", "issue", "pages")] == [2021, "30", "2", "5-9"]
    assert (primary["role"], related["role"]) == ("primary", "related")


def test_a_page_count_is_no_pages():
    (primary,) = mirror("页数:14")
    assert (primary["pages"], primary["page_count"]) == (None, 14)
    (primary,) = mirror("页码:269 / 282", "页数:14")
    assert (primary["pages"], primary["page_count"]) == ("269-282", 14)


@pytest.mark.parametrize("label", ["学科分类号", "关键词", "基金", "D O I"])
def test_an_empty_label_does_not_take_the_next_one_for_its_value(label):
    (primary,) = cleaned("\n".join(["A tea trial", "作者", "Ames, Bea", label, "摘要", "Tea was drunk."]))
    assert (primary["abstract"], primary["doi"], primary["keywords"]) == ("Tea was drunk.", None, [])


@pytest.mark.parametrize("colon", [":", "：", " : "])
def test_both_colons_do(colon):
    (primary,) = mirror(f"D O I{colon}10.5555/tea.1", f"页码{colon}5 / 9")
    assert (primary["doi"], primary["pages"]) == ("10.5555/tea.1", "5-9")


def test_affiliations_with_numbers_and_commas_are_no_papers_and_no_authors():
    (primary,) = mirror("机构", "[1] Inst Tea Res, London, England", "[2] Kettle Univ, Leeds, England", "页数:3")
    assert primary["affiliations"] == ["Inst Tea Res, London, England", "Kettle Univ, Leeds, England"]
    assert primary["authors"] == ["Ames, Bea"]


def test_a_list_without_its_label_is_still_a_list():
    assert [each["role"] for each in mirror("页数:3", *ITEM)] == ["primary", "related"]


def test_given_names_first_are_turned_and_the_twin_says_which_are_family():
    lists = ["相关论文", "• [1] Kettles", "Thea van de Ames", "Rosa Cole Lee", "TEA, 2021, 30", "• [2] Kettles", "van de Ames, Thea",
             "Cole Lee, Rosa", "TEA RES, 2021, 30"]  # fmt: skip
    _primary, one, two = mirror(*lists)
    assert one["authors"] == two["authors"] == ["van de Ames, Thea", "Cole Lee, Rosa"]


def test_the_list_says_how_many_of_how_many_it_shows():
    found = read(Source.of("\n".join([*HEAD, "相关论文", "共 1,050 条", *ITEM])))
    assert [each.text for each in found if isinstance(each, Notice)] == [
        "1 of 1050 related papers are listed on the page"
    ]


def test_a_listed_paper_without_a_title_is_rejected_with_its_lines():
    found = list(wos_mirror_cn.read(Source.of("\n".join([*HEAD, "相关论文", "• [1]", *ITEM]))))
    assert [each.lines for each in found if isinstance(each, Rejected)] == [(9, 9)]


# The scholar site


def scholar(**form):
    both = {"journal": {"name": "Tea", "volume": "27 6", "pages": ""}, "doi": "10.5555/tea.1"} | form
    inner = both | {"title": "Tea", "authors": "Bea Ames, Dee Cole"}
    outer = both | {"title": "茶的时间", "authors": "", "abstract": "<p>Hot &amp; cold</p>"}
    (found,) = cleaned(json.dumps(outer | {"resultStr": json.dumps(inner), "PeriodicalIF": 3.1}, ensure_ascii=False))
    return found


def test_the_nested_forms_are_one_record():
    found = scholar()
    assert (found["title"], found["alt_titles"]) == ("Tea", [{"title": "茶的时间", "language": "zh"}])
    assert (found["authors"], found["abstract"]) == (["Ames, Bea", "Cole, Dee"], "Hot & cold")
    assert (found["volume"], found["issue"], found["pages"], found["year"]) == ("27", "6", None, None)


@pytest.mark.parametrize(
    ("volume", "parts"), [("27 6", ("27", "6")), ("12(3)", ("12", "3")), ("12", ("12", None)), ("", (None, None))]
)
def test_volume_and_issue_come_apart(volume, parts):
    found = scholar(journal={"name": "Tea", "volume": volume})
    assert (found["volume"], found["issue"]) == parts
    assert scholar(journal=None)["volume"] is None


def test_the_blurb_of_a_journal_is_no_record():
    text = (DUMPS / "scholar_json_nested" / "nested_forms.txt").read_text()
    assert text.count("•") == 2 and len(cleaned(text)) == 1


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
def test_damaged_json_gives_what_can_be_saved_and_a_notice(cut):
    line = (DUMPS / "scholar_json_nested" / "nested_forms.txt").read_text().split("\n")[1]
    found = list(scholar_json.read(Source.of(line[: int(len(line) * cut)])))
    assert [type(each) for each in found] == [Notice, Draft]
    assert "damaged" in found[0].text


# The bilingual portal and the citation statements


def test_labels_and_notices_of_the_portal_are_no_content():
    text = (DUMPS / "bilingual_portal" / "labelled_lines.txt").read_text()
    (found,) = cleaned(text)
    assert "声明" not in json.dumps(found, ensure_ascii=False) and "3.100" not in json.dumps(found)
    (draft,) = bilingual_portal.read(Source.of(text))
    assert ("site notice", "特别声明", 25) in draft.raw  # kept, though not shown


def test_years_in_a_text_are_not_the_year():
    (found,) = cleaned((DUMPS / "bilingual_portal" / "titles_counter_abstract.txt").read_text())
    assert (found["year"], found["volume"], found["authors"]) == (None, None, [])


def test_statements_of_other_papers_are_neither_abstract_nor_records():
    (found,) = cleaned((DUMPS / "citation_statements_page" / "cut_off_abstract.txt").read_text())
    assert "bridges" not in found["abstract"] and found["abstract"].endswith("hosp…")
    assert (found["abstract_truncated"], found["authors"], found["year"]) == (True, [], 2017)


# Several pages


@pytest.mark.parametrize("between", ["\n==========\n", "\n\n\n\n", "\n-----\n\n", "\n＊\n=====\n"])
def test_pages_pasted_in_a_row_come_apart_and_lines_count_from_the_top(between):
    page = "\n".join([*HEAD, "相关论文", *ITEM])
    source = Source.of(page + between + page.replace("tea trial", "coffee trial"))
    assert sniff(source) is several_pages
    drafts = [each for each in read(source) if isinstance(each, Draft)]
    assert [draft.role for draft in drafts] == ["primary", "related", "primary", "related"]
    rows = dict(source.lines())
    assert [rows[draft.lines[0]].strip() for draft in drafts[::2]] == ["A tea trial", "A coffee trial"]


def test_one_page_with_gaps_stays_one_page():
    source = Source.of("\n\n\n".join(["\n".join(HEAD), "\n".join(["相关论文", *ITEM])]))
    assert sniff(source) is wos_mirror_cn
    assert len([each for each in read(source) if isinstance(each, Draft)]) == 2


def test_a_page_knows_its_lines():
    page = Page.of("\n\u3000 tea \n\n rest\n\n", 10)
    assert page.said() == [(11, "tea"), (13, "rest")] and page.span == (11, 13)
    assert Page.of("\n\n", 4).span == (4, 4)


@pytest.mark.parametrize(
    ("text", "is_"), [("雪天与哮喘", True), ("雪天 (MEND)", False), ("Tea 茶", False), ("茶", False), ("", False)]
)
def test_a_line_is_chinese_when_most_of_it_is(text, is_):
    assert chinese(text) is is_


def sample(name):
    return (DUMPS / name).read_text().rstrip("\n") + "\n"


@pytest.mark.parametrize("between", ["", "\n"])
@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("wos_mirror_cn/paper_and_list.txt", "wos_mirror_cn/list_from_forty_one.txt"),
        ("wos_mirror_cn/list_from_forty_one.txt", "wos_mirror_cn/paper_and_list.txt"),
        ("bilingual_portal/titles_counter_abstract.txt", "bilingual_portal/labels_on_one_line.txt"),
        ("citation_statements_page/authors_incomplete.txt", "citation_statements_page/cut_off_abstract.txt"),
    ],
)
def test_pages_joined_by_nothing_or_one_blank_line_come_apart(one, two, between):
    primaries = [each["title"] for each in cleaned(sample(one) + between + sample(two)) if each["role"] == "primary"]
    assert primaries == [cleaned(sample(one))[0]["title"], cleaned(sample(two))[0]["title"]]


def test_a_known_shape_and_a_page_of_no_known_layout_stand_side_by_side():
    text = sample("wos_mirror_cn/paper_and_list.txt") + "\n=====\n" + sample("copied_page/pubmed_abstract.txt")
    assert sniff(Source.of(text)) is several_pages
    assert cleaned(text)[-1]["doi"] == "10.5555/jks.2021.145"


def test_full_width_punctuation_is_the_same_punctuation():
    text = "\n".join(["A tea trial", "被引：6", "作者：", "Ames, Bea ［1，2］", "摘要：", "Tea.", "相关论文：", "•［1］ Kettles", "Cole, Dee",
                      "［J］．TEA RESEARCH，2021，30（02）：5－9".replace("－", "-")])  # fmt: skip
    primary, related = cleaned(text)
    assert primary["authors"] == ["Ames, Bea"]
    assert [related[name] for name in ("journal", "year", "volume", "issue", "pages")] == [
        "TEA RESEARCH",
        2021,
        "30",
        "2",
        "5-9",
    ]


def test_a_journal_below_the_title_of_a_statements_page_is_no_author():
    rows = ["2019", "DOI: 10.5555/tea.1", "|View full text |Cite", "Tea in wards", "Journal of Tea Studies", "Abstract: Tea was drunk.",
            "Help me understand this report", "Search citation statements", "Sign up to set email alerts"]  # fmt: skip
    (found,) = cleaned("\n".join(rows))
    assert found["authors"] == []
