// Verifies with Discord's own library: a JSON list of cases in, a JSON list of answers out.
import { verifyKey } from "discord-interactions";
import { text } from "node:stream/consumers";

const cases = JSON.parse(await text(process.stdin));
const answers = await Promise.all(
  cases.map(({ key, payload, timestamp, signature }) =>
    verifyKey(payload, signature, timestamp, key),
  ),
);
console.log(JSON.stringify(answers));
