/** Plain facts about people's accounts. Pure. */
import type { Member, Role } from '~/api/types';

export const ROLES: Record<Role, { label: string; may: string }> = {
  owner: { label: 'Owner', may: 'Everything, including deleting the tenant.' },
  admin: { label: 'Admin', may: 'Everything except deleting the tenant.' },
  agent: { label: 'Agent', may: 'Sees orders, customers, products and figures; starts syncs and refreshes orders.' },
  viewer: { label: 'Viewer', may: 'Sees orders, customers, products and figures; changes nothing.' },
};

/** Why a member's role is fixed for whoever looks, or null where it can be changed. */
export function fixedRole(member: Member, all: readonly Member[], own: Role): string | null {
  if (member.role !== 'owner') return null;
  if (all.filter((one) => one.role === 'owner').length < 2) {
    return 'The only owner. A business always keeps one, so this role cannot change and its holder cannot be removed.';
  }
  return own === 'owner' ? null : 'Only an owner changes or removes an owner.';
}

/** Only owners make owners. */
export function rolesToGive(own: Role): Role[] {
  const roles = Object.keys(ROLES) as Role[];
  return own === 'owner' ? roles : roles.filter((role) => role !== 'owner');
}

export const PASSWORD_RULE = 'At least 8 characters; a few words in a row work well.';

/** Null when the password will do; the server has the last word. */
export function passwordProblem(password: string): string | null {
  if ([...password].length < 8) return 'Use at least 8 characters.';
  return null;
}

export function emailProblem(email: string): string | null {
  return /^\S+@\S+\.\S+$/.test(email.trim()) ? null : 'Enter an email address, like ada@example.com.';
}

const BROWSERS: [string, RegExp][] = [
  ['Edge', /Edg(?:e|A|iOS)?\//],
  ['Firefox', /Firefox\/|FxiOS\//],
  ['Chrome', /Chrome\/|CriOS\/|Chromium\//],
  ['Safari', /Safari\//],
  ['curl', /^curl\//],
];

const SYSTEMS: [string, RegExp][] = [
  ['iPhone', /iPhone/],
  ['iPad', /iPad/],
  ['Android', /Android/],
  ['Windows', /Windows/],
  ['Mac', /Macintosh|Mac OS X/],
  ['Linux', /Linux|X11/],
];

/** "Chrome on Mac" from a user-agent string; the string itself when it is something else. */
export function describeDevice(userAgent: string | null): string {
  if (!userAgent) return 'Unknown device';
  const browser = BROWSERS.find(([, pattern]) => pattern.test(userAgent))?.[0];
  const system = SYSTEMS.find(([, pattern]) => pattern.test(userAgent))?.[0];
  if (browser && system) return `${browser} on ${system}`;
  return browser ?? system ?? userAgent.slice(0, 40);
}
