// Verifies with Replicate's own library: a JSON list of cases in, a JSON list of answers out.
import { validateWebhook } from "replicate";
import { text } from "node:stream/consumers";

const cases = JSON.parse(await text(process.stdin));
const answers = await Promise.all(
  cases.map((each) =>
    validateWebhook(each).catch(() => false),
  ),
);
console.log(JSON.stringify(answers));
