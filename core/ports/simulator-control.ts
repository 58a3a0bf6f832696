/** A breaker or switch a simulator can work, and where it stands. */
export interface SimulatedSwitch {
  readonly node: string;
  readonly closed: boolean;
}

export interface SimulatorAction {
  readonly action: 'trip' | 'restore';
  readonly node: string;
}

/** The hand on the simulated world of a `simulated` site; absent where no simulator runs. */
export interface SimulatorControl {
  /** Null when no simulator feeds the site. */
  state(site: string): Promise<{ readonly switches: readonly SimulatedSwitch[] } | null>;
  /** `unknown_node` when the simulator knows no such switch, `away` when it does not answer. */
  act(site: string, action: SimulatorAction): Promise<'done' | 'unknown_node' | 'away'>;
}
