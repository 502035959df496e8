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
    const lines = [title, series < 0 ? null : names[series], onAxis(axes.x, x), onAxis(axes.y, y)];
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

  for (const figure of document.querySelectorAll('.plate')) {
    const svg = figure.querySelector('.drawing');
    const tip = figure.querySelector('.tip');
    const { panels, points } = JSON.parse(figure.querySelector('.points').textContent);
    const [, , width, height] = svg.getAttribute('viewBox').split(' ').map(Number);
    let view = { x: 0, y: 0, scale: 1 };

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
    svg.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (event.key === '+' || event.key === '=') act.in();
      else if (event.key === '-') act.out();
      else if (event.key === '0') act.home();
      else if (event.key === 'Escape') svg.blur();
      else if (step && view.scale > 1) set(view.x + (step[0] * width) / view.scale / 8, view.y + (step[1] * height) / view.scale / 8, view.scale);
      else return;
      event.preventDefault();
    });

    // Hover: the nearest number within 30 pixels, ringed.
    const ring = document.createElementNS(svg.namespaceURI, 'circle');
    ring.setAttribute('class', 'ring');
    const hide = () => { tip.hidden = true; ring.remove(); };
    const hover = (event) => {
      const at = place(event);
      let nearest = null;
      let least = 30 * at.unit;
      for (const point of points) {
        const distance = Math.hypot(point[2] - at.x, point[3] - at.y);
        if (distance < least) [nearest, least] = [point, distance];
      }
      if (!nearest) return hide();
      ring.setAttribute('cx', nearest[2]);
      ring.setAttribute('cy', nearest[3]);
      ring.setAttribute('r', 7 * at.unit);
      ring.style.strokeWidth = 2 * at.unit;
      svg.append(ring);
      tip.textContent = describe(panels, nearest);
      tip.hidden = false;
      const frame = tip.parentElement;
      const left = event.clientX - frame.getBoundingClientRect().left + frame.scrollLeft + 14;
      const top = event.clientY - frame.getBoundingClientRect().top + 14;
      tip.style.left = `${Math.max(frame.scrollLeft, Math.min(left, frame.scrollLeft + frame.clientWidth - tip.offsetWidth - 4))}px`;
      tip.style.top = `${Math.max(0, Math.min(top, frame.clientHeight - tip.offsetHeight - 4))}px`;
    };

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
