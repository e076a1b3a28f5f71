import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

interface Manifest {
  features: {
    slash_commands: { command: string; url: string; should_escape: boolean; usage_hint: string }[];
  };
  oauth_config: { scopes: { bot: string[]; user?: string[] } };
  settings: {
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
        'channels:history',
        'groups:history',
        'im:history',
      ],
    });
  });

  test('sends commands, escaped, and clicks to the one address that listens', () => {
    const [command, ...others] = manifest.features.slash_commands;
    expect(others).toEqual([]);
    expect(command).toMatchObject({ command: '/jit', should_escape: true });
    const { request_url, message_menu_options_url } = manifest.settings.interactivity;
    for (const url of [command!.url, request_url, message_menu_options_url])
      expect(new URL(url).pathname).toBe('/slack/events');
    expect(manifest.settings).toMatchObject({
      interactivity: { is_enabled: true },
      socket_mode_enabled: false,
    });
  });
});
