import type { PatternNode, RepeatNode } from './pattern-tree.ts';

/** No path is longer: 2 to the power of this many characters. */
const LENGTH_BITS = 12;

/** What a search may cost at worst, as a power of 2: about 0.1 s for the longest path there is. */
const MAX_BITS = 25;

/**
 * Whether JavaScript's own engine, which goes back and tries again, answers about any path in a bearable time. Repeats
 * in repeats may take it longer than the age of the world.
 */
export function isQuick(tree: PatternNode, extent: 'whole' | 'part'): boolean {
  return bitsOf(tree) + (extent === 'part' ? LENGTH_BITS : 0) <= MAX_BITS;
}

/** In how many ways, at most, a path can be cut for this piece: the number's logarithm. */
function bitsOf(node: PatternNode): number {
  switch (node.kind) {
    case 'sequence':
      return node.items.reduce((sum, item) => sum + bitsOf(item), 0);
    case 'choice':
      return Math.log2(node.options.reduce((sum, option) => sum + 2 ** bitsOf(option), 0));
    case 'group':
    case 'look':
      return bitsOf(node.body);
    case 'repeat':
      return bitsOfRepeat(node);
    default:
      return 0;
  }
}

function bitsOfRepeat({ body, min, max }: RepeatNode): number {
  const bits = bitsOf(body);
  const isCharacter = body.kind === 'character';
  if (max === 1) return Math.log2(1 - min + 2 ** bits);
  if (min === max) return min * bits;
  return isCharacter ? Math.min(LENGTH_BITS, Math.log2(max - min + 1)) : Infinity;
}
