// The live page of the mock. It asks the admin API for bounded pages, and shows what comes as text:
// nothing that a server or a client said is ever read as HTML.
'use strict';

const api = '/_asyncctl/';
const perPage = 20;   // operations that are shown at a time
const maxRows = 200;  // requests that are kept on the page
const pace = 1000;    // ms between two looks

const $ = (id) => document.getElementById(id);

// el makes an element with properties and children; texts become text nodes.
function el(tag, props, ...children) {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children.filter((child) => child !== null && child !== ''));
  return node;
}

// --- the API ---

let token = sessionStorage.getItem('asyncctl-token') || '';

class Refused extends Error {}

async function ask(path, options = {}) {
  const headers = token ? { Authorization: 'Bearer ' + token } : {};
  const answer = await fetch(api + path, { ...options, headers, cache: 'no-store' });
  if (answer.status === 401) throw new Refused();
  const value = await answer.json();
  if (!answer.ok) throw new Error(value.detail || answer.statusText);
  return { value, link: answer.headers.get('Link') || '' };
}

// act does what a person asked for, and says what went wrong.
async function act(path, method, body) {
  try {
    const { value } = await ask(path, { method, body });
    await look();
    return value;
  } catch (err) {
    if (err instanceof Refused) askForToken();
    else say(err.message);
    return null;
  }
}

let silence;
function say(text) {
  $('say').textContent = text;
  $('say').hidden = false;
  clearTimeout(silence);
  silence = setTimeout(() => { $('say').hidden = true; }, 5000);
}

function askForToken() {
  $('wrong').hidden = !token;
  $('ask').hidden = false;
  $('board').hidden = true;
  $('token').focus();
}

$('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  token = $('token').value.trim();
  sessionStorage.setItem('asyncctl-token', token);
  look();
});

// --- figures ---

const figures = [
  ['stored', 'operations'], ['working', 'at work'], ['waiting', 'in the queue'], ['requests', 'requests'],
  ['polls', 'polls'], ['earlyPolls', 'early polls'], ['results', 'results'], ['refused', 'refused'],
];

const short = (n) => n < 10000 ? String(n) : new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 }).format(n);

function showFigures(stats) {
  $('figures').replaceChildren(...figures.map(([key, name]) =>
    el('div', { className: key === 'earlyPolls' && stats[key] > 0 ? 'bad' : '' }, el('dt', {}, name), el('dd', {}, short(stats[key])))));
}

// --- clock ---

let clock = { at: Date.now(), now: Date.now(), scale: 1 };
const speeds = [1, 10, 60, 1000];
const leaps = [['1m', '+1 m'], ['1h', '+1 h'], ['24h', '+1 d']];

const serverNow = () => clock.now + (Date.now() - clock.at) * clock.scale;

function showClock(value) {
  clock = { at: Date.now(), now: Date.parse(value.now), scale: value.scale };
  if ($('scale').dataset.key === String(value.scale)) return;
  $('scale').dataset.key = String(value.scale);
  const shown = speeds.includes(value.scale) ? speeds : [...speeds, value.scale].sort((a, b) => a - b);
  $('scale').replaceChildren(...shown.map((scale) => {
    const button = el('button', { type: 'button', onclick: () => act('clock', 'POST', JSON.stringify({ scale })) }, scale + '×');
    button.setAttribute('aria-pressed', scale === value.scale);
    return button;
  }));
}

$('advance').append(...leaps.map(([advance, name]) =>
  el('button', { type: 'button', onclick: () => act('clock', 'POST', JSON.stringify({ advance })) }, name)));

const two = (n) => String(n).padStart(2, '0');
const timeOf = (date) => two(date.getHours()) + ':' + two(date.getMinutes()) + ':' + two(date.getSeconds());

function tick() {
  const now = new Date(serverNow());
  $('now').textContent = timeOf(now);
  $('date').textContent = now.toLocaleDateString('en', { weekday: 'short', day: 'numeric', month: 'short' });
}
setInterval(tick, 250);

// --- operations ---

const states = ['', 'Pending', 'Running', 'Succeeded', 'Failed', 'Cancelled'];
let state = '';
let trail = [''];  // the pages that led here: their links, the first one empty
let nextPage = '';

$('states').append(...states.map((name) => {
  const button = el('button', { type: 'button', onclick: () => { state = name; trail = ['']; look(); } }, name || 'All');
  button.dataset.state = name;
  return button;
}));

function span(ms) {
  const s = ms / 1000;
  if (s < 10) return s.toFixed(1) + ' s';
  if (s < 100) return Math.round(s) + ' s';
  if (s < 6000) return Math.round(s / 60) + ' min';
  if (s < 172800) return (s / 3600).toFixed(1) + ' h';
  return Math.round(s / 86400) + ' d';
}

