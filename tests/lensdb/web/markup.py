"""What every page must keep to, whatever it shows."""

from html.parser import HTMLParser
from typing import Any

FIELDS = {"input", "select", "textarea"}


class Page(HTMLParser):
    """The elements of a page, and which of them break the rules."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, Any]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def having(self, tag: str) -> list[dict[str, Any]]:
        return [attrs for name, attrs in self.elements if name == tag]

    def faults(self) -> list[str]:
        """Sentences about what the content policy would block and what an assistive reader would miss."""
        labelled = {attrs.get("for") for attrs in self.having("label")}
        ids = [attrs["id"] for _, attrs in self.elements if "id" in attrs]
        found = [f"{len(self.having('h1'))} headings of the first rank"] if len(self.having("h1")) != 1 else []
        found += [f"id {one} twice" for one in set(ids) if ids.count(one) > 1]
        for tag, attrs in self.elements:
            found += [f"{tag} has {name}" for name in attrs if name == "style" or name.startswith("on")]
            if tag == "script" and "src" not in attrs and attrs.get("type") != "application/json":
                found.append("a script in the page")
            if tag == "img" and "alt" not in attrs:
                found.append(f"no alt on {attrs.get('src')}")
            if tag in FIELDS and attrs.get("type") not in {"hidden", "submit"}:
                named = attrs.get("id") in labelled or "aria-label" in attrs
                found += [] if named else [f"no label on {attrs.get('name')}"]
        return found
