/** `scripts/node test/conformance/template/record.ts` writes recorded.json: what Go makes of every case. Needs `go`. */
import { writeFileSync } from 'node:fs';
import { INPUT } from './cases.ts';
import { askGo } from './oracle.ts';

writeFileSync(new URL('./recorded.json', import.meta.url), `${JSON.stringify(askGo(INPUT), null, 1)}\n`);
