/** Loaded before a program (`--import`): each SIGUSR2 sets its wall clock on by so many milliseconds, `CLOCK_STEP` of the environment. */
let offset = 0;
const RealDate = Date;
const now = RealDate.now.bind(RealDate);

class SteppedDate extends RealDate {
  constructor(...values: readonly unknown[]) {
    // @ts-expect-error the real constructor's overloads know no list of values
    super(...(values.length === 0 ? [now() + offset] : values));
  }
  static override now(): number {
    return now() + offset;
  }
}

globalThis.Date = SteppedDate as DateConstructor;
process.on('SIGUSR2', () => {
  offset += Number(process.env.CLOCK_STEP);
});
