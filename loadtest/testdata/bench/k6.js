// The workflow that "load -mode quick" runs: submit, one poll, fetch the result.
import http from 'k6/http';

export const options = { vus: Number(__ENV.VUS || 64), duration: __ENV.DURATION || '5s', discardResponseBodies: false };

const base = __ENV.BASE || 'http://127.0.0.1:9999';

export default function () {
  const accepted = http.post(`${base}/q`, '{"n":1}', { redirects: 0, tags: { name: 'submit' } });
  const status = http.get(base + accepted.headers['Location'], { redirects: 0, tags: { name: 'poll' } });
  http.get(base + status.headers['Location'], { tags: { name: 'result' } });
}
