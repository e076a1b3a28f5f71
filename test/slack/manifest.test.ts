import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { MESSAGE_SHORTCUT, REQUEST_SHORTCUT } from '../../src/slack/ids.js';

interface Manifest {
  features: {
    app_home: { home_tab_enabled: boolean; messages_tab_enabled: boolean };
    shortcuts: { type: string; callback_id: string; name: string; description: string }[];
    slash_commands: { command: string; url: string; should_escape: boolean; usage_hint: string }[];
  };
  oauth_config: { scopes: { bot: string[]; user?: string[] } };
  settings: {
    event_subscriptions: { request_url: string; bot_events: string[] };
    interactivity: { is_enabled: boolean; request_url: string; message_menu_options_url: string };
    socket_mode_enabled: boolean;
  };
}
const manifest = parse(readFileSync(join(__dirname, '../../manifest.yml'), 'utf8')) as Manifest;

describe('the manifest of the Slack app', () => {
  test('asks for the scopes that our calls need, and for no others', () => {
    expect(manifest.oauth_config.scopes).toEqual({
      bot: [
        'commands',
        'chat:write',
        'im:write',
        'users:read',
        'users:read.email',
        'usergroups:read',
        'channels:read',
        'groups:read',
        'channels:history',
        'groups:history',
        'im:history',
        'dnd:read',
      ],
    });
  });

  test('sends commands, escaped, and clicks to the one address that listens', () => {
    const [command, ...others] = manifest.features.slash_commands;
    expect(others).toEqual([]);
    expect(command).toMatchObject({ command: '/jit', should_escape: true });
    const { request_url, message_menu_options_url } = manifest.settings.interactivity;
    const events = manifest.settings.event_subscriptions.request_url;
    for (const url of [command!.url, request_url, message_menu_options_url, events])
      expect(new URL(url).pathname).toBe('/slack/events');
    expect(manifest.settings).toMatchObject({
      interactivity: { is_enabled: true },
      socket_mode_enabled: false,
    });
  });

  test('has a Home tab, the one event that it needs, and the shortcuts that are answered', () => {
    const { app_home, shortcuts } = manifest.features;
    expect(app_home).toMatchObject({ home_tab_enabled: true, messages_tab_enabled: true });
    // What else is subscribed to would be delivered for nothing.
    expect(manifest.settings.event_subscriptions.bot_events).toEqual(['app_home_opened']);
    expect(shortcuts.map(({ type, callback_id }) => [type, callback_id])).toEqual([
      ['global', REQUEST_SHORTCUT],
      ['message', MESSAGE_SHORTCUT],
    ]);
    // As Slack's manifest reference has it: a name of 24 characters at most, a description of 150.
    for (const { name, description } of shortcuts) {
      expect(name.length).toBeLessThanOrEqual(24);
      expect(description.length).toBeLessThanOrEqual(150);
    }
  });
});
