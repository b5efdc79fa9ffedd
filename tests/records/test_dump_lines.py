"""Lines of a dump as they came, a window at a time, wherever its megabytes end."""

import pytest

from records import dump_lines


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("step", [1, 2, 3, 7, 1 << 20])
def test_a_window_holds_the_lines_that_a_reader_would_count(tmp_path, monkeypatch, end, step):
    monkeypatch.setattr(dump_lines, "STEP", step)
    dump_lines._marks.cache_clear()
    lines = ["one", "", "drei: ü", "", "", "六", "seven"]
    path = tmp_path / "dump"
    path.write_bytes(("\ufeff" + end.join(lines) + end).encode())
    for first in range(1, 9):
        window = dump_lines.window(str(path), "utf-8", first, 3)
        assert [(line.number, line.text) for line in window.lines] == list(enumerate(lines, 1))[first - 1 : first + 2]
        assert window.following == (first + 3 if first + 3 <= 7 else None)
    assert dump_lines.between(str(path), "utf-8", 3, 6) == "drei: ü\n\n\n六"
    dump_lines._marks.cache_clear()


def test_a_very_long_line_is_cut_and_says_how_much_is_left(tmp_path, monkeypatch):
    path = tmp_path / "one-line.json"
    path.write_bytes(b"x" * 5000 + b"\nnext")
    cut, after = dump_lines.window(str(path), "utf-8", 1, 10).lines
    assert (len(cut.text), cut.more, after.text) == (2000, 3000, "next")
    monkeypatch.setattr(dump_lines, "WINDOW_BYTES", 3000)
    (cut,) = dump_lines.window(str(path), "utf-8", 1, 10).lines
    assert cut.more == -1
    monkeypatch.setattr(dump_lines, "LONGEST_STRETCH", 1000)
    assert dump_lines.between(str(path), "utf-8", 1, 1) is None
    assert dump_lines.between(str(path), "utf-8", 2, 2) == "next"


def test_a_large_file_in_wide_letters_is_not_decoded_for_a_look(tmp_path, monkeypatch):
    path = tmp_path / "wide"
    path.write_bytes("one\ntwo\n".encode("utf-16"))
    assert [line.text for line in dump_lines.window(str(path), "utf-16", 2, 5).lines] == ["two"]
    assert dump_lines.between(str(path), "utf-16", 1, 2) == "one\ntwo"
    monkeypatch.setattr(dump_lines, "LARGEST_WIDE", 3)
    assert dump_lines.window(str(path), "utf-16", 2, 5).beyond
    assert dump_lines.between(str(path), "utf-16", 1, 2) is None
