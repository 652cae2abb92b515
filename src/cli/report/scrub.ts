import type { KubernetesObject } from '../../api/core.ts';
import { LOAD_BALANCER_CLASS } from '../../api/names.ts';

/** Stands for what is left out. */
export const HIDDEN = '********';

/**
 * An object without what may be secret: annotations of others (also the last-applied one, which repeats everything), values of environment
 * variables and of annotations for pods, and whatever stands behind a keyword for a password. Which fields were written by whom is left out, too.
 */
export function withoutSecrets(object: KubernetesObject): KubernetesObject {
  return scrubbed(object) as KubernetesObject;
}

/** A text without what stands behind keywords for passwords, up to the end of the line: a password may hold blanks and quotes. */
export const scrubbedText = (text: string): string => text.replace(BEHIND_KEYWORD, `$1 ${HIDDEN}`).replace(BEHIND_FLAG, `$1${HIDDEN}`);

// --- internal ---

const OURS = `${LOAD_BALANCER_CLASS.split('/')[0]}/`;
/** Names of fields, and keywords of keepalived, whose values are secret. References to Secrets are none. */
const SECRET_KEY = /(?:auth_?pass|password|passwd|passphrase|token|credentials?|api_?key|private_?key)$/i;
const BEHIND_KEYWORD = /(auth_pass\b|^[ \t]*(?:password|passwd|passphrase)\b)[^\n]*/gim;
const BEHIND_FLAG = /(--?[\w-]*(?:pass|token|secret)[\w-]*[= ])\S+/gi;

function scrubbed(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return SECRET_KEY.test(key) ? HIDDEN : text(value);
  if (Array.isArray(value)) return key === 'env' ? value.map(nameAlone) : value.map((one) => scrubbed(one));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => name !== 'managedFields');
  if (key === 'daemonsetPodAnnotations') return Object.fromEntries(entries.map(([name]) => [name, HIDDEN]));
  const kept = key === 'annotations' ? entries.filter(([name]) => name.startsWith(OURS)) : entries;
  return Object.fromEntries(kept.map(([name, one]) => [name, scrubbed(one, name)]));
}

const nameAlone = (variable: unknown): unknown => ({ name: (variable as { readonly name?: unknown }).name });

/** Text that is JSON, such as the value of an annotation, is scrubbed as what it says. */
function text(value: string): string {
  if (!/^\s*[{[]/.test(value)) return scrubbedText(value);
  try {
    return JSON.stringify(scrubbed(JSON.parse(value)));
  } catch {
    return scrubbedText(value);
  }
}
