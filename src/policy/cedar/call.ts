import type * as cedar from '@cedar-policy/cedar-wasm/nodejs';

export type Call = Omit<
  cedar.StatefulAuthorizationCall,
  'preparsedPolicySetId' | 'preparsedSchemaName' | 'validateRequest'
>;
