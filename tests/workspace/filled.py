"""What a browser would send for the forms of a page if nobody touched them."""

from html.parser import HTMLParser


class _Fields(HTMLParser):
    """Collects names and values as they stand."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self._select = ""
        self._option: str | None = None
        self._picked = False
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value if value is not None else "" for name, value in attrs}
        if tag == "input" and given.get("name"):
            kind = given.get("type", "text")
            if kind not in {"radio", "checkbox", "file", "search"} or "checked" in given:
                self.sent[given["name"]] = given.get("value", "on" if kind == "checkbox" else "")
        elif tag == "textarea" and given.get("name"):
            self._area = given["name"]
            self.sent[self._area] = ""
        elif tag == "select":
            self._select, self._picked = given["name"], False
        elif tag == "option" and self._select and ("selected" in given or self._select not in self.sent):
            self._option = given.get("value")
            self._picked = "selected" in given
            self.sent[self._select] = self._option if self._option is not None else ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.sent[self._area] += data
        if self._select and self._option is None and not self.sent.get(self._select) and data.strip():
            self.sent[self._select] = data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        if tag == "select":
            self._select, self._option = "", ""


def filled(page: str) -> dict[str, str]:
    """Name -> value of every field that a page holds."""
    parser = _Fields()
    parser.feed(page)
    return {name: value for name, value in parser.sent.items() if name not in {"csrfmiddlewaretoken", "q"}}
