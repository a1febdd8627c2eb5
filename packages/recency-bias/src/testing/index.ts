/**
 * Test a selector of your own against the contract that all of them pass.
 *
 * @packageDocumentation
 */
export { selectorContract, type ContractCase, type ContractSubject } from './contract.js';
