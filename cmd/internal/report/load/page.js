'use strict';
// Draws the page from the data beside it. No library, no network: canvas for what has many points,
// elements for words. All text of servers goes through textContent.
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const { summary, samples, curves } = data;
  const advice = summary.advice;

  // --- words and numbers ---------------------------------------------------------------------
  const digits = v => Math.abs(v) >= 99.95 ? v.toFixed(0) : Math.abs(v) >= 9.995 ? v.toFixed(1) : v.toFixed(2);
  const count = n => Math.round(n).toLocaleString('en-US');
  function ms(v) {
    if (v === null || v === undefined) return 'not known';
    if (v === 0) return '0';
    if (v < 0.9995) return digits(v * 1e3) + ' µs';
    if (v < 999.5) return digits(v) + ' ms';
    if (v < 99950) return digits(v / 1e3) + ' s';
    const s = Math.round(v / 1e3), m = Math.floor(s / 60), h = Math.floor(m / 60);
    return h ? `${h} h ${m % 60} min` : s % 60 ? `${m} min ${s % 60} s` : `${m} min`;
  }
  // figure is one quantile of a metric; where it is not known, what it is more than.
  const figure = (q, name) => q[name] === null && q.more_than && q.more_than[name] ? '> ' + ms(q.more_than[name]) : ms(q[name]);
  const ns = v => ms(v / 1e6);
  const axisMs = v => ms(v).replace(/\.0+ /, ' ').replace(/(\.\d*?)0+ /, '$1 ');
  const clock = s => s < 120 ? `${Math.round(s * 10) / 10} s` : `${Math.floor(s / 60)}:${String(Math.round(s % 60)).padStart(2, '0')}`;
  const perSecond = v => v >= 1000 ? count(v) : String(+digits(v));
  const share = (a, b) => b ? (a && a / b < 1e-4 ? '<0.01 %' : +(100 * a / b).toPrecision(3) + ' %') : '–';

  function el(tag, attributes, ...children) {
    const e = document.createElement(tag);
    for (const [k, v] of Object.entries(attributes || {})) {
      if (k === 'class') e.className = v; else if (k.startsWith('on')) e.addEventListener(k.slice(2), v); else e.setAttribute(k, v);
    }
    e.append(...children.filter(c => c !== null && c !== undefined && c !== ''));
    return e;
  }
  const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const color = i => css('--s' + i % 6);
  const sum = (list, f) => list.reduce((n, x) => n + f(x), 0);

  // --- charts --------------------------------------------------------------------------------
  const charts = [];
  const tip = el('div', { class: 'tip', role: 'status' });
  document.body.append(tip);

  function showTip(text, x, y) {
    tip.textContent = text;
    tip.classList.add('on');
    const box = tip.getBoundingClientRect();
    tip.style.left = Math.max(6, Math.min(x + 14, innerWidth - box.width - 6)) + 'px';
    tip.style.top = Math.max(6, y + 16 + box.height > innerHeight ? y - box.height - 12 : y + 16) + 'px';
  }

  // scale maps values to pixels; log where asked for.
  function scale(from, to, a, b, log) {
    const f = log ? Math.log : x => x, lo = f(from), hi = f(to) === f(from) ? f(from) + 1 : f(to);
    const s = v => a + (f(v) - lo) / (hi - lo) * (b - a);
    s.back = p => { const v = lo + (p - a) / (b - a) * (hi - lo); return log ? Math.exp(v) : v; };
    return s;
  }
  function ticks(from, to, n, log) {
    const list = [];
    if (log) {
      const wide = Math.log10(to / from);
      for (let e = Math.floor(Math.log10(from)); e <= Math.ceil(Math.log10(to)); e++)
        for (const m of wide > 3 ? [1] : wide > 1.2 ? [1, 3] : [1, 2, 3, 5, 7]) {
          const v = m * 10 ** e;
          if (v >= from * 0.999 && v <= to * 1.001) list.push(v);
        }
      return list;
    }
    const raw = (to - from) / n, step = [1, 2, 5, 10].map(m => m * 10 ** Math.floor(Math.log10(raw))).find(s => s >= raw);
    for (let v = Math.ceil(from / step) * step; v <= to + step * 1e-6; v += step) list.push(+v.toPrecision(12));
    return list;
  }

  // chart makes a canvas whose x axis can be zoomed by dragging. view is shared by charts that go
  // together.
  function chart(label, height, view, spec) {
    const canvas = el('canvas', { role: 'img', 'aria-label': label, tabindex: '0' });
    canvas.style.height = height + 'px';
    const c = { canvas, view, spec, hover: null, drag: null };
    const at = e => e.clientX - canvas.getBoundingClientRect().left;
    canvas.addEventListener('pointerdown', e => { if (e.pointerType === 'mouse' && e.button === 0) { c.drag = { from: at(e), to: at(e) }; canvas.setPointerCapture(e.pointerId); } });
    canvas.addEventListener('pointermove', e => {
      c.hover = at(e);
      if (c.drag) c.drag.to = at(e);
      redraw(view);
      const y = e.clientY - canvas.getBoundingClientRect().top;
      const text = c.x && spec.tip(c, c.x.back(c.hover), c.hover, y);
      if (text) showTip(text, e.clientX, e.clientY); else tip.classList.remove('on');
    });
    canvas.addEventListener('pointerup', () => {
      const d = c.drag;
      c.drag = null;
      if (d && Math.abs(d.to - d.from) > 6) view.zoom(c.x.back(Math.min(d.from, d.to)), c.x.back(Math.max(d.from, d.to)));
      redraw(view);
    });
    canvas.addEventListener('pointerleave', () => { c.hover = null; tip.classList.remove('on'); redraw(view); });
    canvas.addEventListener('dblclick', () => view.reset());
    canvas.addEventListener('keydown', e => {
      const w = view.to - view.from, step = { ArrowLeft: -w / 5, ArrowRight: w / 5 }[e.key];
      if (step) view.zoom(view.from + step, view.to + step);
      else if (e.key === '+') view.zoom(view.from + w / 4, view.to - w / 4);
      else if (e.key === '-') view.zoom(view.from - w / 2, view.to + w / 2);
      else if (e.key === 'Escape') view.reset();
      else return;
      e.preventDefault();
    });
    new ResizeObserver(() => draw(c)).observe(canvas);
    charts.push(c);
    return canvas;
  }

  function makeView(from, to) {
    const v = { from, to, all: [from, to], buttons: [] };
    v.zoom = (a, b) => {
      v.from = Math.max(v.all[0], a); v.to = Math.min(v.all[1], b);
      if (!(v.to > v.from)) [v.from, v.to] = v.all;
      redraw(v);
    };
    v.reset = () => { [v.from, v.to] = v.all; redraw(v); };
    v.button = () => { const b = el('button', { class: 'plain', onclick: v.reset }, 'show all'); b.hidden = true; v.buttons.push(b); return b; };
    return v;
  }
  function redraw(view) {
    for (const b of view.buttons) b.hidden = view.from === view.all[0] && view.to === view.all[1];
    for (const c of charts) if (c.view === view) draw(c);
  }

  function draw(c) {
    const { canvas, view, spec } = c, ratio = devicePixelRatio || 1;
    const w = canvas.clientWidth, h = canvas.clientHeight;
    if (!w) return;
    canvas.width = w * ratio; canvas.height = h * ratio;
    const g = canvas.getContext('2d');
    g.scale(ratio, ratio);
    g.font = '12px system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';
    const area = { left: 56, right: w - (spec.right ? 48 : 10), top: 8, bottom: h - 24 };
    c.area = area;
    c.x = scale(view.from, view.to, area.left, area.right, spec.logX);
    c.range = spec.range(c);
    c.y = scale(c.range[0], c.range[1], area.bottom, area.top, spec.logY);
    g.fillStyle = css('--soft'); g.strokeStyle = css('--grid'); g.lineWidth = 1; g.textBaseline = 'middle';
    g.textAlign = 'right';
    for (const v of ticks(c.range[0], c.range[1], 4, spec.logY)) {
      const y = Math.round(c.y(v)) + 0.5;
      g.beginPath(); g.moveTo(area.left, y); g.lineTo(area.right, y); g.stroke();
      g.fillText(spec.labelY(v), area.left - 8, y);
    }
    g.textAlign = 'center';
    let end = -99;
    for (const v of ticks(view.from, view.to, Math.max(2, (area.right - area.left) / 90), spec.logX)) {
      const x = c.x(v), text = spec.labelX(v), half = g.measureText(text).width / 2;
      if (x - half > end + 8 && x + half < w) { g.fillText(text, x, area.bottom + 14); end = x + half; }
    }
    g.save(); g.beginPath(); g.rect(area.left, 0, area.right - area.left, area.bottom + 1); g.clip();
    spec.draw(c, g);
    const shared = charts.find(o => o.view === view && o.hover !== null);
    if (shared && shared.x && !spec.free) {
      const x = c.x(shared.x.back(shared.hover));
      g.strokeStyle = css('--soft'); g.setLineDash([3, 3]); g.beginPath(); g.moveTo(x, area.top); g.lineTo(x, area.bottom); g.stroke(); g.setLineDash([]);
    }
    if (c.drag) {
      g.fillStyle = `rgba(${css('--heat')}, .18)`;
      g.fillRect(Math.min(c.drag.from, c.drag.to), area.top, Math.abs(c.drag.to - c.drag.from), area.bottom - area.top);
    }
    g.restore();
  }

  function line(g, points, style, width, dash) {
    g.strokeStyle = style; g.lineWidth = width || 2; g.lineJoin = 'round'; g.setLineDash(dash || []);
    g.beginPath();
    points.forEach(([x, y], i) => i ? g.lineTo(x, y) : g.moveTo(x, y));
    g.stroke(); g.setLineDash([]);
  }

  // fill shades the band between an upper and a lower line.
  function fill(g, upper, lower, style) {
    g.save(); g.fillStyle = style; g.globalAlpha = 0.22; g.beginPath();
    [...upper, ...lower.slice().reverse()].forEach(([x, y], i) => i ? g.lineTo(x, y) : g.moveTo(x, y));
    g.closePath(); g.fill(); g.restore();
  }

  // bins puts the seconds that are in view into as many columns as there is room for.
  function bins(c) {
    const { from, to } = c.view;
    const inside = samples.filter(s => s.at_s > from && s.at_s - 1 < to);
    const per = Math.max(1, Math.ceil(inside.length / Math.max(20, (c.area.right - c.area.left) / 3)));
    const list = [];
    for (let i = 0; i < inside.length; i += per) {
      const part = inside.slice(i, i + per);
      list.push({ from: part[0].at_s - 1, to: part[part.length - 1].at_s, n: part.length, part });
    }
    return list;
  }
  const sampleAt = t => samples[Math.max(0, Math.min(samples.length - 1, Math.ceil(t) - 1))];

  // --- parts of the page ---------------------------------------------------------------------
  const page = document.getElementById('page');
  const total = { counts: {}, latency: {} };
  for (const s of summary.series) for (const [k, v] of Object.entries(s.counts)) total.counts[k] = (total.counts[k] || 0) + v;
  const nameOf = s => s.kind ? `${s.kind} ${s.strategy}` : s.strategy;
  const metricOf = (s, name) => s.latency_ms[name];
  const range = (name, q) => {
    const metrics = summary.series.map(s => metricOf(s, name)).filter(Boolean);
    if (!metrics.length) return '–';
    if (metrics.length === 1 || metrics.some(m => m[q] === null)) return metrics.map(m => figure(m, q)).sort().pop();
    const list = metrics.map(m => m[q]);
    const lo = Math.min(...list), hi = Math.max(...list);
    return ms(lo) === ms(hi) ? ms(lo) : `${ms(lo)} – ${ms(hi)}`;
  };
  // lagTile is the median lag, as an interval where the server does not tell when it was done.
  const lagTile = () => {
    const lags = summary.series.map(s => metricOf(s, 'lag')).filter(Boolean), least = lags.filter(m => m.least).map(m => m.least.p50);
    return least.length ? `${ms(Math.min(...least))} – ${range('lag', 'p50')}` : range('lag', 'p50');
  };
  function themeButton() {
    return el('button', { class: 'plain', onclick: () => {
      const root = document.documentElement;
      const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
      root.dataset.theme = dark ? 'light' : 'dark';
      charts.forEach(draw);
    } }, 'light / dark');
  }
  function tile(value, text, first) { return el('div', { class: first ? 'tile first' : 'tile' }, el('b', value.length > 10 ? { class: 'long' } : {}, value), el('span', {}, text)); }

  function head() {
    page.append(el('header', {}, el('div', {}, el('h1', {}, data.title),
      el('p', { class: 'soft' }, `${summary.target} · ${summary.load} · ${summary.dialect} · ${new Date(summary.started).toISOString().slice(0, 16).replace('T', ' ')} UTC`)), themeButton()));
    const polls = total.counts.submitted ? total.counts.polls_sent / total.counts.submitted : 0;
    const one = summary.series.length === 1;
    page.append(el('div', { class: 'tiles' },
      advice ? tile(advice.header.words, 'to send as Retry-After', true) : '',
      tile(share(total.counts.succeeded, total.counts.submitted), `succeeded, of ${count(total.counts.submitted)} submitted`),
      tile(range('done', 'p50'), `until the client knew (p50${one ? '' : ', by strategy'})`),
      tile(range('done', 'p99'), 'until the client knew (p99)'),
      tile(lagTile(), 'of it detection lag (p50)'),
      tile(String(+digits(polls)), `polls an operation; ${share(total.counts.polls_wasted, total.counts.polls_sent)} answered “not yet”`)));
    for (const w of [...(summary.stopped ? ['The run ended before its plan did: ' + summary.stopped] : []), ...summary.warnings]) page.append(el('div', { class: 'warning' }, w));
  }

  function table(headings, rows, words) {
    return el('div', { class: 'scroll' }, el('table', headings[0] === 'operations' ? { class: 'tight' } : {}, el('thead', {}, el('tr', {}, ...headings.map((h, i) => el('th', words && words.includes(i) ? { scope: 'col', class: 'words' } : { scope: 'col' }, h)))),
      el('tbody', {}, ...rows.map(r => el('tr', {}, ...r.map((v, i) => el('td', words && words.includes(i) ? { class: 'words' } : {}, v)))))));
  }
  function legend(entries) {
    return el('div', { class: 'legend' }, ...entries.map(([name, style, dot]) => { const i = el('i', dot ? { class: 'dot' } : {}); i.style.background = `var(${style})`; return el('span', {}, i, name); }));
  }
  function choice(names, chosen, pick) {
    const buttons = names.map(n => el('button', { 'aria-pressed': String(n === chosen), onclick: () => {
      buttons.forEach(b => b.setAttribute('aria-pressed', String(b.textContent === n)));
      pick(n);
    } }, n));
    return el('div', { class: 'choice', role: 'group' }, ...buttons);
  }

  // What to put into Retry-After: lag against polls, both in logarithms.
  function adviseChart() {
    const groups = [
      { name: 'a fixed value', style: '--s0', points: advice.fixed },
      { name: 'growing with the age', style: '--s2', points: advice.growing }];
    const marks = [{ name: 'recommended: ' + advice.header.words, style: '--mark', p: advice.header }];
    if (advice.rule) marks.push({ name: 'rule: ' + advice.rule.words, style: '--s3', p: advice.rule });
    for (const r of advice.ran || []) marks.push({ name: 'measured: ' + r.strategy, style: '--s1', p: r, ring: true });
    const all = [...advice.fixed, ...advice.growing, ...marks.map(m => m.p)].filter(p => p.lag_mean_ns > 0 && p.polls_per_operation > 0);
    const view = makeView(Math.max(0.9, Math.min(...all.map(p => p.polls_per_operation)) * 0.95), Math.max(...all.map(p => p.polls_per_operation)) * 1.1);
    const words = p => `${p.words || p.strategy}\n${digits(p.polls_per_operation)} polls an operation\nlag ${ns(p.lag_mean_ns)} on average\np50 ${ns(p.lag_p50_ns)}, p90 ${ns(p.lag_p90_ns)}, p99 ${ns(p.lag_p99_ns)}`;
    const canvas = chart('Detection lag against polls per operation', 340, view, {
      logX: true, logY: true, free: true,
      labelX: v => String(+v.toPrecision(2)), labelY: v => axisMs(v / 1e6),
      range: c => { const inside = all.filter(p => p.polls_per_operation >= c.view.from && p.polls_per_operation <= c.view.to).map(p => p.lag_mean_ns); return inside.length ? [Math.min(...inside) * 0.8, Math.max(...inside) * 1.25] : [1e6, 1e9]; },
      draw: (c, g) => {
        for (const s of groups) line(g, s.points.filter(p => p.lag_mean_ns > 0).map(p => [c.x(p.polls_per_operation), c.y(p.lag_mean_ns)]), css(s.style), 2.5);
        for (const m of marks.slice().reverse()) {
          const x = c.x(m.p.polls_per_operation), y = c.y(m.p.lag_mean_ns);
          g.beginPath(); g.arc(x, y, m.ring ? 5 : 7, 0, 7); g.fillStyle = m.ring ? css('--panel') : css(m.style); g.fill();
          g.lineWidth = 2.5; g.strokeStyle = m.ring ? css(m.style) : css('--panel'); g.stroke();
        }
        g.textBaseline = 'middle'; g.font = '600 12px system-ui, "DejaVu Sans", sans-serif';
        const placed = [];
        for (const m of marks) {
          const text = m.name.replace('recommended: ', '').replace('rule: ', '').replace('measured: ', '');
          const x = c.x(m.p.polls_per_operation), w = g.measureText(text).width, leftward = x + w + 16 > c.area.right;
          const x0 = leftward ? x - w - 12 : x + 12;
          let y = c.y(m.p.lag_mean_ns) - 11;
          while (placed.some(b => x0 < b.x1 + 4 && x0 + w > b.x0 - 4 && Math.abs(y - b.y) < 15) && y > c.area.top + 8) y -= 15;
          placed.push({ x0, x1: x0 + w, y });
          g.lineWidth = 4; g.strokeStyle = css('--panel'); g.textAlign = 'left'; g.strokeText(text, x0, y);
          g.fillStyle = m.ring ? css('--soft') : css(m.style); g.fillText(text, x0, y);
        }
      },
      tip: (c, _, px, py) => {
        let best = null, distance = 900;
        for (const p of [...marks.map(m => m.p), ...advice.fixed, ...advice.growing]) {
          const d = (c.x(p.polls_per_operation) - px) ** 2 + (c.y(p.lag_mean_ns) - py) ** 2;
          if (d < distance - 1) { best = p; distance = d; }
        }
        return best && words(best);
      },
    });
    return el('div', { class: 'panel' }, el('div', { class: 'bar' }, el('div', {}, el('h3', {}, 'mean detection lag against polls an operation')), view.button()), canvas,
      legend([...groups.map(s => [s.name, s.style]), ['recommended', '--mark', true], ...(advice.rule ? [['rule', '--s3', true]] : []), ...(advice.ran && advice.ran.length ? [['measured in this run', '--s1', true]] : [])]));
  }

  function adviseSection() {
    if (!advice) return;
    page.append(el('h2', {}, 'What to put into Retry-After'));
    const h = advice.header, whole = advice.unit_ns % 1e9 === 0, best = advice.rule || h;
    const lead = el('p', { class: 'lead' }, 'Send ', el('code', {}, whole ? `Retry-After: ${h.schedule.then_ns / 1e9}` : h.words), `: ${digits(h.polls_per_operation)} polls an operation, and half of the operations are noticed within ${ns(h.lag_p50_ns)}, 99 of 100 within ${ns(h.lag_p99_ns)}.`);
    page.append(el('div', { class: 'panel' }, lead,
      advice.rule ? el('p', { class: 'lead' }, 'Better, if the server can say more than one value: ', el('code', {}, advice.rule.words), `: ${digits(advice.rule.polls_per_operation)} polls, ${ns(advice.rule.lag_p50_ns)} and ${ns(advice.rule.lag_p99_ns)}.`) : '',
      el('p', { class: 'soft' }, `Replayed over the measured completion times of ${count(advice.operations)} operations, with clients that are up to ${+(100 * advice.jitter).toPrecision(3)} % later than asked. The knee is where one more poll an operation shortens the lag by less than ${+(100 * advice.worth).toPrecision(3)} % of the work's mean time (${ns(advice.work_mean_ns)}).`),
      ...(advice.cautions || []).map(c => el('p', { class: 'soft' }, '! ' + c))));
    page.append(el('div', { class: 'two' }, adviseChart(), el('div', { class: 'panel' }, el('h3', {}, `load on the status endpoint with “${best.words}”`),
      el('p', { class: 'soft' }, 'Polls a second on average; and in the worst tenth of a second if all in flight had been submitted at one moment.'),
      table(['operations', 'in flight', 'polls/s', 'worst 0.1 s', 'with jitter'], advice.loads.map(l => [`${count(l.times)} × (${perSecond(l.rate)}/s)`, count(l.in_flight), perSecond(l.polls_per_second), count(l.peak_together), count(l.peak_jittered)])))));
  }

  // The run over time.
  function timeSection() {
    if (!samples.length) return;
    page.append(el('h2', {}, 'Over time'), el('p', { class: 'soft' }, 'Drag to zoom all charts, double-click to see all again.'));
    const view = makeView(0, samples[samples.length - 1].at_s);
    const label = { labelX: clock };
    const flow = chart('Arrivals, completions and operations in flight', 220, view, { ...label, labelY: v => count(v),
      range: c => [0, Math.max(1, ...bins(c).map(b => Math.max(...b.part.map(s => s.in_flight), sum(b.part, s => s.submitted) / b.n, sum(b.part, s => s.ended) / b.n))) * 1.08],
      draw: (c, g) => {
        const list = bins(c), mid = b => c.x((b.from + b.to) / 2);
        g.fillStyle = `rgba(${css('--heat')}, .13)`;
        g.beginPath(); g.moveTo(c.x(list.length ? list[0].from : 0), c.area.bottom);
        for (const b of list) g.lineTo(mid(b), c.y(Math.max(...b.part.map(s => s.in_flight))));
        if (list.length) g.lineTo(c.x(list[list.length - 1].to), c.area.bottom);
        g.fill();
        line(g, list.map(b => [mid(b), c.y(Math.max(...b.part.map(s => s.in_flight)))]), css('--s0'), 2);
        line(g, list.map(b => [mid(b), c.y(sum(b.part, s => s.submitted) / b.n)]), css('--s2'), 1.8);
        line(g, list.map(b => [mid(b), c.y(sum(b.part, s => s.ended) / b.n)]), css('--s1'), 1.8);
      },
      tip: (c, t) => { const s = sampleAt(t); return `${clock(s.at_s)}\nin flight ${count(s.in_flight)}\nsubmitted ${count(s.submitted)}/s of ${count(s.planned)} planned\nended ${count(s.ended)}/s, ${count(s.failed)} not succeeded`; } });
    page.append(el('div', { class: 'panel' }, el('div', { class: 'bar' }, el('h3', {}, 'operations'), view.button()), flow, legend([['in flight', '--s0'], ['submitted a second', '--s2'], ['ended a second', '--s1']])));
    page.append(heatPanel(view, label));
    const polls = chart('Polls a second', 170, view, { ...label, labelY: v => count(v),
      range: c => [0, Math.max(1, ...bins(c).map(b => sum(b.part, s => s.polls) / b.n)) * 1.08],
      draw: (c, g) => {
        for (const b of bins(c)) {
          const x0 = c.x(b.from), w = Math.max(1, c.x(b.to) - x0 - 0.6), bar = (from, to, style) => { g.fillStyle = style; g.fillRect(x0, c.y(to), w, c.y(from) - c.y(to)); };
          const useful = sum(b.part, s => s.polls - s.wasted) / b.n, wasted = sum(b.part, s => s.wasted) / b.n, bad = sum(b.part, s => s.throttled + s.errors) / b.n;
          bar(0, useful, css('--s2')); bar(useful, useful + wasted, css('--line'));
          if (bad) bar(0, bad, css('--bad'));
        }
      },
      tip: (c, t) => { const s = sampleAt(t); return `${clock(s.at_s)}\n${count(s.polls)} polls, ${count(s.wasted)} of them “not yet”\n${count(s.throttled)} times 429, ${count(s.errors)} errors`; } });
    page.append(el('div', { class: 'panel' }, el('div', { class: 'bar' }, el('h3', {}, 'polls a second'), view.button()), polls, legend([['reported the end', '--s2'], ['“not yet”', '--line'], ['429 and errors', '--bad']])));
  }

  const heatText = { poll: 'a poll to its answer, from its planned moment', done: 'submit to the client knew, by when it knew', lag: 'the server was done to the client knew', late: "the generator's own lateness" };
  const low = p => p ? 2 ** (p - 1) / 1e3 : 0.5 / 1e3, high = p => 2 ** p / 1e3; // in ms
  function quantile(spread, q) {
    const n = sum(spread, x => x);
    let below = 0;
    for (let p = 0; p < spread.length; p++) {
      if (spread[p] && below + spread[p] >= q * n) return low(p) + (q * n - below) / spread[p] * (high(p) - low(p));
      below += spread[p];
    }
    return 0;
  }
  const pool = (part, kind) => { const all = []; for (const s of part) s.spreads[kind].forEach((n, p) => { all[p] = (all[p] || 0) + n; }); return Array.from(all, n => n || 0); };

  function heatPanel(view, label) {
    let kind = 'poll';
    const text = el('h3', {}, 'latency: ' + heatText[kind]);
    const powers = () => { const used = pool(samples, kind); const from = used.findIndex(n => n); return from < 0 ? [9, 12] : [from, used.length]; };
    const canvas = chart('Latency over time, as a heat map', 260, view, { ...label, logY: true, labelY: axisMs,
      range: () => { const [from, to] = powers(); return [low(from), high(to - 1)]; },
      draw: (c, g) => {
        const list = bins(c).map(b => ({ ...b, spread: pool(b.part, kind) }));
        const most = Math.max(1, ...list.map(b => Math.max(0, ...b.spread) / b.n));
        for (const b of list) {
          const x0 = c.x(b.from), w = Math.max(1, c.x(b.to) - x0 + 0.4);
          b.spread.forEach((n, p) => {
            if (!n) return;
            g.fillStyle = `rgba(${css('--heat')}, ${0.1 + 0.9 * Math.sqrt(n / b.n / most)})`;
            g.fillRect(x0, c.y(high(p)), w, c.y(low(p)) - c.y(high(p)) - 0.7);
          });
        }
        const lines = list.filter(b => b.spread.some(n => n)), mid = b => c.x((b.from + b.to) / 2);
        line(g, lines.map(b => [mid(b), c.y(quantile(b.spread, 0.99))]), css('--mark'), 1.8);
        line(g, lines.map(b => [mid(b), c.y(quantile(b.spread, 0.5))]), css('--ink'), 1.6);
      },
      tip: (c, t) => { const s = sampleAt(t), spread = s.spreads[kind], n = sum(spread, x => x); return `${clock(s.at_s)}\n${count(n)} counted${kind === 'late' ? '' : `\np50 ${ms(s[kind + '_p50_ms'])}`}\np99 ${ms(s[kind + '_p99_ms'])}`; } });
    return el('div', { class: 'panel' }, el('div', { class: 'bar' }, text, el('div', { class: 'bar' }, choice(['poll', 'done', 'lag', 'late'], kind, k => { kind = k; text.textContent = 'latency: ' + heatText[k]; redraw(view); }), view.button())), canvas,
      legend([['how many (the stronger, the more)', '--s0'], ['p50', '--ink'], ['p99', '--mark']]));
  }

  // Percentiles: the farther right, the rarer.
  function percentileSection() {
    const names = [...new Set(curves.map(c => c.metric))];
    if (!names.length) return;
    let metric = names.includes('done') ? 'done' : names[0];
    const strategies = summary.series.map(nameOf);
    const shown = () => curves.filter(c => c.metric === metric);
    const deepest = () => Math.max(10, ...shown().map(c => 1 / c.points[c.points.length - 1][0])) * 1.1;
    const view = makeView(1, deepest());
    const percentile = v => { const p = 100 - 100 / v; return v <= 1.001 ? '0 %' : +p.toFixed(Math.max(0, Math.ceil(Math.log10(v)) - 1)) + ' %'; };
    const at = (points, v) => { let best = points[0]; for (const p of points) if (Math.abs(Math.log(p[0] * v)) < Math.abs(Math.log(best[0] * v))) best = p; return best[1]; };
    const canvas = chart('Percentile distribution', 300, view, { logX: true, logY: true, labelY: axisMs, labelX: percentile,
      range: () => { const v = shown().flatMap(c => c.points.map(p => p[1])).filter(x => x > 0); return v.length ? [Math.min(...v) * 0.9, Math.max(...v) * 1.15] : [0.1, 1]; },
      draw: (c, g) => { for (const s of shown()) { if (s.least) fill(g, s.points.filter(p => p[1] > 0).map(p => [c.x(1 / p[0]), c.y(p[1])]), s.least.map(p => [c.x(1 / p[0]), p[1] > 0 ? c.y(p[1]) : c.area.bottom]), color(strategies.indexOf(s.strategy))); line(g, s.points.filter(p => p[1] > 0).map(p => [c.x(1 / p[0]), c.y(p[1])]), color(strategies.indexOf(s.strategy)), 2.2); } },
      tip: (c, v) => percentile(Math.max(1, v)) + '\n' + shown().map(s => `${s.strategy}: ${ms(at(s.points, v))}`).join('\n') });
    page.append(el('h2', {}, 'Percentiles'), el('div', { class: 'panel' }, el('div', { class: 'bar' }, choice(names, metric, m => { metric = m; view.all = [1, deepest()]; view.reset(); }), view.button()), canvas, legend(strategies.map((s, i) => [s, '--s' + i % 6]))));
  }

  function tables() {
    page.append(el('h2', {}, 'Figures'));
    if (summary.thresholds) page.append(el('div', { class: 'panel' }, el('h3', {}, 'thresholds'), table(['', 'threshold', 'strategy', 'measured'], summary.thresholds.map(t => [el('span', { class: t.met ? 'good' : 'bad' }, t.met ? '✓ met' : '✗ missed'), t.threshold, t.strategy, t.value || 'nothing']), [1, 2])));
    if (summary.series.length > 1) page.append(el('div', { class: 'panel' }, el('h3', {}, 'strategies side by side'), table(['', 'operations', 'polls/op', 'lag p50', 'lag p99', 'done p50', 'done p99', '“not yet”', 'early'],
      summary.series.map(s => { const l = metricOf(s, 'lag') || {}, d = metricOf(s, 'done') || {}; const part = (m, name) => m.count === undefined ? '–' : figure(m, name); return [nameOf(s), count(s.counts.submitted), digits(s.polls_per_operation.mean), part(l, 'p50'), part(l, 'p99'), part(d, 'p50'), part(d, 'p99'), share(s.counts.polls_wasted, s.counts.polls_sent), share(s.counts.polls_early, s.counts.polls_sent)]; }))));
    for (const s of summary.series) {
      const rows = Object.entries(s.latency_ms).filter(([m]) => m !== 'asked' && m !== 'needed');
      const order = ['accept', 'done', 'work', 'lag', 'poll', 'result', 'server', 'connection', 'late'];
      rows.sort((a, b) => order.indexOf(a[0]) - order.indexOf(b[0]));
      page.append(el('div', { class: 'panel' }, el('h3', {}, `latency from the planned moment: ${nameOf(s)}`), table(['', 'p50', 'p90', 'p99', 'p99.9', 'max', 'mean', 'count'], rows.flatMap(([m, q]) => [[m, q], ...(q.least ? [['at least', q.least]] : [])]).map(([m, q]) => [m, ...['p50', 'p90', 'p99', 'p99_9', 'max', 'mean'].map(name => figure(q, name)), count(q.count)]))));
    }
    const fates = ['succeeded', 'failed', 'cancelled', 'refused', 'lost', 'gone', 'timed_out', 'pending'].filter(f => total.counts[f]);
    page.append(el('div', { class: 'panel' }, el('h3', {}, 'every operation accounted for'), el('p', {}, `${count(total.counts.submitted)} submitted = ` + fates.map(f => `${count(total.counts[f])} ${f.replace('_', ' ')}`).join(' + ')),
      el('p', { class: 'soft' }, `${count(total.counts.requests)} requests, ${count(total.counts.polls_sent)} of them polls, ${count(total.counts.throttled)} answered 429, ${count(total.counts.resent)} sent again; ${count(total.counts.shed)} of ${count(total.counts.planned)} planned arrivals not submitted.`)));
    const errors = summary.series.flatMap(s => s.errors.map(e => [count(e.count), e.reason, e.example, nameOf(s)]));
    if (errors.length) page.append(el('div', { class: 'panel' }, el('h3', {}, 'what went wrong'), table(['count', 'class', 'one of them', 'strategy'], errors, [1, 2])));
    const c = summary.clock;
    page.append(el('footer', {}, `asyncctl ${summary.version || ''} · all latencies count from the planned moment · lag is ${summary.series.some(s => s.truth !== 'server') ? 'at most that, where the server does not tell when it was done: the truth lies in the band' : "against the server's own completion time"}${c.known && c.uncertainty_ns ? `, its clock read within ${ns(c.uncertainty_ns)}` : ''}`));
  }

  head(); adviseSection(); timeSection(); percentileSection(); tables();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => charts.forEach(draw));
})();