// timeline draws an operation from its acceptance to its end, or to its expected end.
function timeline(op) {
  const accepted = Date.parse(op.accepted);
  const done = op.done ? Date.parse(op.done) : 0;
  const now = serverNow();
  const polls = op.history || [];
  const last = polls.length ? Date.parse(polls[polls.length - 1].at) : 0;
  const end = Math.max(done || (op.due ? Date.parse(op.due) : now), last, done ? 0 : now, accepted + 1);
  const at = (t) => 100 * Math.min(Math.max((t - accepted) / (end - accepted), 0), 1);
  const line = el('div', { className: 'line' }, el('i', { className: 'rail' }));
  const bar = (name, from, to) => {
    const part = el('i', { className: name });
    part.style.left = from + '%';
    part.style.width = Math.max(to - from, 0.4) + '%';
    line.append(part);
  };
  const started = op.started ? Date.parse(op.started) : 0;
  const reached = done || now;
  bar('wait', 0, at(started || reached));
  if (started) bar('work', at(started), at(reached));
  for (const poll of polls) {
    const tickMark = el('i', { className: poll.lateness < 0 ? 'tick early' : 'tick', title: timeOf(new Date(poll.at)) + ' ' + poll.status });
    tickMark.style.left = at(Date.parse(poll.at)) + '%';
    line.append(tickMark);
  }
  return line;
}

function facts(op) {
  const accepted = Date.parse(op.accepted);
  const parts = [];
  if (op.done) parts.push('took ' + span(Date.parse(op.done) - accepted));
  else if (op.frozen) parts.push('frozen at ' + op.percent + ' %');
  else {
    parts.push(op.percent + ' %');
    if (op.due) parts.push(span(Math.max(Date.parse(op.due) - serverNow(), 0)) + ' left');
  }
  if (op.expired) parts.push('gone');
  parts.push(op.polls === 1 ? '1 poll' : op.polls + ' polls');
  const node = el('div', { className: 'facts' }, parts.join(' · '));
  if (op.early) node.append(' · ', el('span', { className: 'bad' }, op.early + ' early'));
  if (op.afterEnd) node.append(' · ', el('span', { className: 'bad' }, op.afterEnd + ' after the end'));
  return node;
}

const opened = new Set();  // ids of the operations whose menu is open

function verbs(op) {
  if (op.done && op.expired) return el('div', { className: 'verbs' });
  const names = op.done ? ['expire'] : ['complete', 'fail', op.frozen ? 'thaw' : 'freeze', 'expire'];
  const menu = el('details', { className: 'menu', open: opened.has(op.id) }, el('summary', {}, 'Change'), el('div', {}, ...names.map((verb) =>
    el('button', { type: 'button', onclick: () => { opened.delete(op.id); act('operations/' + encodeURIComponent(op.id) + '/' + verb, 'POST'); } },
      verb[0].toUpperCase() + verb.slice(1)))));
  menu.addEventListener('toggle', () => menu.open ? opened.add(op.id) : opened.delete(op.id));
  return el('div', { className: 'verbs' }, menu);
}

document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('details.menu[open]')) if (!menu.contains(event.target)) menu.open = false;
});

function showOperations(list, link) {
  const match = /<[^>]*\/operations\?([^>]*)>; rel="next"/.exec(link);
  nextPage = match ? match[1] : '';
  for (const button of $('states').children) button.setAttribute('aria-pressed', button.dataset.state === state);
  const held = document.activeElement.closest('.op');
  const control = held ? [...held.querySelectorAll('summary, button')].indexOf(document.activeElement) : -1;
  $('operations').replaceChildren(...list.map((op) => el('li', { className: 'op ' + op.status, id: 'op-' + op.id },
    el('div', { className: 'state' }, op.status),
    el('div', { className: 'name' }, el('b', { title: op.path }, op.method + ' ' + op.path), el('span', { title: op.id }, op.id.slice(0, 8))),
    facts(op), timeline(op), verbs(op))));
  if (control >= 0) { // whoever is at the keyboard stays where they are
    const again = $(held.id);
    if (again) again.querySelectorAll('summary, button')[control]?.focus();
  }
  $('no-operations').hidden = list.length > 0;
  if (list.length === 0) {
    $('no-operations').replaceChildren(...(state || trail.length > 1
      ? ['No operation here is ' + (state || 'left') + '.']
      : ['No operation yet. Submit one to the mock: ', el('br'), el('code', {}, 'curl -i -X POST MOCK/operations')]));
  }
  $('pager').hidden = !nextPage && trail.length === 1;
  $('older').disabled = !nextPage;
  $('newer').disabled = trail.length === 1;
}

$('older').addEventListener('click', () => { if (nextPage) { trail.push(nextPage); look(); } });
$('newer').addEventListener('click', () => { trail = ['']; look(); });

// --- faults ---

let faultState = null;
const given = new Map(); // parameters, by the name of the fault

