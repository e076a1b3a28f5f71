// A fresh container of Lambda's: node container.cjs <bundle> [click]. With `click`, the function's event stands on standard
// input. What there is to say is one line of JSON on channel 3; all times in ms.
const { readFileSync, writeSync } = require('node:fs');

const begun = performance.now();
const [, , bundle, click] = process.argv;
const handler = bundle && require(bundle).handler;
const load = performance.now() - begun;

function say(answer) {
  writeSync(3, `${JSON.stringify({ load, user: process.cpuUsage().user / 1000, answer })}\n`);
  process.exit(0);
}

if (click) {
  // Lambda's runtime fetches the event once the function has been loaded.
  const { event, arn } = JSON.parse(readFileSync(0, 'utf8'));
  const end = performance.now() + 10_000;
  handler(event, { invokedFunctionArn: arn, getRemainingTimeInMillis: () => end - performance.now() }).then(
    say,
    (error) => {
      process.stderr.write(`${error.stack}\n`);
      process.exit(1);
    },
  );
} else say();
