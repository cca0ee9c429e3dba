"""Reading pages as a browser does: what a form sends, where links lead, what stands there."""

from gutclinic.demo.pages import read_page

HERE = "http://127.0.0.1:8000/admin/patients/"
PAGE = """
<html><head><title>Not words</title><script>var no = "words"</script></head><body>
<h1>Assign a <em>protocol</em></h1>
<form method="post">
  <input type="hidden" name="token" value="a&amp;b">
  <input name="given" value="Ben"><input type="text" name="empty">
  <input type="checkbox" name="on" checked><input type="checkbox" name="off">
  <input type="checkbox" name="many" value="1" checked><input type="checkbox" name="many" value="2" checked>
  <input type="radio" name="one" value="a"><input type="radio" name="one" value="b" checked>
  <textarea name="reason">Feels well.</textarea>
  <select name="version"><option value="">Choose<option value="v1">Five phases</select>
  <select name="unit"><option value="g">g</option><option value="mg" selected>mg</option></select>
  <input type="submit" name="_save"><button name="_assign" value="1">Assign</button><button type="button">No</button>
</form>
<p>A code:<br>042137</p>
<form action="/search" method="get"><input name="q" value="old"></form>
<a href="next/?from=here" aria-label="To the next">»</a> <a name="anchor">nowhere</a>
</body></html>
"""
page = read_page(HERE, PAGE)


def test_a_form_sends_what_it_holds() -> None:
    form = page.form_with("version")
    assert form is not None
    assert (form.action, form.method) == (HERE, "post")
    assert form.fields == [
        ("token", "a&b"),
        ("given", "Ben"),
        ("empty", ""),
        ("on", "on"),
        ("many", "1"),
        ("many", "2"),
        ("one", "b"),
        ("reason", "Feels well."),
        ("version", ""),
        ("unit", "mg"),
    ]
    assert form.buttons == ["_save", "_assign"]
    assert form.choices["version"] == [("", "Choose"), ("v1", "Five phases")]


def test_a_form_is_filled_in_and_sent_by_a_button() -> None:
    form = page.form_with("given")
    assert form is not None
    sent = form.filled({"given": "Angela", "unknown": "is not sent"}, button="_assign")
    assert ("given", "Angela") in sent
    assert ("token", "a&b") in sent
    assert sent[-1] == ("_assign", "1")
    assert "unknown" not in dict(sent)


def test_a_form_is_found_by_what_it_asks_for() -> None:
    search = page.form_with("q")
    assert search is not None
    assert (search.action, search.method) == ("http://127.0.0.1:8000/search", "get")
    assert page.form_with("nothing of the kind") is None


def test_a_form_is_found_by_where_it_leads() -> None:
    assert page.form_to("/search") is page.form_with("q")
    assert page.form_to("/elsewhere") is None


def test_of_buttons_with_one_name_one_is_pressed() -> None:
    form = page.form_with("given")
    assert form is not None
    assert form.filled({"_assign": "later"}, button="_assign")[-1] == ("_assign", "later")


def test_links_are_whole_and_found_by_their_ending() -> None:
    (link,) = page.links_to("/next/")
    assert (link.address, link.words) == ("http://127.0.0.1:8000/admin/patients/next/?from=here", "To the next")


def test_words_are_what_people_read() -> None:
    assert page.title == "Assign a protocol"
    assert "Assign a protocol" in page.words
    assert "A code: 042137" in page.words
    assert "Not words" not in page.words
    assert "var no" not in page.words
