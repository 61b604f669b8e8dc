/** The stand-in's memory: one tenant, two shops, runs that progress with the clock, jobs, audit entries. */
import type { AuditEntry, Job, Member, Session, Store, SyncRun } from '../../api/types.ts';
import { amount, seeded, type Random } from './random.ts';
import { buildShop, type Shop } from './shop.ts';

export interface FakeOptions {
  now?: Date;
  signedIn?: boolean;
  /** No stores yet, as after signing up. */
  empty?: boolean;
  perDay?: number;
  days?: number;
  role?: Session['role'];
}

const ALL =
  'analytics:read audit:read customer:read job:read job:write member:read member:write order:read order:refresh product:read profile:own store:delete store:read store:write sync:run tenant:delete tenant:read tenant:write'.split(
    ' ',
  );
const AGENT = ALL.filter((name) => !/^(audit|job|member:write|store:(write|delete)|tenant:(write|delete))/.test(name));
const VIEWER = AGENT.filter((name) => !/^(sync:run|order:refresh)/.test(name));
const HELD = { owner: ALL, admin: ALL.filter((name) => name !== 'tenant:delete'), agent: AGENT, viewer: VIEWER };

export interface FakeState {
  now: () => Date;
  random: Random;
  session: Session | null;
  /** The browser still holds the token of one that ended. */
  sessionEnded?: boolean;
  /** The first day whose orders are known, of stores whose older ones are hidden. */
  historyFrom?: string;
  identity: Session;
  shops: Shop[];
  runs: SyncRun[];
  jobs: Job[];
  audit: AuditEntry[];
  members: Member[];
}

export function buildState(options: FakeOptions = {}): FakeState {
  const random = seeded(20_260_301);
  const now = () => options.now ?? new Date();
  const role = options.role ?? 'owner';
  const tenant = { id: random.id(), name: 'Exmouth Goods' };
  const identity: Session = {
    user: { id: random.id(), email: 'owner@demo.storekeep.test', name: 'Ada Marsh' },
    tenant,
    role,
    permissions: HELD[role],
    tenants: [
      { ...tenant, role },
      { id: random.id(), name: 'Kobe Atelier', role: 'admin' },
    ],
    expiresAt: new Date(now().getTime() + 86_400_000).toISOString(),
  };
  const plan = { days: options.days ?? 400, perDay: options.perDay ?? 7 };
  const shops = options.empty
    ? []
    : [
        buildShop(
          {
            shop: 'demo-store.myshopify.com',
            name: 'Demo Store',
            currency: 'GBP',
            decimals: 2,
            timeZone: 'Europe/London',
            ...plan,
          },
          random,
          now(),
        ),
        buildShop(
          {
            shop: 'kobe-atelier.myshopify.com',
            name: 'Kobe Atelier',
            currency: 'JPY',
            decimals: 0,
            timeZone: 'Asia/Tokyo',
            days: plan.days,
            perDay: Math.min(plan.perDay, 2),
          },
          random,
          now(),
        ),
      ];
  const state: FakeState = {
    now,
    random,
    session: options.signedIn === false ? null : identity,
    identity,
    shops,
    runs: [],
    jobs: [],
    audit: [],
    members: ['Ada Marsh', 'Tomás Novák', 'Priya Sharma'].map((name, index) => ({
      id: random.id(),
      userId: index === 0 ? identity.user.id : random.id(),
      email: index === 0 ? identity.user.email : `${name.split(' ')[0]?.toLowerCase()}@exmouth.example`,
      name,
      role: (['owner', 'admin', 'agent'] as const)[index] ?? 'viewer',
      createdAt: new Date(now().getTime() - (40 - index * 9) * 86_400_000).toISOString(),
    })),
  };
  shops.forEach((shop) => fillHistory(state, shop.store));
  return state;
}

