// A fresh container: node run.cjs <bundle>, with {event, context, at} on standard input; the answer goes to channel 3.
const { readFileSync, writeSync } = require('node:fs');

const { event, arn, at } = JSON.parse(readFileSync(0, 'utf8'));
// The doubles live at another time than this machine.
const real = Date.now;
const shift = at - real();
Date.now = () => real() + shift;

const { handler } = require(process.argv[2]);
const end = performance.now() + 30_000;
const context = { invokedFunctionArn: arn, getRemainingTimeInMillis: () => end - performance.now() };
handler(event, context).then(
  (answer) => {
    writeSync(3, JSON.stringify({ answer }));
    // Lambda freezes the process with its answer.
    process.exit(0);
  },
  (error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
