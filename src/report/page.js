// The page's own script: theme, filters, and for each figure zoom, hover values and the table. Without it all is readable.
(() => {
  'use strict';
  const root = document.documentElement;
  root.classList.add('scripted');

  // Theme: the system's until the button is pressed; the choice is kept where the browser lets a page keep anything.
  const theme = document.getElementById('theme');
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : dark.matches);
  const label = () => { theme.textContent = isDark() ? 'Light' : 'Dark'; };
  try {
    const kept = localStorage.getItem('selfreward-theme');
    if (kept === 'dark' || kept === 'light') root.dataset.theme = kept;
  } catch { /* no storage */ }
  theme.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    try { localStorage.setItem('selfreward-theme', root.dataset.theme); } catch { /* no storage */ }
    label();
  });
  dark.addEventListener('change', label);
  label();

  // Filters: the address says what is shown, #verdict=violated&level=exact,shape; no button pressed in a group shows all.
  const buttons = [...document.querySelectorAll('#filters button')];
  const rows = [...document.querySelectorAll('#ledger .ledger tbody tr')];
  // By attribute: the property ariaPressed is newer than the browsers that this page is for.
  const pressed = (button) => button.getAttribute('aria-pressed') === 'true';
  const press = (button, down) => button.setAttribute('aria-pressed', String(down));
  const show = () => {
    const chosen = {};
    for (const button of buttons) {
      const { key, value } = button.dataset;
      if (pressed(button)) chosen[key] = [...(chosen[key] || []), value];
    }
    let shown = 0;
    for (const row of rows) {
      row.hidden = Object.entries(chosen).some(([key, values]) => !values.includes(row.dataset[key]));
      if (!row.hidden) shown += 1;
    }
    document.getElementById('shown').textContent = `${shown} of ${rows.length} shown`;
    return Object.entries(chosen).map(([key, values]) => `${key}=${values.join(',')}`).join('&');
  };
  const follow = () => {
    const address = decodeURIComponent(location.hash.slice(1));
    if (address.includes('=')) {
      const wanted = new Map(address.split('&').map((part) => part.split('=')));
      for (const button of buttons) {
        const values = (wanted.get(button.dataset.key) ?? '').split(',');
        press(button, values.includes(button.dataset.value));
      }
    } else if (document.getElementById(address)?.hidden) {
      // A link to a row that is filtered out shows it.
      for (const button of buttons) press(button, false);
    }
    show();
    if (!address.includes('=')) document.getElementById(address)?.scrollIntoView();
  };
  for (const button of buttons) {
    button.addEventListener('click', () => {
      press(button, !pressed(button));
      history.replaceState(null, '', `#${show() || 'ledger'}`);
    });
  }
  addEventListener('hashchange', follow);
  follow();

  // Contents: the section that is read is marked, and kept in sight; where the list is a bar, a button opens it.
  const contents = document.getElementById('contents');
  const list = contents.querySelector('ul');
  const fold = contents.querySelector('.fold');
  const links = [...list.querySelectorAll('a')];
  const sections = links.map((link) => document.getElementById(decodeURIComponent(link.getAttribute('href').slice(1))));
  let current = null;
  const locate = () => {
    let now = null;
    sections.forEach((section, index) => {
      if (section && section.getBoundingClientRect().top <= Math.max(90, innerHeight / 4)) now = links[index];
    });
    if (now === current) return;
    if (current) current.removeAttribute('aria-current');
    current = now;
    fold.querySelector('.here').textContent = now ? now.textContent : '';
    if (!now) return;
    now.setAttribute('aria-current', 'true');
    const [outer, inner] = [contents.getBoundingClientRect(), now.getBoundingClientRect()];
    if (inner.bottom > outer.bottom - 20) contents.scrollTop += inner.bottom - outer.bottom + outer.height / 3;
    else if (inner.top < outer.top + 20) contents.scrollTop -= outer.top - inner.top + outer.height / 3;
  };
  const open = (wide) => {
    contents.classList.toggle('open', wide);
    fold.setAttribute('aria-expanded', String(wide));
  };
  fold.addEventListener('click', () => open(!contents.classList.contains('open')));
  for (const link of links) link.addEventListener('click', () => open(false));
  let waiting = false;
  const later = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; locate(); });
  };
  addEventListener('scroll', later, { passive: true });
  addEventListener('resize', later);
  locate();

  // A number with six significant digits; words stand for what JSON has no number for.
  const digits = (value) => {
    if (typeof value !== 'number') return value === null ? 'no value' : value.replace('inf', '∞');
    const size = Math.abs(value);
    return size !== 0 && (size < 1e-4 || size >= 1e6) ? value.toExponential(5).replace(/\.?0+e/, 'e') : String(+value.toPrecision(6));
  };
  const onAxis = (axis, value) => {
    const tick = axis.ticks.find(([at]) => at === value);
    return `${axis.label || 'value'} = ${tick ? tick[1] : digits(value)}`;
  };
  const describe = (panels, [panel, series, , , x, y, lo, hi]) => {
    const { title, series: names, value, ...axes } = panels[panel];
    const lines = [series < 0 ? null : names[series], title, onAxis(axes.x, x), onAxis(axes.y, y)];
    if (series < 0) lines.push(`${value || 'value'} = ${digits(lo)}`);
    else if (hi !== undefined) lines.push(`interval ${digits(lo)} to ${digits(hi)}`);
    return lines.filter(Boolean).join('\n');
  };

  // Comma-separated values with quotes, as rows of texts.
  const parse = (csv) => {
    const table = [[]];
    for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
      table[table.length - 1].push(quoted === undefined ? plain : quoted.split('""').join('"'));
      if (end !== ',') table.push([]);
    }
    return table.filter((row) => row.length > 1 || row[0]);
  };

  // What the keys have reached is read out here.
  const says = document.getElementById('says');

  // One of a figure's drawings: the wide one, or the one for narrow screens. `places` says where each point lies in it.
  const attach = (figure, svg, { panels, points }, places) => {
    const tip = figure.querySelector('.tip');
    const [, , width, height] = svg.getAttribute('viewBox').split(' ').map(Number);
    let view = { x: 0, y: 0, scale: 1 };
    svg.setAttribute('role', 'application');
    svg.setAttribute('aria-roledescription', 'figure, points by arrow keys');

    // Zoom: a part of the viewBox of the same shape, always within the drawing.
    const set = (x, y, scale) => {
      scale = Math.min(Math.max(scale, 1), 40);
      const clamp = (value, size) => Math.min(Math.max(value, 0), size - size / scale);
      view = { x: clamp(x, width), y: clamp(y, height), scale };
      svg.setAttribute('viewBox', `${view.x} ${view.y} ${width / scale} ${height / scale}`);
      svg.classList.toggle('zoomed', scale > 1);
      hide();
    };
    const place = ({ clientX, clientY }) => {
      const box = svg.getBoundingClientRect();
      const unit = width / view.scale / box.width;
      return { x: view.x + (clientX - box.left) * unit, y: view.y + (clientY - box.top) * unit, unit };
    };
    const zoom = (factor, at) => {
      const scale = Math.min(Math.max(view.scale * factor, 1), 40);
      set(at.x - ((at.x - view.x) * view.scale) / scale, at.y - ((at.y - view.y) * view.scale) / scale, scale);
    };
    const middle = () => ({ x: view.x + width / view.scale / 2, y: view.y + height / view.scale / 2 });
    const act = { in: () => zoom(1.5, middle()), out: () => zoom(1 / 1.5, middle()), home: () => set(0, 0, 1) };
    for (const button of figure.querySelectorAll('[data-zoom]')) button.addEventListener('click', act[button.dataset.zoom]);
    svg.addEventListener('wheel', (event) => {
      // Until the figure is clicked the wheel scrolls the page; a trackpad's pinch comes with ctrlKey.
      if (!event.ctrlKey && !event.metaKey && document.activeElement !== svg) return;
      event.preventDefault();
      zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002)), place(event));
    }, { passive: false });
    svg.addEventListener('dblclick', act.home);

    // A point is shown: a ring around it, and beside it what it is.
    const ring = document.createElementNS(svg.namespaceURI, 'circle');
    ring.setAttribute('class', 'ring');
    let shown = -1;
    const hide = () => { tip.hidden = true; ring.remove(); };
    const show = (index) => {
      shown = index;
      const [left, top] = places[index];
      const box = svg.getBoundingClientRect();
      const unit = width / view.scale / box.width;
      ring.setAttribute('cx', left);
      ring.setAttribute('cy', top);
      ring.setAttribute('r', 7 * unit);
      ring.style.strokeWidth = 2 * unit;
      svg.append(ring);
      tip.textContent = describe(panels, points[index]);
      tip.hidden = false;
      const frame = tip.parentElement;
      const outer = frame.getBoundingClientRect();
      const x = (left - view.x) / unit + box.left - outer.left + frame.scrollLeft;
      const y = (top - view.y) / unit + box.top - outer.top;
      // To the right of the point and below it; where there is no room, to its left and above it, so that it is not covered.
      const right = x + 14 + tip.offsetWidth < frame.scrollLeft + frame.clientWidth;
      const below = y + 14 + tip.offsetHeight < frame.clientHeight;
      tip.style.left = `${Math.max(frame.scrollLeft, right ? x + 14 : x - tip.offsetWidth - 14)}px`;
      tip.style.top = `${Math.max(0, below ? y + 14 : y - tip.offsetHeight - 14)}px`;
    };

    // Hover: the nearest number within 30 pixels. What is measured comes before a bound or a law, which are lines, unless they are
    // nearer by 15 pixels.
    const measured = ([panel, series]) => series < 0 || panels[panel].measured[series];
    const hover = (event) => {
      const at = place(event);
      let nearest = -1;
      let least = Infinity;
      places.forEach((spot, index) => {
        const distance = spot ? Math.hypot(spot[0] - at.x, spot[1] - at.y) / at.unit : Infinity;
        const rank = distance + (measured(points[index]) ? 0 : 15);
        if (distance < 30 && rank < least) [nearest, least] = [index, rank];
      });
      if (nearest < 0) hide();
      else show(nearest);
    };

    // Keys: left and right along a series, up and down to the next one; of a heat map, along its rows and columns.
    const series = new Map();
    points.forEach((point, index) => {
      if (!places[index]) return;
      const key = point[1] < 0 ? `${point[0]} row ${point[5]}` : `${point[0]} ${point[1]}`;
      if (series.has(key)) series.get(key).push(index);
      else series.set(key, [index]);
    });
    const lines = [...series.values()];
    const first = (line) => points[line[0]];
    // A map's rows come from below, and are gone through from above.
    lines.sort((a, b) => {
      const [one, other] = [first(a), first(b)];
      if (one[0] !== other[0]) return one[0] - other[0];
      return one[1] < 0 && other[1] < 0 ? places[a[0]][1] - places[b[0]][1] : one[1] - other[1];
    });
    for (const line of lines) line.sort((a, b) => places[a][0] - places[b][0]);
    const near = (line, left) => line.reduce((best, index) =>
      (Math.abs(places[index][0] - left) < Math.abs(places[best][0] - left) ? index : best), line[0]);
    const reach = (key) => {
      const row = lines.findIndex((line) => line.includes(shown));
      if (row < 0) return lines.length ? (lines.find((line) => measured(first(line))) || lines[0])[0] : -1;
      const line = lines[row];
      const column = line.indexOf(shown);
      if (key === 'Home') return line[0];
      if (key === 'End') return line[line.length - 1];
      if (key === 'ArrowLeft') return line[Math.max(column - 1, 0)];
      if (key === 'ArrowRight') return line[Math.min(column + 1, line.length - 1)];
      const next = lines[row + (key === 'ArrowUp' ? -1 : 1)];
      return next ? near(next, points[next[0]][0] === points[shown][0] ? places[shown][0] : 0) : shown;
    };
    svg.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (event.key === '+' || event.key === '=') act.in();
      else if (event.key === '-') act.out();
      else if (event.key === '0') act.home();
      else if (event.key === 'Escape') { hide(); svg.blur(); }
      else if (step && event.shiftKey) {
        set(view.x + (step[0] * width) / view.scale / 8, view.y + (step[1] * height) / view.scale / 8, view.scale);
      } else if (step || event.key === 'Home' || event.key === 'End') {
        const index = reach(event.key);
        if (index < 0) return;
        const [left, top] = places[index];
        const [x, y] = [(left - view.x) * view.scale, (top - view.y) * view.scale];
        if (x < 0 || y < 0 || x > width || y > height) {
          set(left - width / view.scale / 2, top - height / view.scale / 2, view.scale);
        }
        show(index);
        says.textContent = tip.textContent.split('\n').join(', ');
      } else return;
      event.preventDefault();
    });
    svg.addEventListener('blur', hide);

    // Pointers: one drags a zoomed figure, two pinch.
    const down = new Map();
    svg.addEventListener('pointerdown', (event) => {
      down.set(event.pointerId, event);
      svg.focus({ preventScroll: true });
      if (event.pointerType === 'touch') hover(event);
    });
    svg.addEventListener('pointermove', (event) => {
      const before = down.get(event.pointerId);
      if (!before) return hover(event);
      const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
      if (other) {
        const apart = ({ clientX, clientY }) => Math.hypot(clientX - other.clientX, clientY - other.clientY);
        const centre = { clientX: (event.clientX + other.clientX) / 2, clientY: (event.clientY + other.clientY) / 2 };
        if (apart(before) > 0) zoom(apart(event) / apart(before), place(centre));
      } else if (view.scale > 1) {
        svg.setPointerCapture(event.pointerId);
        const [from, to] = [place(before), place(event)];
        set(view.x + from.x - to.x, view.y + from.y - to.y, view.scale);
      }
      down.set(event.pointerId, event);
    });
    for (const end of ['pointerup', 'pointercancel', 'lostpointercapture']) {
      svg.addEventListener(end, (event) => down.delete(event.pointerId));
    }
    svg.addEventListener('pointerleave', (event) => { if (event.pointerType !== 'touch') hide(); });
  };

  for (const figure of document.querySelectorAll('.plate')) {
    const data = JSON.parse(figure.querySelector('.points').textContent);
    for (const svg of figure.querySelectorAll('.drawing')) {
      const wide = data.points.map(([, , left, top]) => [left, top]);
      attach(figure, svg, data, svg.classList.contains('narrow') ? data.narrow : wide);
    }

    // The table, made from the CSV's link when it is first opened.
    const details = figure.querySelector('.table');
    details.addEventListener('toggle', () => {
      const table = document.createElement('table');
      const address = figure.querySelector('.csv').getAttribute('href');
      parse(decodeURIComponent(address.slice(address.indexOf(',') + 1))).forEach((texts, index) => {
        const row = table.insertRow();
        for (const text of texts) {
          const cell = row.appendChild(document.createElement(index ? 'td' : 'th'));
          cell.textContent = text;
        }
      });
      details.querySelector('.scroll').replaceChildren(table);
    }, { once: true });
  }
})();
