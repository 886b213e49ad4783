// Validates with Amazon's own library: a JSON list of cases in, a JSON list of answers out. The
// certificate that it would fetch from Amazon is the one in the case.
import https from "node:https";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import MessageValidator from "sns-validator";

let certificate;
https.get = (_address, callback) => {
  callback(Object.assign(Readable.from([certificate]), { statusCode: 200 }));
  return { on() {} };
};

const validator = new MessageValidator();
const answers = [];
for (const each of JSON.parse(await text(process.stdin))) {
  certificate = each.certificate;
  answers.push(
    await new Promise((resolve) =>
      validator.validate(each.payload, (error) => resolve(error === null)),
    ),
  );
}
console.log(JSON.stringify(answers));
