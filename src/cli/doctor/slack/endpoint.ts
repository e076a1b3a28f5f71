import { randomUUID } from 'node:crypto';
import type { Millis } from '../../../domain/entitlement.js';
import type { DoctorOutside, EndpointAnswer as Answer } from '../outside.js';
import { failed, type Examined } from '../../../kit/diagnosis.js';

const LIMIT: Millis = 5_000;

/** Calls the endpoint as Slack does, once rightly signed and once wrongly. */
export async function endpoint(
  url: string | undefined,
  { port, secret }: { port: number; secret: string },
  { challenge, answersHealth, now }: Pick<DoctorOutside, 'challenge' | 'answersHealth' | 'now'>,
): Promise<Examined<true>> {
  const here = `http://127.0.0.1:${port}`;
  const target = url ?? ((await answersHealth(here, LIMIT)) ? `${here}/slack/events` : undefined);
  if (target === undefined)
    return {
      skipped:
        'jit does not know the address that Slack calls; give it with `--url https://…/slack/events`, or start jit on this machine',
    };
  const word = randomUUID();
  const call = (key: string) => challenge(target, { secret: key, word, now: now(), limit: LIMIT });
  const [right, wrong] = await Promise.all([call(secret), call(randomUUID())]);
  return judgeEndpoint(target, word, right, wrong);
}

function judgeEndpoint(url: string, word: string, right: Answer, wrong: Answer): Examined<true> {
  if ('error' in right)
    return failed(
      `${url} does not answer (${right.error})`,
      'start jit, and check that DNS, the TLS certificate and the firewall let Slack reach it',
    );
  if (!('error' in wrong) && wrong.status === 200)
    return failed(
      `${url} accepts a wrong signature`,
      'take it off the network: the program at this address does not check who calls. Only jit may answer there',
    );
  if (right.status === 401)
    return failed(
      `${url} refuses a request signed with SLACK_SIGNING_SECRET`,
      'give the running process the same signing secret (Basic Information → Signing Secret), and set both clocks by NTP',
    );
  if (right.status !== 200 || right.challenge !== word)
    return failed(
      `${url} answers ${right.status}, which is not jit’s answer`,
      'check the address: it ends in /slack/events, and a proxy before jit must pass body and headers on unchanged',
    );
  if ('error' in wrong || wrong.status !== 401)
    return failed(
      `${url} answers a wrong signature with ${'error' in wrong ? wrong.error : wrong.status} instead of 401`,
      'check that nothing but jit answers at this address',
    );
  return { value: true, about: `${url} accepts the right signature and refuses a wrong one` };
}
