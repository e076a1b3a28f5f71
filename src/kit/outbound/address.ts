/** A proxy. Its password is behind a function, so that nothing that prints or logs this shows it (invariant 9). */
export interface ProxyAddress {
  /** `http://proxy.corp.example:3128`: without user and password. */
  url: string;
  /** The value of the header Proxy-Authorization. */
  authorization?: () => string;
}

/** The proxies that this process goes through. */
export interface Proxies {
  /** For https:// and wss://. */
  https?: ProxyAddress;
  /** For http:// and ws://. */
  http?: ProxyAddress;
  /** NO_PROXY, as it is written. */
  except: string;
}

/**
 * Reads `http://user:password@proxy.corp.example:3128`; user and password may be absent, and are percent-encoded.
 * @returns the proxy, or the end of a sentence that repeats nothing of the address: there may be a password in it
 */
export function proxyAddress(address: string): ProxyAddress | { problem: string } {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    return {
      problem:
        'is not the address of a proxy: expected http://proxy.example.com:3128, with http:// or https:// before it ' +
        'and, where it needs them, user:password@ (in these, write # as %23, / as %2F, ? as %3F and @ as %40)',
    };
  // `http://user:12#34@proxy:3128` is the host "user" for whoever reads it by the rules.
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    return {
      problem:
        'has something after the port: expected http://proxy.example.com:3128 ' +
        '(in user and password, write # as %23, / as %2F and ? as %3F)',
    };
  const user = decoded(url.username);
  const password = decoded(url.password);
  if (user === undefined || password === undefined)
    return { problem: 'has a % in user or password that begins no code of two hex digits: write % as %25' };
  const bare = `${url.protocol}//${url.host}`;
  if (user === '' && password === '') return { url: bare };
  const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return { url: bare, authorization: () => basic };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
