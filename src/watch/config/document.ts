import { XMLParser } from 'fast-xml-parser';
import { ValueError } from '../filter/value-error.ts';
import type { ConfigSource } from './config-source.ts';
import { ConfigAttribute, ConfigElement } from './element.ts';
import { scanMarkup } from './markup.ts';
import { decodeReferences } from './references.ts';
import type { AttributePlace, Tag } from './tag-scanner.ts';

const META = XMLParser.getMetaDataSymbol() as symbol;
const ATTRIBUTES = ':@';

/** Keeps names apart from those of JavaScript objects, which the parser would refuse. */
const PREFIX = '@';

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: PREFIX,
  transformTagName: (name) => PREFIX + name,
  trimValues: false,
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  ignoreDeclaration: true,
  captureMetaData: true,
});

/** What the parser makes of an element: its name with its children, its attributes, and where it began. */
type ParsedNode = Readonly<Record<string, unknown>>;

/**
 * The root element of a document. It is read twice: the parser decides what the elements and values are; the scanner in
 * front of it refuses what the parser would put up with, and knows the place of every attribute, which the parser does
 * not tell and all messages about the config need.
 */
export function parseDocument(source: ConfigSource): ConfigElement {
  const tags = new Map(scanMarkup(source).map((tag) => [tag.offset, tag]));
  const [root] = elementsOf(source, parser.parse(source.text), tags);
  const [unread] = tags.values();
  if (root === undefined || unread !== undefined)
    throw source.error(unread?.offset ?? 0, 'the XML parser does not see this element');
  return root;
}

/** Takes from `tags` those of the elements that it gives back. */
function elementsOf(
  source: ConfigSource,
  nodes: readonly ParsedNode[],
  tags: Map<number, Tag>,
): ConfigElement[] {
  return nodes.flatMap((node) => {
    const tag = tags.get(Reflect.get(node, META)?.startIndex);
    if (tag === undefined) return [];
    tags.delete(tag.offset);
    const [children] = Object.entries(node).flatMap(([key, value]) => (key === ATTRIBUTES ? [] : [value]));
    return new ConfigElement({
      source,
      name: tag.name,
      offset: tag.offset,
      attributes: tag.attributes.map((place) => attributeOf(source, node, { ...place, element: tag.name })),
      children: elementsOf(source, children as ParsedNode[], tags),
    });
  });
}

function attributeOf(
  source: ConfigSource,
  node: ParsedNode,
  place: AttributePlace & { readonly element: string },
): ConfigAttribute {
  const raw = String((node[ATTRIBUTES] as ParsedNode)[PREFIX + place.name]);
  try {
    return new ConfigAttribute({ ...place, source, raw, value: decodeReferences(raw) });
  } catch (thrown) {
    if (!(thrown instanceof ValueError)) throw thrown;
    const problem = `<${place.element}>: ${thrown.message} in ${place.name}`;
    throw source.error(place.valueOffset + thrown.index, problem, thrown.remedy);
  }
}
