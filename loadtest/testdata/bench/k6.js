// The workflow that "load -mode quick" runs: submit, one poll, fetch the result.
import http from 'k6/http';

export const options = { vus: Number(__ENV.VUS || 64), duration: __ENV.DURATION || '5s', discardResponseBodies: false, insecureSkipTLSVerify: true };

const base = __ENV.BASE || 'http://127.0.0.1:9999';

// Without names k6 keeps a time series for each URL, which costs it a third of its speed: NAMES=1 spares it that.
const name = (is) => (__ENV.NAMES ? { redirects: 0, tags: { name: is } } : { redirects: 0 });

export default function () {
  const accepted = http.post(`${base}/q`, '{"n":1}', name('submit'));
  const status = http.get(base + accepted.headers['Location'], name('poll'));
  http.get(base + status.headers['Location'], name('result'));
}
