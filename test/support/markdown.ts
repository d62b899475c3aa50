/** A fenced block of code in a document. */
export interface CodeBlock {
  readonly language: string;
  readonly code: string;
}

/** The blocks of code of a document, in their order. */
export function blocksOf(markdown: string): CodeBlock[] {
  return [...markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => {
    return { language, code };
  });
}
