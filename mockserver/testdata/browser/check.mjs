// Opens the page at two widths, light and dark, uses its controls, and fails on what should not be.
import { chromium } from 'playwright-core';

const { ADMIN, URL: mock, CHROMIUM, SHOTS } = process.env;
let failed = 0;
function check(what, ok) {
  console.log((ok ? 'ok    ' : 'FAILS ') + what);
  if (!ok) failed++;
}
const api = async (path) => (await fetch(ADMIN + '/_asyncctl/' + path, { headers: { Authorization: 'Bearer s3cret' } })).json();

// use tries the controls.
async function use(page) {
  await page.fill('#fault-filter', 'status-404');
  await page.click('.fault .switch');
  await page.waitForSelector('.switch:checked');
  check('a fault is switched on', (await api('faults')).on.some((text) => text.startsWith('status-404')));
  await page.click('#all-off');
  await page.waitForSelector('#all-off', { state: 'hidden' });
  check('all faults are switched off', (await api('faults')).on.length === 0);
  const before = Date.parse((await api('clock')).now);
  await page.click('#advance button:nth-child(2)');
  await page.waitForTimeout(500);
  check('the clock is advanced', Date.parse((await api('clock')).now) - before >= 3600e3);
  await page.click('#scale button:nth-child(2)');
  await page.waitForSelector('#scale button:nth-child(2)[aria-pressed=true]');
  check('the clock is scaled', (await api('clock')).scale === 10);
  await fetch(mock + '/late?asyncctl.duration=720h', { method: 'POST' });
  await page.click('#states button[data-state=Running]');
  const running = page.locator('.op.Running', { hasText: '/late' });
  await running.locator('summary').click();
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/menu.png` });
  await running.getByText('Fail', { exact: true }).click();
  await page.waitForTimeout(500);
  check('an operation is failed by hand', (await api('operations?order=newest&limit=1'))[0].status === 'Failed');
  await page.click('#states button[data-state=""]');
  for (let i = 0; i < 45; i++) await fetch(mock + '/many?asyncctl.duration=720h', { method: 'POST' });
  await page.waitForSelector('#pager:not([hidden])');
  check('a page has twenty operations', await page.locator('.op').count() === 20);
  await page.click('#older');
  await page.waitForTimeout(500);
  check('older ones are a page away', !(await page.locator('#newer').isDisabled()) && await page.locator('.op').count() === 20);
  await page.click('#newer');
  await fetch(mock + '/x', { method: 'POST' });
  await page.waitForTimeout(1500);
  check('requests come as they are made', await page.locator('#requests tr').first().innerText().then((text) => text.includes('/x')));
}

const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
for (const [name, width, height, colorScheme] of [
  ['phone-light', 390, 844, 'light'], ['phone-dark', 390, 844, 'dark'], ['desktop-dark', 1280, 900, 'dark'], ['desktop-light', 1280, 900, 'light'],
]) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme, deviceScaleFactor: width < 500 ? 2 : 1 });
  const complaints = [];
  const elsewhere = [];
  page.on('console', (message) => { if (!/401/.test(message.text())) complaints.push(message.text()); });
  page.on('pageerror', (err) => complaints.push(err.message));
  page.on('request', (request) => { if (!request.url().startsWith(ADMIN) && !request.url().startsWith('data:')) elsewhere.push(request.url()); });
  const answer = await page.goto(ADMIN + '/');
  check(name + ': has a content security policy', /default-src 'none'/.test(answer.headers()['content-security-policy'] || ''));
  await page.fill('#token', 'wrong');
  await page.click('#ask button');
  await page.waitForSelector('#wrong:not([hidden])');
  await page.fill('#token', 's3cret');
  await page.click('#ask button');
  await page.waitForSelector('.op.Running');
  await page.waitForTimeout(1500);
  check(name + ': nothing is wider than the window', await page.evaluate(() => document.documentElement.scrollWidth) <= width);
  check(name + ': what a client said is text', await page.title() === 'asyncctl mockserver' && await page.locator('#operations img').count() === 0 && await page.getByText('<img src=x').count() > 0);
  check(name + ': early polls show', await page.locator('.tick.early').count() >= 3);
  check(name + ': no complaint', complaints.length === 0 || (console.log(complaints), false));
  check(name + ': it asks nobody else', elsewhere.length === 0);
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: width < 500 });

  if (name === 'desktop-light') await use(page);
  await page.close();
}
await browser.close();
process.exit(failed ? 1 : 0);
