// Signs and verifies with GitHub's own library: a JSON list of cases in, a JSON list of answers out.
import { sign, verify } from "@octokit/webhooks-methods";
import { text } from "node:stream/consumers";

const cases = JSON.parse(await text(process.stdin));
const answers = await Promise.all(
  cases.map(({ secret, payload, signature }) =>
    signature === undefined ? sign(secret, payload) : verify(secret, payload, signature),
  ),
);
console.log(JSON.stringify(answers));
