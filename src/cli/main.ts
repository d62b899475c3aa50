#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { interruption } from './interruption.ts';
import { complaintAbout } from './node-version.ts';
import { closeStrayDebugger } from './stray-debugger.ts';

/* What needs a new Node.js is loaded only when there is one: an older one would end with a syntax error. */

const complaint = complaintAbout(process.versions.node);
if (complaint !== undefined) {
  process.stderr.write(`tsersync: ${complaint}\n`);
  process.exitCode = 1;
} else {
  // First of all: until there is a listener, SIGUSR1 would open the debugger.
  const signal = interruption(process);
  // Young objects of a file list die soon; without this V8 gives them room by the tens of megabytes. Then there is so
  // little to collect at a time that several threads would only wait for each other.
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--no-parallel-scavenge');
  await closeStrayDebugger();
  const { runHere } = await import('./run-here.ts');
  // It opens a moment after the signal.
  await closeStrayDebugger();
  process.exitCode = await runHere(process.argv.slice(2), signal);
}
