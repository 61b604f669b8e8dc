/** The stand-in's accounts, members, audit and jobs. */
import { FakeAnswer, FakeFailure, type FakeRoute } from './answers.ts';
import { paged } from './paging.ts';

export const accountRoutes: FakeRoute[] = [
  [
    'GET',
    /^\/api\/meta$/,
    () => ({ environment: 'embedded', demo: { email: 'owner@demo.storekeep.test', password: 'storekeep-demo' } }),
  ],
  [
    'POST',
    /^\/api\/auth\/login$/,
    ({ state, body }) => {
      if (body.username !== state.identity.user.email || body.password !== 'storekeep-demo') {
        throw new FakeFailure(401, 'INVALID_CREDENTIALS', 'The email or the password is not right.');
      }
      state.session = state.identity;
      return state.session;
    },
  ],
  [
    'POST',
    /^\/api\/auth\/signup$/,
    ({ state, body }) => {
      if (String(body.password).length < 8)
        throw new FakeFailure(422, 'VALIDATION_FAILED', 'The password is too short: use at least 8 characters.', {
          field: 'password',
        });
      const tenant = { id: state.random.id(), name: String(body.tenantName) };
      state.session = {
        ...state.identity,
        tenant,
        tenants: [{ ...tenant, role: 'owner' }],
        user: { ...state.identity.user, name: String(body.name), email: String(body.email) },
      };
      state.shops = [];
      return new FakeAnswer(201, state.session);
    },
  ],
  [
    'GET',
    /^\/api\/auth\/session$/,
    ({ state }) => {
      if (!state.session && state.sessionEnded) throw new FakeFailure(401, 'AUTH_SESSION_EXPIRED', 'Sign in again.');
      if (!state.session) throw new FakeFailure(401, 'AUTH_REQUIRED', 'Sign in to go on.');
      return state.session;
    },
  ],
  [
    'POST',
    /^\/api\/auth\/logout$/,
    ({ state }) => {
      state.session = null;
      return new FakeAnswer(204);
    },
  ],
  [
    'POST',
    /^\/api\/auth\/switch$/,
    ({ state, body }) => {
      const tenant = state.identity.tenants.find((one) => one.id === body.tenantId);
      if (!tenant) throw new FakeFailure(404, 'NOT_FOUND', 'There is no such thing here.');
      state.session = { ...state.identity, tenant: { id: tenant.id, name: tenant.name }, role: tenant.role };
      return state.session;
    },
  ],
  [
    'POST',
    /^\/api\/auth\/password$/,
    ({ body }) => {
      if (body.currentPassword !== 'storekeep-demo')
        throw new FakeFailure(401, 'INVALID_CREDENTIALS', 'The current password is not right.', {
          field: 'currentPassword',
        });
      return new FakeAnswer(204);
    },
  ],
  [
    'PATCH',
    /^\/api\/auth\/profile$/,
    ({ state, body }) => {
      state.identity.user.name = String(body.name);
      return state.session;
    },
  ],
  [
    'GET',
    /^\/api\/auth\/sessions$/,
    ({ state }) => {
      const at = (minutes: number) => new Date(state.now().getTime() - minutes * 60_000).toISOString();
      const agent =
        'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36';
      const phone =
        'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile Safari/604.1';
      return {
        items: [
          {
            id: '0b9ad7a4-0000-7000-a000-000000000001',
            createdAt: at(120),
            lastSeenAt: at(0),
            expiresAt: at(-1300),
            ip: '203.0.113.7',
            userAgent: agent,
            current: true,
          },
          {
            id: '0b9ad7a4-0000-7000-a000-000000000002',
            createdAt: at(700),
            lastSeenAt: at(95),
            expiresAt: at(-700),
            ip: '198.51.100.22',
            userAgent: phone,
            current: false,
          },
        ],
        nextCursor: null,
      };
    },
  ],
  ['DELETE', /^\/api\/auth\/sessions(?:\/[\w-]+)?$/, () => new FakeAnswer(204)],
  [
    'GET',
    /^\/api\/tenant$/,
    ({ state }) => ({ ...state.session?.tenant, createdAt: '2026-01-12T09:00:00Z', updatedAt: '2026-01-12T09:00:00Z' }),
  ],
  [
    'PATCH',
    /^\/api\/tenant$/,
    ({ state, body }) => {
      if (state.session) state.session.tenant.name = String(body.name);
      return { ...state.session?.tenant, createdAt: '2026-01-12T09:00:00Z', updatedAt: state.now().toISOString() };
    },
  ],
  [
    'DELETE',
    /^\/api\/tenant$/,
    ({ state }) => {
      state.session = null;
      return new FakeAnswer(202, { erasureId: state.random.id() });
    },
  ],
  ['GET', /^\/api\/members$/, ({ state }) => ({ items: state.members, nextCursor: null })],
  [
    'PATCH',
    /^\/api\/members\/([\w-]+)$/,
    ({ state, params, body }) => {
      const member = state.members.find((one) => one.id === params[0]);
      if (!member) throw new FakeFailure(404, 'NOT_FOUND', 'There is no such thing here.');
      if (member.role === 'owner' && body.role !== 'owner')
        throw new FakeFailure(409, 'LAST_OWNER', 'A tenant needs at least one owner.');
      member.role = body.role as typeof member.role;
      return member;
    },
  ],
  [
    'DELETE',
    /^\/api\/members\/([\w-]+)$/,
    ({ state, params }) => {
      state.members = state.members.filter((one) => one.id !== params[0]);
      return new FakeAnswer(204);
    },
  ],
  [
    'GET',
    /^\/api\/audit$/,
    ({ state, url }) => {
      if (!state.session?.permissions.includes('audit:read'))
        throw new FakeFailure(403, 'PERMISSION_DENIED', 'Your role does not allow this.');
      const action = url.searchParams.get('action');
      return paged(
        state.audit.filter((entry) => !action || entry.action === action),
        url,
      );
    },
  ],
  [
    'GET',
    /^\/api\/jobs$/,
    ({ state, url }) => {
      if (!state.session?.permissions.includes('job:read'))
        throw new FakeFailure(403, 'PERMISSION_DENIED', 'Your role does not allow this.');
      const wanted = url.searchParams.get('state');
      return paged(
        state.jobs.filter((job) => !wanted || job.state === wanted),
        url,
      );
    },
  ],
  [
    'POST',
    /^\/api\/jobs\/([\w-]+)\/(replay|cancel)$/,
    ({ state, params }) => {
      const job = state.jobs.find((one) => one.id === params[0]);
      if (!job) throw new FakeFailure(404, 'NOT_FOUND', 'There is no such thing here.');
      Object.assign(
        job,
        params[1] === 'replay' ? { state: 'ready', attempts: 0, lastError: null } : { state: 'cancelled' },
      );
      return job;
    },
  ],
];
