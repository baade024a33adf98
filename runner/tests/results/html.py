# SPDX-License-Identifier: GPL-2.0-only
"""html.py CHROMIUM RUN MATRIX [PICTURES]: both pages used as somebody would, in a browser; TAP.

With PICTURES the pages are also left there as they look: light, dark, narrow, on paper.
"""

import os
import sys

from browser import Browser

SHOWN = "document.querySelectorAll('details.row:not([hidden])').length"
VISIBLE = "[].filter.call(document.querySelectorAll('details.row'), function (r) { return r.offsetHeight; }).length"


class Page:
    def __init__(self, browser, run, matrix, pictures):
        self.browser, self.run, self.matrix, self.pictures = browser, run, matrix, pictures
        self.count, self.failed = 0, False

    def check(self, what, test):
        self.count += 1
        try:
            test()
            print("ok %d - %s" % (self.count, what), flush=True)
        except Exception as problem:
            self.failed = True
            print("not ok %d - %s\n# %s: %s" % (self.count, what, type(problem).__name__, problem), flush=True)

    def open(self, after="", of=None):
        self.browser.open("file://" + os.path.abspath(of or self.matrix) + after)

    def value(self, expression):
        return self.browser.value(expression)

    def shows(self, number):
        assert self.value(SHOWN) == self.value(VISIBLE) == number, (self.value(SHOWN), self.value(VISIBLE), number)
        output = self.value("document.querySelector('.filters output').value")
        assert output.startswith("%d " % number), output

    def press(self, verdict):
        self.browser.click("button[data-verdict=%s]" % verdict)

    # What somebody does.

    def filters_by_verdict(self):
        self.open()
        self.shows(120)
        self.press("fail")
        self.shows(2)
        self.press("skip")
        self.shows(4)
        assert self.value("location.hash") == "#?verdict=fail%2Cskip", self.value("location.hash")
        self.press("fail")
        self.press("skip")
        self.shows(120)

    def filters_by_text(self):
        self.open()
        self.browser.key("/", 191)
        self.browser.type("net number_00")
        self.shows(5)
        self.browser.key("Escape", 27)
        self.shows(120)

    def filters_by_suite(self):
        self.open()
        self.value("var s = document.querySelector('select'); s.value = 'user';"
                   "s.dispatchEvent(new Event('change'))")
        self.shows(60)
        assert self.value("document.querySelectorAll('section.suite:not([hidden])').length") == 1

    def filters_by_difference(self):
        self.open()
        self.browser.click("input[name=differs]")
        self.shows(16)
        self.open("#?differs=1&verdict=crash")
        self.shows(2)
        assert self.value("document.querySelector('input[name=differs]').checked")

    def opens_on_click(self):
        self.open("#?verdict=splat")
        self.browser.click("details.row:not([hidden]) > summary")
        text = self.value("document.querySelector('details.row[open]').innerText")
        for part in ("Promise 112 is <kept> & stays so.", "none.7", "suites/x/y.c:113", "]]> --> </script>", "box/inner",
                     "suites/x/y.c:117", "WARNING: ", "'./my nscheck/run.sh' --kernel debian/5.10 net.group.number_112"):
            assert part in text, (part, text)

    def opens_by_key(self):
        self.open("#?verdict=splat")
        self.value("document.querySelector('details.row:not([hidden]) > summary').focus()")
        self.browser.key(" ", 32)
        self.value("new Promise(requestAnimationFrame)")
        assert self.value("document.querySelectorAll('details.row[open]').length") == 1

    def opens_by_address(self):
        self.open("#net.group.number_014")
        place = self.value("(function () { var r = document.getElementById('net.group.number_014').closest('details');"
                           "return [r.open, r.getBoundingClientRect().top]; }())")
        for _ in range(50):
            if 0 < self.value("document.querySelector('details.row[open] > summary').getBoundingClientRect().top") < 400:
                break
            self.value("new Promise(function (done) { setTimeout(done, 20); })")
        else:
            raise AssertionError(place)
        assert place[0]

    def keeps_its_head(self):
        self.browser.look(height=800)
        self.open()
        self.value("window.scrollTo(0, 3000)")
        assert self.value("document.querySelector('.heads').getBoundingClientRect().top") < 200
        assert self.value("(function () { var h = document.querySelectorAll('.heads > span')[1].getBoundingClientRect(),"
                          "c = document.querySelector('.cell').getBoundingClientRect();"
                          "return Math.abs(h.left - c.left) + Math.abs(h.width - c.width); }())") < 2

    def is_readable_without_script(self):
        self.browser.call("Emulation.setScriptExecutionDisabled", value=True)
        try:
            self.open("#net.group.number_014")
            root = self.browser.call("DOM.getDocument", depth=-1)["root"]
            opened = self.browser.call("DOM.querySelectorAll", nodeId=root["nodeId"], selector="details.row[open]")
            rows = self.browser.call("DOM.querySelectorAll", nodeId=root["nodeId"], selector="details.row")
            assert (len(rows["nodeIds"]), len(opened["nodeIds"])) == (120, 1), (rows, opened)
        finally:
            self.browser.call("Emulation.setScriptExecutionDisabled", value=False)

    def has_colours_that_are_read(self):
        """Text against its ground, at least 4.5 to 1 as WCAG wants it."""
        for scheme in ("light", "dark"):
            self.browser.look(scheme)
            self.open()
            bad = self.value("""(function () {
                function rgb(c) { return c.match(/[\\d.]+/g).map(Number); }
                function light(c) { return c.slice(0, 3).map(function (v) { v /= 255;
                    return v <= .03928 ? v / 12.92 : Math.pow((v + .055) / 1.055, 2.4); })
                    .reduce(function (s, v, i) { return s + v * [.2126, .7152, .0722][i]; }, 0); }
                var ground = light(rgb(getComputedStyle(document.body).backgroundColor)), bad = [];
                document.querySelectorAll('.v, .says, h1, .why, .release, .quiet, a').forEach(function (e) {
                    var l = light(rgb(getComputedStyle(e).color)), hi = Math.max(l, ground), lo = Math.min(l, ground);
                    if ((hi + .05) / (lo + .05) < 4.5) bad.push(e.className + ' ' + (hi + .05) / (lo + .05)); });
                return bad.filter(function (b, i) { return bad.indexOf(b) === i; }); }())""")
            assert not bad, (scheme, bad)

    def fits_a_narrow_screen(self):
        self.browser.look(width=390, height=844)
        self.open("#net.group.number_014")
        assert self.value("document.documentElement.scrollWidth") <= 390
        self.browser.look()

    def cuts_no_number(self):
        """At 400 pixels each number of the summary is seen, with what it counts."""
        self.browser.look(width=400, height=844)
        self.open()
        seen = self.value("""[].map.call(document.querySelectorAll('table.runs td[data-label]'), function (cell) {
            var box = cell.getBoundingClientRect();
            return [cell.dataset.label, box.width > 0 && box.left >= 0 && box.right <= 400]; })""")
        self.browser.look()
        assert {label for label, _ in seen} == {"failed", "error or miss", "xfail", "passed", "skipped", "tests", "time"}, seen
        assert all(whole for _, whole in seen), seen

    def tells_what_asks_for_attention(self):
        self.open()
        text = self.value("document.querySelector('.attention').textContent")
        for part in ("net.group.number_014", "Promise 14 is <kept> & stays so.", "]]> --> </script>", "in the child box/inner",
                     "at suites/x/y.c:19", "at suites/x/y.c:57"):
            assert part in text, (part, text[:2000])

    def has_failing_rows_first(self):
        self.open()
        orders = self.value("""[].map.call(document.querySelectorAll('section.suite'), function (suite) {
            return [].map.call(suite.querySelectorAll('details.row'), function (row) {
                return /fail|timeout|crash|splat|leak|error|miss|xpass|flaky|lost/.test(row.dataset.verdicts.replace('xfail', ''))
                    ? 'x' : '.'; }).join(''); })""")
        assert len(orders) == 2 and all("x" in order and ".x" not in order for order in orders), orders

    def has_numbers_that_add_up(self):
        for page, said in ((self.matrix, "360 verdicts in all:"), (self.run, "120 verdicts:")):
            self.open(of=page)
            counts = self.value("[].map.call(document.querySelectorAll('.count'), function (c) { return +c.textContent; })")
            assert self.value("document.querySelector('.filters legend').textContent") == said
            assert sum(counts) == int(said.split()[0]), counts
            rows = self.value("""[].map.call(document.querySelectorAll('table.runs tr'), function (tr) {
                return [].map.call(tr.querySelectorAll('td[data-label]:not([data-label=time])'), function (c) {
                    return +c.textContent; }); })""")
            rows = [row for row in rows if row]
            assert rows and all(sum(row[:-1]) == row[-1] for row in rows), rows

    def copies_the_command(self):
        self.open("#?verdict=splat")
        self.browser.click("details.row:not([hidden]) > summary")
        for _ in range(50):
            if self.value("document.querySelectorAll('.copy').length"):
                break
            self.value("new Promise(function (done) { setTimeout(done, 20); })")
        self.value("document.addEventListener('copy', function () { window.copied = getSelection().toString(); }); 0")
        self.browser.click("details.row:not([hidden]) .copy")
        assert self.value("window.copied") == "'./my nscheck/run.sh' --kernel debian/5.10 net.group.number_112"
        assert self.value("document.querySelector('.copy').textContent") == "copied"

    def explains_its_verdicts(self):
        self.open()
        terms = self.value("[].map.call(document.querySelectorAll('.legend dt'), function (t) { return t.textContent; })")
        assert sorted(terms) == sorted("pass fail skip timeout crash splat leak error miss xfail xpass flaky lost".split()), terms

    def is_about_one_run_too(self):
        self.open("#?verdict=crash", of=self.run)
        self.shows(2)
        assert self.value("document.querySelector('input[name=differs]')") is None

    def runs_nothing_else(self):
        self.open()
        self.value("document.querySelectorAll('details').forEach(function (d) { d.open = true; })")
        assert "owned" not in self.value("document.title")
        wrong = [e for e in self.browser.events if e["method"] in ("Runtime.exceptionThrown", "Log.entryAdded")]
        assert not wrong, wrong
        asked = {e["params"]["request"]["url"].split("#")[0] for e in self.browser.events
                 if e["method"] == "Network.requestWillBeSent"}
        assert all(url.startswith(("file://", "about:")) and url.endswith((".html", "blank")) for url in asked), asked

    def draw(self):
        for name, scheme, width, height in (("light", "light", 1400, 1000), ("dark", "dark", 1400, 1000),
                                            ("narrow", "light", 390, 844)):
            self.browser.look(scheme, width, height)
            self.open("#?verdict=fail,splat,xfail,skip")
            self.value("document.querySelector('details.row:not([hidden])').open = true")
            self.value("document.querySelector('.sticky').scrollIntoView()")
            self.browser.picture(os.path.join(self.pictures, name + ".png"))
        self.browser.look()
        self.browser.paper(os.path.join(self.pictures, "paper.pdf"))


