import { useEffect } from 'preact/hooks';
import type { PagePerson, PageSnapshot } from '../../../model/model.js';
import { moveClock } from '../../api.js';
import { useErrand } from '../../frame/doing-it.js';
import type { Perform } from '../../slack/doing.js';
import type { Tab } from '../../frame/tabs.js';
import { LINE, STEPS, tourRequest } from './tour-steps.js';
import type { TourState } from './use-tour.js';

interface Props {
  tour: TourState;
  snapshot: PageSnapshot;
  become(id: string): void;
  act: Perform;
  show(tab: Tab, request?: string): void;
}
type Help = [label: string, does: () => unknown, primary?: boolean];

/** Explains one step at a time, beside what it explains, and goes on by itself. */
export function Tour(props: Props) {
  const { tour } = props;
  const step = STEPS[tour.step]!;
  const last = tour.step === STEPS.length - 1;
  const { busy, problem, run } = useErrand();
  useEffect(() => {
    // style.css draws a ring round the place.
    document.documentElement.dataset['tourAt'] = step.place;
    return () => delete document.documentElement.dataset['tourAt'];
  }, [step.place]);

  return (
    <aside class="tour" aria-labelledby="tour-title">
      <div aria-live="polite">
        <p class="about">
          Tour, step {tour.step + 1} of {STEPS.length}
        </p>
        <h2 id="tour-title">{step.title}</h2>
        <p>{step.text}</p>
        {tour.step === 0 && <code class="line">{LINE}</code>}
      </div>
      <div class="buttons">
        {helpsFor(props).map(([label, does, primary]) => (
          <button
            key={label}
            type="button"
            class={primary ? 'primary' : ''}
            disabled={busy}
            onClick={() => run(async () => does())}
          >
            {label}
          </button>
        ))}
        {tour.step > 0 && !last && (
          <button type="button" onClick={tour.next}>
            Next
          </button>
        )}
        <button type="button" class={last ? 'primary' : 'quiet'} onClick={tour.close}>
          {last ? 'Finish' : 'Skip the tour'}
        </button>
      </div>
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </aside>
  );
}

/** What the tour can do for somebody in the step where they are. */
function helpsFor({ tour, snapshot, become, act, show }: Props): Help[] {
  const { people, me } = snapshot;
  const named = (name: string) =>
    people.find((one) => one.name === name || one.email?.startsWith(`${name}@`));
  const be = (name: string, tab: Tab): Help[] => {
    const person = named(name);
    if (!person || person.id === me) return [];
    return [[`Be ${first(person)}`, () => (become(person.id), show(tab)), tour.step === 0]];
  };
  const row = tourRequest(snapshot, tour.since);
  const record: Help = ['Show the record', () => show('record', row?.id), true];
  switch (tour.step) {
    case 0: {
      const ana = be('ana', 'slack');
      return ana.length > 0 ? ana : [['Send the command', () => (show('slack'), sent(act)), true]];
    }
    case 1:
      return [record];
    case 2:
      return ['bob', 'sam', 'kim'].flatMap((name) => be(name, 'slack'));
    case 3:
      return [...be('ana', 'slack'), ['Show the AWS panel', () => show('aws'), true]];
    case 4:
      return [
        ...be('ana', 'aws'),
        ['Show the AWS panel', () => show('aws')],
        ['Go to the next thing due', () => moveClock({ to: 'next' }), true],
      ];
    default:
      return [record];
  }
}

const first = ({ realName }: PagePerson): string => realName.split(' ')[0] ?? realName;

async function sent(act: Perform): Promise<void> {
  const { failure } = await act({ do: 'command', line: LINE });
  if (failure !== undefined) throw new Error(`Slack said: ${failure}`);
}
