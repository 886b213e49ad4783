// Verifies with LINE's own library: a JSON list of cases in, a JSON list of answers out.
import { validateSignature } from "@line/bot-sdk";
import { text } from "node:stream/consumers";

const cases = JSON.parse(await text(process.stdin));
const answers = cases.map(({ secret, payload, signature }) =>
  validateSignature(payload, secret, signature),
);
console.log(JSON.stringify(answers));
