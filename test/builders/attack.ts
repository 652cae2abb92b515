/** Verbatim annotations by which whoever may write a Service would run a program on every node, and what they became in the Go operator's file. */
export interface VerbatimAttack {
  readonly name: string;
  readonly lines: Readonly<Record<string, string>>;
  /** In the file that a template of the Go operator's shape makes of it. */
  readonly rendered: RegExp;
}

/** Would leave a trace in the keepalived container. */
const SH = '"/bin/touch /tmp/evil" root';

export const VERBATIM_ATTACKS: readonly VerbatimAttack[] = [
  { name: 'notify', lines: { notify: SH }, rendered: /^ *notify "\/bin\/touch \/tmp\/evil" root$/m },
  { name: 'notify of one state', lines: { notify_master: '/bin/sh' }, rendered: /^ *notify_master \/bin\/sh$/m },
  { name: 'a FIFO anywhere', lines: { notify_fifo: '/tmp/evil' }, rendered: /^ *notify_fifo \/tmp\/evil$/m },
  { name: 'a script that is tracked', lines: { track_script: '{\n evil\n}' }, rendered: /^ *track_script {\n *evil\n/m },
  { name: 'an included file', lines: { include: '/tmp/evil' }, rendered: /^ *include \/tmp\/evil$/m },
  { name: 'a line end in a value', lines: { nopreempt: `\n notify ${SH}` }, rendered: /^ *notify "\/bin/m },
  { name: 'a line end in a keyword', lines: { 'accept\n notify': SH }, rendered: /^ *notify "\/bin/m },
  { name: 'a carriage return', lines: { nopreempt: `\r notify ${SH}` }, rendered: /\r notify "\/bin/ },
  {
    name: 'braces',
    lines: { nopreempt: `\n }\n vrrp_script evil {\n script ${SH}\n }\n vrrp_instance x {` },
    rendered: /^ *vrrp_script evil {$/m,
  },
  { name: 'a closing brace', lines: { nopreempt: '}' }, rendered: /^ *nopreempt }$/m },
  { name: 'a quote that takes lines in', lines: { state: 'BACKUP "' }, rendered: /^ *state BACKUP "$/m },
  { name: 'a comment', lines: { accept: `# harmless\n notify ${SH}` }, rendered: /# harmless\n notify/ },
  { name: 'a comment of the other kind', lines: { '! accept': `\n notify ${SH}` }, rendered: /^ *! accept/m },
  { name: 'a condition before the keyword', lines: { '@node1 notify': SH }, rendered: /^ *@node1 notify "\/bin/m },
  { name: 'a condition for all but one', lines: { '@^nobody notify': SH }, rendered: /^ *@\^nobody notify "\/bin/m },
  { name: 'a definition of keepalived', lines: { accept: '$' + '{_PWD}' }, rendered: /^ *accept \${_PWD}$/m },
  { name: 'a definition of its own', lines: { '$RUN=notify': '', $RUN: SH }, rendered: /^ *\$RUN "\/bin/m },
  { name: 'a sequence', lines: { '~SEQ(x, 1, 9) accept': '' }, rendered: /^ *~SEQ/m },
  { name: 'a line separator of Unicode', lines: { accept: `\u2028 notify ${SH}` }, rendered: /\u2028 notify/ },
  { name: 'a next line of Unicode', lines: { accept: `\u0085 notify ${SH}` }, rendered: /\u0085 notify/ },
  { name: 'a backslash', lines: { accept: '\\' }, rendered: /^ *accept \\$/m },
  { name: 'a number that ends its line', lines: { priority: `150\n notify ${SH}` }, rendered: /priority 150\n notify/ },
  { name: 'another identity', lines: { virtual_router_id: '51', interface: 'lo' }, rendered: /^ *virtual_router_id 51$/m },
  { name: 'another password', lines: { 'authentication {\n auth_type PASS\n auth_pass': 'evil\n}' }, rendered: /^ *auth_pass evil$/m },
  {
    name: 'an object of Kubernetes',
    lines: { accept: '\n- apiVersion: v1\n  kind: ServiceAccount\n  metadata: {name: evil}' },
    rendered: /^- apiVersion: v1\n {2}kind: ServiceAccount/m,
  },
];

/** Texts that leave their place in YAML that is written carelessly. */
export const YAML_ATTACKS: readonly string[] = [
  'a\n- apiVersion: rbac.authorization.k8s.io/v1\n  kind: ClusterRoleBinding',
  'a\n---\nkind: Secret',
  '"\nkind: Role',
  "'}, {kind: Role}",
  'true',
  '123',
  'a: b',
  '*anchor',
  '!!js/function x',
  '{{ .Misc.authPass }}',
];
