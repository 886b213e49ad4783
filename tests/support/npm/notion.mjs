// Signs and verifies with Notion's own library: a JSON list of cases in, a JSON list of answers out.
import { signWebhookPayload, verifyWebhookSignature } from "@notionhq/client";
import { text } from "node:stream/consumers";

const cases = JSON.parse(await text(process.stdin));
const answers = await Promise.all(
  cases.map(({ secret: verificationToken, payload: body, signature }) =>
    signature === undefined
      ? signWebhookPayload({ body, verificationToken })
      : verifyWebhookSignature({ body, signature, verificationToken }),
  ),
);
console.log(JSON.stringify(answers));
