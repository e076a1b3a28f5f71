import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** SSM as far as GetParameter of SecureStrings goes: JSON 1.1 over HTTP. */
export async function startSsm(held: Record<string, string>) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { Name } = JSON.parse(body) as { Name: string };
      asked.push(Name);
      const Value = held[Name];
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      if (Value === undefined) response.statusCode = 400;
      response.end(
        JSON.stringify(
          Value === undefined
            ? { __type: 'ParameterNotFound', message: 'none' }
            : { Parameter: { Name, Type: 'SecureString', Value } },
        ),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** May be changed at any time. */
    held,
    asked,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
