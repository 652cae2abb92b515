import { Command } from 'commander';
import { told } from '../../cli/answer.ts';
import { completeCommand, completionCommand } from '../../cli/completion/command.ts';
import { answerExternalIPs, applyExternalIPs, externalIPsCommand } from '../../cli/external-ips/command.ts';
import { answerImport, importCommand } from '../../cli/import/command.ts';
import { answerMigrateCheck, migrateCheckCommand } from '../../cli/migrate/command.ts';
import { answerPlan, planCommand } from '../../cli/plan/command.ts';
import { vrIdsCommand } from '../../cli/vr-ids.ts';
import { systemClock } from '../../telemetry/clock.ts';
import { clientOf, print, readSources, say, tell } from './edges.ts';
import { incidentVerbs } from './incident-verbs.ts';

/** The plugin with all its verbs, in the order in which its help names them. */
export function pluginProgram(): Command {
  const program = new Command('kubectl-keepalived')
    .description('Shows, plans and changes where keepalived-operator puts virtual IPs.')
    .showHelpAfterError('(try --help)')
    .enablePositionalOptions();
  const verbs = [
    ...incidentVerbs(),
    planCommand(async (files, options) => {
      const [template] = options.template === undefined ? [] : await readSources([options.template]);
      tell(answerPlan(await readSources(files), options, template));
    }),
    importCommand(async (files, group) => tell(answerImport(await readSources(files), group))),
    externalIPsCommand(async (options) => {
      const client = clientOf(options);
      const timeoutMs = (options.timeout ?? 60) * 1000;
      tell(
        options.apply ? await applyExternalIPs({ client, clock: systemClock, say, timeoutMs }) : await answerExternalIPs(client, options),
      );
    }),
    migrateCheckCommand(async (files, namespace) => tell(answerMigrateCheck(await readSources(files), namespace))),
    vrIdsCommand(print),
    completionCommand((script) => tell(told(script))),
  ];
  for (const verb of verbs) program.addCommand(verb);
  return program.addCommand(
    completeCommand(() => program, print),
    { hidden: true },
  );
}
