import fc from 'fast-check';
import { runs } from './runs.ts';

/* Set up in front of each file of the quick lane: properties that say no number themselves are tried less often, too. */
fc.configureGlobal({ numRuns: runs(100) });
