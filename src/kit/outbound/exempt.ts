import { BlockList, isIP } from 'node:net';

/**
 * Never through a proxy, whatever NO_PROXY says: this machine, and where AWS hands out the credentials of this machine.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html and feature-imds-credentials.html
 */
const NEVER =
  'localhost,127.0.0.0/8,::1,169.254.169.254,169.254.170.2,169.254.170.23,fd00:ec2::254,fd00:ec2::23';

/** @param host in lower case, without brackets and without a last dot */
type Rule = (host: string, port: number) => boolean;

/**
 * Which destinations are reached without the proxy.
 * @param except NO_PROXY: entries with commas or spaces between. `*` is every host; `corp.example`, `.corp.example` and
 *   `*.corp.example` are that host and all under it; `10.0.0.0/8` and `fd00::/8` are networks. Each may end with a port.
 */
export function exemption(except: string): (host: string, port: number) => boolean {
  const rules = `${NEVER},${except}`
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map((entry) => ruleOf(entry.toLowerCase()));
  return (host, port) => {
    const name = bare(host.toLowerCase()).replace(/\.$/, '');
    return rules.some((rule) => rule(name, port));
  };
}

function ruleOf(entry: string): Rule {
  if (entry === '*') return () => true;
  const whole = network(bare(entry));
  if (whole) return whole;
  const [, name = entry, port] = /^(.*):(\d{1,5})$/.exec(entry) ?? [];
  const here = network(bare(name)) ?? under(name);
  return (host, at) => (port === undefined || Number(port) === at) && here(host, at);
}

/** @returns undefined: it is neither an address nor a network */
function network(text: string): Rule | undefined {
  const [address = '', bits, ...more] = text.split('/');
  const family = familyOf(address);
  const most = family === 'ipv4' ? 32 : 128;
  if (!family || more.length > 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most)))
    return undefined;
  const list = new BlockList();
  list.addSubnet(address, bits === undefined ? most : Number(bits), family);
  return (host) => {
    const of = familyOf(host);
    return of !== undefined && list.check(host, of);
  };
}

function under(text: string): Rule {
  const name = text.replace(/^\*?\./, '').replace(/\.$/, '');
  return (host) => host === name || host.endsWith(`.${name}`);
}

function familyOf(host: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(host);
  return version === 0 ? undefined : version === 4 ? 'ipv4' : 'ipv6';
}

const bare = (host: string) => host.replace(/^\[(.*)\]$/, '$1');
