/**
 * Every parser of what others write: it gives a value or its own error, whatever the text, and in time. A fifth of a second for each here;
 * `make fuzz` takes FUZZ_SECONDS (60).
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviceIn, interfacesIn } from '../../src/agent/observation/node-reader.ts';
import { advertsIn } from '../../src/agent/wire/adverts/advert.ts';
import { roundIn } from '../../src/agent/wire/broadcast/answers.ts';
import { neighboursIn } from '../../src/agent/wire/neighbour.ts';
import { parseGroupReference } from '../../src/api/group/reference.ts';
import { parseKubernetesYaml, YamlError } from '../../src/api/kubernetes-yaml.ts';
import { readObjects, UnreadableInput } from '../../src/cli/plan/read-objects.ts';
import { ConfSyntaxError, parse } from '../../src/conf/parse.ts';
import { print, UnprintableWord } from '../../src/conf/print.ts';
import { bundleOf } from '../../src/localise/bundle.ts';
import { candidateOf } from '../../src/localise/candidate.ts';
import { POD_PATHS } from '../../src/localise/localise.ts';
import { parseAddress } from '../../src/net/address.ts';
import { parseRange } from '../../src/net/range.ts';
import { plan } from '../../src/plan/plan.ts';
import { renderConfig } from '../../src/render/config.ts';
import { renderTemplate } from '../../src/template/render-template.ts';
import { parseTemplate } from '../../src/template/syntax/parser.ts';
import { TemplateError } from '../../src/template/template-error.ts';
import { parseDump } from '../../src/vrrp/dump.ts';
import { parseNotifyLine } from '../../src/vrrp/notify-line.ts';
import { VERBATIM_ATTACKS } from '../builders/attack.ts';
import { aGroup, anInput, aService } from '../builders/object.ts';
import { nearly } from './mutation.ts';

const SECONDS = Number(process.env.FUZZ_SECONDS ?? 0.2);
const CONF = renderConfig(plan(anInput({ services: [aService('a', ['192.0.2.1', '2001:db8::1'])] })))?.data ?? {};
const DUMP = JSON.stringify([
  {
    data: { iname: 'a/b', ifp_ifname: 'eth0', vrid: 7, state: 2, vips: ['192.0.2.2/16 dev eth0 scope global set'], evips: [] },
    stats: { advert_rcvd: 1 },
  },
]);
const FACTS = {
  node: 'node1',
  pod: 'p',
  interfaces: [{ name: 'eth0', addresses: [{ address: '192.0.2.1', prefixLength: 24 }] }],
  link: 'eth0',
  password: 'x',
};
const YAML =
  'apiVersion: v1\nkind: Service\nmetadata: {name: a, annotations: &x {b: "yes"}}\nspec:\n  externalIPs:\n    - 192.0.2.1\n---\n*x\n';
const BROKEN_UP = [
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '\n',
  ' ',
  '\\',
  '@',
  '#',
  '!',
  '$',
  '&',
  '*',
  '-',
  '0',
  'null',
  '\u2028',
  '\u0000',
];

interface Parser {
  readonly name: string;
  readonly texts: fc.Arbitrary<string>;
  readonly read: (text: string) => unknown;
  /** What it may throw. */
  readonly errors?: readonly (new (
    ...parameters: never[]
  ) => Error)[];
}

