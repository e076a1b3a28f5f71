import { textOf, type Json, type JsonMap, type Resource, type Template } from './template.js';

export const ACCOUNT = '999900001111';
export const REGION = 'eu-west-1';

const PSEUDO: Record<string, string> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Region': REGION,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
};

/**
 * What CloudFormation makes of the functions in a template, as far as ours use them. Throws on any other.
 * @param parameters what is given at deployment; a list with commas between. Also in place of a pseudo parameter
 * @param account in which it is deployed
 */
export function evaluator(
  template: Template,
  parameters: Record<string, string> = {},
  account = ACCOUNT,
): (value: Json) => Json {
  function evaluate(value: Json): Json {
    if (Array.isArray(value)) return value.map(evaluate).filter((item) => item !== NO_VALUE);
    if (typeof value !== 'object' || value === null) return value;
    const [name = ''] = Object.keys(value);
    const argument = value[name] ?? null;
    if (name === 'Ref') return reference(textOf(argument));
    if (name.startsWith('Fn::')) return call(name, argument);
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, item]): [string, Json] => [key, evaluate(item)])
        .filter(([, item]) => item !== NO_VALUE),
    );
  }

  function call(name: string, argument: Json): Json {
    if (name === 'Fn::If') {
      const [condition, then, otherwise] = argument as [string, Json, Json];
      return evaluate(evaluate(template.Conditions?.[condition] ?? null) === true ? then : otherwise);
    }
    if (name === 'Fn::Sub') {
      const [text, more] = [argument].flat() as [string, JsonMap | undefined];
      const own = evaluate(more ?? {}) as JsonMap;
      return text.replace(/\$\{([\w:.]+)\}/g, (_, key: string) => {
        const [id = '', attribute] = key.includes('::') ? [key] : key.split('.');
        return textOf(own[key] ?? (attribute ? attributeOf(id, attribute) : reference(id)));
      });
    }
    const given = evaluate(argument);
    const [first = null, second = null] = given as Json[];
    if (name === 'Fn::GetAtt') return attributeOf(textOf(first), textOf(second));
    if (name === 'Fn::Split') return textOf(second).split(textOf(first));
    if (name === 'Fn::Select') return (second as Json[])[Number(first)] ?? null;
    if (name === 'Fn::Join') return (second as Json[]).map(textOf).join(textOf(first));
    if (name === 'Fn::Equals') return first === second;
    if (name === 'Fn::Not') return first !== true;
    throw new Error(`no idea what ${name} gives`);
  }

  function reference(id: string): Json {
    if (id === 'AWS::NoValue') return NO_VALUE;
    if (id === 'AWS::AccountId') return account;
    const parameter = template.Parameters?.[id];
    const value = parameters[id] ?? PSEUDO[id] ?? parameter?.Default;
    if (value !== undefined) return parameter?.Type === 'CommaDelimitedList' ? value.split(',') : value;
    const resource = template.Resources[id];
    if (resource?.Type === 'AWS::IAM::ManagedPolicy') return attributeOf(id, 'Arn');
    return nameOf(id, resource);
  }

  function attributeOf(id: string, attribute: string): Json {
    const resource = template.Resources[id];
    const name = nameOf(id, resource);
    const path = textOf(resource?.Properties['Path'] ?? '');
    const arn = (service: string, what: string) => `arn:aws:${service}:${REGION}:${account}:${what}`;
    const arns: Record<string, string> = {
      'AWS::DynamoDB::Table': arn('dynamodb', `table/${name}`),
      'AWS::SQS::Queue': arn('sqs', name),
      'AWS::Logs::LogGroup': arn('logs', `log-group:${name}:*`),
      'AWS::Lambda::Function': arn('lambda', `function:${name}`),
      'AWS::CloudWatch::Alarm': arn('cloudwatch', `alarm:${name}`),
      'AWS::Events::Rule': arn('events', `rule/${name}`),
      'AWS::IAM::Role': `arn:aws:iam::${account}:role${path}${name}`,
      'AWS::IAM::ManagedPolicy': `arn:aws:iam::${account}:policy${path}${name}`,
      'AWS::S3::Bucket': `arn:aws:s3:::${name}`,
    };
    const found = arns[resource?.Type ?? ''];
    if (attribute === 'Arn' && found) return found;
    if (attribute === 'QueueName') return name;
    if (attribute === 'StreamArn') return `${found}/stream/2026-11-20T00:00:00.000`;
    throw new Error(`no idea what ${id}.${attribute} is`);
  }

  function nameOf(id: string, resource: Resource | undefined): string {
    if (!resource) throw new Error(`there is no ${id}`);
    const key = Object.keys(resource.Properties).find((one) => NAMES.includes(one));
    return key === undefined ? id.toLowerCase() : textOf(evaluate(resource.Properties[key] ?? null));
  }

  return evaluate;
}

/** Stands for what is left out. */
const NO_VALUE = '\u0000';
const NAMES = [
  'TableName',
  'QueueName',
  'LogGroupName',
  'FunctionName',
  'AlarmName',
  'RoleName',
  'ManagedPolicyName',
];