def main(chromium, run, matrix, pictures=None):
    browser = Browser(chromium)
    page = Page(browser, run, matrix, pictures)
    browser.look()
    for what, test in (("rows are filtered by verdict", page.filters_by_verdict),
                       ("rows are filtered by text", page.filters_by_text),
                       ("rows are filtered by suite", page.filters_by_suite),
                       ("rows are filtered by difference", page.filters_by_difference),
                       ("a click opens all there is to know", page.opens_on_click),
                       ("so does a key", page.opens_by_key),
                       ("so does the address", page.opens_by_address),
                       ("the heads stay in sight, above their columns", page.keeps_its_head),
                       ("it is readable without script", page.is_readable_without_script),
                       ("its colours have contrast, light and dark", page.has_colours_that_are_read),
                       ("it fits a narrow screen", page.fits_a_narrow_screen),
                       ("at 400 pixels no number is cut", page.cuts_no_number),
                       ("what asks for attention has its promise, place and child", page.tells_what_asks_for_attention),
                       ("failing rows come first", page.has_failing_rows_first),
                       ("its numbers add up", page.has_numbers_that_add_up),
                       ("a button copies the command", page.copies_the_command),
                       ("all verdicts are explained", page.explains_its_verdicts),
                       ("one run has such a page too", page.is_about_one_run_too),
                       ("no guest's script runs, nothing is fetched, no error", page.runs_nothing_else)):
        page.check(what, test)
    if pictures:
        page.draw()
    browser.close()
    print("1..%d" % page.count)
    return page.failed


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
