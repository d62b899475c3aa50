export * from './protocol/index.ts';
export * from './watch/index.ts';
