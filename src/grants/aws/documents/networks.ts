import ipaddr from 'ipaddr.js';

/**
 * Addresses that never call AWS from the internet (IANA's special-purpose registries), the ranges that are reserved
 * for documentation apart: examples may use those.
 */
const NOT_PUBLIC = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
].map((text) => ipaddr.IPv4.parseCIDR(text));
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** @returns what is wrong with a CIDR and what would be right, or undefined */
export function cidrProblem(text: string): string | undefined {
  const [address = '', bits] = text.split('/');
  const v6 = address.includes(':');
  if (bits === undefined && ipaddr.isValid(address)) {
    return `"${text}" is an address, not a range: write ${address}/${v6 ? 128 : 32}`;
  }
  const valid = v6 ? ipaddr.IPv6.isValidCIDR(text) : ipaddr.IPv4.isValidCIDRFourPartDecimal(text);
  if (!valid) return `"${text}" is not a CIDR range, such as 203.0.113.0/24`;
  const network = (v6 ? ipaddr.IPv6 : ipaddr.IPv4).networkAddressFromCIDR(text).toString();
  if (network === ipaddr.parse(address).toString()) return undefined;
  return `"${text}" has bits set beyond its prefix: write ${network}/${bits}`;
}

/** The same, for a range that is to be compared with `aws:SourceIp`. */
export function publicCidrProblem(text: string): string | undefined {
  const wrong = cidrProblem(text);
  if (wrong) return wrong;
  const [network, bits] = ipaddr.parseCIDR(text);
  const outside =
    network instanceof ipaddr.IPv6
      ? bits < GLOBAL_IPV6[1] || !network.match(GLOBAL_IPV6)
      : NOT_PUBLIC.some(([special, width]) => network.match(special, Math.min(bits, width)));
  if (!outside) return undefined;
  return `"${text}" is not public, or not only: private addresses never reach aws:SourceIp. Write public ranges here, and private ones as vpcSourceIp`;
}
