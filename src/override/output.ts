import { type Document, isMap, isScalar, type Scalar, visit } from 'yaml';
import { isPlainScalar, parseKubernetesYaml } from '../api/kubernetes-yaml.ts';

/**
 * The objects in what a template made: a list, or one object, in YAML 1.1. Where Kubernetes has texts only, a plain scalar is the text that is
 * written: `"true"`, `"123"`, and the empty text where nothing is. Throws `YamlError`.
 */
export function outputObjects(text: string): unknown[] {
  return parseKubernetesYaml(text, { repeatedKeys: true, amend: keepTexts }).flat();
}

// --- internal ---

/** Maps of texts, and fields that are texts, wherever they stand in one of the kinds that a template may make. */
const MAPS_OF_TEXTS = new Set(['annotations', 'data', 'labels', 'matchLabels', 'nodeSelector']);
const TEXTS = new Set(['image', 'name', 'namespace', 'priorityClassName', 'value']);

function keepTexts(document: Document): void {
  visit(document, {
    Pair(_, { key, value }) {
      const name = isScalar(key) ? String(key.value) : '';
      if (TEXTS.has(name) && isScalar(value)) asText(value);
      if (!MAPS_OF_TEXTS.has(name) || !isMap(value)) return;
      for (const { value: entry } of value.items) if (isScalar(entry)) asText(entry);
    },
  });
}

function asText(scalar: Scalar): void {
  if (typeof scalar.value !== 'string' && isPlainScalar(scalar)) scalar.value = scalar.source ?? '';
}
