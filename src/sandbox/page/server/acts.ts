import type { Playground } from '../../playground.js';
import type { Acting, BotAnswer, Modal } from '../../slack/index.js';
import type { Act, Acted, PagePerson } from '../model/model.js';
import { ok, refuse, type PageReply } from './reply.js';
import { visibleChannels, visibleMessage } from '../model/sight.js';

type Place = Pick<Playground, 'slack' | 'shared'>;

/** Does in Slack's client what this person does: 409 where the client would not let them. */
export async function perform(place: Place, person: PagePerson, act: Act): Promise<PageReply> {
  if (!person.actable) return refuse(409, `${person.realName} cannot be acted as.`);
  const { slack } = place;
  const failuresBefore = slack.failures(act.as).length;
  const begun = performance.now();
  let done: Outcome;
  try {
    done = await carryOut(place, slack.as(act.as), act);
  } catch (error) {
    // The double says in a plain Error what Slack's client does not offer; anything else is a fault of ours.
    if (error instanceof Error && error.constructor === Error) return refuse(409, sentence(error.message));
    throw error;
  }
  if ('refused' in done) return refuse(409, done.refused);
  const failures = slack.failures(act.as).slice(failuresBefore);
  const failure =
    'answer' in done
      ? done.answer.failure &&
        (failures.findLast(({ error }) => error === done.answer.failure)?.text ?? done.answer.failure)
      : failures.findLast(({ what }) => what === act.do.replace('message-', ''))?.text;
  return ok({
    ms: Math.round('answer' in done ? done.answer.ms : performance.now() - begun),
    ...(failure !== undefined && { failure }),
    ...('options' in done && { options: done.options }),
  } satisfies Acted);
}

type Outcome = { answer: BotAnswer } | { options: { text: string; value: string }[] } | { refused: string };

async function carryOut(place: Place, person: Acting, act: Act): Promise<Outcome> {
  switch (act.do) {
    case 'command': {
      const { slack } = place;
      if (!COMMAND.test(act.line)) return { refused: 'Here only /jit is answered. Try: /jit help' };
      const channel = act.channel ?? slack.dmOf(act.as);
      const here =
        channel === slack.dmOf(act.as) || visibleChannels(place, act.as).some(({ id }) => id === channel);
      if (!here) return { refused: `This person is in no channel ${channel}.` };
      return { answer: await person.command(act.line, channel) };
    }
    case 'click': {
      const message = visibleMessage(place, act.as, act);
      if (!message) return { refused: GONE };
      return { answer: await person.click(message, act.action, act.value) };
    }
    case 'click-modal': {
      const modal = open(place, act);
      if (!modal) return { refused: CLOSED };
      return { answer: await person.click(modal, act.action, act.value) };
    }
    case 'choose':
      return { answer: await person.choose(act.modal, act.block, act.value) };
    case 'fill':
      person.fill(act.modal, act.values);
      return { answer: NOTHING_SENT };
    case 'submit':
      return { answer: await person.submit(act.modal, act.values) };
    case 'suggest':
      return { options: await person.suggest(act.modal, act.block, act.query) };
    case 'open-home':
      return { answer: await person.openHome() };
    case 'click-home': {
      const home = place.slack.home(act.as);
      if (!home) return { refused: 'Nothing has been drawn on the Home tab yet.' };
      return { answer: await person.click(home, act.action, act.value) };
    }
    case 'shortcut':
      return { answer: await person.shortcut('request') };
    case 'message-shortcut': {
      const message = visibleMessage(place, act.as, act);
      if (!message) return { refused: GONE };
      return { answer: await person.messageShortcut(message, 'request-from-message') };
    }
    case 'close':
      return { answer: await person.close(act.modal) };
    default:
      return act satisfies never;
  }
}

/** The app's one slash command: anything else Slack would not send to it. */
const COMMAND = /^\/jit(?:\s|$)/;
const GONE = 'This message is not there any more, or this person does not see it.';
const CLOSED = 'This modal is not open any more.';
const NOTHING_SENT: BotAnswer = { status: 0, ms: 0, body: '' };

function open({ slack }: Place, { as, modal }: { as: string; modal: string }): Modal | undefined {
  return slack.views(as).find(({ id }) => id === modal);
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
