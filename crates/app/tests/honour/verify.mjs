// Verifies with a JWT library that knows nothing of us what it is given on standard input, and says what it found.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { inflateSync } from 'node:zlib';

const [modules] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const { createLocalJWKSet, jwtVerify } = await import(pathToFileURL(require.resolve('jose')));
const given = JSON.parse(readFileSync(0, 'utf8'));
const keys = createLocalJWKSet(JSON.parse(given.keys));
const algorithms = ['EdDSA'];
const certificate = await jwtVerify(given.certificate, keys, { algorithms });
const list = await jwtVerify(given.list, keys, {
  algorithms,
  typ: 'statuslist+jwt',
  currentDate: new Date(given.now * 1000),
});
const { bits, lst } = list.payload.status_list;
const bytes = inflateSync(Buffer.from(lst, 'base64url'));
const index = certificate.payload.i;
const status = bytes[Math.floor(index / 4)] >> ((index % 4) * 2) & 3;
let refused = 0;
for (const token of given.wrong) {
  await jwtVerify(token, keys, { algorithms }).catch(() => { refused += 1; });
}
console.log(JSON.stringify({ claims: certificate.payload, bits, ttl: list.payload.ttl, status, refused }));
