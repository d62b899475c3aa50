import { decodeName } from '../wire/file-name.ts';
import { type CvsRule, isTooLong, type PatternRule, type RuleSettings } from './rule.ts';

const builtIn =
  'RCS SCCS CVS CVS.adm RCSLOG cvslog.* tags TAGS .make.state .nse_depinfo *~ #* .#* ,* _$* *$ *.old *.bak *.BAK ' +
  '*.orig *.rej .del-* *.a *.olb *.o *.obj *.so *.exe *.Z *.elc *.ln core .svn/ .git/ .hg/ .bzr/';

/**
 * The rules behind a `-C`: the built-in ones, which are perishable, then those of the home directory and the
 * environment, which are not. A `!` among them forgets what the list has so far.
 *
 * Source: docs/protocol chapter 1, section 10.4.
 */
export function expandCvsRule(rule: Omit<CvsRule, 'rules'>, { cvsIgnore, warn }: RuleSettings): CvsRule {
  const perishable: Partial<PatternRule> = { isPerishable: true, origin: originOfPerishable(rule) };
  const toRule = (pattern: string, traits?: Partial<PatternRule>): PatternRule => ({
    ...rule,
    kind: 'pattern',
    isXattr: false,
    pattern,
    ...traits,
  });
  const { homeFile, variable } = cvsIgnore;
  const own = [wordsOf(homeFile && decodeName(homeFile)), wordsOf(variable)].flat().filter((word) => {
    if (isTooLong(word)) warn?.(`discarding over-long filter: ${word}`);
    return !isTooLong(word);
  });
  const cleared = own.lastIndexOf('!');
  const rules = cleared === -1 ? wordsOf(builtIn).map((word) => toRule(word, perishable)) : [];
  return { ...rule, rules: [...rules, ...own.slice(cleared + 1).map((word) => toRule(word))] };
}

/** Who wrote `p` himself insists on it. */
function originOfPerishable(rule: Omit<CvsRule, 'rules'>): PatternRule['origin'] {
  return rule.origin === 'user' && !rule.isPerishable ? 'automatic' : rule.origin;
}

function wordsOf(text: string | undefined): string[] {
  return text?.split(/[\t-\r ]+/).filter((word) => word !== '') ?? [];
}
