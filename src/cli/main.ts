#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command } from 'commander';

// The same place seen from src/cli and from dist/cli.
const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
  description: string;
};

await new Command('tsersync')
  .description(manifest.description)
  .version(manifest.version)
  .action((_options, command: Command) => command.help())
  .parseAsync();
