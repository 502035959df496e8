#!/usr/bin/env python3
"""Loads a report in headless Chromium and checks it through the DevTools protocol, with the standard library alone.

chromium.py REPORT.html SHOTS: no request, no message on the console, the profile, contents in view, filters, hover, keys, zoom, tables,
figures of some size, stacked panels and no horizontal overflow at 400 px, fewer than 40 pages on paper; leaves screenshots in SHOTS to
look at. Exit code 1 with one line for each check that failed.
"""

import base64
import json
import os
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request


class Browser:
    """A browser with one page, spoken to over the WebSocket of its DevTools."""

    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="report-chromium-")
        self.process = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
             "--no-first-run", "--remote-debugging-port=0", f"--user-data-dir={self.profile}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        port = self.port()
        pages = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/json"))
        address = next(page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page")
        self.connect(urllib.parse.urlparse(address))
        self.number, self.events = 0, []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def port(self):
        file = pathlib.Path(self.profile, "DevToolsActivePort")
        for _ in range(600):
            if file.exists() and file.read_text().strip():
                return int(file.read_text().split()[0])
            time.sleep(0.1)
        raise SystemExit("chromium does not start")

    def connect(self, address):
        self.socket = socket.create_connection((address.hostname, address.port), timeout=120)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += self.socket.recv(1)

    def send(self, text):
        data, mask = text.encode(), os.urandom(4)
        size = len(data)
        head = b"\x81" + (struct.pack("!B", 128 | size) if size < 126 else struct.pack("!BH", 254, size) if size < 65536
                          else struct.pack("!BQ", 255, size))
        self.socket.sendall(head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(data)))

    def exactly(self, size):
        data = b""
        while len(data) < size:
            more = self.socket.recv(size - len(data))
            if not more:
                raise SystemExit("chromium closed the connection")
            data += more
        return data

    def receive(self):
        message = b""
        while True:
            first, size = self.exactly(2)
            size = {126: lambda: struct.unpack("!H", self.exactly(2))[0],
                    127: lambda: struct.unpack("!Q", self.exactly(8))[0]}.get(size, lambda: size)()
            message += self.exactly(size)
            if first & 128:
                return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        self.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = self.receive()
            if message.get("id") == self.number:
                if "error" in message:
                    raise SystemExit(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def run(self, script):
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise SystemExit(f"{script}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def load(self, address):
        """Loads an address; messages and requests of earlier pages are forgotten."""
        self.call("Page.navigate", url="about:blank")
        self.events.clear()
        self.call("Page.navigate", url=address)
        for _ in range(600):
            if self.run("document.readyState === 'complete' && location.href !== 'about:blank'"):
                break
            time.sleep(0.1)
        self.run("new Promise((done) => setTimeout(done, 300))")

    def size(self, width, height, mobile=False, dark=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)
        scheme = "dark" if dark else "light"
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def mouse(self, kind, x, y, **more):
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def key(self, name):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=KEYS[name])

    def shot(self, file, selector=None):
        if selector:
            self.run(f"document.querySelector({selector!r}).scrollIntoView()")
            self.run("new Promise((done) => setTimeout(done, 200))")
        file.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)


# The codes of keys.
KEYS = {"End": 35, "Home": 36, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}

failed = []


def check(good, what):
    print("ok  " if good else "FAIL", what, flush=True)
    if not good:
        failed.append(what)