function showFaults(value) {
  faultState = value;
  $('seed').textContent = String(value.seed);
  $('all-off').hidden = value.on.length === 0;
  const on = new Map(value.on.map((text) => [text.split(':')[0], text]));
  const wanted = $('fault-filter').value.trim().toLowerCase();
  const affected = value.affected || {};
  const key = wanted + '\n' + value.on.join('\n') + JSON.stringify(affected);
  if ($('faults').dataset.key === key) return;
  $('faults').dataset.key = key;
  const matches = value.catalogue.filter((f) => !wanted || (f.name + ' ' + f.summary).toLowerCase().includes(wanted));
  matches.sort((a, b) => on.has(b.name) - on.has(a.name));
  const held = document.activeElement.id;
  $('faults').replaceChildren(...matches.map((f) => {
    const box = el('input', { type: 'checkbox', className: 'switch', id: 'fault-' + f.name, checked: on.has(f.name), onchange: () => flip(f.name, box) });
    box.setAttribute('role', 'switch');
    const set = on.get(f.name);
    const words = el('input', { className: 'words', id: 'words-' + f.name, placeholder: f.default.split(':')[1] || 'p=0.1,first=3', spellcheck: false, autocomplete: 'off', value: given.get(f.name) || '' });
    words.setAttribute('aria-label', 'Parameters of ' + f.name);
    words.addEventListener('input', () => given.set(f.name, words.value.trim()));
    words.addEventListener('keydown', (event) => { if (event.key === 'Enter') { box.checked = true; flip(f.name, box); } });
    const count = affected[f.name] ? el('i', { title: 'requests that it affected' }, short(affected[f.name])) : '';
    return el('li', {}, words, el('label', { className: 'fault', title: 'It exposes: ' + f.exposes },
      el('span', {}, el('b', {}, f.name, count), el('small', {}, f.summary), set && set !== f.name ? el('em', {}, set) : ''), box));
  }));
  if (/^(fault|words)-/.test(held) && $(held)) $(held).focus();
}

async function flip(name, box) {
  const value = await act('faults/' + encodeURIComponent(name), box.checked ? 'PUT' : 'DELETE', box.checked ? given.get(name) || undefined : undefined);
  if (!value) box.checked = !box.checked;
}

$('fault-filter').addEventListener('input', () => faultState && showFaults(faultState));
$('all-off').addEventListener('click', () => act('faults', 'PUT', JSON.stringify({ on: [] })));

// --- requests ---

let newest = 0;
let paused = false;

$('pause').addEventListener('click', () => {
  paused = !paused;
  $('pause').setAttribute('aria-pressed', paused);
  $('pause').textContent = paused ? 'Go on' : 'Pause';
  if (!paused) look();
});

function row(r, fresh) {
  const notes = el('td', { className: 'notes' });
  if (r.early) notes.append(el('span', { className: 'tag bad' }, 'early'));
  for (const fault of (r.fault || '').split(',').filter(Boolean)) notes.append(el('span', { className: 'tag' }, fault));
  const code = el('td', { className: 'code c' + Math.floor(r.code / 100) }, r.code ? String(r.code) : 'none');
  return el('tr', { className: fresh ? 'new' : '' },
    el('td', { className: 'time' }, timeOf(new Date(r.time))),
    el('td', {}, r.method), el('td', { className: 'path', title: r.path }, r.path), code,
    el('td', {}, r.status ? el('span', { className: 'state ' + r.status }, r.status) : ''),
    el('td', { className: 'hint' }, r.retryAfter ? 'after ' + r.retryAfter + (/^\d+$/.test(r.retryAfter) ? ' s' : '') : ''), notes);
}

function showRequests(list) {
  if (list.length === 0) return;
  const fresh = newest > 0;
  newest = list[list.length - 1].number;
  $('requests').prepend(...list.reverse().map((r) => row(r, fresh)));
  while ($('requests').children.length > maxRows) $('requests').lastChild.remove();
  $('no-requests').hidden = true;
}

// --- the loop ---

let looking = null;

// look brings everything up to date, once at a time.
function look() {
  looking = (looking || Promise.resolve()).then(once);
  return looking;
}

async function once() {
  try {
    const page = trail[trail.length - 1] || new URLSearchParams({ order: 'newest', limit: perPage, ...(state && { status: state }) });
    const [stats, clockNow, faults, operations, requests] = await Promise.all([
      ask('stats'), ask('clock'), ask('faults'), ask('operations?' + page),
      paused ? null : ask('requests?limit=' + maxRows + (newest ? '&after=' + newest : '')),
    ]);
    $('ask').hidden = true;
    $('board').hidden = false;
    showFigures(stats.value);
    showClock(clockNow.value);
    showFaults(faults.value);
    showOperations(operations.value, operations.link);
    if (requests) showRequests(requests.value);
    tell('live', 'is-live');
  } catch (err) {
    if (err instanceof Refused) { askForToken(); tell('locked', ''); } else tell('no answer', 'is-lost');
  }
}

function tell(text, className) {
  $('live').textContent = text;
  document.body.className = className;
}

async function loop() {
  if (!document.hidden && $('ask').hidden) await look();
  setTimeout(loop, pace);
}
loop();
document.addEventListener('visibilitychange', () => { if (!document.hidden && $('ask').hidden) look(); });
