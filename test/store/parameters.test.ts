import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { secureString } from '../../src/store/parameters.js';

/** SSM as far as GetParameter goes: JSON 1.1 over HTTP. */
let ssm: Server;
let refusal: string;
const held: Record<string, { Type: string; Value: string }> = {
  '/jit/token': { Type: 'SecureString', Value: 'xoxb-hidden' },
  '/jit/plain': { Type: 'String', Value: 'xoxb-plain' },
};
const env = { ...process.env };

beforeAll(async () => {
  ssm = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { Name, WithDecryption } = JSON.parse(body) as { Name: string; WithDecryption: boolean };
      const parameter = held[Name];
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      if (Name === '/jit/denied') {
        response.statusCode = 400;
        return response.end(JSON.stringify({ __type: refusal, message: 'xoxb-hidden' }));
      }
      if (!parameter || !WithDecryption) {
        response.statusCode = 400;
        response.end(JSON.stringify({ __type: 'ParameterNotFound', message: 'none' }));
      } else response.end(JSON.stringify({ Parameter: { Name, ...parameter } }));
      return undefined;
    });
  });
  await new Promise<void>((resolve) => ssm.listen(0, '127.0.0.1', resolve));
  process.env['AWS_ENDPOINT_URL_SSM'] = `http://127.0.0.1:${(ssm.address() as AddressInfo).port}`;
  process.env['AWS_REGION'] = 'eu-west-1';
  process.env['AWS_ACCESS_KEY_ID'] = 'AKIATEST';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
});
afterAll(() => {
  process.env = env;
  ssm.close();
});

test('a parameter that is not there is named, with the region and what to do', async () => {
  await expect(secureString('/jit/gone')).rejects.toThrow(
    'there is no SSM parameter /jit/gone in eu-west-1: store it there as a SecureString (aws ssm put-parameter), or correct its name',
  );
});

test.each([
  [
    'AccessDeniedException',
    /denied in eu-west-1 may not be read: allow .* ssm:GetParameter on it, and kms:Decrypt/,
  ],
  [
    'ExpiredTokenException',
    /denied in eu-west-1 could not be read \(ExpiredTokenException\): check AWS_REGION, the AWS cred/,
  ],
])('what to do is said of %s too', async (type, says) => {
  refusal = type;
  await expect(secureString('/jit/denied')).rejects.toThrow(says);
});

test('invariant 9: a secret that is stored in the clear is refused, and not repeated', async () => {
  const refusal = secureString('/jit/plain');
  await expect(refusal).rejects.toThrow(
    'is refused, since it is not a SecureString: store it anew, encrypted',
  );
  await expect(refusal).rejects.not.toThrow('xoxb-plain');
});

test('a SecureString is read decrypted', async () => {
  await expect(secureString('/jit/token')).resolves.toBe('xoxb-hidden');
});
