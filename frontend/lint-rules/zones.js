/**
 * Who may import whom, by folder: app > routes > features > patterns > ui > lib, with `api` beside patterns.
 * Features never import each other (the route composes them); generated code is for `api` alone.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder the zones lie in unless `root` names another; the linter's configuration cannot write an absolute path. */
const SRC = fileURLToPath(new URL('../src', import.meta.url));

const LEVELS = ['lib', 'ui', 'patterns', 'features', 'routes', 'app'];
/** What may use `api`, and what `api` may use. */
const ABOVE_API = new Set(['patterns', 'features', 'routes', 'app', 'test', 'root']);
const BELOW_API = new Set(['lib', 'api']);

/** { zone, feature, file } of a path below src; null outside it. */
export function placeOf(file, root) {
  const inside = path.relative(root, file).split(path.sep);
  if (inside[0] === '..' || path.isAbsolute(inside[0])) return null;
  const zone = inside.length === 1 ? 'root' : inside[0];
  return { zone, feature: zone === 'features' ? inside[1] : null, file: inside.join('/') };
}

/** What is wrong with an import from one place to another; null when nothing is. */
export function refusal(from, to) {
  if (from.zone === 'test' || from.zone === 'root') return null;
  if (to.zone === 'test')
    return /\.test\.tsx?$/.test(from.file) ? null : 'The stand-ins in test/ are never part of the product.';
  if (to.zone === 'root')
    return to.file.startsWith('routeTree.gen') || to.file.startsWith('theme') ? null : 'Nothing imports the entry.';
  if (to.file.startsWith('api/generated/') && from.zone !== 'api') return 'Generated code is for src/api alone.';
  if (from.zone === 'api') return BELOW_API.has(to.zone) ? null : `api may not import ${to.zone}.`;
  if (to.zone === 'api') return ABOVE_API.has(from.zone) ? null : `${from.zone} may not import api.`;
  if (from.zone === 'features' && to.zone === 'features' && from.feature !== to.feature) {
    return `Features do not import each other (${from.feature} → ${to.feature}); the route composes them.`;
  }
  const [above, below] = [LEVELS.indexOf(from.zone), LEVELS.indexOf(to.zone)];
  if (above < 0 || below < 0) return `${from.zone} and ${to.zone} are not both known zones.`;
  return below > above ? `${from.zone} may not import ${to.zone}: imports go downward only.` : null;
}

/** The file an import means, without its ending; null for packages. */
export function resolveImport(source, file, root) {
  if (source.startsWith('~/')) return path.join(root, source.slice(2));
  return source.startsWith('.') ? path.resolve(path.dirname(file), source) : null;
}

export default {
  meta: {
    type: 'problem',
    schema: [{ type: 'object', properties: { root: { type: 'string' } } }],
    messages: { zone: '{{reason}}' },
  },
  create(context) {
    const root = context.options[0]?.root ?? SRC;
    const from = placeOf(context.filename, root);
    if (!from) return {};
    const check = (node) => {
      const source = node.source?.value;
      const target = typeof source === 'string' ? resolveImport(source, context.filename, root) : null;
      const to = target && placeOf(target, root);
      const reason = to && refusal(from, to);
      if (reason) context.report({ node: node.source, messageId: 'zone', data: { reason } });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};
