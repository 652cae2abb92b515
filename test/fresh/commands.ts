/** What is typed on a bare machine, and what it has to print (tried by fresh.test.ts, and known to the list of documented commands). */

export type Typed = readonly [command: string, expected: RegExp];

/** What is tried in `make test`: all that installs, starts and builds; `make fresh` has the unit tests and a lab besides. */
export const QUICK: readonly Typed[] = [
  // By hand, it is npm on Debian's Node, which leaves some packages out; what comes after has to see that.
  ['npm ci', /added \d+ packages/],
  ['bin/kubectl-keepalived plan -f examples/', /virtual_router_id 1\n/],
  ['scripts/node --version', /^v24\./],
  ['make types lint imports', /types: good[\s\S]*imports: \d+ files, every edge allowed/],
  ['npm run imports', /every edge allowed/],
  ['scripts/node scripts/test.ts unit scripts/node.test.ts', /Tests .*passed/],
  ['bin/lab --help', /^Usage: lab /],
  ['make build', /dist\/manager\.mjs/],
  ['make notes', /TypeScript/],
  ['make help', /^ {2}lab {2}/m],
  ['bin/lab up --help', /--proxy-mode/],
];

/** What `make fresh` tries besides. */
export const MORE: readonly Typed[] = [
  ['make check', /Tests .*passed/],
  ['make gen && git diff --exit-code', /all \d+ generated files are as the code makes them/],
  ['make docs', /dist\/docs\/README\.html/],
  ['FUZZ_SECONDS=1 make fuzz', /Tests .*passed/],
  ['make sbom', /npm packages/],
  ['make manifests', /Tests .*passed/],
  ['make chart', /\.tgz/],
  // One command, since all that a command starts ends with it. The Kubernetes programs are this machine's cached ones, where it has some.
  [
    [
      "trap 'make lab-down' EXIT",
      'make lab && bin/lab exec client curl -s http://192.0.2.200/',
      'export KUBECONFIG="$(bin/lab kubeconfig)" && bin/lab kubectl get keepalivedgroups,pods -A -o wide',
      'bin/kubectl-keepalived explain service/web -n web && bin/kubectl-keepalived simulate --without node1',
      '{ bin/lab probe 192.0.2.200 --for 18s & }',
      'bin/lab fail node1 --how power-off',
      'timeout 15 sh -c \'until bin/lab status | grep "holds 192.0.2.200"; do :; done\'',
      'bin/lab heal node1 && wait',
      'bin/lab up --proxy-mode nftables --node-port-addresses primary && bin/lab up --registry',
    ].join(' && '),
    /kept alive by keepalived[\s\S]* node[23] .*holds 192\.0\.2\.200\n[\s\S]*node1 has power and a good cable\.[\s\S]*one every 10 ms; longest gap \d+ ms/,
  ],
];