function fillHistory(state: FakeState, store: Store): void {
  const { random } = state;
  const ago = (minutes: number) => new Date(state.now().getTime() - minutes * 60_000).toISOString();
  for (let index = 0; index < 40; index += 1) {
    const failed = index === 6;
    const run = newRun(state, store, index === 39 ? 'INITIAL' : 'DELTA', index === 39 ? 'CONNECT' : 'SCHEDULE');
    run.createdAt = run.startedAt = ago(index * 5 + 2);
    run.finishedAt = ago(index * 5 + 1.9);
    run.durationMs = random.int(700, 5200);
    run.status = failed ? 'PARTIAL' : 'SUCCEEDED';
    run.resources.forEach((resource, at) => {
      const read = index === 39 ? store.counts[resource.resource] : random.int(0, 14);
      Object.assign(resource, {
        status: 'SUCCEEDED',
        expected: read,
        read,
        written: Math.ceil(read / 2),
        unchanged: Math.floor(read / 2),
        durationMs: random.int(120, 1800),
        cursor: run.createdAt,
      });
      if (failed && at === 1)
        Object.assign(resource, {
          status: 'PARTIAL',
          failed: 1,
          errors: [
            {
              code: 'SHOPIFY_BAD_PAYLOAD',
              message: 'The order could not be read: a line has no price.',
              externalId: '9000431',
            },
          ],
        });
    });
    state.runs.push(run);
  }
  const kinds = ['commerce.import_store', 'commerce.delta_sync', 'connections.refresh_token', 'insights.warm_cache'];
  for (let index = 0; index < 24; index += 1) {
    const dead = index === 3 || index === 11;
    state.jobs.push({
      id: random.id(),
      kind: random.pick(kinds),
      state: dead ? 'dead' : index === 0 ? 'leased' : index === 1 ? 'ready' : 'done',
      attempts: dead ? 5 : 1,
      crashAttempts: 0,
      runAt: ago(index * 6),
      createdAt: ago(index * 6 + 1),
      updatedAt: ago(index * 6),
      lastError: dead ? { code: 'SHOPIFY_UNAVAILABLE', message: 'Shopify answered 502 five times.' } : null,
    });
  }
  const acts: [string, Record<string, unknown> | null, Record<string, unknown> | null][] = [
    ['store.updated', { syncIntervalMinutes: 15 }, { syncIntervalMinutes: 5 }],
    ['session.created', null, null],
    ['member.role_changed', { role: 'viewer' }, { role: 'agent' }],
    ['store.connected', null, { shop: store.shop, connectedVia: 'OAUTH' }],
    ['tenant.renamed', { name: 'Exmouth' }, { name: 'Exmouth Goods' }],
  ];
  acts.forEach(([action, before, after], index) => {
    state.audit.push({
      id: random.id(),
      at: ago(30 + index * 700),
      actor: { kind: 'member', id: state.identity.user.id, name: 'Ada Marsh' },
      action,
      summary: '',
      subjects: [{ type: 'store', id: store.id }],
      before,
      after,
      requestId: `req_${random.id().slice(0, 8)}`,
    });
  });
}

export function newRun(state: FakeState, store: Store, kind: SyncRun['kind'], trigger: SyncRun['trigger']): SyncRun {
  const at = state.now().toISOString();
  return {
    id: state.random.id(),
    storeId: store.id,
    kind,
    trigger,
    status: 'RUNNING',
    createdAt: at,
    startedAt: at,
    finishedAt: null,
    durationMs: null,
    error: null,
    resources: (['customers', 'orders', 'products'] as const).map((resource) => ({
      resource,
      status: 'QUEUED',
      expected: null,
      read: 0,
      written: 0,
      unchanged: 0,
      failed: 0,
      removed: 0,
      errors: [],
      durationMs: null,
      cursor: null,
    })),
  };
}

const SPEEDS = { customers: 60, orders: 300, products: 12 } as const;

/** Moves a running import to where the clock says it is. */
export function advance(state: FakeState, run: SyncRun): SyncRun {
  if (run.status !== 'RUNNING' || !run.startedAt) return run;
  const store = state.shops.find((shop) => shop.store.id === run.storeId)?.store;
  let elapsed = (state.now().getTime() - new Date(run.startedAt).getTime()) / 1000;
  for (const resource of run.resources) {
    const expected = store?.counts[resource.resource] ?? 0;
    if (elapsed <= 0) break;
    const read = Math.min(expected, Math.floor(elapsed * SPEEDS[resource.resource]));
    Object.assign(resource, { expected, read, written: read, status: read >= expected ? 'SUCCEEDED' : 'RUNNING' });
    elapsed -= expected / SPEEDS[resource.resource];
  }
  if (run.resources.every((resource) => resource.status === 'SUCCEEDED')) {
    run.status = 'SUCCEEDED';
    run.finishedAt = state.now().toISOString();
    run.durationMs = new Date(run.finishedAt).getTime() - new Date(run.startedAt).getTime();
  }
  return run;
}

export const money = amount;
