// The engine against a running portal: makes the requests the profile describes and prints what it read, as JSON.
// node live.mjs CARRIER PAGE COOKIE NUMBERS… where PAGE is the address of the page that asks.
import { loadEngine, profileOf } from "./corpus.mjs";

const [carrier, page, cookie, ...numbers] = process.argv.slice(2);
const engine = loadEngine();
const profile = profileOf(carrier);

async function ask(name) {
  const { method, url, headers, body } = engine.request(profile, name, numbers, page);
  const answer = await fetch(new URL(url, page), { method, headers: { ...headers, Cookie: cookie }, body });
  const bytes = await answer.arrayBuffer();
  const contentType = answer.headers.get("content-type") ?? "";
  return engine.read(profile, name, { status: answer.status, url: answer.url, bytes, contentType }, numbers);
}

const told = {};
for (const name of ["whoami", "confirm", "detail"]) told[name] = await ask(name);
process.stdout.write(JSON.stringify(told));