def quiet(browser, address):
    """No request but the document's own, nothing on the console."""
    asked = [e["params"]["request"]["url"] for e in browser.events if e["method"] == "Network.requestWillBeSent"]
    asked = [url for url in asked if url.split("#")[0] != address and not url.startswith("data:")]
    check(not asked, f"no request: {asked[:3]}")
    said = [e["params"] for e in browser.events if e["method"] in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")]
    check(not said, f"nothing on the console: {said[:3]}")


def filters(browser, address):
    shown = "[...document.querySelectorAll('.ledger tbody tr')].filter((row) => row.getBoundingClientRect().height > 0)"
    total = browser.run(f"{shown}.length")
    check(total == browser.run("document.querySelectorAll('.ledger tbody tr').length") and total > 30, f"all {total} claims show")
    for key in ("verdict", "level"):
        for value in browser.run(f"[...document.querySelectorAll('[data-key={key}]')].map((button) => button.dataset.value)"):
            browser.run(f"document.querySelector('[data-key={key}][data-value={value}]').click()")
            rows = browser.run(f"{shown}.map((row) => row.dataset.{key})")
            stated = browser.run(f"parseInt(document.querySelector('[data-key={key}][data-value={value}]').textContent.split(' ').at(-1))")
            check(set(rows) == {value} and len(rows) == stated < total, f"filter {key}={value}: {len(rows)} of {total}")
            check(browser.run("location.hash") == f"#{key}={value}", f"the address says {key}={value}")
            browser.run(f"document.querySelector('[data-key={key}][data-value={value}]').click()")
    check(browser.run(f"{shown}.length") == total, "unpressed buttons show all again")
    browser.load(f"{address}#verdict=violated&level=exact")
    rows = browser.run(f"{shown}.map((row) => row.dataset.verdict + row.dataset.level)")
    check(rows and set(rows) == {"violatedexact"}, f"an address with two filters shows both: {len(rows)}")
    browser.run("location.hash = '#claim-C2'")
    browser.run("new Promise((done) => setTimeout(done, 100))")
    check(browser.run("document.getElementById('claim-C2').getBoundingClientRect().height > 0"), "a link shows a row that was filtered out")


def agrees(text, value):
    """Whether a text states a value to six digits."""
    try:
        return abs(float(text) - float(value)) <= 1e-5 * abs(float(value))
    except ValueError:
        return text == value


def first_point(browser, name):
    """Scrolls to a figure's first number, a measured one if there is any; gives where it is in the window, and its abscissa."""
    return browser.run(
        f"(() => {{ const figure = document.getElementById('{name}'), svg = figure.querySelector('.drawing');"
        "const { panels, points } = JSON.parse(figure.querySelector('.points').textContent);"
        "const p = points.find(([panel, series]) => series < 0 || panels[panel].measured[series]) || points[0];"
        "const named = panels[p[0]].x.ticks.find(([value]) => value === p[4]);"
        "const [, , w, h] = svg.getAttribute('viewBox').split(' ').map(Number);"
        "scrollBy(0, svg.getBoundingClientRect().top + p[3] / h * svg.getBoundingClientRect().height - innerHeight / 2);"
        "const box = svg.getBoundingClientRect();"
        "return [box.left + p[2] / w * box.width, box.top + p[3] / h * box.height, named ? named[1] : p[4]]; })()"
    )


def figures(browser):
    sizes = browser.run(
        "[...document.querySelectorAll('.drawing.wide, .drawing.only')].map((svg) => { const box = svg.getBoundingClientRect(); return [box.width, box.height]; })"
    )
    check(len(sizes) > 0 and all(w > 200 and h > 100 for w, h in sizes), f"{len(sizes)} figures are of some size")
    # The first number of every figure, pointed at with the mouse, is what the page says under the mouse, to six digits.
    names = browser.run("[...document.querySelectorAll('.plate')].map((figure) => figure.id)")
    wrong = []
    for name in names:
        at = first_point(browser, name)
        browser.mouse("mouseMoved", at[0], at[1])
        tip = browser.run(f"(() => {{ const tip = document.querySelector('#{name} .tip'); return tip.hidden ? '' : tip.innerText; }})()")
        if not any(agrees(line.rsplit(" = ", 1)[-1], at[2]) for line in tip.splitlines() if " = " in line):
            wrong.append((name, at, tip))
    check(not wrong, f"every figure says the value under the mouse: {wrong[:2]}")
    table = browser.run(
        f"(async () => {{ const figure = document.getElementById('{names[0]}'), details = figure.querySelector('.table');"
        "details.open = true; await new Promise((done) => setTimeout(done, 100));"
        "const rows = [...details.querySelectorAll('tr')].map((row) => row.cells.length);"
        "const csv = decodeURIComponent(figure.querySelector('.csv').getAttribute('href').split(',').slice(1).join(',')).trim().split('\\n');"
        "details.open = false; return [rows.length, new Set(rows).size, csv.length]; })()"
    )
    check(table[0] == table[2] > 1 and table[1] == 1, f"the table has the CSV's rows, all of one length: {table}")


def profiled(browser):
    """The profile stands in the header and on each figure; prose of the full profile only beside its rows."""
    said = browser.run("document.querySelector('header .profile').textContent")
    check(said in ("quick profile", "full profile"), f"the header says the profile: {said}")
    check(browser.run("[...document.querySelectorAll('figcaption')].every((caption) => / profile$/.test(caption.querySelector('.profile').textContent))"),
          "each figure says its profile")
    check(browser.run("[...document.querySelectorAll('.chapter')].every((chapter) => !chapter.querySelector('h2 .quick') || "
                      "!chapter.querySelector('.about') || !chapter.querySelector('.analysis'))"),
          "no analysis of the full profile stands beside quick rows")


def contents(browser, narrow):
    """The contents stay in view, with the section marked that is read."""
    browser.run("document.querySelectorAll('.chapter')[0].scrollIntoView()")
    browser.run("new Promise((done) => setTimeout(done, 200))")
    top, bottom, right = browser.run("(() => { const b = document.getElementById('contents').getBoundingClientRect(); return [b.top, b.bottom, b.right]; })()")
    seen = -1 <= top < 5 and bottom > 30
    check(seen, f"the contents stay in view: from {top} to {bottom}")
    now = browser.run("[...document.querySelectorAll('#contents [aria-current]')].map((link) => link.getAttribute('href'))")
    first = browser.run("'#' + document.querySelector('.chapter').id")
    check(now == [first], f"the section that is read is marked: {now}")
    if narrow:
        shown = "document.querySelector('#contents ul').getClientRects().length > 0"
        check(not browser.run(shown), "the list is folded on a phone")
        browser.run("document.querySelector('#contents .fold').click()")
        check(browser.run(shown), "a button opens it")
        browser.run("document.querySelector('#contents a').click()")
        check(not browser.run(shown), "and a link closes it again")
    else:
        check(browser.run("document.querySelector('main').getBoundingClientRect().left") >= right, "they stand beside the text")
        marked = browser.run("(() => { const b = document.querySelector('#contents [aria-current]').getBoundingClientRect(); return [b.top, b.bottom]; })()")
        check(0 <= marked[0] and marked[1] <= 900, f"the marked link is in sight: {marked}")


# For each figure, a place where a line's point has a measured one of another name within 10 pixels: what the page says of it there.
NEAR = """
(() => {
  const found = [];
  for (const figure of document.querySelectorAll('.plate')) {
    const svg = figure.querySelector('.drawing');
    const { panels, points } = JSON.parse(figure.querySelector('.points').textContent);
    const unit = svg.getBoundingClientRect().width / svg.getAttribute('viewBox').split(' ')[2];
    const measured = ([panel, series]) => series < 0 || panels[panel].measured[series];
    const gap = (a, b) => Math.hypot(a[2] - b[2], a[3] - b[3]) * unit;
    const marks = points.filter(measured);
    for (const point of points.filter((point) => !measured(point))) {
      const near = marks.filter((mark) => gap(mark, point) < 10);
      if (near.length && panels[point[0]].series[point[1]]) {
        // A cell of a heat map is of no series: what is said of it begins with its panel's title.
        const name = ([panel, series]) => (series < 0 ? panels[panel].title : panels[panel].series[series]);
        found.push([figure.id, point[2] * unit, point[3] * unit, near.map(name)]);
        break;
      }
    }
  }
  return found;
})()
"""


def names(browser):
    """Hover names its series, and prefers what is measured."""
    unnamed = browser.run(
        "[...document.querySelectorAll('.plate')].filter((figure) => JSON.parse(figure.querySelector('.points').textContent)"
        ".panels.some((panel) => panel.series.some((name) => !name))).map((figure) => figure.id)"
    )
    check(not unnamed, f"every series has a name: {unnamed[:3]}")
    wrong, tried = [], browser.run(NEAR)
    for name, left, top, expected in tried:
        box = browser.run(
            f"(() => {{ const svg = document.querySelector('#{name} .drawing'); scrollBy(0, svg.getBoundingClientRect().top + {top} - innerHeight / 2);"
            "const b = svg.getBoundingClientRect(); return [b.left, b.top]; })()"
        )
        browser.mouse("mouseMoved", box[0] + left, box[1] + top)
        said = browser.run(f"document.querySelector('#{name} .tip').textContent.split('\\n')[0]")
        if said not in expected:
            wrong.append((name, said, expected))
    check(tried and not wrong, f"hover prefers what is measured in all of {len(tried)} figures: {wrong[:2]}")


def keys(browser):
    """Arrow keys reach the points of a figure, and what they reach is said."""
    says = "document.getElementById('says').textContent"
    # A figure whose first two measured series of one panel have two points and more each.
    name = browser.run(
        "[...document.querySelectorAll('.plate')].find((figure) => { const { panels, points } = JSON.parse(figure.querySelector('.points').textContent);"
        "const count = (series) => points.filter((point) => point[0] === 0 && point[1] === series).length;"
        "return panels[0].measured[0] && count(0) > 1 && count(1) > 1; }).id"
    )
    browser.run(f"document.querySelector('#{name} .drawing').focus()")
    browser.key("ArrowRight")
    first = browser.run(says)
    series = browser.run(f"JSON.parse(document.querySelector('#{name} .points').textContent).panels[0].series")
    check(first.startswith(series[0]) and " = " in first, f"an arrow key reaches a point, and its series and value are said: {first}")
    browser.key("ArrowRight")
    second = browser.run(says)
    check(second != first and second.startswith(series[0]), f"the next one leads along the series: {second}")
    browser.key("ArrowDown")
    check(browser.run(says).startswith(series[1]), f"down leads to the next series: {browser.run(says)}")
    browser.key("ArrowUp")
    browser.key("Home")
    check(browser.run(says) == first, f"up and home lead back: {browser.run(says)}")
    live = browser.run("document.getElementById('says').getAttribute('aria-live')")
    check(live == "polite", "what is said is a live region")
    ring = browser.run(f"document.querySelectorAll('#{name} .drawing .ring').length")
    check(ring == 1, f"the point that is reached is ringed once: {ring}")
    alts = browser.run("[...document.querySelectorAll('.drawing')].map((svg) => svg.getAttribute('aria-label') || '')")
    check(all(len(alt) > 60 for alt in alts), f"every drawing says in words what it shows: {min(alts, key=len)}")


def stacked(browser):
    """On a phone the panels of a figure stand one below the other, in letters that can be read."""
    found = browser.run(
        "[...document.querySelectorAll('.plate')].map((figure) => { const svg = [...figure.querySelectorAll('.drawing')].find((svg) => svg.getClientRects().length);"
        "const scale = svg.getBoundingClientRect().width / svg.getAttribute('viewBox').split(' ')[2];"
        "const sizes = [...svg.querySelectorAll('text')].map((text) => parseFloat(getComputedStyle(text).fontSize) * scale);"
        "return [figure.id, svg.classList.contains('narrow'), Math.min(...sizes)]; })"
    )
    narrow = [size for _, is_narrow, size in found if is_narrow]
    check(narrow and min(narrow) >= 8, f"{len(narrow)} of {len(found)} figures are stacked, with letters of {min(narrow, default=0):.1f} px at least")
    wide = [name for name, is_narrow, _ in found if not is_narrow]
    check(not wide, f"all of them are: {wide[:3]}")


def zoom(browser):
    box = "document.querySelector('.drawing').getAttribute('viewBox').split(' ').map(Number)"
    browser.run("document.querySelector('.drawing').scrollIntoView({block: 'center'})")
    home = browser.run(box)
    browser.run("document.querySelector('[data-zoom=in]').click()")
    check(abs(browser.run(box)[2] * 1.5 - home[2]) < 1, "a button zooms in")
    browser.run("document.querySelector('[data-zoom=home]').click()")
    check(browser.run(box) == home, "a button shows the whole again")
    x, y = browser.run("(() => { const b = document.querySelector('.drawing').getBoundingClientRect(); return [b.left + b.width / 2, Math.min(b.top + b.height / 2, innerHeight - 50)]; })()")
    browser.mouse("mousePressed", x, y, button="left", clickCount=1)
    browser.mouse("mouseReleased", x, y, button="left", clickCount=1)
    browser.mouse("mouseWheel", x, y, deltaX=0, deltaY=-240)
    browser.run("new Promise((done) => setTimeout(done, 200))")
    near = browser.run(box)
    check(near[2] < 0.9 * home[2], "the wheel zooms a figure that was clicked")
    browser.mouse("mousePressed", x, y, button="left", clickCount=1)
    browser.mouse("mouseMoved", x - 40, y, button="left", buttons=1)
    browser.mouse("mouseReleased", x - 40, y, button="left", clickCount=1)
    check(browser.run(box)[0] > near[0], "dragging moves a zoomed figure")
    browser.run("document.querySelector('[data-zoom=home]').click()")
    browser.run("document.querySelector('.drawing').scrollIntoView({block: 'center'})")
    browser.call("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=2)
    fingers = lambda gap: [{"x": x - gap, "y": y, "id": 1}, {"x": x + gap, "y": y, "id": 2}]
    browser.call("Input.dispatchTouchEvent", type="touchStart", touchPoints=fingers(40))
    for gap in (60, 80, 100):
        browser.call("Input.dispatchTouchEvent", type="touchMove", touchPoints=fingers(gap))
    browser.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
    browser.run("new Promise((done) => setTimeout(done, 200))")
    check(browser.run(box)[2] < 0.9 * home[2], "two fingers zoom")
    browser.run("document.querySelector('[data-zoom=home]').click()")
    browser.call("Emulation.setTouchEmulationEnabled", enabled=False)


# The least ratio of the luminances of a text and its ground (WCAG 2, level AA).
CONTRAST = 4.5

# The contrast of two computed colours, and the least of the page's text and of the drawings' texts on their own ground.
READABLE = """
(() => {
  const channels = (color) => color.match(/[\\d.]+/g).slice(0, 3).map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  const light = (color) => channels(color).reduce((sum, c, i) => sum + [0.2126, 0.7152, 0.0722][i] * c, 0.05);
  const ratio = (a, b) => Math.max(light(a), light(b)) / Math.min(light(a), light(b));
  const body = getComputedStyle(document.body);
  const found = [ratio(body.color, body.backgroundColor)];
  for (const svg of document.querySelectorAll('.drawing')) {
    const ground = getComputedStyle(svg.querySelector('rect')).fill;
    for (const text of [...svg.querySelectorAll('text')].slice(0, 200)) found.push(ratio(getComputedStyle(text).fill, ground));
  }
  return [found.length, Math.min(...found)];
})()
"""


def readable(browser, where):
    count, least = browser.run(READABLE)
    check(count > 20 and least >= CONTRAST, f"{where}: {count} texts stand out from their ground by a factor of {least:.1f} at least")


# Colours that browsers of 2022 do not know: under another name no browser knows them.
NEWER = re.compile(r"\b(light-dark|color-mix|oklch|oklab|lab|lch|color)\(")


def older(report, folder):
    """The report as a browser sees it that lacks these functions."""
    page = pathlib.Path(folder, "older.html")
    page.write_text(NEWER.sub(r"unknown-\1(", pathlib.Path(report).read_text(encoding="utf-8")), encoding="utf-8")
    return page.resolve().as_uri()


def theme(browser):
    ground = "getComputedStyle(document.body).backgroundColor"
    light = browser.run(ground)
    browser.run("document.getElementById('theme').click()")
    check(browser.run(ground) != light, "the button turns the page dark")
    browser.run("document.getElementById('theme').click(); localStorage.clear(); delete document.documentElement.dataset.theme")
    check(browser.run(ground) == light, "and light again")


def overflow(browser, width):
    wide = browser.run("document.documentElement.scrollWidth")
    check(wide <= width, f"no horizontal overflow at {width} px: {wide}")


def main(report, shots):
    address = pathlib.Path(report).resolve().as_uri()
    shots = pathlib.Path(shots)
    shots.mkdir(parents=True, exist_ok=True)
    browser = Browser()
    try:
        browser.size(1280, 900)
        browser.load(address)
        filters(browser, address)
        quiet(browser, address)
        browser.load(address)
        profiled(browser)
        contents(browser, narrow=False)
        figures(browser)
        names(browser)
        # Keys go on from where the mouse was: here they begin anew.
        browser.load(address)
        keys(browser)
        zoom(browser)
        theme(browser)
        overflow(browser, 1280)
        quiet(browser, address)
        readable(browser, "light")
        first = "#" + browser.run("document.querySelector('.plate').id")
        browser.load(address)
        browser.shot(shots / "desktop.png")
        browser.shot(shots / "desktop-figure.png", first)
        browser.mouse("mouseMoved", *first_point(browser, first[1:])[:2])
        browser.shot(shots / "desktop-hover.png")
        browser.size(1280, 900, dark=True)
        browser.load(address)
        check(browser.run("matchMedia('(prefers-color-scheme: dark)').matches"), "dark is asked for")
        readable(browser, "dark")
        browser.shot(shots / "dark.png", "#ledger")
        browser.shot(shots / "dark-figure.png", first)
        for dark in (False, True):
            browser.size(1280, 900, dark=dark)
            browser.load(older(report, shots))
            readable(browser, f"an older browser, {'dark' if dark else 'light'}")
        browser.shot(shots / "older.png", first)
        browser.size(400, 860, mobile=True)
        browser.load(address)
        overflow(browser, 400)
        browser.run("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
        browser.run("new Promise((done) => setTimeout(done, 1000))")
        overflow(browser, 400)
        browser.load(address)
        stacked(browser)
        contents(browser, narrow=True)
        browser.load(address)
        browser.shot(shots / "phone.png")
        browser.shot(shots / "phone-ledger.png", "#claim-C2")
        browser.shot(shots / "phone-figure.png", first)
        quiet(browser, address)
        browser.size(1280, 900)
        browser.load(address)
        pdf = base64.b64decode(browser.call("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"])
        (shots / "print.pdf").write_bytes(pdf)
        pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))
        check(0 < pages < 40, f"{pages} pages on paper")
        browser.call("Emulation.setEmulatedMedia", media="print")
        check(browser.run("[...document.querySelectorAll('.control, nav')].every((part) => part.getClientRects().length === 0)"),
              "no controls on paper")
        check(browser.run("[...document.querySelectorAll('.plate')].every((part) => getComputedStyle(part).breakInside === 'avoid')"),
              "figures are not split on paper")
        check(browser.run("getComputedStyle(document.querySelector('#ledger tbody tr')).display") == "table-row", "the ledger is a table on paper")
    finally:
        browser.close()
    for what in failed:
        print(f"failed: {what}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
