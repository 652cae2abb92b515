import { addresses } from './addresses.ts';
import { agent } from './agent.ts';
import { allocation } from './allocate.ts';
import { asking } from './asking.ts';
import { baselines } from './baselines.ts';
import { controller } from './controller.ts';
import { failover } from './failover.ts';
import { falseFailovers } from './false-failovers.ts';
import { handovers } from './handovers.ts';
import type { Measurement } from './measurement.ts';
import { delivery, newService } from './new-service.ts';
import { placement } from './placement.ts';
import { planning, planningOnNodes } from './plan.ts';
import { rest } from './rest.ts';
import { scaleByGroups, scaleByNodes, scaleByServices } from './scale.ts';
import { sizes } from './sizes.ts';

/** All of them, in the order in which they are taken and published. */
export const MEASUREMENTS: readonly Measurement[] = [
  failover,
  handovers,
  baselines,
  delivery,
  newService,
  falseFailovers,
  placement,
  planning,
  planningOnNodes,
  allocation,
  sizes,
  rest,
  agent,
  controller,
  addresses,
  scaleByServices,
  scaleByNodes,
  scaleByGroups,
  asking,
];
