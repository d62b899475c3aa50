import {
  enterFolder,
  type ReadRuleFile,
  type RuleItem,
  type RuleLists,
  toItems,
  type Walk,
} from './dir-merge.ts';
import { byteString, type CompiledRule, Subject } from './pattern.ts';
import { concerns, type FilterRules, type Side } from './rule.ts';

/**
 * The rules that hold in one folder of a walk. Immutable: entering a folder gives a new scope, with the rules of the
 * per-directory files found there in front of the inherited ones.
 *
 * Source: docs/protocol chapter 1, sections 10.7 and 10.8.
 */
export class FilterScope {
  readonly #walk: Walk;
  readonly #items: readonly RuleItem[];
  readonly #lists: RuleLists;
  readonly #rules: readonly CompiledRule[];
  readonly #isToBeDeleted: boolean;

  private constructor(parts: ScopeParts) {
    this.#walk = parts.walk;
    this.#items = parts.items;
    this.#lists = parts.lists;
    this.#rules = parts.rules;
    this.#isToBeDeleted = parts.isToBeDeleted;
  }

  /**
   * The scope outside of all folders, which judges the names that the user gave. `root` is the absolute path of the
   * transfer root, where `/` is the root of the file system or of a daemon's module.
   */
  static outside({ rules, settings }: FilterRules, side: Side, root: string): FilterScope {
    // The files of a rule for the other side are read too: their mistakes count, and `e` in them is for both sides.
    const items = rules.filter((rule) => rule.kind === 'dir-merge' || concerns(rule, side)).flatMap(toItems);
    const trimmed = root.replace(/\/+$/, '');
    const walk: Walk = {
      settings,
      side,
      root: trimmed,
      rootPrefix: byteString(`${trimmed}/`).slice(1),
      merges: items.filter((item) => item.kind === 'dir-merge'),
    };
    const lists: RuleLists = new Map();
    return new FilterScope({ walk, items, lists, rules: flatten(items, lists), isToBeDeleted: false });
  }

  /**
   * Whether a rule hides this path from the file list (sender) or protects it from deletion (receiver). An excluded
   * folder is not entered.
   */
  excludes(path: string, isDirectory: boolean): boolean {
    const subject = new Subject(path, isDirectory, this.#walk.rootPrefix);
    for (const rule of this.#rules) {
      if (this.#isToBeDeleted && rule.isPerishable) continue;
      if (rule.matches(subject)) return rule.isExclude;
    }
    return false;
  }

  /**
   * The scope of a folder, which is entered from that of its parent. The first one is the transfer root, `.` or empty,
   * or what the user named: a folder in it, with --relative the topmost one on the way. A mistake in a rule file is a
   * UsageError, as on the command line.
   */
  enter(path: string, read: ReadRuleFile): FilterScope {
    if (this.#walk.merges.length === 0) return this;
    const folder = path.replace(/^(?:\.$|\/)/, '');
    const lists = enterFolder(this.#walk, this.#lists, folder, read);
    const isSame = [...lists].every(([rule, items]) => items === this.#lists.get(rule));
    return this.#with({ lists, rules: isSame ? this.#rules : flatten(this.#items, lists) });
  }

  /** The same scope for a folder that is itself being deleted, where perishable rules protect nothing. */
  inDeletedFolder(): FilterScope {
    return this.#with({ isToBeDeleted: true });
  }

  #with(changes: Partial<ScopeParts>): FilterScope {
    return new FilterScope({
      walk: this.#walk,
      items: this.#items,
      lists: this.#lists,
      rules: this.#rules,
      isToBeDeleted: this.#isToBeDeleted,
      ...changes,
    });
  }
}

interface ScopeParts {
  readonly walk: Walk;
  /** The rules of the session, with per-directory rules in their places. */
  readonly items: readonly RuleItem[];
  readonly lists: RuleLists;
  /** All that holds here, in order. */
  readonly rules: readonly CompiledRule[];
  readonly isToBeDeleted: boolean;
}

/** Puts what the per-directory files say in the places of their rules. */
function flatten(items: readonly RuleItem[], lists: RuleLists): CompiledRule[] {
  return items.flatMap((item) => (item.kind === 'compiled' ? item : flatten(lists.get(item) ?? [], lists)));
}
