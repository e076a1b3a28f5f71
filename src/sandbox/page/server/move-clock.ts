import type { Playground } from '../../playground.js';
import { nextDue } from '../model/due.js';
import type { MoveClock } from '../model/model.js';
import { ok, refuse, type PageReply } from './reply.js';

/** Moves the sandbox's clock, only ever ahead, or changes its pace. */
export async function move(
  { clock, people, record, wallNow }: Pick<Playground, 'clock' | 'people' | 'record' | 'wallNow'>,
  how: MoveClock,
): Promise<PageReply> {
  if ('rate' in how) clock.setRate(how.rate);
  else if ('by' in how) clock.advance(how.by);
  else if (how.to === 'now') {
    const behind = wallNow() - clock.now();
    if (behind > 0) clock.advance(behind);
  } else {
    const next = nextDue(await record.heads(), people, clock.now());
    if (!next) return refuse(409, 'Nothing is due later on: no request waits for its time.');
    clock.advance(next.at - clock.now());
  }
  return ok();
}
