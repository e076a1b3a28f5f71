import type { Parts, Policy } from '../../policy.js';
import { ACTS, subjectsOf, type PolicyAct } from '../../expressions/acts.js';
import { modelOf, type Model } from '../model/model.js';
import { asksWhoseOwn } from '../../expressions/specialise.js';
import type { ModelScope } from '../model/variables.js';
import { jsonOf } from '../probe.js';
import type { ActWorld } from './cases.js';

/** The models of one folder, each made when it is asked for. @param own whether people act on requests of their own */
export type ActModels = (act: PolicyAct, own?: boolean) => Model;

export function actModels(parts: Parts, asking: Pick<ModelScope, 'from' | 'tickets'>): ActModels {
  const made = new Map<string, Model>();
  return (act, own = false) => {
    const key = `${act} ${own}`;
    const model = made.get(key) ?? modelOf([parts], { ...asking, act, own });
    made.set(key, model);
    return model;
  };
}

/** All that may be asked: of requests of their own only where a policy tells these from others. */
export function worldsOf(parts: Parts, models: ActModels): ActWorld[] {
  return ACTS.flatMap((act) => {
    const subjects = subjectsOf(act, parts).map(({ key }) => key);
    const others = models(act);
    const tells = ({ text }: Policy) => text.includes('requester') && asksWhoseOwn(jsonOf(text));
    const isTold = act !== 'request' && others.deciders[0]!.policies.some(tells);
    return [others, ...(isTold ? [models(act, true)] : [])].map((model) => ({ model, subjects }));
  });
}
