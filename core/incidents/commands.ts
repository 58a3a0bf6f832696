import type { NetworkNode } from '../topology/site.ts';
import type { Switching } from '../topology/switching.ts';
import type { Instant } from '../units/time.ts';
import { amend } from './amend.ts';
import { openByHand, restoreByHand } from './by-hand.ts';
import type { Command } from './engine.ts';
import { hearDark, hearLit, roleOf } from './listen.ts';
import { giveOutlook } from './outlook.ts';
import { activeWindows } from './planned.ts';
import { forgetWills } from './presence.ts';
import { note } from './record.ts';
import type { TopologyVersion, World } from './world.ts';

/** Carries out what people and neighbours say. A command about something unknown changes nothing. */
export function obey(world: World, command: Command): void {
  const { state } = world;
  switch (command.type) {
    case 'planned': {
      const { id, nodes, from, to } = command;
      state.planned = [...state.planned.filter((window) => window.id !== id), { id, nodes, from, to }];
      renewWindows(world);
      break;
    }
    case 'cancel_planned':
      state.planned = state.planned.filter(({ id }) => id !== command.id);
      renewWindows(world);
      break;
    case 'tie':
      changeSwitching(world, ({ ties }) =>
        command.closed
          ? { ties: withItem(ties, command.id), dead: deadRoots(world) }
          : { ties: without(ties, command.id), dead: [] },
      );
      break;
    case 'transfer':
      changeSwitching(world, ({ alternate }) => ({
        alternate:
          command.to === 'alternate' ? withItem(alternate, command.id) : without(alternate, command.id),
      }));
      break;
    case 'breaker':
      changeSwitching(world, ({ open }) => ({
        open: command.closed ? without(open, command.node) : withItem(open, command.node),
      }));
      break;
    case 'topology':
      changeNodes(world, command.nodes);
      break;
    case 'acknowledge':
      for (const record of openAt(world, command.node)) {
        note(record, state.at, 'acknowledged', command.by ?? '');
      }
      break;
    case 'confirm_restored':
      for (const record of openAt(world, command.node)) {
        restoreByHand(world, record, command.reason, command.by);
      }
      break;
    case 'open':
      openByHand(world, command);
      break;
    case 'amend':
      amend(world, command);
      break;
    case 'outlook':
      giveOutlook(world, command);
      break;
    case 'out_of_service':
      // The engine rebuilds itself without the device.
      break;
    case 'broker_restart':
    case 'ingest_restart':
      listenAnew(world);
      break;
  }
}

function changeNodes(world: World, changed: readonly NetworkNode[]): void {
  const now = world.state.topologies.at(-1)?.nodes ?? world.site.nodes;
  const byId = new Map(changed.map((node) => [node.id, node]));
  const known = new Set(now.map(({ id }) => id));
  const nodes = now.map((node) => byId.get(node.id) ?? node);
  renewTopology(world, { nodes: [...nodes, ...changed.filter(({ id }) => !known.has(id))] });
}

/** Silence until now may have been ours: every watchdog starts again, and wills read meanwhile say nothing. */
function listenAnew(world: World): void {
  const { state } = world;
  state.listeningSince = state.at;
  forgetWills(world);
  for (const gateway of state.links.gateways) gateway.offline = false;
  state.links.waiting.clear();
  state.links.dirty = true;
}

function openAt(world: World, node: string) {
  return world.state.incidents.filter(
    (record) => record.published && record.state === 'open' && record.rootId === node,
  );
}

/** Roots of open losses: a tie that closes now feeds around them. */
function deadRoots(world: World): string[] {
  return world.state.incidents
    .filter(
      ({ published, state, interrupts, root }) => published && state === 'open' && interrupts && root >= 0,
    )
    .map(({ rootId }) => rootId);
}

function withItem(items: readonly string[], item: string): string[] {
  return items.includes(item) ? [...items] : [...items, item];
}

function without(items: readonly string[], item: string): string[] {
  return items.filter((one) => one !== item);
}

function changeSwitching(world: World, change: (now: Switching) => Partial<Switching>): void {
  const now = world.state.topologies.at(-1)?.switching;
  if (now !== undefined) renewTopology(world, { switching: { ...now, ...change(now) } });
}

/** Windows make a fault at their nodes likelier while they last. */
export function renewWindows(world: World): void {
  const planned = activeWindows(world, world.state.at);
  const now = world.state.topologies.at(-1)?.planned ?? [];
  if (planned.length !== now.length || planned.some((id) => !now.includes(id)))
    renewTopology(world, { planned });
}

function renewTopology(world: World, change: Partial<TopologyVersion>): void {
  const now = world.state.topologies.at(-1);
  if (now === undefined) return;
  const next = { ...now, ...change, number: now.number + 1 };
  const used = new Set(world.state.bursts.map(({ topology }) => topology));
  world.state.topologies = [...world.state.topologies.filter(({ number }) => used.has(number)), next];
}

/** The contact of a switch tells why, and that what is below it is dark. */
export function hearContact(
  world: World,
  device: number,
  open: boolean,
  at: Instant,
  arrival: Instant,
): void {
  for (const sensor of roleOf(world, device, 'contact')) {
    const node = world.sensors[sensor]?.device.node ?? '';
    changeSwitching(world, (now) => ({ open: open ? withItem(now.open, node) : without(now.open, node) }));
    if (open)
      hearDark(
        world,
        sensor,
        { says: 'dark', role: 'contact', kind: 'contact', phases: 7, at, since: 0 },
        arrival,
      );
    else
      hearLit(world, sensor, {
        says: 'lit',
        role: 'contact',
        phases: 7,
        at,
        proof: at,
        upSince: 0,
        explicit: true,
        gapUntil: 0,
      });
  }
}
