import { say } from '../messages/blocks.js';
import { listing } from '../messages/requests.js';
import { sentenceFor } from '../../words/refusal.js';
import type { Subcommand } from './typed/subcommand.js';

export const list: Subcommand = {
  name: 'list',
  usage: '',
  summary: 'shows your requests, open ones first',
  async run({ actor }, { front, kinds }) {
    const answer = await front.mine(actor);
    return 'refusal' in answer ? say(sentenceFor(answer.refusal)) : listing(answer.ok, kinds);
  },
};
