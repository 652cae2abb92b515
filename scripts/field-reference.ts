/** Reference pages about what users write, made from the schema and the names in src/api. */
import { GROUP_SPEC } from '../src/api/group/spec-schema.ts';
import {
  ALLOCATION_ANNOTATION_MEANING,
  ALLOCATION_ANNOTATIONS,
  SERVICE_ANNOTATION_MEANING,
  SERVICE_ANNOTATIONS,
} from '../src/api/names.ts';
import { POOL_SPEC } from '../src/api/pool/spec-schema.ts';
import type { Schema } from '../src/api/schema.ts';
import { VIRTUAL_IP_SPEC } from '../src/api/virtual-ip/schema.ts';
import { SERVICE_LINES } from '../src/plan/lines/service-line.ts';

/** docs/reference/keepalivedgroup.md */
export function groupPage(): string {
  return page('src/api/group/spec-schema.ts', 'Fields of a KeepalivedGroup', [
    'Every field may be left out, but one of `interface` and `interfaceFromIP` has to be there.',
    '',
    ...fieldTable(GROUP_SPEC),
  ]);
}

/** docs/reference/addresspool.md */
export const poolPage = (): string =>
  page('src/api/pool/spec-schema.ts', 'Fields of an AddressPool', [
    '`group` and `addresses` must be there. [How to use pools](../how-to/pools.md).',
    '',
    ...fieldTable(POOL_SPEC),
  ]);

/** docs/reference/virtualip.md */
export const virtualIPPage = (): string =>
  page('src/api/virtual-ip/schema.ts', 'Fields of a VirtualIP', [
    'The record of one address. To reserve an address, make one with `address` and `reservation`: [how to](../how-to/pools.md#reserve-an-address).',
    '',
    ...fieldTable(VIRTUAL_IP_SPEC),
  ]);

/** docs/reference/annotations.md */
export function annotationPage(): string {
  const names = { ...SERVICE_ANNOTATIONS, ...ALLOCATION_ANNOTATIONS };
  const meanings = { ...SERVICE_ANNOTATION_MEANING, ...ALLOCATION_ANNOTATION_MEANING };
  const rows = Object.entries(names).map(([key, name]) => `| \`${name}\` | ${cell(meanings[key as keyof typeof meanings])} |`);
  return page('src/api/names.ts', 'Annotations of Services', ['| annotation | meaning |', '|---|---|', ...rows]);
}

/** docs/reference/verbatim.md */
export function verbatimPage(): string {
  const rows = Object.entries(SERVICE_LINES).map(([keyword, { expected }]) => `| \`${keyword}\` | ${cell(expected || 'nothing')} |`);
  return page('src/plan/lines/service-line.ts', 'Verbatim lines of Services', [
    'A Service may set these lines of its VRRP instances by the annotation `keepalived-operator.redhat-cop.io/verbatimconfig`; keepalived.conf(5) explains them.',
    "Other lines need the permission of the group's owner: [fences](fences.md#verbatim-lines-of-a-service).",
    '',
    'A line that does not fit is left out by itself: an Event on the Service and the condition `Accepted` of the group name it and say what to do. `priority` and',
    '`mcast_src_ip` are read for the sake of older manifests and always left out, because several nodes would become master. Lines that would have a node send too much',
    'together with the addresses of the group are left out for the newest Service: at most 5,100 adverts a second, 1,000 gratuitous ARPs a second and 10,000 at once for',
    'a group, and half of that for the lines of one namespace.',
    '',
    '| keyword | value |',
    '|---|---|',
    ...rows,
  ]);
}

// --- internal ---

const fieldTable = (schema: Schema): string[] => [
  '| field | type | meaning |',
  '|---|---|---|',
  ...fieldRows('spec', schema).map(({ path, type, description }) => `| \`${path}\` | ${type} | ${description} |`),
];

interface FieldRow {
  readonly path: string;
  readonly type: string;
  readonly description: string;
}

/** The fields below a schema, each before those that it consists of. */
function fieldRows(path: string, { properties = {} }: Schema): FieldRow[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const here = `${path}.${name}`;
    const inner = schema.items?.properties ? fieldRows(`${here}[]`, schema.items) : fieldRows(here, schema);
    return [{ path: here, type: typeOf(schema), description: cell(schema.description ?? '') }, ...inner];
  });
}

function typeOf(schema: Schema): string {
  if (schema['x-kubernetes-int-or-string']) return 'quantity';
  if (schema.type === 'array') return `list of ${schema.items?.properties ? 'objects' : typeOf(schema.items ?? {})}`;
  if (schema.additionalProperties) return `map of ${typeOf(schema.additionalProperties)}`;
  if (schema.enum) return schema.enum.map((word) => (word === '' ? 'empty' : word)).join(', ');
  const range = schema.minimum === undefined || schema.maximum === undefined ? '' : `, ${schema.minimum}-${schema.maximum}`;
  const step = schema.multipleOf === undefined ? '' : ` in steps of ${schema.multipleOf}`;
  return `${schema.type ?? 'any'}${range}${step}`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const page = (source: string, title: string, lines: readonly string[]): string =>
  `<!-- Made from ${source} by npm run gen. -->\n# ${title}\n\n${lines.join('\n')}\n`;
