import type { Chain } from '../../domain/chain.js';
import type { Entitlement, Millis } from '../../domain/entitlement.js';
import type { RequestDecision } from '../../domain/request/decision.js';
import type { Pdp, Who } from '../../ports/policy.js';
import { axesOf, boxesOf, boxesOfAll, openIn, TOO_MANY, type Box } from '../questions/boxes.js';
import { tooMuch } from '../questions/too-much.js';
import { bounded, type Diagram } from '../questions/model/diagram.js';
import { chainIn } from '../questions/model/decide.js';
import type { Model } from '../questions/model/model.js';
import { isEmergency } from '../questions/model/variables.js';
import { profilesIn, type Profile } from '../questions/profiles/profiles.js';
import { answerBy, questionWith } from '../questions/witness.js';

/** A question that somebody could put, and what the policies answer: for each person one with each duration and answer. */
export interface LintAnswer {
  who: Who;
  /** By a policy; else somebody of whom policies know only the groups. */
  named: boolean;
  duration: Millis;
  /** Whether it is so in an emergency alone. */
  inEmergency: boolean;
  /** Undefined: it is refused. */
  chain: Chain | undefined;
  /** The decision point's own answer. */
  decision: () => RequestDecision;
}

/** What may be asked for, by whom and when: every answer that there is, each the policy decision point's own. */
export interface LintSpace {
  answers: (entitlement: Entitlement) => readonly LintAnswer[];
  /** By which policies it is refused, whoever asks how and when, at most a few hundred times. @param duration absent: whichever */
  refusals: (entitlement: Entitlement, duration?: Millis) => string[][];
  /** The chains that one person may be led to, in whichever groups they may be. @param members of a group, as far as it is known */
  asks: (
    entitlement: Entitlement,
    email: string,
    members: (group: string) => readonly string[] | undefined,
  ) => ReadonlySet<string>;
  /** The groups on which the answer can depend. */
  groups: (entitlement: Entitlement) => readonly string[];
  /** What policies err on, for some question. */
  errors: (entitlement: Entitlement) => string[];
  /** Policies that are not understood, and on which the answers for an entitlement depend, so that there may be more. */
  open: (entitlement: Entitlement) => readonly string[];
}

/** Of what is refused, so many ways are looked at to say what stops it. */
const REFUSALS = 300;

// oxlint-disable-next-line max-lines-per-function -- a factory: it only returns an object of functions, each of them shorter
export function spaceOf(model: Model, pdp: Pdp): LintSpace {
  const { variables, diagrams } = model;
  const policies = model.deciders.flatMap((one) => one.policies);
  const axes = axesOf(variables);
  const durationsIn = (values: Box['values']) =>
    values.get(axes.duration.number) ?? axes.duration.cells.map((_, n) => n);
  const emergency = variables.findIndex(isEmergency);
  const isInEmergency = (values: Box['values']) => values.get(emergency)?.includes(0) === false;
  const known = new Map<Diagram, Answered>();

  return {
    answers: (entitlement) => about(entitlement).answers,
    open: (entitlement) => about(entitlement).open,
    refusals,
    asks: ({ id }, email, members) =>
      bounded(
        () => chainsOf(id, email, members),
        () => new Set(),
      ),
    errors: (entitlement) => about(entitlement).errors(),
    groups: ({ id }) =>
      bounded(
        () => [...diagrams.asks(model.decision(0, id))],
        () => [],
      ).flatMap((number) => {
        const variable = variables[number]!;
        return variable.is === 'group' ? [variable.name] : [];
      }),
  };

  function chainsOf(
    id: string,
    email: string,
    members: (group: string) => readonly string[] | undefined,
  ): ReadonlySet<string> {
    const decision = model.decision(0, id);
    const asked = diagrams.asks(decision);
    const [person] = model.people.among([email], asked);
    const theirs = diagrams.restricted((number) => {
      const variable = variables[number]!;
      const list = variable.is === 'group' ? members(variable.name) : undefined;
      return person!.values.get(number) ?? (list && (list.includes(email) ? 1 : 0));
    })(decision);
    const isKnown = (number: number) => variables[number]!.is !== 'open';
    const isSure = (chain: string) =>
      diagrams.find(theirs, (answer) => answer === chain, isKnown) !== undefined;
    return new Set([...diagrams.answers(theirs)].filter(isSure));
  }

  /** Of entitlements that are decided alike, the first is asked about. */
  function about({ id }: Entitlement): Answered {
    return bounded(
      () => aboutOne(id),
      (why) => ({ answers: [], open: [tooMuch(why, policies)], errors: () => [] }),
    );
  }

  function aboutOne(id: string): Answered {
    const decision = model.decision(0, id);
    const found = known.get(decision) ?? ask(id, decision);
    known.set(decision, found);
    return found;
  }

  function ask(id: string, decision: Diagram): Answered {
    const { profiles, unsure } = profilesIn(model, decision, { once: true });
    const open = new Set(unsure);
    const failing: LintAnswer[] = [];
    const parted = boxesOfAll(model);
    const answers = profiles.flatMap((profile) => {
      const found = new Map<string, LintAnswer>();
      const { boxes, all } = parted(profile.left, (answer) => answer !== 'not offered');
      if (!all) open.add(TOO_MANY);
      for (const { answer, values } of boxes) {
        for (const what of openIn(values, variables)) open.add(what);
        for (const duration of durationsIn(values)) {
          const key = `${answer} ${duration} ${isInEmergency(values)}`;
          if (found.has(key)) continue;
          const one = answered(id, profile, { answer, values }, duration);
          if (answer === 'error') failing.push(one);
          found.set(key, one);
        }
      }
      return [...found.values()];
    });
    const errors = () => [...new Set(failing.flatMap((one) => denialErrors(one.decision())))];
    return { answers, open: [...open], errors };
  }

  function answered(id: string, profile: Profile, { answer, values }: Box, duration: number): LintAnswer {
    const first = [...values].map(([number, those]) => [number, those[0]!] as const);
    const at = new Map([...profile.values, ...first, [axes.duration.number, duration]]);
    const question = questionWith(model, id, profile.person, at);
    const decision = () => pdp.request({ ...question, probe: true });
    // Of what is not understood, only the decision point can say.
    const told = openIn(values, variables).length > 0 ? answerBy(pdp, question) : answer;
    const chain = told === 'denied' || told === 'error' ? undefined : chainIn(told);
    const inEmergency = isInEmergency(values);
    return {
      who: question.who,
      named: profile.named,
      duration: question.duration,
      inEmergency,
      chain,
      decision,
    };
  }

  function refusals({ id }: Entitlement, duration?: Millis): string[][] {
    const { profiles } = profilesIn(model, model.decision(0, id), { once: true });
    const boxes = profiles.flatMap((profile) =>
      boxesOf(model, profile.left).boxes.flatMap(({ answer, values }) => {
        const those = durationsIn(values).filter(
          (n) => duration === undefined || axes.duration.cells[n]!.duration === duration,
        );
        return answer === 'denied' || answer === 'error'
          ? those.slice(0, 1).map((n) => ({ profile, box: { answer, values }, n }))
          : [];
      }),
    );
    return boxes
      .slice(0, REFUSALS)
      .map(({ profile, box, n }) => answered(id, profile, box, n).decision().policies);
  }
}

interface Answered {
  answers: LintAnswer[];
  open: string[];
  errors: () => string[];
}

const denialErrors = (decision: RequestDecision): string[] =>
  decision.outcome === 'denied' ? decision.errors : [];