const TEMPLATE = readFileSync('config/templates/keepalived-template.yaml', 'utf8');
const misc = { image: 'x', supportsPodMonitor: 'false', authPass: '' };
const PARSERS: readonly Parser[] = [
  {
    name: 'an address',
    texts: nearly(['192.0.2.1', '2001:db8::1', '::ffff:192.0.2.1', 'fe80::1%eth0'], ['.', ':', '::', '%', '0', 'f', '/']),
    read: parseAddress,
  },
  {
    name: 'a range',
    texts: nearly(['192.0.2.0/24', '192.0.2.1-192.0.2.9', '2001:db8::/32'], ['.', ':', '/', '-', '0', '9']),
    read: parseRange,
  },
  { name: 'a group reference', texts: nearly(['web/vips'], ['/', 'a', '-', '.', ' ']), read: parseGroupReference },
  {
    name: 'a verbatim annotation',
    texts: nearly(
      VERBATIM_ATTACKS.map(({ lines }) => JSON.stringify(lines)),
      [...BROKEN_UP, 'notify', 'accept'],
    ),
    read: (text) => {
      const planned = plan(
        anInput({
          group: aGroup({ spec: { fences: { verbatimKeys: ['notify'] } } }),
          services: [aService('a', ['192.0.2.1'], { annotations: { verbatim: text } })],
        }),
      );
      // One instance with one address, whatever the text.
      const conf = parse(renderConfig(planned)?.data['keepalived.conf'] ?? '');
      expect(conf.map(({ keyword }) => keyword)).toEqual(['global_defs', 'vrrp_instance']);
      expect(conf[1]?.block?.filter(({ block }) => block).map(({ keyword }) => keyword)).toEqual(['virtual_ipaddress']);
    },
  },
  {
    name: 'keepalived.conf',
    texts: nearly([CONF['keepalived.conf'] ?? ''], [...BROKEN_UP, '@node1 ', '@^node1 ', 'include x', '~SEQ']),
    read: (text) => {
      const tree = parse(text);
      expect(parse(print(tree))).toEqual(tree);
    },
    errors: [ConfSyntaxError, UnprintableWord],
  },
  {
    name: "an agent's bundle",
    texts: nearly([CONF['agent.json'] ?? ''], [...BROKEN_UP, '"checks"', '"link"', '1e999']),
    read: (text) => candidateOf(bundleOf(CONF['keepalived.conf'] ?? '', text), FACTS, POD_PATHS),
  },
  { name: "keepalived's JSON", texts: nearly([DUMP, `{"json_version":2,"vrrp":${DUMP}}`], [...BROKEN_UP, '1e999', '-1']), read: parseDump },
  {
    name: "keepalived's FIFO",
    texts: nearly(['INSTANCE "web/web" MASTER 254', 'GROUP "g" FAULT 0'], ['"', ' ', 'INSTANCE', 'MASTER', '256', '\n']),
    read: parseNotifyLine,
  },
  {
    name: 'what ip says of interfaces',
    texts: nearly(['[{"ifname":"eth0","addr_info":[{"local":"192.0.2.1","prefixlen":24}]}]'], BROKEN_UP),
    read: (text) => [interfacesIn(text), deviceIn(text)],
  },
  {
    name: 'what ip says of neighbours',
    texts: nearly(['[{"dst":"192.0.2.1","lladdr":"02:00:00:00:00:01","state":["REACHABLE"]}]'], BROKEN_UP),
    read: neighboursIn,
  },
  {
    name: 'what the asker heard',
    texts: nearly(['asked 1\n==> 192.0.2.1 <==\nUnicast reply from 192.0.2.1 [02:00:00:00:00:01]  0.6ms\n'], BROKEN_UP),
    read: roundIn,
  },
  {
    name: 'what the asker heard of adverts',
    texts: nearly(
      [
        'N received packet with 40 bytes from AF=2 192.0.2.66:0\n> 2026/11/26 20:31:53.0  length=20 from=0 to=19\n 21 07 c8 01 01 01 e6 12 c0 00 02 64\n',
      ],
      [...BROKEN_UP, 'AF=10 [fe80::1]:0', ' ff', '> '],
    ),
    read: advertsIn,
  },
  {
    name: 'YAML',
    texts: nearly([YAML], [...BROKEN_UP, '---\n', '<<: *x', '!!js/function ', '? ', '|\n']),
    read: (text) => parseKubernetesYaml(text),
    errors: [YamlError],
  },
  {
    name: 'files for kubectl keepalived',
    texts: nearly([YAML], [...BROKEN_UP, 'kind: List', 'items:']),
    read: (text) => readObjects([{ name: 'x', text }], 'default'),
    errors: [UnreadableInput],
  },
  {
    name: 'a custom template',
    texts: nearly(
      [TEMPLATE.slice(0, 400), '{{ range .Services }}{{ .Name | printf "%s" }}{{ end }}'],
      ['{{', '}}', ' .', 'range', 'end', 'if', '$x := ', '|', '"', '`', '(', ')', 'index', '/*', '-'],
    ),
    read: (text) =>
      renderTemplate(
        parseTemplate(text),
        { KeepalivedGroup: aGroup(), Services: [aService('a', [])], KeepalivedPods: [], Misc: misc },
        () => 0,
      ),
    errors: [TemplateError],
  },
];

describe('a parser', () => {
  it.each(PARSERS)(
    'of $name gives a value or its own error',
    ({ texts, read, errors = [] }) => {
      const property = fc.property(texts, (text) => {
        try {
          read(text);
        } catch (error) {
          if (!errors.some((kind) => error instanceof kind)) throw error;
        }
      });
      fc.assert(property, { interruptAfterTimeLimit: SECONDS * 1000, numRuns: 100_000_000, markInterruptAsFailure: false });
    },
    SECONDS * 1000 + 30_000,
  );
});
