import { memoryStore } from '../../src/store/memory/store.js';
import { claimsContract } from '../contracts/claims.js';

describe('with the record in memory', () => {
  claimsContract(async () => memoryStore);
});
