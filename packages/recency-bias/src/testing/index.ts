export { selectorContract, type ContractCase, type ContractSubject } from './contract.js';
