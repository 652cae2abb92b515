import { type Document, LineCounter, parseAllDocuments, type Scalar, type Tags } from 'yaml';

/** A text that is not YAML; the place counts from 1. */
export class YamlError extends Error {
  override readonly name = 'YamlError';
  readonly line: number;
  readonly column: number;
  /** The sentence without the place. */
  readonly reason: string;

  constructor(reason: string, { line, col }: { readonly line: number; readonly col: number }) {
    super(`line ${line}, column ${col}: ${reason}`);
    this.line = line;
    this.column = col;
    this.reason = reason;
  }
}

export interface YamlOptions {
  /** Whether a key may come twice; the last one counts. */
  readonly repeatedKeys?: boolean;
  /** Changes a document before its value is taken. */
  readonly amend?: (document: Document) => void;
}

/**
 * The values of a text's documents, read as Kubernetes reads YAML: version 1.1 (`yes` is true), but times are texts and there are no
 * numbers to the base 60. Empty documents are left out. Throws {@link YamlError}.
 */
export function parseKubernetesYaml(text: string, { repeatedKeys = false, amend }: YamlOptions = {}): unknown[] {
  const lines = new LineCounter();
  const options = {
    version: '1.1',
    customTags,
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
    uniqueKeys: !repeatedKeys,
  } as const;
  const documents = parseAllDocuments(text, options);
  return [...documents].flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new YamlError(error.message, lines.linePos(error.pos[0]));
    amend?.(document);
    return contentOf(document, lines) ?? [];
  });
}

/** Whether a scalar is written without quotes. */
export const isPlainScalar = ({ type }: Scalar): boolean => type === 'PLAIN';

// --- internal ---

const NOT_OF_KUBERNETES = new Set(['timestamp', 'intTime', 'floatTime', 'binary', 'omap', 'pairs', 'set']);

function customTags(tags: Tags): Tags {
  return tags.filter((tag) => {
    if (typeof tag === 'string') return !NOT_OF_KUBERNETES.has(tag);
    return !NOT_OF_KUBERNETES.has(tag.tag.replace('tag:yaml.org,2002:', '')) && !('format' in tag && tag.format === 'TIME');
  });
}

function contentOf(document: Document, lines: LineCounter): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // An alias without its anchor, so many that a small text would become a huge value, or a merge of what is no map.
    if (error instanceof Error) throw new YamlError(error.message, lines.linePos(document.range?.[0] ?? 0));
    throw error;
  }
}
