"""The pages of the manual as mandoc understands them."""

import html.parser
import subprocess

from support.tool import ROOT

PAGES = sorted((ROOT / "man").glob("*.[1-8]"))


class Manual(html.parser.HTMLParser):
    """mandoc's HTML keeps what each word is, such as Ev."""

    def __init__(self, *pages):
        super().__init__()
        self.sections = []
        self.displays = []  # (the heading above it, text)
        self.variables = set()  # those with a paragraph under ENVIRONMENT
        self._subsection = ""
        self._open = []  # what the text read now belongs to: (element, macro, text so far)
        for page in pages or PAGES:
            self.feed(subprocess.run(["mandoc", "-Thtml", "-Ofragment", page], capture_output=True, text=True,
                                     check=True, timeout=20).stdout)

    def handle_starttag(self, tag, attributes):
        if tag in ("h1", "h2", "dt", "pre", "code"):
            self._open.append([tag, dict(attributes).get("class", ""), ""])

    def handle_data(self, data):
        for element in self._open:
            element[2] += data

    def handle_endtag(self, tag):
        if not self._open or self._open[-1][0] != tag:
            return
        _, macro, text = self._open.pop()
        plain = " ".join(text.split())
        if tag == "h1":
            self.sections.append(plain)
            self._subsection = ""
        elif tag == "h2":
            self._subsection = plain
        elif tag == "pre":
            self.displays.append((self._subsection or self.sections[-1], text))
        elif macro == "Ev" and self._open and self._open[-1][0] == "dt" and self.sections[-1] == "ENVIRONMENT":
            self.variables.add(plain)
