// Verifies with Linear's own library: a JSON list of cases in, a JSON list of answers out.
import { LinearWebhookClient } from "@linear/sdk/webhooks";
import { text } from "node:stream/consumers";

const cases = JSON.parse(await text(process.stdin));
const answers = cases.map(({ secret, body, signature }) => {
  try {
    return new LinearWebhookClient(secret).verify(Buffer.from(body), signature);
  } catch {
    return false;
  }
});
console.log(JSON.stringify(answers));
