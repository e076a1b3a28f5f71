import type { BotView } from '../../model/model.js';

export type Tab = 'slack' | 'aws' | 'record' | 'controls';
const NAMES: Record<Tab, string> = { slack: 'Slack', aws: 'AWS', record: 'Record', controls: 'Controls' };

/** Where there is room, the workspace stands beside the others and needs no tab. Arrow keys walk, as in any tab list. */
export function Tabs(props: { wide: boolean; shown: Tab; show(tab: Tab): void; bot: BotView }) {
  const { wide, shown, show, bot } = props;
  const tabs = (Object.keys(NAMES) as Tab[]).filter((tab) => !wide || tab !== 'slack');
  const walk = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const next = tabs[(tabs.indexOf(shown) + step + tabs.length) % tabs.length]!;
    show(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="What is shown" onKeyDown={walk}>
      {tabs.map((tab) => (
        <button
          key={tab}
          type="button"
          role="tab"
          id={`tab-${tab}`}
          aria-selected={tab === shown}
          aria-controls="tab-panel"
          tabIndex={tab === shown ? 0 : -1}
          onClick={() => show(tab)}
        >
          {NAMES[tab]}
          {tab === 'controls' && !bot.running && <span class="badge danger">bot stopped</span>}
        </button>
      ))}
    </div>
  );
}
