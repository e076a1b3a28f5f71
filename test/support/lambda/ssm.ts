import { listening } from '../http.js';

/** SSM as far as GetParameter of SecureStrings goes: JSON 1.1 over HTTP. */
export async function startSsm(held: Record<string, string>) {
  const asked: string[] = [];
  const { url, close } = await listening((_, body, response) => {
    const { Name } = JSON.parse(body.toString('utf8')) as { Name: string };
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
  return {
    url,
    /** May be changed at any time. */
    held,
    asked,
    close,
  };
}
