/** One moment on both clocks: the monotonic one decides, the wall's is only told to people, because it may jump. Milliseconds. */
export interface Moment {
  /** Never jumps; only differences mean something. */
  readonly at: number;
  /** Since 1970. */
  readonly wall: number;
}
